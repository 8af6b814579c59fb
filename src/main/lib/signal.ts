import type { Scheduler } from './time.ts';

/** A wait that ends by time or because somebody woke it. */
export interface Pause {
  /** Resolves after `delayMs`, or earlier on `end`; null waits for `end` alone. True when it was ended early. */
  wait(delayMs: number | null): Promise<boolean>;
  /** Ends the running wait, if any. */
  end(): void;
}

/** One waiter at a time: a loop that sleeps and can be woken. */
export function createPause({ scheduler }: { scheduler: Scheduler }): Pause {
  let finish: ((isEarly: boolean) => void) | null = null;
  return {
    wait(delayMs) {
      return new Promise((resolve) => {
        const cancel = delayMs === null ? undefined : scheduler.after(delayMs, () => finish?.(false));
        finish = (isEarly) => {
          finish = null;
          cancel?.();
          resolve(isEarly);
        };
      });
    },
    end() {
      finish?.(true);
    },
  };
}
