import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Connection } from './database.ts';
import { migrate, readVersion, type Migration } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { isPlainSqlite, openForReading, openForWriting } from './open.ts';
import { LOCAL_TABLES, MIRROR_TABLES } from './tables.ts';
import { createTemporaryFolder } from './testing.ts';

const step = (version: number, sql: string): Migration => ({
  version,
  name: `step-${version}`,
  up: (connection) => connection.exec(sql),
});

const schemaOf = (connection: Connection) =>
  connection.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all();

describe('the migrations of the store', () => {
  test('a new file and one that came step by step have the same shape', () => {
    const fresh = new Database(':memory:');
    migrate(fresh, MIGRATIONS);
    const stepped = new Database(':memory:');
    for (let count = 1; count <= MIGRATIONS.length; count += 1) migrate(stepped, MIGRATIONS.slice(0, count));
    expect(schemaOf(stepped)).toEqual(schemaOf(fresh));
    expect(readVersion(stepped)).toBe(MIGRATIONS.at(-1)!.version);
  });

  test('a new store is empty, and every table is a mirror, local, or derived', () => {
    const connection = new Database(':memory:');
    migrate(connection, MIGRATIONS);
    const tables = connection
      .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)
      .pluck()
      .all() as string[];
    const kept = tables.filter((name) => !name.startsWith('messages_fts'));
    expect(kept.sort()).toEqual([...MIRROR_TABLES, ...LOCAL_TABLES].sort());
    expect(connection.prepare('select cursor, snapshot_seq from sync_state').all()).toEqual([
      { cursor: null, snapshot_seq: null },
    ]);
    for (const table of LOCAL_TABLES) {
      expect(connection.pragma(`foreign_key_list(${table})`)).toEqual([]);
    }
  });
});

describe('the runner', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  const key = randomBytes(32);
  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const first = step(10, 'create table parent (id integer primary key); insert into parent values (1)');
  const second = step(
    20,
    'create table child (parent_id integer references parent on delete cascade); insert into child values (1)',
  );
  const rebuild = step(
    30,
    `create table parent_new (id integer primary key, name text);
     insert into parent_new (id) select id from parent; drop table parent; alter table parent_new rename to parent`,
  );

  test('runs what is missing, once', () => {
    const connection = new Database(':memory:');
    expect(migrate(connection, [first])).toEqual({ ok: true, applied: [10] });
    expect(migrate(connection, [first, second])).toEqual({ ok: true, applied: [20] });
    expect(migrate(connection, [first, second])).toEqual({ ok: true, applied: [] });
  });

  test('a rebuilt parent keeps its children', () => {
    const connection = new Database(':memory:');
    migrate(connection, [first, second, rebuild]);
    expect(connection.prepare('select * from child').all()).toEqual([{ parent_id: 1 }]);
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test.each([
    ['a failing step', step(20, 'create table other (id); insert into nowhere values (1)')],
    [
      'a broken reference',
      step(20, 'create table child (parent_id references parent); insert into child values (9)'),
    ],
  ])('%s leaves the file as it was', (_, broken) => {
    const connection = new Database(':memory:');
    migrate(connection, [first]);
    const before = schemaOf(connection);
    expect(() => migrate(connection, [first, broken])).toThrow();
    expect(schemaOf(connection)).toEqual(before);
    expect(readVersion(connection)).toBe(10);
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test('refuses a file from a newer version and a list out of order', () => {
    const connection = new Database(':memory:');
    migrate(connection, [first, second]);
    expect(migrate(connection, [first])).toEqual({ ok: false, failure: 'from_newer_version' });
    expect(() => migrate(connection, [second, first])).toThrow(/order/);
  });

  test('copies an existing file first, encrypted, and keeps the two newest copies', () => {
    const file = join(folder.path, 'recado.db');
    const steps = [first, second, rebuild, step(40, 'create table last (id)')];
    for (let count = 1; count <= steps.length; count += 1) {
      const connection = openForWriting(file, key);
      migrate(connection, steps.slice(0, count));
      connection.close();
    }
    const backups = readdirSync(folder.path).filter((name) => name.endsWith('.backup'));
    expect(backups.sort()).toEqual(['recado.db.before-000020.backup', 'recado.db.before-000030.backup']);
    const backup = join(folder.path, backups[0]!);
    expect(isPlainSqlite(backup)).toBe(false);
    const restored = openForReading(backup, key);
    expect(readVersion(restored)).toBe(20);
    expect(restored.prepare('select * from child').all()).toEqual([{ parent_id: 1 }]);
    restored.close();
  });
});
