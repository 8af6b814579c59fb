import {
  conversationFilter,
  conversationQueue,
  expiresAt,
  windowEnd,
  type ConversationFilter,
} from '@recado/protocol';
import type { InboxCursor, InboxPage, InboxQuery, InboxRow } from '../../shared/contract/index.ts';
import { shareList } from '../lib/share.ts';

/** The list on screen: the rows read so far of one filter. */
export interface InboxState {
  filter: ConversationFilter;
  /** Grows with each change of filter: an answer of an older one is dropped. */
  generation: number;
  rows: InboxRow[];
  /** Where the rows go on; null at the end. */
  next: InboxCursor | null;
  status: 'loading' | 'ready' | 'failed';
  isLoadingMore: boolean;
}

export const initialInbox: InboxState = {
  filter: 'received',
  generation: 0,
  rows: [],
  next: null,
  status: 'loading',
  isLoadingMore: false,
};

const keyOf = (row: InboxRow): string => row.conversationId;

/** Rows of other filters leave at once; the new ones are a local read away. */
export function showFilter(state: InboxState, filter: ConversationFilter): InboxState {
  return { ...initialInbox, filter, generation: state.generation + 1 };
}

/** The page below what is held. A conversation that moved up while it was read is not shown twice. */
export function appendPage(state: InboxState, generation: number, page: InboxPage): InboxState {
  if (generation !== state.generation) return state;
  const held = new Set(state.rows.map(keyOf));
  return {
    ...state,
    rows: [...state.rows, ...page.rows.filter((row) => !held.has(keyOf(row)))],
    next: page.next,
    status: 'ready',
    isLoadingMore: false,
  };
}

/** The whole filter, the way people read it. */
export function queryOf(filter: ConversationFilter): InboxQuery {
  return {
    filter,
    assigned: null,
    teamId: null,
    tagIds: [],
    unreadOnly: false,
    unansweredOnly: false,
    sort: 'newest',
  };
}

/**
 * The list after its top was read again. `fresh` are all rows from the top down to `next`; rows held below it stay
 * until they are read too, except those named as changed, which would show old things or be in two places.
 */
export function mergeTop(
  state: InboxState,
  generation: number,
  fresh: { rows: InboxRow[]; next: InboxCursor | null; isComplete: boolean },
  changedIds: ReadonlySet<string>,
): InboxState {
  if (generation !== state.generation) return state;
  const freshIds = new Set(fresh.rows.map(keyOf));
  const isWhole = fresh.next === null || fresh.isComplete;
  // Those named have moved: where they were says nothing of how far down the reading has come.
  const lastRead = state.rows.findLastIndex((row) => freshIds.has(keyOf(row)) && !changedIds.has(keyOf(row)));
  const below = isWhole
    ? []
    : state.rows
        .slice(lastRead + 1)
        .filter((row) => !freshIds.has(keyOf(row)) && !changedIds.has(keyOf(row)));
  const rows = shareList(state.rows, [...fresh.rows, ...below], keyOf);
  const next = below.length > 0 ? state.next : fresh.next;
  return { ...state, rows, next, status: 'ready' };
}

/** The rows that are in the filter at `now`: time moves conversations without any event. */
export function visibleRows(state: Pick<InboxState, 'rows' | 'filter'>, now: number): InboxRow[] {
  if (state.filter !== 'received') return state.rows;
  const visible = state.rows.filter((row) => conversationFilter(row.facts, now) === state.filter);
  return visible.length === state.rows.length ? state.rows : visible;
}

/** The next moment after `now` at which a held row changes its filter or its badges; null when none will. */
export function nextTurn(rows: readonly InboxRow[], now: number): number | null {
  let next: number | null = null;
  for (const { facts } of rows) {
    const moments = [windowEnd(facts)];
    if (conversationQueue(facts) === 'people') moments.push(expiresAt(facts));
    for (const moment of moments) {
      if (moment !== null && moment > now && (next === null || moment < next)) next = moment;
    }
  }
  return next;
}

/** The conversation above or below another in the list; the first one when it is not there. */
export function neighbour(
  rows: readonly InboxRow[],
  conversationId: string | null,
  step: 1 | -1,
): string | null {
  const index = rows.findIndex((row) => row.conversationId === conversationId);
  if (index === -1) return rows[0]?.conversationId ?? null;
  return rows[index + step]?.conversationId ?? null;
}
