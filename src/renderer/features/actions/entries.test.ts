import { describe, expect, it } from 'vitest';
import type { Subject } from '../../stores/index.ts';
import { buildFacts, idOf } from '../../testing/builders.ts';
import { entriesOf, entryOfKey } from './entries.ts';

const NOW = 1_000;
const subject = (facts: Partial<Subject['facts']> = {}, changes: Partial<Subject> = {}): Subject => ({
  conversationId: idOf(1, 1),
  displayName: 'Lucía Martín',
  facts: buildFacts(facts),
  pinned: false,
  snoozedUntil: null,
  tagIds: [],
  agentIds: [],
  teamIds: null,
  nextAppointmentAt: null,
  ...changes,
});

describe('the menu of a conversation', () => {
  it('offers what changes something, once', () => {
    for (const spam of [true, false]) {
      for (const closed of [true, false]) {
        for (const handler of ['bot', 'human'] as const) {
          const offered = entriesOf(subject({ spam, closed, handler }), NOW).flat();
          expect(new Set(offered).size).toBe(offered.length);
          expect(offered.includes('close')).toBe(!spam && !closed);
          expect(offered.includes('reopen')).toBe(!spam && closed);
          expect(offered.includes('markSpam')).toBe(!spam);
          expect(offered.includes('unmarkSpam')).toBe(spam);
          expect(offered.includes('botOff')).toBe(handler === 'bot' && !spam && !closed);
        }
      }
    }
  });

  it('T26 offers to block in spam while the window is open, and to unblock whenever blocked', () => {
    const offers = (facts: Partial<Subject['facts']>) => {
      const offered = entriesOf(subject(facts), NOW).flat();
      return [offered.includes('block'), offered.includes('unblock')];
    };
    const open = { spam: true, windowExpiresAt: NOW + 1 };
    expect(offers(open)).toEqual([true, false]);
    expect(offers({ ...open, windowExpiresAt: NOW })).toEqual([false, false]);
    expect(offers({ ...open, spam: false })).toEqual([false, false]);
    expect(offers({ ...open, blockState: 'blocking' })).toEqual([false, true]);
    expect(offers({ blockState: 'blocked' })).toEqual([false, true]);
    expect(offers({ ...open, blockState: 'unblocking' })).toEqual([true, false]);
  });

  it('brings back what was put off, and lets go what was pinned', () => {
    const offered = entriesOf(subject({}, { snoozedUntil: 5, pinned: true }), NOW).flat();
    expect(offered).toContain('unsnooze');
    expect(offered).toContain('unpin');
    expect(offered).not.toContain('pin');
  });
});

describe('a key', () => {
  it.each([
    ['e', [subject()], 'close'],
    ['E', [subject({ closed: true })], 'reopen'],
    ['e', [subject({ closed: true }), subject()], 'close'],
    ['e', [], 'close'],
    ['s', [subject({ spam: true })], 'unmarkSpam'],
    ['u', [subject({ unread: 2 })], 'markRead'],
    ['u', [subject()], 'markUnread'],
    ['p', [subject({}, { pinned: true })], 'unpin'],
    ['h', [subject()], 'snooze'],
    ['x', [subject()], null],
    ['Enter', [subject()], null],
  ])('%s', (key, subjects, expected) => {
    expect(entryOfKey(key, subjects)).toBe(expected);
  });
});
