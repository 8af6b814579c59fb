/** One thing at a time, in order; what was asked again while waiting runs once. */
export interface Lane {
  /** Runs after whatever runs now. */
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Runs `work` soon. Asked for any number of times before it starts, it runs once. */
  coalesce(work: () => Promise<void>): void;
}

export function createLane(): Lane {
  let tail: Promise<unknown> = Promise.resolve();
  let isWaiting = false;
  function run<Result>(work: () => Promise<Result>): Promise<Result> {
    const next = tail.then(work, work);
    tail = next.catch(() => {});
    return next;
  }
  return {
    run,
    coalesce(work) {
      if (isWaiting) return;
      isWaiting = true;
      void run(() => {
        isWaiting = false;
        return work();
      });
    },
  };
}
