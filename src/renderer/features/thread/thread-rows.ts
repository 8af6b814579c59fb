import type { ThreadItem } from '../../../shared/contract/index.ts';
import { dayNumber } from '../../lib/dates.ts';

/** A message with what is drawn around it. */
export interface ThreadRow {
  item: ThreadItem;
  startsDay: boolean;
  /** The line of new messages stands above it. */
  isFirstNew: boolean;
  startsGroup: boolean;
  endsGroup: boolean;
}

/** Messages of one author this near belong together. */
const GROUP_MS = 5 * 60_000;

export type Look = 'bubble' | 'note' | 'line';

/** How a message is drawn: a bubble, a note of staff, or a line in the middle. */
export function lookOf(item: Pick<ThreadItem, 'kind' | 'direction'>): Look {
  if (item.kind === 'note') return 'note';
  return item.kind === 'system' || item.direction === 'internal' ? 'line' : 'bubble';
}

function isSameGroup(a: ThreadItem, b: ThreadItem): boolean {
  return (
    a.direction === b.direction &&
    lookOf(a) === lookOf(b) &&
    a.author.kind === b.author.kind &&
    a.author.name === b.author.name &&
    Math.abs(b.sentAt - a.sentAt) < GROUP_MS
  );
}

/**
 * The rows of a thread, oldest first, in the clinic's time zone. Unless the oldest one `isBeginning`, it may not be the
 * first of its day: no day is drawn above it, which would move everything when the ones before it come.
 */
export function threadRows(
  items: readonly ThreadItem[],
  timeZone: string,
  firstNewId: string | null,
  isBeginning: boolean,
): ThreadRow[] {
  let previousDay: number | null = null;
  const rows = items.map((item, index): ThreadRow => {
    const day = dayNumber(item.sentAt, timeZone);
    const startsDay = day !== previousDay && (index > 0 || isBeginning);
    previousDay = day;
    const isFirstNew = item.messageId === firstNewId;
    const before = items[index - 1];
    const startsGroup = startsDay || isFirstNew || before === undefined || !isSameGroup(before, item);
    return { item, startsDay, isFirstNew, startsGroup, endsGroup: true };
  });
  return rows.map((row, index) => ({ ...row, endsGroup: rows[index + 1]?.startsGroup ?? true }));
}
