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
  send_at: number | null;
  error: string | null;
  reactions: string | null;
  reply_to: string | null;
  edits: string | null;
  revoked_at: number | null;
}

/** The columns of a MessageRow. */
export const MESSAGE_COLUMNS = `ordinal, id, direction, kind, text, content, author_kind, author_agent_id, author_name,
  sent_at, received_at, status, send_at, error, reactions, reply_to, edits, revoked_at`;

/** Null for nothing to say: most messages have neither content nor reactions. */
function json(value: object | null): string | null {
  for (const _ in value) return JSON.stringify(value);
  return null;
}

/** What a file is shown as; null for a message without one. */
function mediaKindOf({ kind, content }: Pick<Message, 'kind' | 'content'>): string | null {
  if (content.media === undefined) return null;
  if (MEDIA_KINDS.has(kind)) return kind;
  // A template's header.
  const [type] = content.media.mimeType.split('/');
  return type === 'image' || type === 'video' || type === 'audio' ? type : 'document';
}
const MEDIA_KINDS: ReadonlySet<string> = new Set(['image', 'video', 'audio', 'document', 'sticker']);

/** In the order of COLUMNS, which is the order that costs least: by position, and the ordinal last for UPDATE. */
function valuesOf(message: Message, version: number, conversationKey: number): (string | number | null)[] {
  const { author, content } = message;
  return [
    version,
    conversationKey,
    message.id,
    message.direction,
    message.kind,
    message.text,
    json(content),
    author.kind,
    author.agentId,
    author.name,
    toEpoch(message.sentAt),
    toEpoch(message.receivedAt),
    message.status,
    toEpoch(message.sendAt),
    json(message.error),
    json(message.reactions),
    message.replyTo,
    json(message.edits),
    toEpoch(message.revokedAt),
    content.media?.id ?? null,
    mediaKindOf(message),
  ];
}

const COLUMNS = [
  'version', 'conversation_key', 'id', 'direction', 'kind', 'text', 'content', 'author_kind', 'author_agent_id',
  'author_name', 'sent_at', 'received_at', 'status', 'send_at', 'error', 'reactions', 'reply_to', 'edits', 'revoked_at',
  'media_id', 'media_kind',
]; // prettier-ignore

const INSERT = `
insert into messages (${COLUMNS.join(', ')}, is_detached, ordinal) values (${COLUMNS.map(() => '?').join(', ')}, ?, ?)
on conflict (ordinal) do nothing`;

const UPDATE = `
update messages set ${COLUMNS.map((column) => `${column} = ?`).join(', ')}, is_detached = min(is_detached, ?)
where ordinal = ?`;

const INDEX = 'insert into messages_fts (rowid, text) values (?, ?)';
/** The index keeps no text of its own: it forgets words only when told the old ones. https://sqlite.org/fts5.html#the_delete_command */
const FORGET = `insert into messages_fts (messages_fts, rowid, text) values ('delete', ?, ?)`;

/**
 * What a person may search for, as the view `searchable_messages` has it: words and the file's name; null for nothing.
 * What the app itself noted in the thread is not among it.
 */
function searchText(kind: string, text: string | null, fileName: string | null): string | null {
  if (kind === 'system') return null;
  if (fileName === null) return text;
  return text === null ? fileName : `${text}\n${fileName}`;
}

interface HeldRow {
  ordinal: number;
  kind: string;
  text: string | null;
  file_name: string | null;
}
/** What of a row its index entry was made of. */
const HELD = `ordinal, kind, text, iif(media_kind is null, null, content ->> '$.media.fileName') as file_name`;
const heldText = (row: HeldRow) => searchText(row.kind, row.text, row.file_name);

/** How messages of one batch are written. */
export interface MessageWriting {
  /** The search index holds messages from this ordinal on; those below are indexed later, all at once. */
  searchFrom: number;
  /** Messages below this ordinal come without their neighbours. */
  detachedBelow: number;
  /**
   * Of a page that shows the relay as of this feed number or later: a version between the page's and this one never was.
   * 0 for single changes, which may come late.
   */
  shownAt: number;
}

/** Keeps the newer of two versions; answers whether anything changed. */
export function upsertMessage(
  database: WriteDatabase,
  input: { message: Message; version: number; conversationKey: number } & MessageWriting,
): boolean {
  const { message, version, searchFrom } = input;
  const { ordinal } = message;
  const isDetached = ordinal < input.detachedBelow ? 1 : 0;
  const isIndexed = ordinal >= searchFrom;
  const text = searchText(message.kind, message.text, message.content.media?.fileName ?? null);
  const values = valuesOf(message, version, input.conversationKey);
  values.push(isDetached, ordinal);
  // Most are new: tried first, it saves a look at every row of a first fill.
  if (database.runRow(INSERT, values)) {
    if (text !== null && isIndexed) database.runRow(INDEX, [ordinal, text]);
    return true;
  }
  const held = database.get<HeldRow & { version: number; is_detached: number }>(
    `select ${HELD}, version, is_detached from messages where ordinal = :ordinal`,
    { ordinal },
  )!;
  const isWrong = held.version > version && held.version <= input.shownAt;
  if (held.version >= version && !isWrong) {
    if (held.is_detached <= isDetached) return false;
    return database.runRow('update messages set is_detached = 0 where ordinal = ?', [ordinal]);
  }
  database.runRow(UPDATE, values);
  // Most changes are receipts: the words stay.
  const before = heldText(held);
  if (before !== text && isIndexed) {
    if (before !== null) database.runRow(FORGET, [ordinal, before]);
    if (text !== null) database.runRow(INDEX, [ordinal, text]);
  }
  return true;
}

function deleteRows(database: WriteDatabase, rows: HeldRow[], searchFrom: number): void {
  for (const row of rows) {
    const text = heldText(row);
    if (text !== null && row.ordinal >= searchFrom) database.runRow(FORGET, [row.ordinal, text]);
    database.runRow('delete from messages where ordinal = ?', [row.ordinal]);
  }
}

/**
 * Deletes messages by id where the deletion is newer than what is held; answers keys of their conversations. There is
 * no index by id, so this reads the whole table once for the batch, in the writer, where nobody waits.
 */
export function deleteMessages(
  database: WriteDatabase,
  input: { versionById: Map<string, number>; searchFrom: number },
): number[] {
  const { versionById } = input;
  const rows = database
    .all<HeldRow & { id: string; version: number; conversation_key: number }>(
      `select ${HELD}, id, version, conversation_key from messages
       where id in (select value from json_each(:ids))`,
      { ids: JSON.stringify([...versionById.keys()]) },
    )
    .filter(({ id, version }) => version < (versionById.get(id) ?? 0));
  deleteRows(database, rows, input.searchFrom);
  return [...new Set(rows.map((row) => row.conversation_key))];
}

/** Messages with an ordinal in a range, not changed since a version. */
export function listMessagesBetween(
  database: ReadDatabase,
  input: { lower: number; upper: number; version: number },
): { ordinal: number; id: string; conversation_key: number }[] {
  return database.all(
    `select ordinal, id, conversation_key from messages
     where ordinal >= :lower and ordinal < :upper and version < :version`,
    input,
  );
}

/** Whether any message is held in a range of ordinals, both ends included. */
export function hasMessagesBetween(
  database: ReadDatabase,
  input: { lowest: number; highest: number },
): boolean {
  return (
    database.get('select 1 from messages where ordinal between :lowest and :highest limit 1', input) !==
    undefined
  );
}

/** Deletes messages by ordinal. */
export function deleteMessagesAt(
  database: WriteDatabase,
  input: { ordinals: number[]; searchFrom: number },
): void {
  const rows = database.all<HeldRow>(
    `select ${HELD} from messages where ordinal in (select value from json_each(:ordinals))`,
    { ordinals: JSON.stringify(input.ordinals) },
  );
  deleteRows(database, rows, input.searchFrom);
}

/** Deletes the messages of a conversation that are older than a version; answers how many. */
export function deleteMessagesOfConversation(
  database: WriteDatabase,
  input: { conversationKey: number; version: number; searchFrom: number },
): number {
  const { searchFrom, ...range } = input;
  const rows = database.all<HeldRow>(
    `select ${HELD} from messages where conversation_key = :conversationKey and version < :version`,
    range,
  );
  deleteRows(database, rows, searchFrom);
  return rows.length;
}

/** Deletes up to `limit` messages sent before an instant, oldest ordinals first; answers what they were. */
export function deleteMessagesBefore(
  database: WriteDatabase,
  input: { sentBefore: number; limit: number; searchFrom: number },
): { ordinal: number; conversation_key: number }[] {
  const { searchFrom, ...range } = input;
  const rows = database.all<HeldRow & { conversation_key: number }>(
    `select ${HELD}, conversation_key from messages where sent_at < :sentBefore order by ordinal limit :limit`,
    range,
  );
  deleteRows(database, rows, searchFrom);
  return rows;
}

/** The instant in a UUIDv7, milliseconds; null for an id of another making. */
function instantOf(id: string): number | null {
  return id[14] === '7' ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : null;
}
/** How far from the instant in its id a message is looked for first. */
const NEAR_MS = 86_400_000;

const NEAR_SQL = `
select ${MESSAGE_COLUMNS}, is_detached from messages indexed by messages_by_conversation
where conversation_key = :conversationKey and sent_at between :from and :to and id = :id limit 1`;

const WITHIN_SQL = `
select ${MESSAGE_COLUMNS}, is_detached
from (select ordinal as place from messages indexed by messages_by_conversation
  where conversation_key = :conversationKey order by sent_at desc, ordinal desc limit :within)
cross join messages on ordinal = place
where id in (select value from json_each(:ids))`;

/**
 * Messages of a conversation by id. There is no index by id: a message is near the instant its id was made at, or else
 * among the newest `within` of the conversation, or with null anywhere in it.
 */
export function findMessagesById(
  database: ReadDatabase,
  input: { conversationKey: number; ids: string[]; within: number | null },
): (MessageRow & { is_detached: number })[] {
  const { conversationKey, within } = input;
  const found: (MessageRow & { is_detached: number })[] = [];
  const missing: string[] = [];
  for (const id of input.ids) {
    const at = instantOf(id);
    const row =
      at === null
        ? undefined
        : database.get<MessageRow & { is_detached: number }>(NEAR_SQL, {
            conversationKey,
            id,
            from: at - NEAR_MS,
            to: at + NEAR_MS,
          });
    if (row === undefined) missing.push(id);
    else found.push(row);
  }
  if (missing.length === 0) return found;
  const rest = database.all<MessageRow & { is_detached: number }>(WITHIN_SQL, {
    conversationKey,
    within: within ?? -1,
    ids: JSON.stringify(missing),
  });
  return [...found, ...rest];
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
