import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPresence, WRITING_LASTS_MS } from './presence.ts';

function listen() {
  const told: [string | null, boolean][] = [];
  const presence = createPresence({
    tell: (conversationId, isWriting) => told.push([conversationId, isWriting]),
    schedule(run, delayMs) {
      const timer = setTimeout(run, delayMs);
      return () => clearTimeout(timer);
    },
  });
  return { told, presence };
}

describe('presence', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('is said once per conversation, and when there is none', () => {
    const { told, presence } = listen();
    presence.view('a');
    presence.view('a');
    presence.view(null);
    expect(told).toEqual([
      ['a', false],
      [null, false],
    ]);
  });

  it('says writing once for many keys, and that it ended after a pause', () => {
    const { told, presence } = listen();
    presence.view('a');
    for (let key = 0; key < 20; key++) {
      presence.type();
      vi.advanceTimersByTime(WRITING_LASTS_MS - 1);
    }
    expect(told).toEqual([
      ['a', false],
      ['a', true],
    ]);
    vi.advanceTimersByTime(1);
    expect(told.at(-1)).toEqual(['a', false]);
  });

  it('never says that the next conversation is written in', () => {
    const { told, presence } = listen();
    presence.view('a');
    presence.type();
    presence.view('b');
    vi.advanceTimersByTime(WRITING_LASTS_MS * 2);
    expect(told).toEqual([
      ['a', false],
      ['a', true],
      ['b', false],
    ]);
  });

  it('says nothing of typing without a conversation', () => {
    const { told, presence } = listen();
    presence.type();
    presence.stopTyping();
    expect(told).toEqual([]);
  });
});
