import type { Clock } from '../lib/time.ts';

/**
 * How many rows go into one transaction: as many as this PC writes in a tenth of a second. A fast one commits seldom, and
 * on a slow one neither a live change nor a person waits longer for it.
 */
export interface Pace {
  size(): number;
  /** Writes `count` rows and learns from how long it took. */
  run<Value>(count: number, write: () => Promise<Value>): Promise<Value>;
}

const AIM_MS = 100;
const LEAST = 250;
const MOST = 5_000;

/** `first`: rows of the first transactions, before anything is known. */
export function createPace({ clock, first }: { clock: Clock; first: number }): Pace {
  let size = first;
  return {
    size: () => size,
    async run(count, write) {
      const startedAt = clock.now();
      const value = await write();
      // A short one says little, and the clock may have been set meanwhile: never more than twice or half as many.
      const durationMs = Math.max(1, clock.now() - startedAt);
      const wanted = (count / durationMs) * AIM_MS;
      if (count * 2 >= size || wanted < size)
        size = Math.round(Math.min(Math.max(wanted, size / 2, LEAST), size * 2, MOST));
      return value;
    },
  };
}
