import { newId } from '@recado/protocol';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../sandbox/testing/database.ts';
import { createTestClinic } from '../../sandbox/testing/relay.ts';
import { createRelay, UnsafeRoleError } from '../index.ts';
import { testSettings } from '../../sandbox/testing/relay.ts';
import { silentLogger } from '../logger.ts';
import { createDatabase, type Database } from './database.ts';
import { DatabaseTooNewError, migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';

let testDatabase: TestDatabase;
let database: Database;
beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url });
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
});

test('every table that knows a clinic is closed to the others, for its owner too', async () => {
  const { rows } = await database.asSystem((client) =>
    client.query<{ name: string; secured: boolean; forced: boolean }>(
      `select relname as name, relrowsecurity as secured, relforcerowsecurity as forced
       from pg_class join pg_attribute on attrelid = pg_class.oid
       where attname = 'clinic_id' and relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    ),
  );
  expect(rows.map(({ name }) => name)).toContain('messages');
  expect(rows.length).toBeGreaterThanOrEqual(18);
  expect(rows.filter(({ secured, forced }) => !secured || !forced)).toEqual([]);
});

test('a query that forgets its clinic sees and writes nothing of another', async () => {
  const [one, two] = [await createTestClinic(testDatabase.url), await createTestClinic(testDatabase.url)];
  const patientOf = (clinicId: string) =>
    database.inClinic(clinicId, (client) =>
      client.query(
        `insert into patients (clinic_id, id, name, version, created_at) values ($1, $2, 'Nadie', 1, now())`,
        [clinicId, newId()],
      ),
    );
  await patientOf(one.id);
  await patientOf(two.id);
  await database.inClinic(one.id, async (client) => {
    for (const table of [
      'patients',
      'wire_patient',
      'wire_clinic',
      'clinics',
      'agents',
      'numbers',
      'changes',
    ]) {
      const { rows } = await client.query<{ clinic_id: string }>(`select distinct clinic_id from ${table}`);
      expect(rows).toEqual([{ clinic_id: one.id }]);
    }
    expect((await client.query(`update patients set name = 'x'`)).rowCount).toBe(1);
    expect((await client.query('delete from numbers')).rowCount).toBe(1);
  });
  await expect(
    database.inClinic(one.id, (client) =>
      client.query(`insert into patients (clinic_id, id, version, created_at) values ($1, $2, 1, now())`, [
        two.id,
        newId(),
      ]),
    ),
  ).rejects.toMatchObject({ code: '42501' });
});

test('the scope ends with its transaction, and the system’s does not open what patients said', async () => {
  const clinic = await createTestClinic(testDatabase.url);
  await database.inClinic(clinic.id, (client) =>
    client.query(
      `insert into patients (clinic_id, id, name, version, created_at) values ($1, $2, 'Nadie', 1, now())`,
      [clinic.id, newId()],
    ),
  );
  await database.asSystem(async (client) => {
    for (const table of ['patients', 'conversations', 'messages', 'changes', 'commands']) {
      expect((await client.query(`select from ${table}`)).rowCount).toBe(0);
    }
  });
  const single = createDatabase({ url: testDatabase.url, poolSize: 1 });
  await single.inClinic(clinic.id, (client) => client.query('select 1'));
  await expect(single.inClinic('x; drop table clinics', async () => {})).rejects.toThrow(TypeError);
  expect(await single.asSystem(async (client) => (await client.query('select from patients')).rowCount)).toBe(
    0,
  );
  await single.close();
});

test('the relay refuses a role that row-level security does not hold', async () => {
  const admin = new URL(inject('databaseServer').adminUrl);
  admin.pathname = new URL(testDatabase.url).pathname;
  const relay = createRelay({ databaseUrl: admin.href, settings: testSettings(), logger: silentLogger });
  await expect(relay.listen()).rejects.toBeInstanceOf(UnsafeRoleError);
  await relay.close();
});

test('processes that start together migrate once; a newer database is left alone', async () => {
  const admin = new pg.Client({ connectionString: testDatabase.url });
  await admin.connect();
  await admin.query('drop schema public cascade; create schema public');
  const runs = await Promise.all(Array.from({ length: 4 }, () => migrate(testDatabase.url)));
  expect(runs.filter((applied) => applied.length > 0)).toEqual([migrations.map(({ version }) => version)]);
  await admin.query(`insert into migrations (version, name) values (99990, 'of tomorrow')`);
  await expect(migrate(testDatabase.url)).rejects.toBeInstanceOf(DatabaseTooNewError);
  await admin.end();
  const versions = migrations.map(({ version }) => version);
  expect(versions).toEqual([...new Set(versions)].sort((a, b) => a - b));
});
