import {
  SNAPSHOT_CONVERSATIONS_WITH_MESSAGES,
  SNAPSHOT_MESSAGES_PER_CONVERSATION,
  toTimestamp,
  type EntityName,
} from '@recado/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Client } from '../db/database.ts';
import { queryBytes } from './bytes.ts';
import { lineSql, visibleSql, WIRE_VIEWS } from './wire.ts';

/** Conversations between two marks while they bring messages: small, so that the top of the inbox is there at once. */
const PAGE_WITH_MESSAGES = 50;
const PAGE = 300;

const REFERENCE_DATA: EntityName[] = ['clinic', 'agent', 'team', 'tag', 'template', 'quickReply'];

/**
 * Rows of a wire view as lines. `from` names it, with whatever leads to its rows: always by its keys, one after the
 * other, so that there is nothing for the planner to get wrong while no statistics say how large a table has become.
 * `values` begin with the clinic.
 */
async function lines(
  client: Client,
  entity: EntityName,
  { from, orderBy }: { from: string; orderBy?: string },
  values: unknown[],
): Promise<Buffer> {
  const { text } = await queryBytes<'text'>(
    client,
    `select string_agg(${lineSql(entity, 'wire')}, '' ${orderBy ? `order by ${orderBy}` : ''}) as text from ${from}`,
    values,
  );
  return text;
}

/** Rows of an entity in the order of their ids, which are the second value. */
const byId = (entity: EntityName) => ({
  from: `unnest($2::uuid[]) with ordinality as key(id, place)
    cross join lateral (
      select * from ${WIRE_VIEWS[entity]} wire where wire.clinic_id = $1 and wire.id = key.id) wire`,
  orderBy: 'key.place',
});

interface Head {
  seq: number;
  /** Changes up to this number are no longer kept. */
  retainedAfter: number;
  counts: Record<string, number>;
}

async function readHead(client: Client, { clinicId, agentId }: SnapshotRequest): Promise<Head> {
  const { rows } = await client.query<Record<string, number>>(
    `select seq, retained_after as "retainedAfter",
       (select count(*) from agents where clinic_id = $1) as agent,
       (select count(*) from teams where clinic_id = $1) as team,
       (select count(*) from tags where clinic_id = $1) as tag,
       (select count(*) from templates where clinic_id = $1) as template,
       (select count(*) from wire_quick_reply wire
        where clinic_id = $1 and ${visibleSql('quickReply', 'wire', '$4')}) as "quickReply",
       (select count(*) from patients where clinic_id = $1) as patient,
       (select count(*) from appointments where clinic_id = $1) as appointment,
       (select count(*) from conversations where clinic_id = $1) as conversation,
       (select count(*) from (
          select id from conversations where clinic_id = $1
          order by last_activity_at desc, id desc limit $2) newest
        cross join lateral (
          select from messages where clinic_id = $1 and conversation_id = newest.id
          order by sent_at desc, ordinal desc limit $3) message) as message
     from clinics where clinic_id = $1`,
    [clinicId, SNAPSHOT_CONVERSATIONS_WITH_MESSAGES, SNAPSHOT_MESSAGES_PER_CONVERSATION, agentId],
  );
  const { seq = 0, retainedAfter = 0, ...counts } = rows[0] ?? {};
  return { seq, retainedAfter, counts: { clinic: 1, ...counts } };
}

/** How far a reader has come: which conversations by activity, or which of the patients that have none. */
const Position = z.union([
  z.object({
    /** Time of activity in PostgreSQL's own words, to the microsecond; null before the first. */
    conversation: z.object({ at: z.string().regex(/^[-+:. \d]{10,40}$/), id: z.uuid() }).nullable(),
    /** Conversations so far. */
    count: z.number().int().nonnegative(),
  }),
  z.object({ patient: z.uuid() }),
]);
type Position = z.infer<typeof Position>;
type ConversationsPosition = Extract<Position, { count: number }>;

function markLine(position: Position): Buffer {
  const after = Buffer.from(JSON.stringify(position)).toString('base64url');
  return Buffer.from(`{"type":"mark","after":"${after}"}\n`);
}

/** Null when it is not one of ours. */
function readMark(after: string): Position | null {
  try {
    return Position.safeParse(JSON.parse(Buffer.from(after, 'base64url').toString())).data ?? null;
  } catch {
    return null;
  }
}

/** Patients with their appointments. */
async function people(client: Client, clinicId: string, patientIds: string[]): Promise<Buffer[]> {
  const appointments = await client.query<{ id: string }>(
    'select id from appointments where clinic_id = $1 and patient_id = any($2)',
    [clinicId, patientIds],
  );
  const appointmentIds = appointments.rows.map(({ id }) => id);
  return [
    await lines(client, 'patient', byId('patient'), [clinicId, patientIds]),
    await lines(client, 'appointment', byId('appointment'), [clinicId, appointmentIds]),
  ];
}

interface ConversationKey {
  id: string;
  patient_id: string;
}

/** Conversations in the order of `keys`, after the people they are with. */
async function withPeople(client: Client, clinicId: string, keys: ConversationKey[]): Promise<Buffer[]> {
  const ids = keys.map(({ id }) => id);
  const patientIds = keys.map(({ patient_id }) => patient_id);
  return [
    ...(await people(client, clinicId, patientIds)),
    await lines(client, 'conversation', byId('conversation'), [clinicId, ids]),
  ];
}

/** The newest messages of conversations, by their place in the thread: there is an index for just this order. */
function newestMessages(client: Client, clinicId: string, conversationIds: string[]): Promise<Buffer> {
  const from = `unnest($2::uuid[]) as conversation(id)
    cross join lateral (
      select * from wire_message where clinic_id = $1 and conversation_id = conversation.id
      order by sent_at desc, ordinal desc limit $3) wire`;
  return lines(client, 'message', { from }, [clinicId, conversationIds, SNAPSHOT_MESSAGES_PER_CONVERSATION]);
}

/** Newest activity first, with a mark after every page. */
async function* conversations(
  client: Client,
  clinicId: string,
  start: ConversationsPosition,
): AsyncGenerator<Buffer> {
  let { conversation: after, count } = start;
  for (;;) {
    const left = Math.max(0, SNAPSHOT_CONVERSATIONS_WITH_MESSAGES - count);
    const limit = left > 0 ? Math.min(PAGE_WITH_MESSAGES, left) : PAGE;
    const { rows } = await client.query<ConversationKey & { at: string }>(
      `select id, patient_id, last_activity_at::text as at from conversations
       where clinic_id = $1 ${after ? 'and (last_activity_at, id) < ($3::timestamptz, $4::uuid)' : ''}
       order by last_activity_at desc, id desc limit $2`,
      after ? [clinicId, limit, after.at, after.id] : [clinicId, limit],
    );
    const last = rows.at(-1);
    if (!last) return;
    after = { at: last.at, id: last.id };
    count += rows.length;
    const parts = await withPeople(client, clinicId, rows);
    if (left > 0) {
      parts.push(
        await newestMessages(
          client,
          clinicId,
          rows.map(({ id }) => id),
        ),
      );
    }
    yield Buffer.concat([...parts, markLine({ conversation: after, count })]);
  }
}

const BEFORE_ALL = '00000000-0000-0000-0000-000000000000';

/** Patients nobody has talked to yet: the clinic knows them, by their appointments for instance. */
async function* otherPatients(client: Client, clinicId: string, start: string): AsyncGenerator<Buffer> {
  // `offset 0` keeps the planner from making a join of it.
  let after = start;
  for (;;) {
    const { rows } = await client.query<{ id: string }>(
      `select id from patients where clinic_id = $1 and id > $2 and not exists (
         select from conversations where clinic_id = $1 and patient_id = patients.id offset 0)
       order by id limit $3`,
      [clinicId, after, PAGE],
    );
    const last = rows.at(-1);
    if (!last) return;
    const ids = rows.map(({ id }) => id);
    yield Buffer.concat([...(await people(client, clinicId, ids)), markLine({ patient: last.id })]);
    after = last.id;
  }
}

/**
 * Conversations that changed after `seq`, with their patients: one that has moved up past the reader's place would
 * come by the feed alone, and whom it is with has not changed.
 */
async function* changedSince(client: Client, clinicId: string, seq: number): AsyncGenerator<Buffer> {
  const { rows } = await client.query<ConversationKey>(
    `select conversation.* from (
       select distinct id from changes where clinic_id = $1 and seq > $2 and entity = 'conversation') changed
     cross join lateral (
       select id, patient_id from conversations where clinic_id = $1 and id = changed.id) conversation`,
    [clinicId, seq],
  );
  for (let next = 0; next < rows.length; next += PAGE) {
    yield Buffer.concat(await withPeople(client, clinicId, rows.slice(next, next + PAGE)));
  }
}

async function referenceData(client: Client, { clinicId, agentId }: SnapshotRequest): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (const entity of REFERENCE_DATA) {
    // The agent is named in every statement: PostgreSQL refuses a value nothing asks for.
    const from = `${WIRE_VIEWS[entity]} wire
      where wire.clinic_id = $1 and $2::uuid is not null and ${visibleSql(entity, 'wire', '$2')}`;
    parts.push(await lines(client, entity, { from }, [clinicId, agentId]));
  }
  return Buffer.concat(parts);
}

export interface SnapshotRequest {
  clinicId: string;
  /** Who reads: some things are told to their owner only. */
  agentId: string;
  /** Of a snapshot that was cut: the number of its head and its last mark. */
  from: { seq: number; after: string } | null;
  clock: Clock;
}

/**
 * NDJSON of everything an inbox needs, in chunks of bounded size. `client` must read one unchanging picture, so that
 * the head's number is true of every line. A reader that was cut goes on behind its last mark under the number it was
 * given first, as long as the feed reaches back to it; otherwise it is given a new one and everything.
 */
export async function* snapshot(client: Client, request: SnapshotRequest): AsyncGenerator<Buffer> {
  const { clinicId, from, clock } = request;
  const { seq: newest, retainedAfter, counts } = await readHead(client, request);
  const reaches = from !== null && from.seq >= retainedAfter && from.seq <= newest;
  const position = reaches ? readMark(from.after) : null;
  const seq = position === null || from === null ? newest : from.seq;
  const head = { type: 'head', seq, counts, serverTime: toTimestamp(clock.now()) };
  yield Buffer.from(`${JSON.stringify(head)}\n`);

  const beginning: Position = { conversation: null, count: 0 };
  if (position === null) yield Buffer.concat([await referenceData(client, request), markLine(beginning)]);
  else yield* changedSince(client, clinicId, seq);

  const place = position ?? beginning;
  if ('count' in place) yield* conversations(client, clinicId, place);
  yield* otherPatients(client, clinicId, 'patient' in place ? place.patient : BEFORE_ALL);
  yield Buffer.from('{"type":"end"}\n');
}
