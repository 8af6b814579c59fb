/** One thing at a time, what people wait for first. */
export interface Turns {
  /** Runs `job` when its turn comes: live ones before those behind the scenes, otherwise in order. */
  run<Value>(kind: 'live' | 'background', job: () => Promise<Value>): Promise<Value>;
}

export function createTurns(): Turns {
  const waiting: Record<'live' | 'background', (() => Promise<void>)[]> = { live: [], background: [] };
  let isBusy = false;

  async function work() {
    isBusy = true;
    for (;;) {
      const next = waiting.live.shift() ?? waiting.background.shift();
      if (next === undefined) break;
      await next();
    }
    isBusy = false;
  }

  return {
    run(kind, job) {
      return new Promise((resolve, reject) => {
        waiting[kind].push(() => job().then(resolve, reject));
        if (!isBusy) void work();
      });
    },
  };
}
