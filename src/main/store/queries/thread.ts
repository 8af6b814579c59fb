import type { ThreadCursor, ThreadItem, ThreadPage } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { findMessagesById, MESSAGE_COLUMNS, type MessageRow } from './messages.ts';
import { listPendingOnMessages, listUnconfirmedMessages } from './outbox-messages.ts';
import { getSyncState } from './sync-state.ts';
import { fillQuotes, listOutboxItems, mapMessage } from './thread-items.ts';
import { createAuthorViews } from './views.ts';

/** A page of a thread, away from a place or from its newest end; the index holds the order, nothing is sorted. */
export const threadPageSql = (from: 'newest' | 'before' | 'after'): string => {
  const direction = from === 'after' ? 'asc' : 'desc';
  const place = { newest: '', before: 'and (sent_at, ordinal) < (:sentAt, :ordinal)', after: 'and (sent_at, ordinal) > (:sentAt, :ordinal)' }[from]; // prettier-ignore
  return `
select ${MESSAGE_COLUMNS}
from messages indexed by messages_by_conversation
where conversation_key = :conversationKey ${place} and is_detached = 0
order by sent_at ${direction}, ordinal ${direction}
limit :limit`;
};

interface ThreadInput {
  conversationId: string;
  before: ThreadCursor | null;
  after?: ThreadCursor | null;
  aroundMessageId?: string | null;
  limit: number;
}

/** What a page is made of, oldest first, and where it goes on. */
interface Rows {
  rows: MessageRow[];
  hasOlder: boolean;
  hasNewer: boolean;
}

const placeOf = (row: MessageRow): ThreadCursor => ({ sentAt: row.sent_at, ordinal: row.ordinal });

/** See `StoreReads.threadPage`. */
export function getThreadPage(database: ReadDatabase, input: ThreadInput): ThreadPage | null {
  const { conversationId } = input;
  const conversation = database.get<{ key: number; is_thread_whole: number }>(
    'select key, is_thread_whole from conversations where id = :conversationId and queue is not null',
    { conversationId },
  );
  if (conversation === undefined) return null;
  const page = readRows(database, conversation.key, input);
  if (page === null) return null;
  const author = createAuthorViews(database);
  const pending = listPendingOnMessages(database, conversationId);
  const items: ThreadItem[] = page.rows.map((row) => mapMessage(row, author, pending));
  if (!page.hasNewer) items.push(...listOutboxItems(database, conversationId, author));
  fillQuotes(database, items, { conversationKey: conversation.key, author });
  const [oldest] = page.rows;
  const newest = page.rows.at(-1);
  const { isHistoryComplete, forgottenBefore } = getSyncState(database);
  return {
    items,
    before: page.hasOlder && oldest !== undefined ? placeOf(oldest) : null,
    after: page.hasNewer && newest !== undefined ? placeOf(newest) : null,
    isComplete: conversation.is_thread_whole === 1 || (isHistoryComplete && forgottenBefore === null),
  };
}

function readRows(database: ReadDatabase, conversationKey: number, input: ThreadInput): Rows | null {
  const { before, after = null, aroundMessageId = null, limit } = input;
  const read = (from: 'newest' | 'before' | 'after', place: ThreadCursor | null, count: number) => {
    const rows = database.all<MessageRow>(threadPageSql(from), {
      conversationKey,
      limit: count + 1,
      ...(place === null ? {} : { sentAt: place.sentAt, ordinal: place.ordinal }),
    });
    return { rows: rows.slice(0, count), hasMore: rows.length > count };
  };
  const exists = (from: 'before' | 'after', place: ThreadCursor) => read(from, place, 0).hasMore;
  if (aroundMessageId !== null) {
    const [middle] = findMessagesById(database, { conversationKey, ids: [aroundMessageId], within: null });
    if (middle !== undefined && middle.is_detached === 0) {
      const older = read('before', placeOf(middle), Math.floor((limit - 1) / 2));
      const newer = read('after', placeOf(middle), limit - 1 - older.rows.length);
      return {
        rows: [...older.rows.reverse(), middle, ...newer.rows],
        hasOlder: older.hasMore,
        hasNewer: newer.hasMore,
      };
    }
    // What is still in the outbox is at the newest end.
    const isUnsent = listUnconfirmedMessages(database, input.conversationId).some(
      ({ row }) => row.message_id === aroundMessageId,
    );
    if (!isUnsent) return null;
  } else if (after !== null) {
    const newer = read('after', after, limit);
    const [oldest] = newer.rows;
    return {
      rows: newer.rows,
      hasOlder: oldest !== undefined && exists('before', placeOf(oldest)),
      hasNewer: newer.hasMore,
    };
  }
  const older = read(before === null ? 'newest' : 'before', before, limit);
  const rows = older.rows.reverse();
  const newest = rows.at(-1);
  return {
    rows,
    hasOlder: older.hasMore,
    hasNewer: before !== null && (newest === undefined || exists('after', placeOf(newest))),
  };
}
