/**
 * Compares this PC's copy with the relay at the same place of the feed, by counts and sums of versions. Whatever differs
 * is repaired by reading everything again, while what is held stays in use; then it is compared once more.
 */
import { entities, type Checksum } from '@recado/protocol';
import { z } from 'zod';
import { createPause } from '../lib/signal.ts';
import type { RelayFailure } from '../relay/interface.ts';
import type { SyncDeps, SyncStatus } from './interface.ts';
import type { StatusBoard } from './status.ts';

const KEY = 'sync.check';
const Remembered = z.object({ at: z.number(), result: z.enum(['equal', 'repairing', 'repaired']) });

const CHECK_EVERY_MS = 24 * 3_600_000;
/** A comparison that found no quiet moment is tried again after this long. */
const AGAIN_MS = 3_600_000;
/** The first days' work should not begin with counting. */
const AFTER_LIVE_MS = 60_000;
/** Timers stand still while a machine sleeps: the clock is looked at again at least this often. */
const LOOK_AGAIN_MS = 1_800_000;
/** In a busy clinic the feed moves on while both sides count. */
const ATTEMPTS = 6;
const WAIT_FOR_FEED_MS = 3_000;

type Comparison = 'equal' | 'different' | 'impossible' | RelayFailure;

export interface SelfCheck {
  /** At start: what was remembered. */
  restore(): Promise<void>;
  /** The engine is live, or no longer. */
  setLive(isLive: boolean): void;
  /** Whether everything has been read that this PC keeps: only then can a repair be judged. */
  setHistoryRead(isRead: boolean): void;
  /** Compares now; resolves with what it found, null when there was nothing to compare with. */
  run(): Promise<'equal' | 'repairing' | 'repaired' | null>;
  stop(): Promise<void>;
}

/** Names of what differs. The app's own entities alone: what it does not know it does not hold. */
export function differing(
  held: Record<string, Checksum>,
  expected: Record<string, Checksum>,
): { entity: string; missing: number }[] {
  const none: Checksum = { count: 0, versions: 0 };
  return Object.keys(entities)
    .filter((entity) => entity in expected)
    .map((entity) => ({ entity, mine: held[entity] ?? none, theirs: expected[entity] ?? none }))
    .filter(({ mine, theirs }) => mine.count !== theirs.count || mine.versions !== theirs.versions)
    .map(({ entity, mine, theirs }) => ({ entity, missing: theirs.count - mine.count }));
}

export function createSelfCheck(
  deps: Pick<SyncDeps, 'store' | 'relay' | 'clock' | 'scheduler' | 'random' | 'log'> & {
    board: StatusBoard;
    /** Reads everything again, keeping what is this PC's own. */
    repair: () => Promise<void>;
  },
): SelfCheck {
  const { store, relay, clock, board, log } = deps;
  const stopped = new AbortController();
  const pause = createPause(deps);
  let isLive = false;
  let isHistoryRead = false;
  /** A repair was begun and has not been judged yet. */
  let isAwaitingRepair = false;
  let running: Promise<SyncStatus['check']> | null = null;
  let cancelTimer: () => void = () => undefined;

  async function remember(result: z.infer<typeof Remembered>['result']) {
    const check = { at: clock.now(), result };
    await store.write.setLocalValue({ key: KEY, value: check });
    board.setCheck(check);
    return check;
  }

  /** Both sides at the same place, or why that could not be had. */
  async function compareOnce(): Promise<Comparison | 'moved'> {
    const { historyBefore, unreadableFrom, snapshot } = await store.read.syncState({});
    // An app that could not read something cannot hold what the relay has; an update will read it again.
    if (unreadableFrom !== null || snapshot !== null) return 'impossible';
    const fromOrdinal = historyBefore ?? Number.MAX_SAFE_INTEGER;
    const outcome = await relay.checksums({ fromOrdinal, signal: stopped.signal });
    if (!outcome.ok) return outcome.failure;
    const expected = outcome.value;
    for (let waited = 0; ; waited += 1) {
      const held = await store.read.checksums({ fromOrdinal });
      if (held === null) return 'impossible';
      const { historyBefore: still } = await store.read.syncState({});
      if (held.seq > expected.seq || still !== historyBefore) return 'moved';
      if (held.seq === expected.seq) {
        const found = differing(held.entities, expected.entities);
        for (const { entity, missing } of found) log('check.differs', { code: entity, count: missing });
        return found.length === 0 ? 'equal' : 'different';
      }
      if (waited > 0 || !isLive) return 'moved';
      await pause.wait(WAIT_FOR_FEED_MS);
    }
  }

  async function compare(): Promise<Comparison> {
    for (let attempt = 1; attempt <= ATTEMPTS && isLive && !stopped.signal.aborted; attempt += 1) {
      const result = await compareOnce();
      if (result !== 'moved') return result;
      await pause.wait(WAIT_FOR_FEED_MS * attempt * deps.random());
    }
    return 'impossible';
  }

  async function check(): Promise<SyncStatus['check']> {
    // Half of a repair looks right as far as it has come.
    if (isAwaitingRepair && !isHistoryRead) return null;
    const first = await compare();
    // Once more before anything is done about it: the second look is at another moment.
    const result = first === 'different' ? await compare() : first;
    if (stopped.signal.aborted) return null;
    if (typeof result === 'object' || result === 'impossible') {
      log('check.postponed', { reason: typeof result === 'object' ? result.kind : result });
      return null;
    }
    log('check.done', { reason: result });
    if (result === 'equal') {
      isAwaitingRepair = false;
      return remember(board.get().check?.result === 'repairing' ? 'repaired' : 'equal');
    }
    const remembered = await remember('repairing');
    // When reading everything again has not helped, once a day is often enough to try.
    if (isAwaitingRepair) isAwaitingRepair = false;
    else {
      isAwaitingRepair = true;
      await deps.repair();
    }
    return remembered;
  }

  function run(): Promise<SyncStatus['check']> {
    running ??= check()
      .catch((error: unknown) => {
        log('check.failed', { error: error instanceof Error ? error.name : 'unknown' });
        return null;
      })
      .finally(() => {
        running = null;
        schedule(AGAIN_MS);
      });
    return running;
  }

  /** Waits for the next comparison, at least so long. */
  function schedule(atLeastMs: number) {
    cancelTimer();
    if (!isLive || stopped.signal.aborted) return;
    const last = board.get().check?.at ?? null;
    const dueIn = last === null ? 0 : last + CHECK_EVERY_MS - clock.now();
    const wait = Math.max(dueIn, atLeastMs);
    cancelTimer = deps.scheduler.after(Math.min(wait, LOOK_AGAIN_MS), () => {
      if (wait > LOOK_AGAIN_MS) schedule(0);
      else void run();
    });
  }

  return {
    async restore() {
      const saved = Remembered.safeParse(await store.read.localValue({ key: KEY }));
      if (!saved.success) return;
      isAwaitingRepair = saved.data.result === 'repairing';
      board.setCheck(saved.data);
    },
    setLive(next) {
      if (next === isLive) return;
      isLive = next;
      if (isLive) schedule(AFTER_LIVE_MS);
      else {
        cancelTimer();
        pause.end();
      }
    },
    setHistoryRead(isRead) {
      isHistoryRead = isRead;
      if (isRead && isLive && isAwaitingRepair) void run();
    },
    async run() {
      return isLive ? ((await run())?.result ?? null) : null;
    },
    async stop() {
      stopped.abort();
      cancelTimer();
      pause.close();
      await running;
    },
  };
}
