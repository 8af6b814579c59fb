import type {
  ConversationDetail,
  ThreadCursor,
  ThreadItem,
  ThreadPage,
} from '../../shared/contract/index.ts';
import { share, shareList } from '../lib/share.ts';

/** The open conversation: who it is with, and the messages read so far, oldest first. */
export interface ThreadState {
  conversationId: string | null;
  /** Grows with each opening: an answer about another conversation is dropped. */
  generation: number;
  detail: ConversationDetail | null;
  items: ThreadItem[];
  /** Where older ones go on; null at the beginning of what this PC holds. */
  before: ThreadCursor | null;
  /** Where newer ones go on; null when the newest one is held. */
  after: ThreadCursor | null;
  isComplete: boolean;
  status: 'loading' | 'ready' | 'failed';
  isLoadingOlder: boolean;
  isLoadingNewer: boolean;
  /** Why messages older than this PC holds did not come: no connection, not there yet, or refused. */
  olderFailure: 'offline' | 'pending' | 'failed' | null;
  /** Grows when another part of the conversation is shown: the list is drawn anew. */
  window: number;
  /** The message to bring before the eyes, or to the keyboard as well; `token` grows with each wish. */
  target: { messageId: string; token: number; takesFocus: boolean } | null;
  /** The message above which "new messages" is drawn. */
  firstNewId: string | null;
  /** What the line spoke of has been read: the next unattended message draws it anew. */
  isNewRead: boolean;
}

export const initialThread: ThreadState = {
  conversationId: null,
  generation: 0,
  detail: null,
  items: [],
  before: null,
  after: null,
  isComplete: true,
  status: 'loading',
  isLoadingOlder: false,
  isLoadingNewer: false,
  olderFailure: null,
  window: 0,
  target: null,
  firstNewId: null,
  isNewRead: false,
};

const keyOf = (item: ThreadItem): string => item.messageId;

export function openThread(state: ThreadState, conversationId: string | null): ThreadState {
  return { ...initialThread, conversationId, generation: state.generation + 1 };
}

/** The `unread`th message of the patient counted from the end, or the oldest one held. */
function firstUnread(items: readonly ThreadItem[], unread: number): string | null {
  if (unread <= 0) return null;
  const inbound = items.filter((item) => item.direction === 'inbound');
  return inbound[Math.max(0, inbound.length - unread)]?.messageId ?? null;
}

/** A part of the conversation instead of what is held. */
export function showWindow(state: ThreadState, generation: number, page: ThreadPage): ThreadState {
  if (generation !== state.generation) return state;
  return {
    ...state,
    items: page.items,
    before: page.before,
    after: page.after,
    isComplete: page.isComplete,
    status: 'ready',
    isLoadingOlder: false,
    isLoadingNewer: false,
    olderFailure: null,
    window: state.window + 1,
    target: null,
  };
}

export function receiveThread(
  state: ThreadState,
  generation: number,
  detail: ConversationDetail,
  page: ThreadPage,
): ThreadState {
  if (generation !== state.generation) return state;
  return {
    ...showWindow(state, generation, page),
    detail,
    // The unread are counted from the newest one, which may not be among these.
    firstNewId: page.after === null ? firstUnread(page.items, detail.facts.unread) : null,
  };
}

/** Wishes a held message before the eyes. */
export function aimAt(state: ThreadState, messageId: string, takesFocus: boolean): ThreadState {
  return { ...state, target: { messageId, token: (state.target?.token ?? 0) + 1, takesFocus } };
}

export function receiveDetail(
  state: ThreadState,
  generation: number,
  detail: ConversationDetail,
): ThreadState {
  if (generation !== state.generation) return state;
  const shared = share(state.detail, detail);
  return shared === state.detail ? state : { ...state, detail: shared };
}

export function prependPage(state: ThreadState, generation: number, page: ThreadPage): ThreadState {
  if (generation !== state.generation) return state;
  const held = new Set(state.items.map(keyOf));
  const older = page.items.filter((item) => !held.has(keyOf(item)));
  const isStuck = older.length === 0 && page.before === null && !page.isComplete;
  return {
    ...state,
    items: older.length === 0 ? state.items : [...older, ...state.items],
    before: page.before,
    isComplete: page.isComplete,
    isLoadingOlder: false,
    // Not asked for again and again: what arrives later says so.
    olderFailure: isStuck ? 'pending' : null,
  };
}

export function failOlder(state: ThreadState, why: NonNullable<ThreadState['olderFailure']>): ThreadState {
  return { ...state, isLoadingOlder: false, olderFailure: why };
}

export function appendPage(state: ThreadState, generation: number, page: ThreadPage): ThreadState {
  if (generation !== state.generation) return state;
  const held = new Set(state.items.map(keyOf));
  return {
    ...state,
    items: [...state.items, ...page.items.filter((item) => !held.has(keyOf(item)))],
    after: page.after,
    isLoadingNewer: false,
  };
}

/** A part in the middle after it was read again from its oldest message on. */
export function mergeWindow(
  state: ThreadState,
  generation: number,
  fresh: ThreadItem[],
  after: ThreadCursor | null,
): ThreadState {
  if (generation !== state.generation) return state;
  // What was read on meanwhile, below what is read again, stays.
  const freshIds = new Set(fresh.map(keyOf));
  const lastRead = state.items.findLastIndex((item) => freshIds.has(keyOf(item)));
  const below = state.items.slice(lastRead + 1);
  const items = shareList(state.items, [...fresh, ...below], keyOf);
  return { ...state, items, after: below.length > 0 ? state.after : after };
}

/**
 * The thread after its newest part was read again. `fresh` are all messages from `fresh.before` to the newest; held
 * ones older than them stay until they are read too. `isAttended`: a person has the conversation before their eyes.
 */
export function mergeNewest(
  state: ThreadState,
  generation: number,
  fresh: ThreadPage & { isWhole: boolean },
  isAttended: boolean,
): ThreadState {
  if (generation !== state.generation) return state;
  const freshIds = new Set(fresh.items.map(keyOf));
  const oldest = fresh.before;
  const older =
    oldest === null || fresh.isWhole
      ? []
      : state.items.filter(
          (item) =>
            item.ordinal !== null &&
            !freshIds.has(keyOf(item)) &&
            (item.sentAt < oldest.sentAt || (item.sentAt === oldest.sentAt && item.ordinal < oldest.ordinal)),
        );
  const items = shareList(state.items, [...older, ...fresh.items], keyOf);
  const keepsOlderEnd = older.length > 0;
  const held = new Set(state.items.map(keyOf));
  const newest = state.items.at(-1);
  const arrived = fresh.items.find(
    (item) =>
      item.direction === 'inbound' &&
      !held.has(keyOf(item)) &&
      (newest === undefined || item.sentAt >= newest.sentAt),
  );
  const drawsLine = arrived !== undefined && !isAttended && (state.firstNewId === null || state.isNewRead);
  return {
    ...state,
    items,
    before: keepsOlderEnd ? state.before : fresh.before,
    isComplete: keepsOlderEnd ? state.isComplete : fresh.isComplete,
    // Something older has come by itself: more may.
    olderFailure: items[0] === state.items[0] ? state.olderFailure : null,
    ...(drawsLine ? { firstNewId: arrived.messageId, isNewRead: false } : {}),
  };
}

/** The newest ordinal held, for marking as read; 0 when the relay knows none. */
export function newestOrdinal(items: readonly ThreadItem[]): number {
  return items.reduce((newest, item) => Math.max(newest, item.ordinal ?? 0), 0);
}
