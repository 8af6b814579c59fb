/** One thing at a time, what people wait for first. */
export interface Turns {
  /** Runs `job` when its turn comes: live ones before those behind the scenes, otherwise in order. */
  run<Value>(kind: 'live' | 'background', job: () => Promise<Value>): Promise<Value>;
  /** Keeps everything behind the scenes from beginning while `work` runs: a person waits for it. */
  holdBack<Value>(work: () => Promise<Value>): Promise<Value>;
}

export function createTurns(): Turns {
  const waiting: Record<'live' | 'background', (() => Promise<void>)[]> = { live: [], background: [] };
  let isBusy = false;
  let holds = 0;

  async function work() {
    if (isBusy) return;
    isBusy = true;
    for (;;) {
      const next = waiting.live.shift() ?? (holds === 0 ? waiting.background.shift() : undefined);
      if (next === undefined) break;
      await next();
    }
    isBusy = false;
  }

  return {
    run(kind, job) {
      return new Promise((resolve, reject) => {
        waiting[kind].push(() => job().then(resolve, reject));
        void work();
      });
    },
    async holdBack(wanted) {
      holds += 1;
      try {
        return await wanted();
      } finally {
        holds -= 1;
        void work();
      }
    },
  };
}
