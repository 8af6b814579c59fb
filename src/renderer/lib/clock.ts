/** How often a reader of the clock wants to hear from it. */
export type Granularity = 'second' | 'minute';

const STEP: Record<Granularity, number> = { second: 1_000, minute: 60_000 };

/** Timers may fire a hair before their time by `Date.now`; a moment this near counts as reached. */
const TIMER_EARLINESS_MS = 4;

/** Relay time for the whole screen: one timer, however many countdowns are shown. Times are epoch milliseconds. */
export interface Clock {
  /** Relay time this instant. */
  now(): number;
  /** Relay time as of the last tick: stable between ticks, so everything on screen agrees. */
  at(granularity: Granularity): number;
  subscribe(granularity: Granularity, listener: () => void): () => void;
  /** Ticks exactly at this relay time too; returns how to take that back. Past times are ignored. */
  wakeAt(time: number): () => void;
  setOffset(offsetMs: number): void;
  /** Ticks now: after sleep, or when the window is seen again. */
  refresh(): void;
}

export interface ClockDependencies {
  systemNow(): number;
  /** Runs once after a delay in milliseconds; returns how to cancel it. */
  schedule(run: () => void, delayMs: number): () => void;
}

export function createClock({ systemNow, schedule }: ClockDependencies): Clock {
  let offset = 0;
  let cancelTimer = (): void => {};
  const alarms = new Map<symbol, number>();
  const listeners: Record<Granularity, Set<() => void>> = { second: new Set(), minute: new Set() };
  const now = (): number => systemNow() + offset;
  const snapshot: Record<Granularity, number> = { second: now(), minute: now() };

  function nextBoundary(granularity: Granularity, from: number): number {
    return (Math.floor(from / STEP[granularity]) + 1) * STEP[granularity];
  }

  function plan(): void {
    cancelTimer();
    const current = now();
    const moments = [...alarms.values()];
    if (listeners.minute.size > 0) moments.push(nextBoundary('minute', current));
    if (listeners.second.size > 0) moments.push(nextBoundary('second', current));
    if (moments.length === 0) return;
    const delay = Math.max(1, Math.min(...moments) - current);
    cancelTimer = schedule(() => tick(false), Math.min(delay, STEP.minute));
  }

  function tick(force: boolean): void {
    let current = now();
    let alarmed = false;
    for (const [id, time] of alarms) {
      if (time > current + TIMER_EARLINESS_MS) continue;
      current = Math.max(current, time);
      alarms.delete(id);
      alarmed = true;
    }
    for (const granularity of ['second', 'minute'] as const) {
      const crossed = current + TIMER_EARLINESS_MS >= nextBoundary(granularity, snapshot[granularity]);
      const steppedBack = current < snapshot[granularity] - TIMER_EARLINESS_MS;
      if (!force && !alarmed && !crossed && !steppedBack) continue;
      snapshot[granularity] = current;
      for (const listener of [...listeners[granularity]]) listener();
    }
    plan();
  }

  return {
    now,
    at: (granularity) => snapshot[granularity],
    subscribe(granularity, listener) {
      const wasIdle = listeners[granularity].size === 0;
      listeners[granularity].add(listener);
      if (wasIdle) {
        snapshot[granularity] = now();
        plan();
      }
      return () => {
        listeners[granularity].delete(listener);
        if (listeners[granularity].size === 0) plan();
      };
    },
    wakeAt(time) {
      if (time <= now()) return () => {};
      const id = Symbol();
      alarms.set(id, time);
      plan();
      return () => {
        if (alarms.delete(id)) plan();
      };
    },
    setOffset(offsetMs) {
      if (offsetMs === offset) return;
      offset = offsetMs;
      tick(true);
    },
    refresh: () => tick(true),
  };
}
