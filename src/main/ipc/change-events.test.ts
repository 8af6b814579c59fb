import { describe, expect, it } from 'vitest';
import type { EventPayload } from '../../shared/contract/index.ts';
import type { ChangeSet } from '../store/interface.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createChangeEvents } from './change-events.ts';

const changes = (ids: string[], more: Partial<ChangeSet> = {}): ChangeSet => ({
  conversationIds: ids,
  overflow: false,
  reference: false,
  ...more,
});

function setUp() {
  const time = createManualScheduler();
  const sent: EventPayload<'changed'>[] = [];
  const events = createChangeEvents({ scheduler: time.scheduler, emit: (payload) => sent.push(payload) });
  return { time, sent, events };
}

describe('change events', () => {
  it('merges what comes within a frame, each conversation once', () => {
    const { time, sent, events } = setUp();
    events.add(changes(['a', 'b']), 'live');
    time.pass(10);
    events.add(changes(['b', 'c']), 'live');
    expect(sent).toEqual([]);
    time.pass(6);
    expect(sent).toEqual([{ conversationIds: ['a', 'b', 'c'], overflow: false, isLive: true }]);
  });

  it('counts the wait from the first change, so that a steady stream cannot starve the screen', () => {
    const { time, sent, events } = setUp();
    for (let step = 0; step < 100; step += 1) {
      events.add(changes([`id ${step}`]), 'live');
      time.pass(5);
    }
    expect(sent.length).toBeGreaterThanOrEqual(25);
  });

  it.each([
    ['reference data', changes(['a'], { reference: true })],
    ['an overflow', changes(['a'], { overflow: true })],
    ['more than 200 names', changes(Array.from({ length: 201 }, (_, index) => `id ${index}`))],
  ])('asks to read everything again after %s', (_name, set) => {
    const { time, sent, events } = setUp();
    events.add(changes(['x']), 'live');
    events.add(set, 'live');
    time.pass(16);
    expect(sent).toEqual([{ conversationIds: [], overflow: true, isLive: true }]);
  });

  it('names up to 200', () => {
    const { time, sent, events } = setUp();
    events.add(changes(Array.from({ length: 200 }, (_, index) => `id ${index}`)), 'live');
    time.pass(16);
    expect(sent[0]?.conversationIds).toHaveLength(200);
  });

  it('says nothing about nothing', () => {
    const { time, sent, events } = setUp();
    events.add(changes([]), 'live');
    time.pass(1_000);
    expect(sent).toEqual([]);
    expect(time.pending()).toEqual([]);
  });

  it('keeps what is old apart from what is live, and slower', () => {
    const { time, sent, events } = setUp();
    events.add(changes(['old']), 'history');
    events.add(changes(['missed']), 'catchUp');
    events.add(changes(['new']), 'live');
    time.pass(16);
    expect(sent).toEqual([{ conversationIds: ['new'], overflow: false, isLive: true }]);
    time.pass(1_000);
    expect(sent.slice(1)).toEqual([
      { conversationIds: ['missed'], overflow: false, isLive: false },
      { conversationIds: ['old'], overflow: false, isLive: false },
    ]);
  });

  it('is silent once closed', () => {
    const { time, sent, events } = setUp();
    events.addAll();
    events.close();
    time.pass(1_000);
    expect(sent).toEqual([]);
  });
});
