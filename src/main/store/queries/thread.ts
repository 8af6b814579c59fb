import { isRetryable, type MessageStatus, type Reaction } from '@recado/protocol';
import type { ThreadCursor, ThreadItem, ThreadPage } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { getOwnAuthor } from './local-values.ts';
import type { MessageRow } from './messages.ts';
import { listPendingRetries, listUnconfirmedMessages } from './outbox.ts';
import { getSyncState } from './sync-state.ts';
import { createAuthorViews } from './views.ts';

/** WhatsApp held a message back when more than this lies between its sending and its receipt. */
const LATE_MS = 10 * 60_000;

/** A page of a thread, newest first; the index holds the order, nothing is sorted. */
export const threadPageSql = (isFirst: boolean): string => `
select ordinal, id, direction, kind, text, content, author_kind, author_agent_id, author_name, sent_at, received_at,
  status, error, reactions, reply_to, edits, revoked_at
from messages indexed by messages_by_conversation
where conversation_key = :conversationKey ${isFirst ? '' : 'and (sent_at, ordinal) < (:sentAt, :ordinal)'}
order by sent_at desc, ordinal desc
limit :limit`;

/** A page of a thread, oldest first; null when this PC does not know the conversation. */
export function getThreadPage(
  database: ReadDatabase,
  input: { conversationId: string; before: ThreadCursor | null; limit: number },
): ThreadPage | null {
  const { conversationId, before, limit } = input;
  const conversation = database.get<{ key: number }>(
    'select key from conversations where id = :conversationId and relay_json is not null',
    { conversationId },
  );
  if (conversation === undefined) return null;
  const rows = database.all<MessageRow>(threadPageSql(before === null), {
    conversationKey: conversation.key,
    limit: limit + 1,
    ...(before === null ? {} : { sentAt: before.sentAt, ordinal: before.ordinal }),
  });
  const shown = rows.slice(0, limit).reverse();
  const author = createAuthorViews(database);
  const retries = listPendingRetries(database, conversationId);
  const items = shown.map((row) => mapMessage(row, author, retries));
  if (before === null) items.push(...listOutboxItems(database, conversationId, author));
  const oldest = shown[0];
  return {
    items,
    before:
      rows.length > limit && oldest !== undefined
        ? { sentAt: oldest.sent_at, ordinal: oldest.ordinal }
        : null,
    isComplete: getSyncState(database).isHistoryComplete,
  };
}

type AuthorViews = ReturnType<typeof createAuthorViews>;

function mapMessage(row: MessageRow, author: AuthorViews, retries: Set<string>): ThreadItem {
  const parse = <Value>(json: string | null, empty: Value): Value =>
    json === null ? empty : (JSON.parse(json) as Value);
  const isRetrying = retries.has(row.id);
  return {
    messageId: row.id,
    ordinal: row.ordinal,
    direction: row.direction,
    kind: row.kind,
    text: row.text,
    content: parse(row.content, {}),
    author: author({ kind: row.author_kind, agentId: row.author_agent_id, name: row.author_name }),
    sentAt: row.sent_at,
    isLate: row.direction === 'inbound' && row.received_at - row.sent_at > LATE_MS,
    delivery:
      row.status === null
        ? null
        : {
            state: isRetrying ? 'queued' : row.status,
            error: isRetrying ? null : parse(row.error, null),
            canRetry: !isRetrying && isRetryable(row.status as MessageStatus),
            canDiscard: false,
          },
    reactions: parse<Reaction[]>(row.reactions, []).map(({ by, emoji }) => ({ by, emoji })),
    isEdited: row.edits !== null,
    isRevoked: row.revoked_at !== null,
  };
}

/** What this PC shows of a command on its way: the relay's `queued` once it has been taken. */
const OUTBOX_DELIVERY = {
  queued: 'queued',
  sending: 'sending',
  applied: 'queued',
  refused: 'failed',
} as const;

function listOutboxItems(database: ReadDatabase, conversationId: string, author: AuthorViews): ThreadItem[] {
  const own = { ...author(getOwnAuthor(database)), isMe: true };
  return listUnconfirmedMessages(database, conversationId).map(({ row, command }) => {
    const isNote = row.type === 'note.add';
    return {
      messageId: row.message_id!,
      ordinal: null,
      direction: isNote ? 'internal' : 'outbound',
      kind: isNote ? 'note' : 'text',
      text: command?.args.text ?? null,
      content: command?.type === 'note.add' ? { mentionedAgentIds: command.args.mentionedAgentIds } : {},
      author: own,
      sentAt: row.enqueued_at,
      isLate: false,
      delivery: {
        state: OUTBOX_DELIVERY[row.state],
        error: row.state === 'refused' ? { code: row.code ?? 'refused', title: null } : null,
        canRetry: row.state === 'refused',
        canDiscard: row.state === 'refused' || row.state === 'queued',
      },
      reactions: [],
      isEdited: false,
      isRevoked: false,
    };
  });
}
