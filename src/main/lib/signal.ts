import type { Scheduler } from './time.ts';

/** A wait that ends by time or because somebody woke it. */
export interface Pause {
  /** Resolves after `delayMs`, or earlier on `end`; null waits for `end` alone. True when it was ended early. */
  wait(delayMs: number | null): Promise<boolean>;
  /** Ends the running wait, if any. */
  end(): void;
  /** Ends the running wait and every later one at once. */
  close(): void;
}

/** One waiter at a time: a loop that sleeps and can be woken. */
export function createPause({ scheduler }: { scheduler: Scheduler }): Pause {
  let finish: ((isEarly: boolean) => void) | null = null;
  let isClosed = false;
  return {
    wait(delayMs) {
      if (isClosed) return Promise.resolve(true);
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
    close() {
      isClosed = true;
      finish?.(true);
    },
  };
}

/** A controller that also aborts when `signal` does, or has; `release` lets go of the signal. */
export function followSignal(signal: AbortSignal | undefined): {
  controller: AbortController;
  release: () => void;
} {
  const controller = new AbortController();
  const abort = () => {
    controller.abort();
  };
  if (signal?.aborted === true) abort();
  signal?.addEventListener('abort', abort, { once: true });
  return {
    controller,
    release: () => {
      signal?.removeEventListener('abort', abort);
    },
  };
}
