/** Time as the rooms of main see it: handed in, so that a test decides what passes. */

/** Relay time: everything a person sees or a rule decides follows it, never the PC's own clock. */
export interface Clock {
  /** Epoch milliseconds by the relay's clock, as well as it is known. */
  now(): number;
}

export interface Scheduler {
  /** Runs `action` once after `delayMs`; the answer cancels it. */
  after(delayMs: number, action: () => void): () => void;
}

/** Timers of the runtime. Longer than setTimeout's 24.8 days is cut to that: callers look at the clock again anyway. */
export const systemScheduler: Scheduler = {
  after(delayMs, action) {
    const timer = setTimeout(action, Math.min(Math.max(0, delayMs), 2_147_483_647));
    return () => {
      clearTimeout(timer);
    };
  },
};
