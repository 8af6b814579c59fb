import { conversationFilter, conversationQueue, expiresAt, windowEnd } from '@recado/protocol';
import type { InboxCursor, InboxPage, InboxQuery, InboxRow } from '../../shared/contract/index.ts';
import { shareList } from '../lib/share.ts';
import { INITIAL_QUERY } from './inbox-query.ts';
import { noSelection, prune, type Selection } from './selection.ts';

/** The list on screen: the rows read so far of one query. */
export interface InboxState {
  query: InboxQuery;
  /** Grows with each change of the query: an answer of an older one is dropped. */
  generation: number;
  rows: InboxRow[];
  /** Where the rows go on; null at the end. */
  next: InboxCursor | null;
  status: 'loading' | 'ready' | 'failed';
  isLoadingMore: boolean;
  /** How many match a query narrower than its filter; null while that is not known. */
  matching: number | null;
  selection: Selection;
}

export const initialInbox: InboxState = {
  query: INITIAL_QUERY,
  generation: 0,
  rows: [],
  next: null,
  status: 'loading',
  isLoadingMore: false,
  matching: null,
  selection: noSelection,
};

const keyOf = (row: InboxRow): string => row.conversationId;

/** Rows of other queries leave at once; the new ones are a local read away. */
export function showQuery(state: InboxState, query: InboxQuery): InboxState {
  return { ...initialInbox, query, generation: state.generation + 1 };
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
  const selection = prune(state.selection, rows.map(keyOf));
  return { ...state, rows, next, status: 'ready', selection };
}

/** The rows that are in the filter at `now`: time moves conversations without any event. */
export function visibleRows(state: Pick<InboxState, 'rows' | 'query'>, now: number): InboxRow[] {
  if (state.query.filter !== 'received') return state.rows;
  const visible = state.rows.filter((row) => conversationFilter(row.facts, now) === 'received');
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

/** Where to go on from a conversation when those `leaving` are gone: the next one down, or the last one above. */
export function successor(
  rows: readonly InboxRow[],
  conversationId: string,
  leaving: ReadonlySet<string>,
): string | null {
  const index = rows.findIndex((row) => row.conversationId === conversationId);
  if (index === -1) return null;
  const stays = (row: InboxRow): boolean => !leaving.has(row.conversationId);
  const next = rows.slice(index + 1).find(stays) ?? rows.slice(0, index).findLast(stays);
  return next?.conversationId ?? null;
}
