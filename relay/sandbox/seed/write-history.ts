import type { Id } from '@recado/protocol';
import type { Client, Database } from '../../src/db/database.ts';
import type { Random } from '../random.ts';
import {
  idAt,
  startHistory,
  tell,
  type HistoryAgent,
  type HistoryEvent,
  type HistoryState,
  type MessageRow,
} from './history.ts';

export interface HistoryPatient {
  name: string | null;
  profileName: string | null;
  phone: string | null;
  userId: string | null;
  language?: string | null;
  note?: string;
}

export interface HistoryAppointment {
  startsAt: number;
  treatment: string;
  professional: string;
  state: 'scheduled' | 'confirmed' | 'cancelled' | 'attended' | 'missed';
  reminder?: 'sent' | 'confirmed' | 'declined' | 'failed';
}

/** A patient, their appointments, and the one conversation with them. Events come in order of `at`, lazily if need be. */
export interface ConversationHistory {
  patient: HistoryPatient;
  appointments: HistoryAppointment[];
  tagIds: Id[];
  assigneeIds: Id[];
  teamIds: Id[];
  events: Iterable<HistoryEvent>;
  /** An existing conversation to go on with; its patient and appointments are left alone. */
  existing?: { id: Id; state: HistoryState };
}

export interface HistoryTarget {
  database: Database;
  clinicId: Id;
  numberId: string;
  agents: readonly HistoryAgent[];
  random: Random;
  /** Epoch milliseconds, written as the time of the changes. */
  now: number;
}

const BATCH = 5_000;

interface Told {
  id: Id;
  patientId: Id;
  createdAt: number;
  history: ConversationHistory;
  state: HistoryState;
  iterator: Iterator<HistoryEvent>;
  next: HistoryEvent;
}

/** Conversations by the time of their next event, earliest first (a binary heap). */
function createMerge() {
  const heap: Told[] = [];
  const earlier = (a: number, b: number) => (heap[a]?.next.at ?? 0) < (heap[b]?.next.at ?? 0);
  const swap = (a: number, b: number) => {
    const held = heap[a] as Told;
    heap[a] = heap[b] as Told;
    heap[b] = held;
  };
  const sink = (from: number) => {
    let parent = from;
    for (;;) {
      let first = parent;
      for (const child of [2 * parent + 1, 2 * parent + 2]) {
        if (child < heap.length && earlier(child, first)) first = child;
      }
      if (first === parent) return;
      swap(parent, first);
      parent = first;
    }
  };
  return {
    push(told: Told) {
      heap.push(told);
      for (let child = heap.length - 1; child > 0;) {
        const parent = (child - 1) >> 1;
        if (!earlier(child, parent)) break;
        swap(parent, child);
        child = parent;
      }
    },
    first: () => heap[0],
    /** After the first one's next event has changed, or with it gone for good. */
    settle(ended: boolean) {
      if (ended) {
        const last = heap.pop();
        if (heap.length > 0 && last) heap[0] = last;
      }
      sink(0);
    },
  };
}

const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString());

/** The clinic's feed inside one transaction: its row stays locked, so numbers go out in order and without gaps. */
async function openFeed(client: Client, clinicId: Id, now: number) {
  const { rows } = await client.query<{ seq: number }>(
    'select seq from clinics where clinic_id = $1 for no key update',
    [clinicId],
  );
  if (!rows[0]) throw new Error('the clinic does not exist');
  let seq = rows[0].seq;
  let pending: { seq: number; entity: string; id: Id }[] = [];
  const flush = async () => {
    if (pending.length === 0) return;
    await client.query(
      `insert into changes (clinic_id, seq, entity, id, op, changed_at)
       select $1, seq, entity, id, 'put', $3
       from jsonb_to_recordset($2::jsonb) as change(seq bigint, entity text, id uuid)`,
      [clinicId, JSON.stringify(pending), iso(now)],
    );
    pending = [];
  };
  return {
    take(entity: string, id: Id): number {
      seq += 1;
      pending.push({ seq, entity, id });
      return seq;
    },
    flush,
    async close() {
      await flush();
      await client.query('update clinics set seq = $2 where clinic_id = $1', [clinicId, seq]);
    },
  };
}
type Feed = Awaited<ReturnType<typeof openFeed>>;

async function insertPeople(client: Client, feed: Feed, target: HistoryTarget, tolds: Told[]) {
  for (let from = 0; from < tolds.length; from += BATCH) {
    const batch = tolds.slice(from, from + BATCH).filter(({ history }) => !history.existing);
    const patients = batch.map(({ patientId, createdAt, history: { patient } }) => ({
      id: patientId,
      ...patient,
      language: patient.language ?? null,
      note: patient.note ?? '',
      version: feed.take('patient', patientId),
      created_at: iso(createdAt),
    }));
    await client.query(
      `insert into patients (clinic_id, id, name, profile_name, phone, whatsapp_user_id, language, note, version, created_at)
       select $1, id, name, "profileName", phone, "userId", language, note, version, created_at
       from jsonb_to_recordset($2::jsonb) as patient(id uuid, name text, "profileName" text, phone text,
         "userId" text, language text, note text, version bigint, created_at timestamptz)`,
      [target.clinicId, JSON.stringify(patients)],
    );
    const identities = patients.flatMap(({ id, phone, userId, created_at }) => [
      ...(phone === null ? [] : [{ kind: 'whatsapp_id', value: phone.slice(1), patient_id: id, created_at }]),
      ...(userId === null ? [] : [{ kind: 'user_id', value: userId, patient_id: id, created_at }]),
    ]);
    await client.query(
      `insert into patient_identities (clinic_id, kind, value, patient_id, created_at)
       select $1, kind, value, patient_id, created_at
       from jsonb_to_recordset($2::jsonb)
         as identity(kind text, value text, patient_id uuid, created_at timestamptz)`,
      [target.clinicId, JSON.stringify(identities)],
    );
    const appointments = batch.flatMap(({ patientId, history }) =>
      history.appointments.map((appointment) => {
        const id = idAt(target.now, target.random);
        return {
          ...appointment,
          id,
          patient_id: patientId,
          starts_at: iso(appointment.startsAt),
          version: feed.take('appointment', id),
        };
      }),
    );
    await client.query(
      `insert into appointments (clinic_id, id, patient_id, starts_at, treatment, professional, state, reminder,
         placed_at, version)
       select $1, id, patient_id, starts_at, treatment, professional, state, reminder, $3, version
       from jsonb_to_recordset($2::jsonb) as appointment(id uuid, patient_id uuid, starts_at timestamptz,
         treatment text, professional text, state text, reminder text, version bigint)`,
      // Known from now on: what should have left before the story began never does.
      [target.clinicId, JSON.stringify(appointments), iso(target.now)],
    );
    await feed.flush();
  }
}

/** Puts the rows in place so that messages can refer to them; what their history makes of them follows at the end. */
async function insertConversations(client: Client, feed: Feed, target: HistoryTarget, tolds: Told[]) {
  for (let from = 0; from < tolds.length; from += BATCH) {
    const batch = tolds.slice(from, from + BATCH);
    const rows = batch.map(({ id, patientId, createdAt, history }) => ({
      id,
      patient_id: patientId,
      last_activity_at: iso(createdAt),
      tag_ids: history.tagIds,
      assignee_ids: history.assigneeIds,
      team_ids: history.teamIds,
      version: feed.take('conversation', id),
      existing: history.existing !== undefined,
    }));
    const shape = `jsonb_to_recordset($2::jsonb) as row(id uuid, patient_id uuid, last_activity_at timestamptz,
      tag_ids uuid[], assignee_ids uuid[], team_ids uuid[], version bigint, existing boolean)`;
    await client.query(
      `insert into conversations (clinic_id, id, patient_id, number_id, last_activity_at, tag_ids, assignee_ids, team_ids, version)
       select $1, id, patient_id, $3, last_activity_at, tag_ids, assignee_ids, team_ids, version
       from ${shape} where not existing`,
      [target.clinicId, JSON.stringify(rows), target.numberId],
    );
    await client.query(
      `update conversations set version = row.version from ${shape}
       where conversations.clinic_id = $1 and conversations.id = row.id and row.existing`,
      [target.clinicId, JSON.stringify(rows)],
    );
    await feed.flush();
  }
}

async function insertMessages(
  client: Client,
  feed: Feed,
  target: HistoryTarget,
  batch: { conversationId: Id; row: MessageRow }[],
) {
  const rows = batch.map(({ conversationId, row }) => ({
    ...row,
    conversationId,
    ordinal: feed.take('message', row.id),
    sentAt: iso(row.sentAt),
    receivedAt: iso(row.receivedAt),
    acceptedAt: iso(row.acceptedAt),
    revokedAt: iso(row.revokedAt),
    authorKind: row.author.kind,
    authorAgentId: row.author.agentId,
    authorName: row.author.name,
    errorCode: row.error?.code ?? null,
    errorTitle: row.error?.title ?? null,
  }));
  await client.query(
    `insert into messages (clinic_id, id, conversation_id, ordinal, direction, kind, text, content, author_kind,
       author_agent_id, author_name, sent_at, received_at, accepted_at, status, error_code, error_title, reactions,
       reply_to, edits, revoked_at, number_id, wamid, version)
     select $1, id, "conversationId", ordinal, direction, kind, text, content, "authorKind", "authorAgentId",
       "authorName", "sentAt", "receivedAt", "acceptedAt", status, "errorCode", "errorTitle", reactions, "replyTo",
       edits, "revokedAt", $3, wamid, ordinal
     from jsonb_to_recordset($2::jsonb) as message(id uuid, "conversationId" uuid, ordinal bigint, direction text,
       kind text, text text, content jsonb, "authorKind" text, "authorAgentId" uuid, "authorName" text,
       "sentAt" timestamptz, "receivedAt" timestamptz, "acceptedAt" timestamptz, status text, "errorCode" text,
       "errorTitle" text, reactions jsonb, "replyTo" uuid, edits jsonb, "revokedAt" timestamptz, wamid text)`,
    [target.clinicId, JSON.stringify(rows), target.numberId],
  );
  await feed.flush();
}

async function updateConversations(client: Client, target: HistoryTarget, tolds: Told[]) {
  for (let from = 0; from < tolds.length; from += BATCH) {
    const rows = tolds.slice(from, from + BATCH).map(({ id, createdAt, state: { facts, ...state } }) => ({
      id,
      spam: facts.spam,
      closed: facts.closed,
      handler: facts.handler,
      last_inbound_sent_at: iso(facts.lastInboundSentAt),
      window_expires_at: iso(facts.windowExpiresAt),
      last_interaction_at: iso(facts.lastInteractionAt),
      last_activity_at: iso(Math.max(state.lastActivityAt, createdAt)),
      last_message_direction: facts.lastMessageDirection,
      last_message_id: state.lastMessage?.id ?? null,
      unread: facts.unread,
      participants: [...state.participants].map(([agentId, at]) => ({ agentId, lastAt: iso(at) })),
    }));
    await client.query(
      `update conversations set spam = row.spam, closed = row.closed, handler = row.handler,
         last_inbound_sent_at = row.last_inbound_sent_at, window_expires_at = row.window_expires_at,
         last_interaction_at = row.last_interaction_at, last_activity_at = row.last_activity_at,
         last_message_direction = row.last_message_direction, last_message_id = row.last_message_id,
         unread = row.unread, participants = row.participants
       from jsonb_to_recordset($2::jsonb) as row(id uuid, spam boolean, closed boolean, handler text,
         last_inbound_sent_at timestamptz, window_expires_at timestamptz, last_interaction_at timestamptz,
         last_activity_at timestamptz, last_message_direction text, last_message_id uuid, unread integer,
         participants jsonb)
       where conversations.clinic_id = $1 and conversations.id = row.id`,
      [target.clinicId, JSON.stringify(rows)],
    );
  }
}

/**
 * Writes histories into a clinic in one transaction: all events of all conversations in order of time, each message
 * with the clinic's next feed number, each conversation as `applyConversationEvent` leaves it. Returns how many
 * messages it wrote. Events of a conversation may be made while they are asked for.
 */
export async function writeHistory(
  target: HistoryTarget,
  histories: Iterable<ConversationHistory>,
): Promise<{ conversations: number; messages: number }> {
  const tolds: Told[] = [];
  for (const history of histories) {
    const iterator = history.events[Symbol.iterator]();
    const first = iterator.next();
    if (first.done) continue;
    tolds.push({
      id: history.existing?.id ?? idAt(first.value.at, target.random),
      patientId: idAt(first.value.at, target.random),
      createdAt: first.value.at,
      history,
      state: history.existing?.state ?? startHistory(),
      iterator,
      next: first.value,
    });
  }
  return target.database.inClinic(target.clinicId, async (client) => {
    const feed = await openFeed(client, target.clinicId, target.now);
    await insertPeople(client, feed, target, tolds);
    await insertConversations(client, feed, target, tolds);
    const merge = createMerge();
    for (const told of tolds) merge.push(told);
    let messages = 0;
    let batch: { conversationId: Id; row: MessageRow }[] = [];
    for (let told = merge.first(); told; told = merge.first()) {
      const row = tell(told.state, told.next, target.agents, target.random);
      if (row) batch.push({ conversationId: told.id, row });
      const next = told.iterator.next();
      if (!next.done) told.next = next.value;
      merge.settle(next.done === true);
      if (batch.length < BATCH) continue;
      messages += batch.length;
      await insertMessages(client, feed, target, batch);
      batch = [];
    }
    if (batch.length > 0) await insertMessages(client, feed, target, batch);
    await updateConversations(client, target, tolds);
    await feed.close();
    return { conversations: tolds.length, messages: messages + batch.length };
  });
}
