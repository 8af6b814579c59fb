/**
 * Keeps this PC's copy of the clinic up to date: a snapshot first, then the feed by pages until there are no more,
 * then the stream; old messages behind. The cursor is the truth, the stream only a doorbell.
 */
import { backOffDelay } from '../lib/back-off.ts';
import { createPause } from '../lib/signal.ts';
import type { RelayFailure } from '../relay/interface.ts';
import { createSelfCheck } from './check.ts';
import { createFeed } from './feed.ts';
import { createHistoryFill } from './history.ts';
import type { SyncDeps, SyncEngine, WakeReason } from './interface.ts';
import { takeSnapshot } from './snapshot.ts';
import { createStatusBoard } from './status.ts';
import { createThreads } from './threads.ts';
import { createTurns } from './turns.ts';

/** A stream that lived this long was a good connection; one that ends sooner counts as a failure. */
const GOOD_CONNECTION_MS = 10_000;
/** Resume, unlock and network come together; they are one reason to reconnect. */
const RECONNECT_AT_MOST_EVERY_MS = 5_000;
/** A request that has said nothing for so long when the machine wakes was probably made before it slept. */
const STALE_REQUEST_MS = 5_000;
const SAVE_LAST_HEARD_EVERY_MS = 60_000;
const OUTDATED_RETRY_MS = 600_000;

/** Local value: when the relay was last heard, by its own clock. */
export const LAST_HEARD_KEY = 'sync.lastHeardAt';
const READ_BY_VERSION_KEY = 'sync.readByVersion';

export function createSyncEngine(deps: SyncDeps): SyncEngine {
  const { store, clock, log } = deps;
  const board = createStatusBoard(deps);
  const turns = createTurns();
  const inner = { ...deps, board, turns };
  const feed = createFeed(inner);
  const history = createHistoryFill(inner);
  const threads = createThreads(inner);
  const pause = createPause(deps);
  const selfCheck = createSelfCheck({
    ...inner,
    async repair() {
      await store.write.restartHistory({});
      needsSnapshot = true;
      isRepairing = true;
      attempt.abort();
    },
  });

  const stopped = new AbortController();
  let attempt = new AbortController();
  let attemptedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> = Promise.resolve();
  let fill: { signal: AbortController; ended: Promise<void> } | null = null;
  let needsSnapshot = false;
  let isRepairing = false;
  let isListening = false;
  let isToldToWait = false;
  let reconnectedAt = Number.NEGATIVE_INFINITY;
  let lastHeardSavedAt = Number.NEGATIVE_INFINITY;

  async function saveLastHeard(isFinal: boolean) {
    const at = board.lastHeardAt();
    if (at === null || (!isFinal && at - lastHeardSavedAt < SAVE_LAST_HEARD_EVERY_MS)) return;
    lastHeardSavedAt = at;
    await store.write.setLocalValue({ key: LAST_HEARD_KEY, value: at });
  }

  const failed = (error: unknown) => {
    log('sync.failed', { error: error instanceof Error ? error.name : 'unknown' });
  };

  function startFill() {
    if (fill !== null) {
      history.wake();
      return;
    }
    const signal = new AbortController();
    const mine = { signal, ended: Promise.resolve() };
    fill = mine;
    mine.ended = history
      .run(signal.signal)
      .then((result) => {
        if (result !== 'stopped') selfCheck.setHistoryRead(true);
        if (result === 'edge') deps.onHistoryEdge();
      })
      .catch(failed)
      .then(() => {
        if (fill === mine) fill = null;
      });
  }

  async function stopFill() {
    fill?.signal.abort();
    await fill?.ended;
  }

  /** What an older version of the app could not read is read again, once, by the first newer one. */
  async function rereadAfterUpdate() {
    const readBy = await store.read.localValue({ key: READ_BY_VERSION_KEY });
    if (readBy === deps.appVersion) return;
    const { unreadableFrom } = await store.read.syncState({});
    if (readBy !== null && unreadableFrom !== null) await store.write.rereadUnreadable({});
    await store.write.setLocalValue({ key: READ_BY_VERSION_KEY, value: deps.appVersion });
  }

  /** One connection from its first request to its end. `isGood` when it got somewhere. */
  async function connect(
    signal: AbortSignal,
  ): Promise<{ failure: RelayFailure | null; isGood: boolean; wasLive: boolean }> {
    const state = await store.read.syncState({});
    board.setHistory(state);
    let isGood = false;
    if (state.cursor === null || state.snapshot !== null || needsSnapshot) {
      const isQuiet = isRepairing && state.cursor !== null;
      if (isQuiet) board.setPhase('catchingUp');
      else if (board.get().phase === 'stopped') board.setPhase('bootstrapping');
      // A page of history on its way belongs to the copy before: after the gap it would claim to be complete.
      await stopFill();
      selfCheck.setHistoryRead(false);
      threads.forget();
      const result = await takeSnapshot(inner, { isQuiet, signal });
      if ('kind' in result) {
        const { snapshot } = await store.read.syncState({});
        isGood = snapshot !== null && snapshot.after !== (state.snapshot?.after ?? null);
        return { failure: result, isGood, wasLive: false };
      }
      needsSnapshot = false;
      isRepairing = false;
      isGood = true;
      board.setHistory(await store.read.syncState({}));
      feed.moveTo(result.seq);
      board.setPhase('catchingUp');
    } else {
      if (board.get().phase === 'stopped') board.setPhase('catchingUp');
      feed.moveTo(state.cursor);
    }
    const before = feed.cursor();
    const failure = await feed.catchUp(signal);
    isGood ||= feed.cursor() > before;
    if (failure !== null) return { failure, isGood, wasLive: false };

    startFill();

    let openedAt: number | null = null;
    const ended = await feed.listen(signal, () => {
      openedAt = clock.now();
      isListening = true;
      selfCheck.setLive(true);
      board.heard();
      board.setPhase('live');
      saveLastHeard(false).catch(failed);
    });
    isListening = false;
    selfCheck.setLive(false);
    const lived = openedAt === null ? 0 : clock.now() - openedAt;
    isGood ||= feed.cursor() > before || lived >= GOOD_CONNECTION_MS;
    return { failure: ended, isGood, wasLive: openedAt !== null };
  }

  /** Milliseconds to wait before the next attempt, or why there is none. */
  function judge(
    failure: RelayFailure | null,
    failures: number,
    wasLive: boolean,
  ): number | 'revoked' | 'deviceRevoked' {
    switch (failure?.kind) {
      case 'unauthorized':
        board.setPhase('sessionRevoked');
        return 'revoked';
      case 'deviceRevoked':
        board.setPhase('sessionRevoked');
        return 'deviceRevoked';
      case 'outdated':
        board.setPhase('outdated');
        return OUTDATED_RETRY_MS;
      case 'rateLimited':
        isToldToWait = true;
        if (board.get().phase !== 'bootstrapping') board.setPhase('catchingUp');
        return failure.retryAfterMs;
      case 'gone':
        needsSnapshot = true;
        return failures <= 1 ? 0 : backOffDelay(failures, deps.random);
      case 'aborted':
        return 0;
      default:
        // A stream that broke is opened again at once, and calmly: only when that fails, too, is the relay away.
        if (wasLive && failures <= 1) return 0;
        board.setPhase('offline');
        return backOffDelay(failures, deps.random);
    }
  }

  async function run() {
    await rereadAfterUpdate();
    await selfCheck.restore();
    const savedLastHeard = await store.read.localValue({ key: LAST_HEARD_KEY });
    if (typeof savedLastHeard === 'number') board.restoreLastHeard(savedLastHeard);
    let failures = 0;
    while (!stopped.signal.aborted) {
      attempt = new AbortController();
      attemptedAt = clock.now();
      let wait: ReturnType<typeof judge>;
      try {
        const { failure, isGood, wasLive } = await connect(attempt.signal);
        if (stopped.signal.aborted) break;
        // What counts is getting nowhere, not going round: a relay that cuts every stream at once is a failure, too.
        failures = isGood || failure?.kind === 'aborted' ? 0 : failures + 1;
        wait = judge(failure, failures, wasLive);
        log('sync.disconnected', {
          reason: failure?.kind ?? 'ended',
          failures,
          waitMs: typeof wait === 'number' ? wait : -1,
        });
      } catch (error) {
        if (stopped.signal.aborted) break;
        failures += 1;
        board.setPhase('offline');
        wait = backOffDelay(failures, deps.random);
        failed(error);
      }
      if (typeof wait === 'string') {
        deps.onRevoked(wait);
        return;
      }
      if (wait > 0 && (await pause.wait(wait))) failures = 0;
      isToldToWait = false;
    }
  }

  return {
    start() {
      running = run().catch(failed);
    },
    wake(reason: WakeReason) {
      if (!isToldToWait) pause.end();
      history.wake();
      // A connection that slept may be dead without knowing it; one that merely lost focus is watched by its pings.
      if (reason === 'focus') return;
      const now = clock.now();
      if (isListening) {
        if (now - reconnectedAt < RECONNECT_AT_MOST_EVERY_MS) return;
        reconnectedAt = now;
        board.setPhase('catchingUp');
        attempt.abort();
      } else if (now - Math.max(attemptedAt, board.lastHeardAt() ?? 0) > STALE_REQUEST_MS) attempt.abort();
    },
    status: board.get,
    lastHeardAt: board.lastHeardAt,
    threadPage: threads.page,
    check: selfCheck.run,
    historyChanged() {
      store.read.syncState({}).then((state) => {
        board.setHistory(state);
        if (isListening) startFill();
      }, failed);
    },
    async stop() {
      stopped.abort();
      attempt.abort();
      pause.close();
      await Promise.all([running, selfCheck.stop(), threads.stop()]);
      await stopFill();
      await saveLastHeard(true);
    },
  };
}
