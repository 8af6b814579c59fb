import type { Scheduler } from '../lib/time.ts';

/** Time that passes when the test says so. */
export function createManualScheduler() {
  let now = 0;
  let order = 0;
  const timers = new Map<number, { due: number; action: () => void }>();
  const scheduler: Scheduler = {
    after(delayMs, action) {
      order += 1;
      const id = order;
      timers.set(id, { due: now + delayMs, action });
      return () => timers.delete(id);
    },
  };
  return {
    scheduler,
    now: () => now,
    /** Delays still to pass, shortest first. */
    pending: () => [...timers.values()].map(({ due }) => due - now).sort((a, b) => a - b),
    /** Lets time pass, running what falls due in order. */
    pass(ms: number) {
      const end = now + ms;
      for (;;) {
        const next = [...timers]
          .filter(([, { due }]) => due <= end)
          .sort((a, b) => a[1].due - b[1].due || a[0] - b[0])[0];
        if (next === undefined) break;
        const [id, { due, action }] = next;
        timers.delete(id);
        now = Math.max(now, due);
        action();
      }
      now = end;
    },
  };
}
