import type { Id } from '@recado/protocol';
import { setTimeout as pause } from 'node:timers/promises';
import { createDatabase } from '../../src/db/database.ts';
import { recordChange } from '../../src/feed/record.ts';
import { createRelayClient } from './relay-client.ts';
import { startTestRelay } from './relay.ts';

/** A relay whose clinic is written by the test itself, row by row, and somebody who reads it. */
export async function startTestFeed() {
  const relay = await startTestRelay();
  const client = createRelayClient(relay.url, (await relay.signIn()).token);
  const database = createDatabase({ url: relay.databaseUrl, poolSize: 12 });
  const clinicId: Id = relay.clinic.id;

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(`${relay.url}${path}`, { headers: { ...client.headers, ...headers } });

  /** Puts a tag, new or again, in a transaction that takes its time. */
  async function putTag(id: string, name: string, delayMs = 0, fail = false) {
    await database.inClinic(clinicId, async (connection) => {
      if (delayMs > 0) await pause(delayMs);
      const version = await recordChange(connection, { clinicId, entity: 'tag', id });
      if (delayMs > 0) await pause(delayMs);
      await connection.query(
        `insert into tags (clinic_id, id, name, color, version) values ($1, $2, $3, '#fff', $4)
         on conflict (clinic_id, id) do update set name = excluded.name, version = excluded.version`,
        [clinicId, id, name, version],
      );
      if (fail) throw new Error('on purpose');
    });
  }

  /** The lines of an answer that must come whole. */
  async function readLines(path: string, headers: Record<string, string> = {}) {
    const response = await get(path, headers);
    const text = await response.text();
    if (response.status !== 200) throw new Error(`${path} answered ${response.status}`);
    if (!text.endsWith('\n')) throw new Error(`${path} was cut`);
    return { response, lines: text.trimEnd().split('\n') };
  }

  /** A clinic with so many conversations of so many messages each, written by the database itself. */
  async function fill(conversations: number, messages: number) {
    await database.inClinic(clinicId, async (connection) => {
      await connection.query(
        `with people as (
           insert into patients (clinic_id, id, profile_name, version, created_at)
           select $1, gen_random_uuid(), 'Paciente ' || n, n, now() from generate_series(1, $2::int) n
           returning id, version as n),
         talks as (
           insert into conversations (clinic_id, id, patient_id, number_id, last_activity_at, version)
           select $1, gen_random_uuid(), id, '2', date_trunc('ms', now()) - n * interval '1 minute', n from people
           returning id, version as n)
         insert into messages (clinic_id, id, conversation_id, ordinal, version, direction, kind, text, author_kind,
           sent_at, received_at, number_id)
         select $1, gen_random_uuid(), talks.id, (m - 1) * $2::int + n, (m - 1) * $2::int + n, 'inbound', 'text',
           'mensaje ' || m, 'patient', date_trunc('ms', now()), date_trunc('ms', now()), '2'
         from talks, generate_series(1, $3::int) m`,
        [clinicId, conversations, messages],
      );
      await connection.query('update clinics set seq = greatest(seq, $2) where clinic_id = $1', [
        clinicId,
        conversations * messages,
      ]);
    });
  }

  return {
    relay,
    client,
    database,
    clinicId,
    get,
    putTag,
    readLines,
    fill,
    async close(): Promise<void> {
      await database.close();
      await relay.close();
    },
  };
}
export type TestFeed = Awaited<ReturnType<typeof startTestFeed>>;
