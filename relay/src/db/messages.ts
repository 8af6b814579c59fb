import {
  newId,
  toTimestamp,
  type Id,
  type MessageContent,
  type MessageStatus,
  type Reaction,
  type SystemEvent,
  type TemplateValues,
} from '@recado/protocol';
import { recordChange } from '../feed/record.ts';
import type { Client } from './database.ts';

/** What sending a message needs besides what people see of it. */
export interface OutgoingParts {
  templateId: Id;
  values: TemplateValues;
}

export interface NewMessage {
  id?: Id;
  clinicId: Id;
  conversationId: Id;
  numberId: string;
  direction: 'inbound' | 'outbound' | 'internal';
  kind: string;
  text: string | null;
  content?: MessageContent;
  author: { kind: 'patient' | 'agent' | 'bot' | 'phone' | 'relay'; agentId: Id | null; name: string | null };
  sentAt: number;
  receivedAt: number;
  acceptedAt?: number;
  status?: MessageStatus;
  replyTo?: Id | null;
  wamid?: string;
  notAfter?: number | null;
  sendAt?: number | null;
  outgoing?: OutgoingParts | null;
}

/**
 * Writes a message and puts it into the feed; its ordinal is the number of that change. Null when WhatsApp's id, or
 * ours, is already there: the message is not written twice.
 */
export async function insertMessage(
  client: Client,
  message: NewMessage,
): Promise<{ id: Id; ordinal: number } | null> {
  const id = message.id ?? newId();
  const { rowCount } = await client.query(
    `select from messages where clinic_id = $1
       and (id = $2 or (number_id = $3 and wamid = $4 and $4::text is not null)) limit 1`,
    [message.clinicId, id, message.numberId, message.wamid ?? null],
  );
  if (rowCount) return null;
  const ordinal = await recordChange(client, { clinicId: message.clinicId, entity: 'message', id });
  await client.query(
    `insert into messages (clinic_id, id, conversation_id, ordinal, version, number_id, direction, kind, text,
       content, author_kind, author_agent_id, author_name, sent_at, received_at, accepted_at, status, reply_to,
       wamid, not_after, send_at, outgoing)
     values ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)`,
    [
      message.clinicId,
      id,
      message.conversationId,
      ordinal,
      message.numberId,
      message.direction,
      message.kind,
      message.text,
      JSON.stringify(message.content ?? {}),
      message.author.kind,
      message.author.agentId,
      message.author.name,
      toTimestamp(message.sentAt),
      toTimestamp(message.receivedAt),
      toTimestamp(message.acceptedAt ?? null),
      message.status ?? null,
      message.replyTo ?? null,
      message.wamid ?? null,
      toTimestamp(message.notAfter ?? null),
      toTimestamp(message.sendAt ?? null),
      message.outgoing ? JSON.stringify(message.outgoing) : null,
    ],
  );
  return { id, ordinal };
}

/** A line in the thread that only staff sees. It has no words to be searched: the app has the sentence. */
export function insertSystemLine(
  client: Client,
  line: Pick<NewMessage, 'clinicId' | 'conversationId' | 'numberId'> & {
    event: SystemEvent;
    at: number;
    author?: NewMessage['author'];
  },
) {
  return insertMessage(client, {
    clinicId: line.clinicId,
    conversationId: line.conversationId,
    numberId: line.numberId,
    direction: 'internal',
    kind: 'system',
    text: null,
    content: { event: line.event },
    author: line.author ?? { kind: 'relay', agentId: null, name: null },
    sentAt: line.at,
    receivedAt: line.at,
  });
}

export interface MessageRow {
  id: Id;
  conversationId: Id;
  ordinal: number;
  direction: 'inbound' | 'outbound' | 'internal';
  kind: string;
  text: string | null;
  content: MessageContent;
  status: MessageStatus | null;
  reactions: Reaction[];
  edits: { text: string | null; at: string }[];
  revokedAt: number | null;
  acceptedAt: number | null;
  wamid: string | null;
  numberId: string;
  replyTo: Id | null;
  notAfter: number | null;
  sendAt: number | null;
  outgoing: OutgoingParts | null;
  /** The clinic's reaction as WhatsApp last took it. */
  takenReaction: string | null;
  authorKind: NewMessage['author']['kind'];
  authorAgentId: Id | null;
  authorName: string | null;
}

/** One message by a condition on its columns. */
async function selectOne(client: Client, clinicId: Id, where: string, values: unknown[]) {
  const { rows } = await client.query<MessageRow>(
    `select id, conversation_id as "conversationId", ordinal, direction, kind, text, content, status, reactions,
       edits, revoked_at as "revokedAt", accepted_at as "acceptedAt", wamid, number_id as "numberId",
       reply_to as "replyTo", not_after as "notAfter", send_at as "sendAt", outgoing,
       taken_reaction as "takenReaction", author_kind as "authorKind", author_agent_id as "authorAgentId",
       author_name as "authorName"
     from messages where clinic_id = $1 and ${where}`,
    [clinicId, ...values],
  );
  return rows[0] ?? null;
}

export function findMessage(client: Client, clinicId: Id, id: Id): Promise<MessageRow | null> {
  return selectOne(client, clinicId, 'id = $2', [id]);
}

export function findMessageByWamid(
  client: Client,
  clinicId: Id,
  key: { numberId: string; wamid: string },
): Promise<MessageRow | null> {
  return selectOne(client, clinicId, 'number_id = $2 and wamid = $3', [key.numberId, key.wamid]);
}

/** The oldest outgoing message of a conversation that WhatsApp has not accepted yet. */
export function findWaitingMessage(
  client: Client,
  clinicId: Id,
  conversationId: Id,
): Promise<MessageRow | null> {
  return selectOne(
    client,
    clinicId,
    `conversation_id = $2 and direction = 'outbound' and status in ('queued', 'unknown')
     order by ordinal limit 1`,
    [conversationId],
  );
}

/** Conversations with an outgoing message that WhatsApp has not accepted yet. */
export async function conversationsWaiting(client: Client, clinicId: Id): Promise<Id[]> {
  const { rows } = await client.query<{ id: Id }>(
    `select distinct conversation_id as id from messages
     where clinic_id = $1 and direction = 'outbound' and status in ('queued', 'unknown')`,
    [clinicId],
  );
  return rows.map(({ id }) => id);
}

/**
 * Takes back what waits in a conversation. What is on its way to WhatsApp, or may have gone, is left alone. Returns
 * how many messages were cancelled.
 */
export async function cancelWaitingMessages(
  client: Client,
  clinicId: Id,
  conversationId: Id,
): Promise<number> {
  const { rows } = await client.query<{ id: Id }>(
    `select id from messages
     where clinic_id = $1 and conversation_id = $2 and direction = 'outbound'
       and status in ('queued', 'scheduled')
       and not exists (
         select from outbound_attempts
         where clinic_id = $1 and message_id = messages.id and kind = 'send' and outcome is null)
     order by ordinal`,
    [clinicId, conversationId],
  );
  for (const { id } of rows) await updateMessage(client, clinicId, id, { status: 'cancelled' });
  return rows.length;
}

/** The message a row of the list shows: the newest that anybody said, or is about to. */
export async function previewMessage(
  client: Client,
  clinicId: Id,
  conversationId: Id,
): Promise<{ id: Id; sentAt: number } | null> {
  const { rows } = await client.query<{ id: Id; sentAt: number }>(
    `select id, sent_at as "sentAt" from messages
     where clinic_id = $1 and conversation_id = $2 and direction <> 'internal'
       and coalesce(status, '') not in ('cancelled', 'scheduled')
     order by sent_at desc, ordinal desc limit 1`,
    [clinicId, conversationId],
  );
  return rows[0] ?? null;
}

/** Ordinal of the newest message of the patient, or 0. */
export async function newestInboundOrdinal(
  client: Client,
  clinicId: Id,
  conversationId: Id,
): Promise<number> {
  const { rows } = await client.query<{ ordinal: number }>(
    `select ordinal from messages where clinic_id = $1 and conversation_id = $2 and direction = 'inbound'
     order by ordinal desc limit 1`,
    [clinicId, conversationId],
  );
  return rows[0]?.ordinal ?? 0;
}

/** How many messages of the patient are newer than `ordinal`. */
export async function countInboundAfter(
  client: Client,
  clinicId: Id,
  conversationId: Id,
  ordinal: number,
): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `select count(*) as count from messages
     where clinic_id = $1 and conversation_id = $2 and direction = 'inbound' and ordinal > $3`,
    [clinicId, conversationId, ordinal],
  );
  return rows[0]?.count ?? 0;
}

const COLUMNS = {
  status: 'status',
  text: 'text',
  content: 'content',
  reactions: 'reactions',
  edits: 'edits',
  revokedAt: 'revoked_at',
  acceptedAt: 'accepted_at',
  wamid: 'wamid',
  notAfter: 'not_after',
  sentAt: 'sent_at',
  takenReaction: 'taken_reaction',
  errorCode: 'error_code',
  errorTitle: 'error_title',
} as const;

export interface MessageUpdate {
  status?: MessageStatus;
  text?: string | null;
  content?: MessageContent;
  reactions?: Reaction[];
  edits?: { text: string | null; at: string }[];
  revokedAt?: number;
  acceptedAt?: number | null;
  wamid?: string | null;
  notAfter?: number | null;
  sentAt?: number;
  takenReaction?: string | null;
  errorCode?: string | null;
  errorTitle?: string | null;
}

function columnValue(name: string, value: unknown): unknown {
  if (name.endsWith('At') || name === 'notAfter') return toTimestamp(value as number | null);
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

/** Changes parts of a message and puts it into the feed. Returns the change's number. */
export async function updateMessage(
  client: Client,
  clinicId: Id,
  id: Id,
  update: MessageUpdate,
): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'message', id });
  const parts = Object.entries(update).filter(([, value]) => value !== undefined);
  const assignments = parts.map(
    ([name], index) => `${COLUMNS[name as keyof typeof COLUMNS]} = $${index + 4}`,
  );
  await client.query(
    `update messages set ${['version = $3', ...assignments].join(', ')} where clinic_id = $1 and id = $2`,
    [clinicId, id, version, ...parts.map(([name, value]) => columnValue(name, value))],
  );
  return version;
}
