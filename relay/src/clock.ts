/** Where the relay reads the time; tests pass their own. `now()` is epoch milliseconds. */
export interface Clock {
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
