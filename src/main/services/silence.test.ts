import { describe, expect, it } from 'vitest';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import type { Settings } from './settings.ts';
import { createSilenceWatch, judgeSilence, type Suspicion } from './silence.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('judgeSilence', () => {
  const none = { suspicion: null, isCertain: false };
  it.each<[string, number, number | null, number, Suspicion | null, ReturnType<typeof judgeSilence>]>([
    ['nobody is signed in', 100 * DAY, null, HOUR, null, none],
    ['heard yesterday', 100 * DAY, 99 * DAY, HOUR, null, none],
    ['heard in the future: the clock has gone back', 10 * DAY, 99 * DAY, HOUR, null, none],
    [
      'silent for 30 days',
      100 * DAY,
      70 * DAY,
      HOUR,
      null,
      { suspicion: { since: 100 * DAY, ranMs: 0 }, isCertain: false },
    ],
    ['heard again', 100 * DAY, 99 * DAY, HOUR, { since: 50 * DAY, ranMs: 5 * HOUR }, none],
    [
      'suspected, but not for a day',
      100 * DAY,
      60 * DAY,
      HOUR,
      { since: 99.5 * DAY, ranMs: 3 * HOUR },
      { suspicion: { since: 99.5 * DAY, ranMs: 4 * HOUR }, isCertain: false },
    ],
    [
      'suspected, but hardly run since',
      100 * DAY,
      60 * DAY,
      HOUR / 4,
      { since: 90 * DAY, ranMs: HOUR / 2 },
      { suspicion: { since: 90 * DAY, ranMs: HOUR * 0.75 }, isCertain: false },
    ],
    [
      'suspected long enough',
      100 * DAY,
      60 * DAY,
      HOUR / 2,
      { since: 99 * DAY, ranMs: HOUR / 2 },
      { suspicion: { since: 99 * DAY, ranMs: HOUR }, isCertain: true },
    ],
    [
      'the clock was set back meanwhile',
      95 * DAY,
      60 * DAY,
      HOUR,
      { since: 99 * DAY, ranMs: HOUR },
      { suspicion: { since: 95 * DAY, ranMs: 0 }, isCertain: false },
    ],
  ])('%s', (_name, now, lastHeardAt, ranMs, suspicion, expected) => {
    expect(judgeSilence({ now, lastHeardAt, ranMs, suspicion })).toEqual(expected);
  });
});

/** A PC whose clock starts somewhere; `drift` is how wrong it is. */
function createPc(lastHeardAt: number) {
  const time = createManualScheduler();
  const pc = { drift: 0, heardAt: null as number | null, erased: 0 };
  let settings: Pick<Settings, 'lastHeardAt' | 'silence'> = { lastHeardAt, silence: null };
  const start = () =>
    createSilenceWatch({
      settings: {
        get: () => settings as Settings,
        update: (change) => {
          settings = { ...settings, ...change };
        },
      },
      now: () => time.now() + pc.drift,
      monotonicNow: time.now,
      scheduler: time.scheduler,
      lastHeardAt: () => pc.heardAt,
      onTooLong: () => {
        pc.erased += 1;
      },
    });
  return { time, pc, start, settings: () => settings };
}

describe('silence watch', () => {
  it('erases a PC that runs on and on without its relay', () => {
    const { time, pc, start } = createPc(0);
    const watch = start();
    expect(watch.look()).toBe(false);
    time.pass(31 * DAY - HOUR);
    expect(pc.erased).toBe(0);
    time.pass(2 * HOUR);
    expect(pc.erased).toBeGreaterThan(0);
    watch.close();
    expect(time.pending()).toEqual([]);
  });

  it('erases one that was off for long at its second day', () => {
    const { time, pc, start } = createPc(0);
    pc.drift = 60 * DAY;
    const first = start();
    expect(first.look()).toBe(false);
    time.pass(2 * HOUR);
    first.close();
    pc.drift += DAY;
    expect(start().look()).toBe(true);
  });

  it('spares one whose clock was wrong for a while, and one that hears its relay', () => {
    const { time, pc, start, settings } = createPc(0);
    pc.drift = 365 * DAY;
    const watch = start();
    expect(watch.look()).toBe(false);
    time.pass(5 * HOUR);
    pc.drift = 0;
    time.pass(2 * DAY);
    expect(pc.erased).toBe(0);
    expect(settings().silence).toBeNull();

    pc.drift = 40 * DAY;
    time.pass(12 * HOUR);
    expect(settings().silence).not.toBeNull();
    pc.heardAt = time.now() + pc.drift;
    time.pass(3 * DAY);
    expect(pc.erased).toBe(0);
    expect(settings().lastHeardAt).toBe(pc.heardAt);
    watch.close();
  });
});
