import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DirectoryInUseError, startEmbeddedPostgres } from './embedded-postgres.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recado-embedded-test-'));
  await chmod(folder, 0o755);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function query(url: string, sql: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(sql)).rows as Record<string, unknown>[];
  } finally {
    await client.end();
  }
}

test('keeps its data from one start to the next, and its role is no superuser', async () => {
  const directory = join(folder, 'data');
  const first = await startEmbeddedPostgres({ directory, persistent: true, fast: true });
  const url = await first.url('clinic');
  await query(url, 'create table kept (what text); insert into kept values ($$sí$$)');
  expect(
    await query(url, 'select rolsuper, rolbypassrls from pg_roles where rolname = current_user'),
  ).toEqual([{ rolsuper: false, rolbypassrls: false }]);
  await first.stop();
  const second = await startEmbeddedPostgres({ directory, persistent: true, fast: true });
  expect(await query(await second.url('clinic'), 'select what from kept')).toEqual([{ what: 'sí' }]);
  await second.stop();
});

test('a data folder its user cannot reach, as in a private home, works too', async () => {
  const home = join(folder, 'private');
  await mkdir(home);
  await chmod(home, 0o700);
  const directory = join(home, 'data');
  const server = await startEmbeddedPostgres({ directory, persistent: false, fast: true });
  expect(await query(await server.url('clinic'), 'select 1 as one')).toEqual([{ one: 1 }]);
  await server.stop();
});

test('one folder is never used by two live processes; without persistence nothing stays', async () => {
  const directory = join(folder, 'data');
  await mkdir(directory);
  await writeFile(join(directory, 'owner.pid'), String(process.ppid));
  await expect(startEmbeddedPostgres({ directory, persistent: false })).rejects.toBeInstanceOf(
    DirectoryInUseError,
  );
  await writeFile(join(directory, 'owner.pid'), '999999999');
  const server = await startEmbeddedPostgres({ directory, persistent: false, fast: true });
  await server.stop();
  expect(await readdir(folder)).toEqual([]);
});
