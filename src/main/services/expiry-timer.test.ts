import { describe, expect, it } from 'vitest';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createExpiryTimer } from './expiry-timer.ts';

const settled = () => new Promise((resolve) => setImmediate(resolve));

function setUp(expiries: number[]) {
  const time = createManualScheduler();
  const state = { skew: 0, expired: 0, questions: 0 };
  const now = () => time.now() + state.skew;
  const timer = createExpiryTimer({
    clock: { now },
    scheduler: time.scheduler,
    nextExpiry: async ({ now: at }) => {
      state.questions += 1;
      return expiries.filter((expiry) => expiry > at).sort((a, b) => a - b)[0] ?? null;
    },
    onExpired: () => {
      state.expired += 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  return { time, state, timer, expiries };
}

describe('expiry timer', () => {
  it('tells each expiry at its time', async () => {
    const { time, state, timer } = setUp([10_000, 30_000]);
    timer.refresh();
    await settled();
    time.pass(9_999);
    expect(state.expired).toBe(0);
    time.pass(1);
    expect(state.expired).toBe(1);
    await settled();
    time.pass(20_000);
    expect(state.expired).toBe(2);
    timer.stop();
  });

  it('notices that the clock has moved, a minute later at most', async () => {
    const { time, state, timer } = setUp([3_600_000]);
    timer.refresh();
    await settled();
    state.skew = 3_600_000;
    time.pass(60_000);
    expect(state.expired).toBe(1);
    timer.stop();
  });

  it('follows changes, and rests once stopped', async () => {
    const { time, state, timer, expiries } = setUp([]);
    timer.refresh();
    await settled();
    expiries.push(5_000);
    timer.refresh();
    timer.refresh();
    await settled();
    time.pass(5_000);
    expect(state.expired).toBe(1);
    await settled();
    timer.stop();
    const asked = state.questions;
    time.pass(600_000);
    expect(state.questions).toBe(asked);
  });
});
