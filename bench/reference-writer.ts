/**
 * The least a sync can do with what the relay says: a thread that parses each answer and inserts its rows in one
 * transaction, into the same tables with the same indexes, search index, cipher and durability as the app's. No
 * schemas, no versions, no predictions, no resuming, nothing that notices when something is wrong.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { MIGRATIONS } from '../src/main/store/migrations/index.ts';
import { openForWriting } from '../src/main/store/open.ts';
import { orderKeyOf } from '../src/main/store/order-key.ts';

const { file, key } = workerData as { file: string; key: Uint8Array };
const database = openForWriting(file, key);
for (const migration of MIGRATIONS) migration.up(database);

const HOUR = 3_600_000;
const at = (timestamp: string | null): number | null => (timestamp === null ? null : Date.parse(timestamp));
const orNull = (value: object | null): string | null =>
  value === null || Object.keys(value).length === 0 ? null : JSON.stringify(value);

const insertReference = database.prepare(
  'insert or replace into reference_entities (entity, id, version, data) values (?, ?, ?, ?)',
);
const insertPatient = database.prepare(
  `insert into patients (id, version, name, profile_name, phone, display_name, formatted_phone, whatsapp_user_id,
     language, note) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
);
const insertAppointment = database.prepare(
  `insert into appointments (id, version, patient_id, starts_at, treatment, professional, state)
   values (?, ?, ?, ?, ?, ?, ?)`,
);
const insertConversation = database.prepare(
  `insert into conversations (id, order_key, version, patient_id, relay_json, queue, rank, is_pinned, snoozed_until,
     expires_at, window_ends_at, last_activity_at, is_unread, is_unanswered)
   values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
);
const insertLink = database.prepare('insert into conversation_links values (?, ?, ?, ?)');
const insertMessage = database.prepare(
  `insert into messages (ordinal, version, conversation_key, id, direction, kind, text, content, author_kind,
     author_agent_id, author_name, sent_at, received_at, status, error, reactions, reply_to, edits, revoked_at)
   values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) on conflict (ordinal) do nothing`,
);
const insertText = database.prepare('insert into messages_fts (rowid, text) values (?, ?)');

const keys = new Map<string, number | bigint>();

// What JSON.parse answers; the relay is trusted here.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type Loose = any;

function putConversation(id: string, version: number, data: Loose): void {
  const queue = data.spam ? 'spam' : data.closed ? 'closed' : data.handler === 'bot' ? 'bot' : 'people';
  const inbound = at(data.lastInboundSentAt);
  const windowEndsAt = at(data.windowExpiresAt) ?? (inbound === null ? 0 : inbound + 24 * HOUR);
  const snoozedUntil = at(data.snoozedUntil) ?? 0;
  const isUnread = data.unread > 0 ? 1 : 0;
  const { lastInsertRowid: conversationKey } = insertConversation.run(
    id,
    orderKeyOf(id),
    version,
    data.patientId,
    JSON.stringify(data),
    queue,
    snoozedUntil > 0 ? 2 : data.pinned ? 0 : 1,
    data.pinned ? 1 : 0,
    snoozedUntil,
    (at(data.lastInteractionAt) ?? 0) + 24 * HOUR,
    windowEndsAt,
    at(data.lastActivityAt),
    isUnread,
    data.lastMessageDirection === 'inbound' ? 1 : 0,
  );
  keys.set(id, conversationKey);
  const targets = new Set<string>([...data.tagIds, ...data.assigneeIds, ...data.teamIds]);
  if (data.assigneeIds.length + data.teamIds.length === 0) targets.add('nobody');
  for (const target of targets) insertLink.run(conversationKey, target, queue === 'people' ? 1 : 0, isUnread);
}

function putMessage(id: string, version: number, data: Loose): void {
  const { changes } = insertMessage.run(
    data.ordinal,
    version,
    keys.get(data.conversationId),
    id,
    data.direction,
    data.kind,
    data.text,
    orNull(data.content),
    data.author.kind,
    data.author.agentId,
    data.author.name,
    at(data.sentAt),
    at(data.receivedAt),
    data.status,
    orNull(data.error),
    orNull(data.reactions),
    data.replyTo,
    orNull(data.edits),
    at(data.revokedAt),
  );
  if (changes === 1 && data.text !== null && data.kind !== 'system') insertText.run(data.ordinal, data.text);
}

function put({ entity, id, seq, data }: Loose): void {
  switch (entity) {
    case 'message':
      putMessage(id, seq, data);
      break;
    case 'conversation':
      putConversation(id, seq, data);
      break;
    case 'patient': {
      const { name, profileName, phone, whatsappUserId, language, note } = data;
      const shown = name ?? profileName ?? phone;
      insertPatient.run(id, seq, name, profileName, phone, shown, phone, whatsappUserId, language, note);
      break;
    }
    case 'appointment': {
      const { patientId, startsAt, treatment, professional, state } = data;
      insertAppointment.run(id, seq, patientId, at(startsAt), treatment, professional, state);
      break;
    }
    default:
      insertReference.run(entity, id, seq, JSON.stringify(data));
  }
}

const writeAnswer = database.transaction((text: string): { messages: number; before: number | null } => {
  let messages = 0;
  let before: number | null = null;
  const rows: Loose[] = [];
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const parsed = JSON.parse(line) as Loose;
    if (parsed.type === 'end') before = parsed.before ?? null;
    else if (parsed.type === 'change') rows.push(parsed);
  }
  // History comes newest first; ascending rowids fill pages from left to right.
  if (rows.at(0)?.entity === 'message') rows.reverse();
  for (const row of rows) {
    if (row.entity === 'message') messages += 1;
    put(row);
  }
  return { messages, before };
});

parentPort?.on('message', (message: { text: string } | 'close') => {
  if (message === 'close') {
    const { count } = database.prepare('select count(*) as count from messages').get() as { count: number };
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    parentPort?.postMessage({ held: count });
    parentPort?.close();
    return;
  }
  parentPort?.postMessage(writeAnswer(message.text));
});
parentPort?.postMessage('ready');
