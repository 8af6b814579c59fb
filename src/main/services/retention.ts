/** Keeps some months of messages on this PC and forgets older ones, a few at a time, while nothing else is going on. */
import { z } from 'zod';
import type { Clock, Scheduler } from '../lib/time.ts';
import type { ChangeSet, Store } from '../store/interface.ts';

/** Local value: months kept on this PC; null keeps everything. */
const KEY = 'storage.keepMonths';
const Months = z.number().int().min(1).max(240).nullable();

/** Messages to one transaction: little enough that nobody notices. */
const STEP = 500;
const BETWEEN_STEPS_MS = 200;
const LOOK_EVERY_MS = 3_600_000;
/** Something else is going on: later. */
const BUSY_MS = 30_000;

/** The instant `months` calendar months before `now`, in UTC; the end of a shorter month stands for its missing days. */
export function monthsBefore(now: number, months: number): number {
  const date = new Date(now);
  const day = date.getUTCDate();
  date.setUTCDate(1);
  date.setUTCMonth(date.getUTCMonth() - months);
  const lastDay = new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
  date.setUTCDate(Math.min(day, lastDay));
  return date.getTime();
}

export interface Retention {
  /** Reads what was decided on this PC; to be awaited before anything asks for the edge. */
  start(): Promise<void>;
  keepMonths(): number | null;
  /** Forgetting, or bringing back, begins by itself. */
  setKeepMonths(months: number | null): Promise<void>;
  /** The history has been read as far as it is kept: what is beyond goes, and nobody waits for more. */
  look(): void;
  /** Older messages are not kept here, relay time; null when all are. */
  edge(): number | null;
  stop(): Promise<void>;
}

export function createRetention(deps: {
  store: {
    read: Pick<Store['read'], 'localValue' | 'syncState'>;
    write: Pick<Store['write'], 'forgetMessages' | 'restartHistory' | 'setLocalValue'>;
  };
  clock: Clock;
  scheduler: Scheduler;
  /** The relay is heard, so that its clock is known, and nothing is being read from it. */
  isIdle: () => boolean;
  onForgotten: (changes: ChangeSet) => void;
  /** What is held of the history has changed, or more of it is wanted: the fill has to look again. */
  onHistory: () => void;
  onError: (error: unknown) => void;
}): Retention {
  const { store, clock } = deps;
  let months: number | null = null;
  let cancel: () => void = () => undefined;
  let isStopped = false;
  let running: Promise<void> = Promise.resolve();

  const edge = () => (months === null ? null : monthsBefore(clock.now(), months));

  function later(delayMs: number) {
    cancel();
    if (isStopped) return;
    cancel = deps.scheduler.after(delayMs, () => {
      running = step().catch((error: unknown) => {
        deps.onError(error);
        later(LOOK_EVERY_MS);
      });
    });
  }

  async function step(): Promise<void> {
    const sentBefore = edge();
    if (sentBefore === null) return;
    if (!deps.isIdle()) {
      later(BUSY_MS);
      return;
    }
    const { forgotten, changes } = await store.write.forgetMessages({ sentBefore, limit: STEP });
    deps.onForgotten(changes);
    deps.onHistory();
    later(forgotten < STEP ? LOOK_EVERY_MS : BETWEEN_STEPS_MS);
  }

  return {
    async start() {
      const saved = Months.safeParse(await store.read.localValue({ key: KEY }));
      months = saved.success ? saved.data : null;
      later(BUSY_MS);
    },
    keepMonths: () => months,
    async setKeepMonths(next) {
      await store.write.setLocalValue({ key: KEY, value: next });
      months = next;
      const { forgottenBefore } = await store.read.syncState({});
      const sentBefore = edge();
      if (forgottenBefore !== null && (sentBefore === null || sentBefore < forgottenBefore))
        await store.write.restartHistory({});
      deps.onHistory();
      later(BETWEEN_STEPS_MS);
    },
    look() {
      later(BETWEEN_STEPS_MS);
    },
    edge,
    async stop() {
      isStopped = true;
      cancel();
      await running;
    },
  };
}
