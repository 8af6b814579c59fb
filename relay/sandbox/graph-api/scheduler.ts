/** Delayed work that can be waited for and called off; a delay of 0 still runs after the current turn. */
export interface Scheduler {
  after(delayMs: number, task: () => void | Promise<void>): void;
  /** Counts work that runs already, so that `idle` waits for it. */
  track<Result>(work: Promise<Result>): Promise<Result>;
  /** Resolves when nothing is waiting and nothing is running. */
  idle(): Promise<void>;
  /** Calls off everything that has not started; what runs is not waited for. */
  close(): void;
}

/** Timers for the sandbox. Tasks handle their own errors: one that rejects is a fault of the sandbox and is thrown. */
export function createScheduler(): Scheduler {
  const timers = new Set<NodeJS.Timeout>();
  const waiters: (() => void)[] = [];
  let running = 0;
  let closed = false;

  const settle = () => {
    if (timers.size === 0 && running === 0) for (const resolve of waiters.splice(0)) resolve();
  };
  const track = async <Result>(work: Promise<Result>): Promise<Result> => {
    running += 1;
    try {
      return await work;
    } finally {
      running -= 1;
      queueMicrotask(settle);
    }
  };

  return {
    track,
    after(delayMs, task) {
      if (closed) return;
      const timer = setTimeout(() => {
        timers.delete(timer);
        void track(Promise.resolve().then(task));
      }, delayMs);
      timers.add(timer);
    },
    idle: () =>
      timers.size === 0 && running === 0
        ? Promise.resolve()
        : new Promise((resolve) => waiters.push(resolve)),
    close() {
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      timers.clear();
      settle();
    },
  };
}
