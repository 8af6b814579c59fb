import {
  newId,
  toTimestamp,
  type BlockState,
  type ConversationFacts,
  type Handler,
  type Id,
} from '@recado/protocol';
import { recordChange } from '../feed/record.ts';
import type { Client } from './database.ts';

/** A conversation as the rules see it, and what places it. Times are epoch milliseconds. */
export interface ConversationRow extends ConversationFacts {
  id: Id;
  clinicId: Id;
  patientId: Id;
  numberId: string;
  lastActivityAt: number;
  lastMessageId: Id | null;
  lastMessageSentAt: number | null;
  participants: { agentId: Id; lastAt: string }[];
  tagIds: Id[];
  assigneeIds: Id[];
  teamIds: Id[];
  pinned: boolean;
  snoozedUntil: number | null;
  /** Feed number at which people last closed it or gave it to the bot; 0 when never. */
  decidedSeq: number;
  /** Feed number at which it was marked as spam; null when it is not, or when nobody knows. */
  spamSeq: number | null;
  blockState: BlockState;
  version: number;
}

interface Stored {
  id: Id;
  patient_id: Id;
  number_id: string;
  spam: boolean;
  closed: boolean;
  handler: Handler;
  last_inbound_sent_at: number | null;
  window_expires_at: number | null;
  last_interaction_at: number | null;
  last_activity_at: number;
  last_message_direction: 'inbound' | 'outbound' | null;
  last_message_id: Id | null;
  last_message_sent_at: number | null;
  unread: number;
  participants: { agentId: Id; lastAt: string }[];
  tag_ids: Id[];
  assignee_ids: Id[];
  team_ids: Id[];
  pinned: boolean;
  snoozed_until: number | null;
  decided_seq: number;
  spam_seq: number | null;
  block_state: BlockState;
  version: number;
}

async function selectOne(
  client: Client,
  clinicId: Id,
  where: string,
  values: unknown[],
): Promise<ConversationRow | null> {
  const { rows } = await client.query<Stored>(
    `select c.id, c.patient_id, c.number_id, c.spam, c.closed, c.handler, c.last_inbound_sent_at,
       c.window_expires_at, c.last_interaction_at, c.last_activity_at, c.last_message_direction,
       c.last_message_id, m.sent_at as last_message_sent_at, c.unread, c.participants,
       c.tag_ids, c.assignee_ids, c.team_ids, c.pinned, c.snoozed_until, c.decided_seq, c.spam_seq,
       c.block_state, c.version
     from conversations c
     left join messages m on m.clinic_id = c.clinic_id and m.id = c.last_message_id
     where c.clinic_id = $1 and ${where}`,
    [clinicId, ...values],
  );
  const row = rows[0];
  if (!row) return null;
  return {
    id: row.id,
    clinicId,
    patientId: row.patient_id,
    numberId: row.number_id,
    spam: row.spam,
    closed: row.closed,
    handler: row.handler,
    lastInboundSentAt: row.last_inbound_sent_at,
    windowExpiresAt: row.window_expires_at,
    lastInteractionAt: row.last_interaction_at,
    lastActivityAt: row.last_activity_at,
    lastMessageDirection: row.last_message_direction,
    lastMessageId: row.last_message_id,
    lastMessageSentAt: row.last_message_sent_at,
    unread: row.unread,
    participants: row.participants,
    tagIds: row.tag_ids,
    assigneeIds: row.assignee_ids,
    teamIds: row.team_ids,
    pinned: row.pinned,
    snoozedUntil: row.snoozed_until,
    decidedSeq: row.decided_seq,
    spamSeq: row.spam_seq,
    blockState: row.block_state,
    version: row.version,
  };
}

export function findConversation(client: Client, clinicId: Id, id: Id): Promise<ConversationRow | null> {
  return selectOne(client, clinicId, 'c.id = $2', [id]);
}

export function findConversationOf(
  client: Client,
  clinicId: Id,
  key: { patientId: Id; numberId: string },
): Promise<ConversationRow | null> {
  return selectOne(client, clinicId, 'c.patient_id = $2 and c.number_id = $3', [key.patientId, key.numberId]);
}

/** A conversation that has no message yet; `saveConversation` puts it into the feed. */
export async function createConversation(
  client: Client,
  clinicId: Id,
  key: { id?: Id; patientId: Id; numberId: string; at: number },
): Promise<ConversationRow> {
  const id = key.id ?? newId();
  await client.query(
    `insert into conversations (clinic_id, id, patient_id, number_id, last_activity_at, version)
     values ($1, $2, $3, $4, $5, 0)`,
    [clinicId, id, key.patientId, key.numberId, toTimestamp(key.at)],
  );
  const created = await findConversation(client, clinicId, id);
  if (!created) throw new Error('the conversation vanished while it was made');
  return created;
}

/** Writes the conversation as it is now and puts it into the feed. Returns the change's number. */
export async function saveConversation(client: Client, row: ConversationRow): Promise<number> {
  const version = await recordChange(client, { clinicId: row.clinicId, entity: 'conversation', id: row.id });
  await client.query(
    `update conversations set spam = $3, closed = $4, handler = $5, last_inbound_sent_at = $6,
       window_expires_at = $7, last_interaction_at = $8, last_activity_at = $9, last_message_direction = $10,
       last_message_id = $11, unread = $12, participants = $13, version = $14,
       tag_ids = $15, assignee_ids = $16, team_ids = $17, pinned = $18, snoozed_until = $19, decided_seq = $20,
       spam_seq = $21, block_state = $22,
       bot_since_seq = case when $5 = 'bot' and not $3 and not $4 then coalesce(bot_since_seq, $14) end
     where clinic_id = $1 and id = $2`,
    [
      row.clinicId,
      row.id,
      row.spam,
      row.closed,
      row.handler,
      toTimestamp(row.lastInboundSentAt),
      toTimestamp(row.windowExpiresAt),
      toTimestamp(row.lastInteractionAt),
      toTimestamp(row.lastActivityAt),
      row.lastMessageDirection,
      row.lastMessageId,
      row.unread,
      JSON.stringify(row.participants),
      version,
      row.tagIds,
      row.assigneeIds,
      row.teamIds,
      row.pinned,
      toTimestamp(row.snoozedUntil),
      row.decidedSeq,
      row.spamSeq,
      row.blockState,
    ],
  );
  return version;
}

/**
 * The bot has said something, or was given the conversation: its session lasts on from now. Who the conversation is
 * with stays as it is, and nobody sees this, so that it is no change of the feed.
 */
export async function prolongBotSession(
  client: Client,
  { clinicId, id }: Pick<ConversationRow, 'clinicId' | 'id'>,
  at: number,
): Promise<void> {
  await client.query('update conversations set bot_spoke_at = $3 where clinic_id = $1 and id = $2', [
    clinicId,
    id,
    toTimestamp(at),
  ]);
}

/** With a new message in it: the preview follows the thread's order, so one that came late does not take its place. */
export function withMessage(
  row: ConversationRow,
  message: { id: Id; sentAt: number; receivedAt: number },
): ConversationRow {
  const isNewest = row.lastMessageSentAt === null || message.sentAt >= row.lastMessageSentAt;
  return {
    ...row,
    lastActivityAt: Math.max(row.lastActivityAt, message.receivedAt),
    ...(isNewest ? { lastMessageId: message.id, lastMessageSentAt: message.sentAt } : {}),
  };
}

/** With somebody of the clinic taking part: who answered stays visible after the answer. */
export function withParticipant(row: ConversationRow, agentId: Id, at: number): ConversationRow {
  const others = row.participants.filter((participant) => participant.agentId !== agentId);
  return { ...row, participants: [...others, { agentId, lastAt: toTimestamp(at) }] };
}
