import { describe, expect, it, vi } from 'vitest';
import type { ChangeSet, SyncState } from '../store/interface.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createRetention, monthsBefore } from './retention.ts';

const at = (text: string) => Date.parse(`${text}T12:00:00.000Z`);
const nothing: ChangeSet = { conversationIds: [], overflow: false, reference: false };

describe('monthsBefore', () => {
  it.each([
    ['2026-11-22', 1, '2026-10-22'],
    ['2026-03-31', 1, '2026-02-28'],
    ['2024-03-31', 1, '2024-02-29'],
    ['2026-01-15', 1, '2025-12-15'],
    ['2026-05-31', 240, '2006-05-31'],
    ['2026-07-31', 6, '2026-01-31'],
  ])('%s, %i months: %s', (from, months, expected) => {
    expect(monthsBefore(at(from), months)).toBe(at(expected));
  });
});

function setUp(saved: unknown, messages: number) {
  const time = createManualScheduler();
  const state = { saved, messages, isIdle: true, looks: 0, restarts: 0, asked: [] as number[] };
  let forgottenBefore: number | null = null;
  const retention = createRetention({
    store: {
      read: {
        localValue: async () => state.saved,
        syncState: async () => ({ forgottenBefore }) as SyncState,
      },
      write: {
        async setLocalValue({ value }) {
          state.saved = value;
        },
        async restartHistory() {
          state.restarts += 1;
        },
        async forgetMessages({ sentBefore, limit }) {
          state.asked.push(sentBefore);
          forgottenBefore = Math.max(forgottenBefore ?? 0, sentBefore);
          const forgotten = Math.min(limit, state.messages);
          state.messages -= forgotten;
          return { forgotten, changes: nothing };
        },
      },
    },
    clock: { now: () => at('2026-11-22') + time.now() },
    scheduler: time.scheduler,
    isIdle: () => state.isIdle,
    onForgotten: () => undefined,
    onHistory: () => {
      state.looks += 1;
    },
    onError: (error) => {
      throw error;
    },
  });
  return { time, state, retention };
}

describe('retention', () => {
  it('forgets nothing until somebody decides so', async () => {
    const { time, state, retention } = setUp(null, 10);
    await retention.start();
    time.pass(24 * 3_600_000);
    expect(retention.edge()).toBeNull();
    expect(state.asked).toEqual([]);
    await retention.stop();
  });

  it('forgets in small steps until none is left, and looks again every hour', async () => {
    const { time, state, retention } = setUp(6, 1_200);
    await retention.start();
    expect(retention.keepMonths()).toBe(6);
    time.pass(30_000);
    await vi.waitUntil(() => time.pending()[0] === 200);
    expect(state.messages).toBe(700);
    expect(state.asked[0]).toBe(retention.edge());
    for (const left of [200, 0]) {
      time.pass(200);
      await vi.waitUntil(() => state.messages === left);
      await vi.waitUntil(() => time.pending().length === 1);
    }
    expect(time.pending()).toEqual([3_600_000]);
    await retention.stop();
    expect(time.pending()).toEqual([]);
  });

  it('waits while something else is going on', async () => {
    const { time, state, retention } = setUp(6, 10);
    state.isIdle = false;
    await retention.start();
    time.pass(120_000);
    expect(state.asked).toEqual([]);
    state.isIdle = true;
    time.pass(30_000);
    await vi.waitUntil(() => state.messages === 0);
    await retention.stop();
  });

  it('takes a decision at once, and has more read again when more is wanted', async () => {
    const { time, state, retention } = setUp(null, 10);
    await retention.start();
    await retention.setKeepMonths(3);
    expect(state).toMatchObject({ saved: 3, looks: 1, restarts: 0 });
    time.pass(200);
    await vi.waitUntil(() => state.messages === 0);
    await retention.setKeepMonths(2);
    expect(state.restarts).toBe(0);
    await retention.setKeepMonths(6);
    expect(state.restarts).toBe(1);
    await retention.setKeepMonths(null);
    expect(state.restarts).toBe(2);
    expect(retention.edge()).toBeNull();
    await retention.stop();
  });
});
