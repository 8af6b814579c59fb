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
  isComplete: boolean;
  status: 'loading' | 'ready' | 'failed';
  isLoadingOlder: boolean;
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
  isComplete: true,
  status: 'loading',
  isLoadingOlder: false,
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

export function receiveThread(
  state: ThreadState,
  generation: number,
  detail: ConversationDetail,
  page: ThreadPage,
): ThreadState {
  if (generation !== state.generation) return state;
  return {
    ...state,
    detail,
    items: page.items,
    before: page.before,
    isComplete: page.isComplete,
    status: 'ready',
    firstNewId: firstUnread(page.items, detail.facts.unread),
  };
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
  return {
    ...state,
    items: [...page.items.filter((item) => !held.has(keyOf(item))), ...state.items],
    before: page.before,
    isComplete: page.isComplete,
    isLoadingOlder: false,
  };
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
    ...(drawsLine ? { firstNewId: arrived.messageId, isNewRead: false } : {}),
  };
}

/** The newest ordinal held, for marking as read; 0 when the relay knows none. */
export function newestOrdinal(items: readonly ThreadItem[]): number {
  return items.reduce((newest, item) => Math.max(newest, item.ordinal ?? 0), 0);
}
