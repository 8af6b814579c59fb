import { newId } from '@recado/protocol';
import pg from 'pg';
import { expect, test } from 'vitest';
import { createTestDatabase } from '../../sandbox/testing/database.ts';
import { migrate } from './migrate.ts';
import { migrations } from './migrations/index.ts';

test('what an older relay wrote as a code in the text becomes an event, in every clinic; words stay words', async () => {
  const database = await createTestDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
  await client.query('create table migrations (version integer primary key, name text not null)');
  await client.query('alter table migrations add column applied_at timestamptz not null default now()');
  for (const { version, name, sql } of migrations.filter((each) => each.version < 50)) {
    await client.query(sql);
    await client.query('insert into migrations (version, name) values ($1, $2)', [version, name]);
  }
  const inClinic = async (clinicId: string, sql: string, values: unknown[] = []) => {
    await client.query(`begin; set local recado.clinic_id = '${clinicId}'`);
    const { rows } = await client.query(sql, values);
    await client.query('commit');
    return rows;
  };
  const clinics = [newId(), newId()];
  for (const clinicId of clinics) {
    const [patientId, conversationId] = [newId(), newId()];
    const add = (sql: string, values: unknown[] = []) => inClinic(clinicId, sql, [clinicId, ...values]);
    await add(`insert into clinics (clinic_id, name, time_zone, created_at) values ($1, 'C', 'UTC', now())`);
    await add('insert into patients (clinic_id, id, version, created_at) values ($1, $2, 1, now())', [
      patientId,
    ]);
    await add(
      `insert into conversations (clinic_id, id, patient_id, number_id, last_activity_at, version)
       values ($1, $2, $3, '1', now(), 2)`,
      [conversationId, patientId],
    );
    for (const [ordinal, kind, text] of [
      [3, 'system', 'reopened_by_patient'],
      [4, 'text', 'reopened_by_patient'],
    ] as const) {
      await add(
        `insert into messages (clinic_id, id, conversation_id, ordinal, direction, kind, text, author_kind,
           sent_at, received_at, number_id, version)
         values ($1, $2, $3, $4, 'internal', $5, $6, 'relay', now(), now(), '1', $4)`,
        [newId(), conversationId, ordinal, kind, text],
      );
    }
  }

  expect(await migrate(database.url)).toContain(50);
  for (const clinicId of clinics) {
    expect(await inClinic(clinicId, 'select kind, text, content from messages order by ordinal')).toEqual([
      { kind: 'system', text: null, content: { event: { code: 'reopened_by_patient' } } },
      { kind: 'text', text: 'reopened_by_patient', content: {} },
    ]);
    // Row-level security holds the owner of the tables again.
    await client.query('begin');
    expect((await client.query('select from messages')).rowCount).toBe(0);
    await client.query('rollback');
    expect(await inClinic(clinicId, 'select data from wire_clinic')).toMatchObject([
      { data: { settings: { assignOnFirstReply: true, readReceipts: 'onRead' } } },
    ]);
  }
  await client.end();
  await database.drop();
});
