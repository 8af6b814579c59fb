import { describe, expect, it } from 'vitest';
import { createClock } from './clock.ts';

function createFakeTime(start: number) {
  let time = start;
  let pending: { run: () => void; due: number } | null = null;
  return {
    systemNow: () => time,
    schedule(run: () => void, delayMs: number) {
      const mine = { run, due: time + delayMs };
      pending = mine;
      return () => {
        if (pending === mine) pending = null;
      };
    },
    advance(ms: number) {
      const end = time + ms;
      while (pending !== null && pending.due <= end) {
        const { run, due } = pending;
        pending = null;
        time = due;
        run();
      }
      time = end;
    },
    isIdle: () => pending === null,
  };
}

const NOON = Date.UTC(2026, 10, 22, 12, 0, 0);

describe('clock', () => {
  it('ticks at each full minute of relay time, not of this PC', () => {
    const time = createFakeTime(NOON + 10_000);
    const clock = createClock(time);
    clock.setOffset(5_000);
    const ticks: number[] = [];
    clock.subscribe('minute', () => ticks.push(clock.at('minute')));
    time.advance(120_000);
    expect(ticks).toEqual([NOON + 60_000, NOON + 120_000]);
  });

  it('ticks exactly when an expiry is reached and not after it was taken back', () => {
    const time = createFakeTime(NOON);
    const clock = createClock(time);
    const ticks: number[] = [];
    clock.subscribe('minute', () => ticks.push(clock.at('minute')));
    clock.wakeAt(NOON + 12_345);
    const takeBack = clock.wakeAt(NOON + 20_000);
    takeBack();
    time.advance(59_000);
    expect(ticks).toEqual([NOON + 12_345]);
  });

  it('keeps one reading between ticks, so that everything on screen agrees', () => {
    const time = createFakeTime(NOON);
    const clock = createClock(time);
    clock.subscribe('minute', () => {});
    time.advance(30_000);
    expect(clock.at('minute')).toBe(NOON);
    expect(clock.now()).toBe(NOON + 30_000);
  });

  it('ticks at once when the offset to the relay changes', () => {
    const time = createFakeTime(NOON);
    const clock = createClock(time);
    let count = 0;
    clock.subscribe('minute', () => count++);
    clock.setOffset(-3_600_000);
    expect(count).toBe(1);
    expect(clock.at('minute')).toBe(NOON - 3_600_000);
  });

  it('runs no timer when nobody listens', () => {
    const time = createFakeTime(NOON);
    const clock = createClock(time);
    const stop = clock.subscribe('second', () => {});
    expect(time.isIdle()).toBe(false);
    stop();
    expect(time.isIdle()).toBe(true);
  });
});
