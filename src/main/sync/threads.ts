/**
 * Pages of a thread, completed from the relay where this PC may lack messages: before the history fill has reached them,
 * or after they were forgotten here. A person waits for what is not there at all; what is there is shown at once.
 */
import { THREAD_MESSAGES_LIMIT } from '@recado/protocol';
import type { ThreadItem, ThreadPage } from '../../shared/contract/index.ts';
import type { ThreadPlace } from '../relay/interface.ts';
import type { StoreReads } from '../store/interface.ts';
import type { SyncDeps } from './interface.ts';
import type { StatusBoard } from './status.ts';
import type { Turns } from './turns.ts';

export type ThreadRequest = Parameters<StoreReads['threadPage']>[0];

export interface Threads {
  /** As `Store.read.threadPage`, whatever this PC held before; offline quietly what there is. */
  page(request: ThreadRequest): Promise<ThreadPage | null>;
  /** The feed had a gap: what was fetched before may have changed unnoticed. */
  forget(): void;
  /** Ends what is under way; resolves when nothing of it touches the store any more. */
  stop(): Promise<void>;
}

/** Nobody looks at an unfinished thread for longer; what comes later is shown when it comes. Milliseconds. */
const LONGEST_WAIT_MS = 4_000;
const LEAST_FETCHED = 100;
const MOST_REMEMBERED = 2_000;

/** Everything at or below the newest of these: the place just above it. */
function placeAbove(items: ThreadItem[]): ThreadPlace | null {
  const newest = items.findLast(({ ordinal }) => ordinal !== null);
  return newest === undefined ? null : { sentAt: newest.sentAt, ordinal: (newest.ordinal ?? 0) + 1 };
}

export function createThreads(deps: SyncDeps & { turns: Turns; board: StatusBoard }): Threads {
  const { store, relay, turns, board } = deps;
  const stopped = new AbortController();
  /** Stretches that were compared with the relay since the feed is gapless, and those on their way. */
  const fetched = new Set<string>();
  const fetching = new Map<string, Promise<boolean>>();
  let generation = 0;

  const isReachable = () => ['bootstrapping', 'catchingUp', 'live'].includes(board.get().phase);

  async function fetch(
    conversationId: string,
    before: ThreadPlace | null,
    limit: number,
  ): Promise<'changed' | 'same' | 'failed'> {
    const outcome = await relay.threadMessages({ conversationId, before, limit, signal: stopped.signal });
    if (!outcome.ok || stopped.signal.aborted) return 'failed';
    board.heard();
    const { changes, before: next } = outcome.value;
    const touched = await turns.run('live', () =>
      store.write.applyThread({ conversationId, changes, isBeginning: next === null }),
    );
    deps.onChanges(touched, 'catchUp');
    const isSame = touched.conversationIds.length === 0 && !touched.overflow && next !== null;
    return isSame ? 'same' : 'changed';
  }

  /**
   * One request per stretch, however many ask, and never again while the feed tells of every change. Resolves with
   * whether it brought something; null when there is nothing to ask.
   */
  function ensure(
    conversationId: string,
    before: ThreadPlace | null,
    limit: number,
  ): Promise<boolean> | null {
    const key = `${conversationId} ${before?.sentAt ?? ''} ${before?.ordinal ?? ''} ${limit}`;
    const running = fetching.get(key);
    if (running !== undefined) return running;
    if (fetched.has(key) || !isReachable() || stopped.signal.aborted) return null;
    const startedIn = generation;
    const mine = turns
      .holdBack(() => fetch(conversationId, before, limit))
      .then((result) => {
        if (fetched.size >= MOST_REMEMBERED) fetched.clear();
        if (result !== 'failed' && startedIn === generation) fetched.add(key);
        return result === 'changed';
      })
      .catch((error: unknown) => {
        deps.log('sync.threadFailed', { error: error instanceof Error ? error.name : 'unknown' });
        return false;
      })
      .finally(() => fetching.delete(key));
    fetching.set(key, mine);
    return mine;
  }

  /** Whether a page holds what the relay has, as far as this PC can know. */
  function isWhole(page: ThreadPage, limit: number): boolean {
    if (page.isComplete) return true;
    const historyBefore = board.historyBefore();
    if (historyBefore === null || page.items.length < limit) return false;
    return page.items.every(({ ordinal }) => ordinal === null || ordinal >= historyBefore);
  }

  const untilLate = (work: Promise<boolean>) =>
    new Promise<boolean>((resolve, reject) => {
      const cancel = deps.scheduler.after(LONGEST_WAIT_MS, () => {
        resolve(false);
      });
      work.then(resolve, reject).finally(cancel);
    });

  return {
    async page(request) {
      const page = await store.read.threadPage(request);
      if (page === null || isWhole(page, request.limit)) return page;
      const isFromPlace = (request.after ?? request.aroundMessageId ?? null) !== null;
      const from = isFromPlace ? placeAbove(page.items) : request.before;
      const limit = Math.min(Math.max(request.limit, LEAST_FETCHED), THREAD_MESSAGES_LIMIT);
      const fetch = ensure(request.conversationId, from, limit);
      if (fetch === null) return page;
      // Paging back to where nothing more is held, or an empty thread: there is nothing else to look at meanwhile.
      const isLacking =
        page.items.length === 0 || (request.before !== null && page.items.length < request.limit);
      if (!isLacking) return page;
      return (await untilLate(fetch)) ? store.read.threadPage(request) : page;
    },
    forget() {
      generation += 1;
      fetched.clear();
    },
    async stop() {
      stopped.abort();
      await Promise.all(fetching.values());
    },
  };
}
