import type { CallInput, ThreadCursor, ThreadItem, ThreadPage } from '../../shared/contract/index.ts';

const isBefore = (item: ThreadItem, cursor: ThreadCursor): boolean =>
  item.sentAt < cursor.sentAt ||
  (item.sentAt === cursor.sentAt && (item.ordinal ?? Infinity) < cursor.ordinal);
const isAfter = (item: ThreadItem, cursor: ThreadCursor): boolean =>
  item.sentAt > cursor.sentAt ||
  (item.sentAt === cursor.sentAt && (item.ordinal ?? Infinity) > cursor.ordinal);
const cursorOf = (item: ThreadItem | undefined): ThreadCursor | null =>
  item === undefined ? null : { sentAt: item.sentAt, ordinal: item.ordinal ?? 0 };

/** A page of a whole thread as main gives it; null when the message asked for is not in it. */
export function threadPage(
  items: readonly ThreadItem[],
  input: Omit<CallInput<'thread.page'>, 'conversationId'>,
): ThreadPage | null {
  const { before, after = null, aroundMessageId = null, limit } = input;
  let start = Math.max(0, items.length - limit);
  let end = items.length;
  if (before !== null) {
    end = items.filter((item) => isBefore(item, before)).length;
    start = Math.max(0, end - limit);
  } else if (after !== null) {
    start = items.length - items.filter((item) => isAfter(item, after)).length;
    end = Math.min(items.length, start + limit);
  } else if (aroundMessageId !== null) {
    const index = items.findIndex((item) => item.messageId === aroundMessageId);
    if (index === -1) return null;
    start = Math.max(0, index - Math.floor(limit / 2));
    end = Math.min(items.length, start + limit);
  }
  return {
    items: items.slice(start, end),
    before: start > 0 ? cursorOf(items[start]) : null,
    after: end < items.length ? cursorOf(items[end - 1]) : null,
    isComplete: true,
  };
}
