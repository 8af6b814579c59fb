/** Rows of the message table and of its search index, always written together. */
import { toEpoch, type Author, type Message } from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';

export interface MessageRow {
  ordinal: number;
  id: string;
  direction: string;
  kind: string;
  text: string | null;
  content: string | null;
  author_kind: string;
  author_agent_id: string | null;
  author_name: string | null;
  sent_at: number;
  received_at: number;
  status: string | null;
  error: string | null;
  reactions: string | null;
  reply_to: string | null;
  edits: string | null;
  revoked_at: number | null;
}

const json = (value: unknown[] | object | null): string | null =>
  value === null || Object.keys(value).length === 0 ? null : JSON.stringify(value);

function messageParameters(message: Message, version: number, conversationKey: number) {
  return {
    ordinal: message.ordinal,
    version,
    conversationKey,
    id: message.id,
    direction: message.direction,
    kind: message.kind,
    text: message.text,
    content: json(message.content),
    authorKind: message.author.kind,
    authorAgentId: message.author.agentId,
    authorName: message.author.name,
    sentAt: toEpoch(message.sentAt),
    receivedAt: toEpoch(message.receivedAt),
    status: message.status,
    error: json(message.error),
    reactions: json(message.reactions),
    replyTo: message.replyTo,
    edits: json(message.edits),
    revokedAt: toEpoch(message.revokedAt),
  };
}

const INSERT = `
insert into messages (ordinal, version, conversation_key, id, direction, kind, text, content, author_kind,
  author_agent_id, author_name, sent_at, received_at, status, error, reactions, reply_to, edits, revoked_at)
values (:ordinal, :version, :conversationKey, :id, :direction, :kind, :text, :content, :authorKind,
  :authorAgentId, :authorName, :sentAt, :receivedAt, :status, :error, :reactions, :replyTo, :edits, :revokedAt)
on conflict (ordinal) do nothing`;

const UPDATE = `
update messages set version = :version, conversation_key = :conversationKey, id = :id, direction = :direction,
  kind = :kind, text = :text, content = :content, author_kind = :authorKind, author_agent_id = :authorAgentId,
  author_name = :authorName, sent_at = :sentAt, received_at = :receivedAt, status = :status, error = :error,
  reactions = :reactions, reply_to = :replyTo, edits = :edits, revoked_at = :revokedAt
where ordinal = :ordinal`;

const INDEX = 'insert into messages_fts (rowid, text) values (:ordinal, :text)';
/** The index keeps no text of its own: it forgets words only when told the old ones. https://sqlite.org/fts5.html#the_delete_command */
const FORGET = `insert into messages_fts (messages_fts, rowid, text) values ('delete', :ordinal, :text)`;

/** What a person may search for; what the app itself noted in the thread is not. */
const searchText = ({ kind, text }: { kind: string; text: string | null }) =>
  kind === 'system' ? null : text;

/** Keeps the newer of two versions; answers whether anything changed. */
export function upsertMessage(
  database: WriteDatabase,
  input: { message: Message; version: number; conversationKey: number },
): boolean {
  const { ordinal } = input.message;
  const text = searchText(input.message);
  const parameters = messageParameters(input.message, input.version, input.conversationKey);
  // Most are new: tried first, it saves a look at every row of a first fill.
  if (database.run(INSERT, parameters).changes === 1) {
    if (text !== null) database.run(INDEX, { ordinal, text });
    return true;
  }
  const held = database.get<{ version: number; kind: string; text: string | null }>(
    'select version, kind, text from messages where ordinal = :ordinal',
    { ordinal },
  )!;
  if (held.version >= input.version) return false;
  database.run(UPDATE, parameters);
  // Most changes are receipts: the words stay.
  const heldText = searchText(held);
  if (heldText !== text) {
    if (heldText !== null) database.run(FORGET, { ordinal, text: heldText });
    if (text !== null) database.run(INDEX, { ordinal, text });
  }
  return true;
}

function deleteRows(
  database: WriteDatabase,
  rows: { ordinal: number; kind: string; text: string | null }[],
): void {
  for (const { ordinal, ...row } of rows) {
    const text = searchText(row);
    if (text !== null) database.run(FORGET, { ordinal, text });
    database.run('delete from messages where ordinal = :ordinal', { ordinal });
  }
}

/**
 * Deletes messages by id where the deletion is newer than what is held; answers keys of their conversations. There is
 * no index by id, so this reads the whole table once for the batch, in the writer, where nobody waits.
 */
export function deleteMessages(database: WriteDatabase, versionById: Map<string, number>): number[] {
  const rows = database
    .all<{
      ordinal: number;
      id: string;
      version: number;
      kind: string;
      text: string | null;
      conversation_key: number;
    }>(
      `select ordinal, id, version, kind, text, conversation_key from messages
       where id in (select value from json_each(:ids))`,
      { ids: JSON.stringify([...versionById.keys()]) },
    )
    .filter(({ id, version }) => version < (versionById.get(id) ?? 0));
  deleteRows(database, rows);
  return [...new Set(rows.map((row) => row.conversation_key))];
}

/** Messages with an ordinal in a range, not changed since a version. */
export function listMessagesBetween(
  database: ReadDatabase,
  input: { lower: number; upper: number; version: number },
): { ordinal: number; id: string }[] {
  return database.all(
    `select ordinal, id from messages where ordinal >= :lower and ordinal < :upper and version < :version`,
    input,
  );
}

/** Deletes the messages of a conversation that are older than a version; answers how many. */
export function deleteMessagesOfConversation(
  database: WriteDatabase,
  input: { conversationKey: number; version: number },
): number {
  const rows = database.all<{ ordinal: number; kind: string; text: string | null }>(
    'select ordinal, kind, text from messages where conversation_key = :conversationKey and version < :version',
    input,
  );
  deleteRows(database, rows);
  return rows.length;
}

/** How many messages of the patient are held above an ordinal. */
export function countInboundAfter(
  database: ReadDatabase,
  input: { conversationKey: number; ordinal: number },
): number {
  return database.get<{ count: number }>(
    `select count(*) as count from messages indexed by messages_by_conversation
     where conversation_key = :conversationKey and ordinal > :ordinal and direction = 'inbound'`,
    input,
  )!.count;
}

/**
 * The newest message that somebody else of the clinic sent after an ordinal: an agent elsewhere, or the clinic's own
 * handset. What never reached the patient is no answer.
 */
export function findAnswerAfter(
  database: ReadDatabase,
  input: { conversationKey: number; ordinal: number; ownAgentId: string | null },
): { author: Author; text: string | null } | null {
  const row = database.get<{
    text: string | null;
    author_kind: string;
    author_agent_id: string | null;
    author_name: string | null;
  }>(
    `select text, author_kind, author_agent_id, author_name from messages indexed by messages_by_conversation
     where conversation_key = :conversationKey and ordinal > :ordinal and direction = 'outbound'
       and author_kind in ('agent', 'phone') and author_agent_id is not :ownAgentId
       and coalesce(status, '') not in ('failed', 'cancelled')
     order by sent_at desc, ordinal desc limit 1`,
    input,
  );
  if (row === undefined) return null;
  return {
    author: { kind: row.author_kind, agentId: row.author_agent_id, name: row.author_name },
    text: row.text,
  };
}
