import { describe, expect, it } from 'vitest';
import type { AppState } from '../../shared/contract/index.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createStateEvents } from './state-events.ts';

function setUp() {
  const time = createManualScheduler();
  const sent: AppState[] = [];
  const held = { phase: 'signedOut', clockOffsetMs: 0, sync: { unsent: 0 } } as unknown as AppState;
  const events = createStateEvents({
    scheduler: time.scheduler,
    state: () => ({ ...held }),
    emit: (state) => sent.push(state),
  });
  return { time, sent, held, events };
}

describe('state events', () => {
  it('tells the last of several changes once', () => {
    const { time, sent, held, events } = setUp();
    events.changed();
    held.phase = 'ready';
    events.changed();
    time.pass(16);
    expect(sent.map(({ phase }) => phase)).toEqual(['ready']);
  });

  it('does not repeat itself, and does not follow every millisecond of the clock', () => {
    const { time, sent, held, events } = setUp();
    events.changed();
    time.pass(16);
    held.clockOffsetMs = 300;
    events.changed();
    time.pass(16);
    expect(sent).toHaveLength(1);
    held.clockOffsetMs = 501;
    events.changed();
    time.pass(16);
    expect(sent).toHaveLength(2);
  });

  it('is silent once closed', () => {
    const { time, sent, events } = setUp();
    events.changed();
    events.close();
    events.changed();
    time.pass(100);
    expect(sent).toEqual([]);
  });
});
