import {
  SNAPSHOT_CONVERSATIONS_WITH_MESSAGES,
  SNAPSHOT_MESSAGES_PER_CONVERSATION,
  toTimestamp,
  type EntityName,
} from '@recado/protocol';
import type { Clock } from '../clock.ts';
import type { Client } from '../db/database.ts';
import { lineSql, WIRE_VIEWS } from './wire.ts';

/** The first page is small, so that the top of the inbox is there at once. */
const FIRST_PAGE = 50;
const PAGE = 500;

const REFERENCE_DATA: EntityName[] = ['clinic', 'agent', 'team', 'tag', 'template', 'quickReply'];

/** Every row of a wire view that belongs to the clinic and to `where`, as lines. */
async function lines(client: Client, entity: EntityName, where: string, values: unknown[]): Promise<string> {
  const { rows } = await client.query<{ text: string | null }>(
    `select string_agg(${lineSql(entity, 'wire')}, '') as text from ${WIRE_VIEWS[entity]} wire
     where wire.clinic_id = $1 and ${where}`,
    values,
  );
  return rows[0]?.text ?? '';
}

async function head(client: Client, clinicId: string, clock: Clock): Promise<string> {
  const { rows } = await client.query<Record<string, number>>(
    `select seq,
       (select count(*) from agents where clinic_id = $1) as agent,
       (select count(*) from teams where clinic_id = $1) as team,
       (select count(*) from tags where clinic_id = $1) as tag,
       (select count(*) from templates where clinic_id = $1) as template,
       (select count(*) from quick_replies where clinic_id = $1) as "quickReply",
       (select count(*) from patients where clinic_id = $1) as patient,
       (select count(*) from appointments where clinic_id = $1) as appointment,
       (select count(*) from conversations where clinic_id = $1) as conversation,
       (select count(*) from (
          select id from conversations where clinic_id = $1
          order by last_activity_at desc, id desc limit $2) newest
        cross join lateral (
          select from messages where clinic_id = $1 and conversation_id = newest.id
          order by ordinal desc limit $3) message) as message
     from clinics where clinic_id = $1`,
    [clinicId, SNAPSHOT_CONVERSATIONS_WITH_MESSAGES, SNAPSHOT_MESSAGES_PER_CONVERSATION],
  );
  const { seq, ...counts } = rows[0] ?? { seq: 0 };
  return `${JSON.stringify({
    type: 'head',
    seq,
    counts: { clinic: 1, ...counts },
    serverTime: toTimestamp(clock.now()),
  })}\n`;
}

interface Position {
  at: string;
  id: string;
}

interface ConversationPage {
  ids: string[];
  patientIds: string[];
  last: Position | null;
}

/** Newest activity first, after `after`. */
async function conversationPage(
  client: Client,
  clinicId: string,
  after: Position | null,
  limit: number,
): Promise<ConversationPage> {
  const { rows } = await client.query<{ id: string; patient_id: string; at: string }>(
    `select id, patient_id, last_activity_at::text as at from conversations
     where clinic_id = $1 ${after ? 'and (last_activity_at, id) < ($3::timestamptz, $4::uuid)' : ''}
     order by last_activity_at desc, id desc limit $2`,
    after ? [clinicId, limit, after.at, after.id] : [clinicId, limit],
  );
  const last = rows.at(-1);
  return {
    ids: rows.map(({ id }) => id),
    patientIds: rows.map(({ patient_id }) => patient_id),
    last: last ? { at: last.at, id: last.id } : null,
  };
}

async function* conversations(
  client: Client,
  clinicId: string,
  start: { after: Position | null; count: number },
): AsyncGenerator<string> {
  let { after, count } = start;
  for (let limit = FIRST_PAGE; ; limit = PAGE) {
    const page = await conversationPage(client, clinicId, after, limit);
    if (page.last === null) return;
    const withMessages = page.ids.slice(0, Math.max(0, SNAPSHOT_CONVERSATIONS_WITH_MESSAGES - count));
    yield (
      (await lines(client, 'patient', 'wire.id = any($2)', [clinicId, page.patientIds])) +
      (await lines(
        client,
        'appointment',
        'wire.id in (select id from appointments where clinic_id = $1 and patient_id = any($2))',
        [clinicId, page.patientIds],
      )) +
      (await lines(client, 'conversation', 'wire.id = any($2)', [clinicId, page.ids])) +
      (withMessages.length === 0
        ? ''
        : await lines(
            client,
            'message',
            `wire.id in (
               select message.id from unnest($2::uuid[]) as conversation(id)
               cross join lateral (
                 select id from messages where clinic_id = $1 and conversation_id = conversation.id
                 order by ordinal desc limit $3) message)`,
            [clinicId, withMessages, SNAPSHOT_MESSAGES_PER_CONVERSATION],
          ))
    );
    after = page.last;
    count += page.ids.length;
  }
}

/** Patients nobody has talked to yet: the clinic knows them, by their appointments for instance. */
async function* otherPatients(client: Client, clinicId: string): AsyncGenerator<string> {
  let after = '00000000-0000-0000-0000-000000000000';
  for (;;) {
    const { rows } = await client.query<{ id: string }>(
      `select id from patients where clinic_id = $1 and id > $2 and not exists (
         select from conversations where clinic_id = $1 and patient_id = patients.id)
       order by id limit $3`,
      [clinicId, after, PAGE],
    );
    const last = rows.at(-1);
    if (!last) return;
    const ids = rows.map(({ id }) => id);
    yield (
      (await lines(client, 'patient', 'wire.id = any($2)', [clinicId, ids])) +
      (await lines(
        client,
        'appointment',
        'wire.id in (select id from appointments where clinic_id = $1 and patient_id = any($2))',
        [clinicId, ids],
      ))
    );
    after = last.id;
  }
}

/** Where a broken-off snapshot goes on: behind a conversation the reader already has. */
async function positionOf(client: Client, clinicId: string, conversationId: string) {
  const { rows } = await client.query<{ at: string; count: number }>(
    `select anchor.last_activity_at::text as at, (
       select count(*) from conversations
       where clinic_id = $1 and (last_activity_at, id) >= (anchor.last_activity_at, anchor.id)) as count
     from conversations anchor where clinic_id = $1 and id = $2`,
    [clinicId, conversationId],
  );
  const row = rows[0];
  return row ? { after: { at: row.at, id: conversationId }, count: row.count } : { after: null, count: 0 };
}

/**
 * NDJSON of everything an inbox needs, in chunks of bounded size. `client` must read one unchanging picture, so that
 * the head's number is true of every line. After a break the reader passes the last conversation it has as
 * `after`, and goes on following changes from the number of the *first* head it was given: what moved to the top
 * in between is a later change.
 */
export async function* snapshot(
  client: Client,
  request: { clinicId: string; after: string | null; clock: Clock },
): AsyncGenerator<string> {
  const { clinicId, after, clock } = request;
  yield await head(client, clinicId, clock);
  let reference = '';
  for (const entity of REFERENCE_DATA) reference += await lines(client, entity, 'true', [clinicId]);
  yield reference;
  const start = after === null ? { after: null, count: 0 } : await positionOf(client, clinicId, after);
  yield* conversations(client, clinicId, start);
  yield* otherPatients(client, clinicId);
  yield '{"type":"end"}\n';
}
