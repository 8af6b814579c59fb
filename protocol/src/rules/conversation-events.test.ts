import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyConversationEvent, type ConversationEvent } from './conversation-events.ts';
import {
  composerMode,
  conversationFilter,
  inboundNotifies,
  isUnanswered,
  rowBadges,
  type ConversationFacts,
} from './conversation-state.ts';
import { DAY, HOUR } from '../time.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const MINUTE = HOUR / 60;

/** One conversation of each state of table 4.4, as it stands at NOW. */
const received: ConversationFacts = {
  spam: false,
  closed: false,
  handler: 'human',
  lastInboundSentAt: NOW - HOUR,
  windowExpiresAt: NOW + 23 * HOUR,
  lastInteractionAt: NOW - HOUR,
  lastMessageDirection: 'inbound',
  unread: 1,
};
const templateOnly: ConversationFacts = {
  ...received,
  lastInboundSentAt: NOW - 25 * HOUR,
  windowExpiresAt: NOW - HOUR,
  lastInteractionAt: NOW - 2 * HOUR,
  lastMessageDirection: 'outbound',
  unread: 0,
};
const expired: ConversationFacts = { ...templateOnly, lastInteractionAt: NOW - 25 * HOUR, unread: 2 };
const bot: ConversationFacts = { ...received, handler: 'bot', unread: 0 };
const closed: ConversationFacts = { ...expired, closed: true, unread: 0 };
const spam: ConversationFacts = { ...received, spam: true, unread: 0 };

const wrote: ConversationEvent = { type: 'patientWrote', sentAt: NOW, receivedAt: NOW };
const reacted: ConversationEvent = { type: 'patientReacted', sentAt: NOW, receivedAt: NOW };
const after = (facts: ConversationFacts, ...events: ConversationEvent[]) =>
  events.reduce<ConversationFacts>((state, event) => applyConversationEvent(state, event), facts);
const filterAfter = (facts: ConversationFacts, ...events: ConversationEvent[]) =>
  conversationFilter(after(facts, ...events), NOW);

describe('transitions of docs/conversation-states.md, 4.5', () => {
  it('T1 patient writes in received: stays, unread, window restarts', () => {
    const next = after(received, wrote);
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(next).toMatchObject({ unread: 2, windowExpiresAt: NOW + DAY, lastInteractionAt: NOW });
  });
  it('T2 in expired: back to received, free text unlocked', () => {
    const next = after(expired, wrote);
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(composerMode(next, NOW)).toBe('free');
    expect(next.unread).toBe(3);
  });
  it('T3 in closed: back to received, with people', () => {
    const next = after({ ...closed, handler: 'bot' }, wrote);
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(next).toMatchObject({ closed: false, handler: 'human', unread: 1 });
  });
  it('T4 in bot: stays with the bot, silent', () => {
    const next = after(bot, wrote);
    expect(conversationFilter(next, NOW)).toBe('bot');
    expect(inboundNotifies(next)).toBe(false);
    expect(next.windowExpiresAt).toBe(NOW + DAY);
  });
  it('T5 in spam: stays, silent, window updated', () => {
    const next = after(spam, wrote);
    expect(conversationFilter(next, NOW)).toBe('spam');
    expect(inboundNotifies(next)).toBe(false);
    expect(next.windowExpiresAt).toBe(NOW + DAY);
  });
  it('T6 reaction in received or bot: same place, window restarts, nothing unread', () => {
    expect(after(received, reacted)).toMatchObject({ unread: 1, windowExpiresAt: NOW + DAY });
    expect(filterAfter(received, reacted)).toBe('received');
    expect(filterAfter(bot, reacted)).toBe('bot');
  });
  it('T7 reaction in expired: received, because the window is open', () => {
    expect(filterAfter(expired, reacted)).toBe('received');
    expect(after(expired, reacted).unread).toBe(expired.unread);
  });
  it('T8 reaction in closed or spam: never reopens', () => {
    expect(filterAfter(closed, reacted)).toBe('closed');
    expect(filterAfter(spam, reacted)).toBe('spam');
  });
  it('T9 hand-over: received, unread kept', () => {
    const next = after({ ...bot, unread: 3 }, { type: 'botHandedOver' });
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(next.unread).toBe(3);
  });
  it('T10 staff write to a bot conversation: people take over before it leaves', () => {
    expect(after(bot, { type: 'staffMessageQueued' }).handler).toBe('human');
    expect(filterAfter(bot, { type: 'staffMessageQueued' })).toBe('received');
  });
  it('T11 staff write in closed with the window open: received', () => {
    expect(filterAfter({ ...received, closed: true }, { type: 'staffMessageQueued' })).toBe('received');
  });
  it('T13 template accepted in expired: received, still templates only', () => {
    const next = after(expired, { type: 'staffMessageAccepted', acceptedAt: NOW });
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(composerMode(next, NOW)).toBe('templates');
    expect(rowBadges(next, NOW)).toEqual(['templateOnly']);
  });
  it('T14 template accepted in closed or bot: received', () => {
    const accepted: ConversationEvent = { type: 'staffMessageAccepted', acceptedAt: NOW };
    expect(filterAfter(closed, accepted)).toBe('received');
    expect(filterAfter(bot, accepted)).toBe('received');
  });
  it('T15 no reply to a template for 24 h: expired', () => {
    const next = after(expired, { type: 'staffMessageAccepted', acceptedAt: NOW });
    expect(conversationFilter(next, NOW + DAY - 1)).toBe('received');
    expect(conversationFilter(next, NOW + DAY)).toBe('expired');
  });
  it('T16 patient answers the template: free text for 24 h', () => {
    const next = after(expired, { type: 'staffMessageAccepted', acceptedAt: NOW }, wrote);
    expect(composerMode(next, NOW + DAY - 1)).toBe('free');
    expect(composerMode(next, NOW + DAY)).toBe('templates');
  });
  it('T17 the template fails later: worked out again without it', () => {
    const next = after(
      expired,
      { type: 'staffMessageAccepted', acceptedAt: NOW },
      { type: 'outboundFailed', lastInteractionAt: expired.lastInteractionAt },
    );
    expect(conversationFilter(next, NOW)).toBe('expired');
  });
  it('T19 the window ends: templates only if the clinic spoke last, expired if the patient did', () => {
    const end = received.windowExpiresAt!;
    expect(conversationFilter(received, end)).toBe('expired');
    const answered = after(received, { type: 'staffMessageAccepted', acceptedAt: NOW });
    expect(conversationFilter(answered, end)).toBe('received');
    expect(composerMode(answered, end)).toBe('templates');
  });
  it('T20 24 h of silence: expired, and unanswered if the patient spoke last', () => {
    expect(conversationFilter(templateOnly, templateOnly.lastInteractionAt! + DAY)).toBe('expired');
    expect(isUnanswered(received)).toBe(true);
    expect(isUnanswered(templateOnly)).toBe(false);
  });
  it('T21, T22 close: closed from anywhere, unread cleared, bot ended', () => {
    for (const facts of [received, expired, bot]) {
      const next = after(facts, { type: 'closed' });
      expect(conversationFilter(next, NOW)).toBe('closed');
      expect(next).toMatchObject({ unread: 0, handler: 'human' });
    }
  });
  it('T23 reopen: received or expired, by the clocks', () => {
    expect(filterAfter(closed, { type: 'reopened' })).toBe('expired');
    expect(filterAfter({ ...received, closed: true }, { type: 'reopened' })).toBe('received');
  });
  it('T24 mark spam: spam from anywhere', () => {
    for (const facts of [received, expired, bot, closed])
      expect(filterAfter(facts, { type: 'markedSpam' })).toBe('spam');
  });
  it('T25 unmark spam: by the clocks; open when the patient wrote meanwhile; those messages unread', () => {
    expect(filterAfter(spam, { type: 'unmarkedSpam', messagesWhileSpam: 0 })).toBe('received');
    expect(filterAfter({ ...closed, spam: true }, { type: 'unmarkedSpam', messagesWhileSpam: 0 })).toBe(
      'closed',
    );
    const next = after({ ...closed, spam: true }, wrote, { type: 'unmarkedSpam', messagesWhileSpam: 1 });
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(next.unread).toBe(1);
  });
  it('T27 a reminder goes out in closed, expired or new: the bot holds it', () => {
    const reminder: ConversationEvent = { type: 'botMessageAccepted', acceptedAt: NOW };
    const fresh: ConversationFacts = {
      ...received,
      lastInboundSentAt: null,
      windowExpiresAt: null,
      lastInteractionAt: null,
      lastMessageDirection: null,
      unread: 0,
    };
    for (const facts of [closed, expired, fresh]) {
      expect(filterAfter(facts, reminder)).toBe('bot');
      expect(after(facts, reminder).closed).toBe(false);
    }
  });
  it('T28 a reminder in a talk with people: stays with people', () => {
    expect(filterAfter(received, { type: 'botMessageAccepted', acceptedAt: NOW })).toBe('received');
  });
  it('T29, T31 the bot ends with all handled or unanswered: closed', () => {
    expect(filterAfter(bot, { type: 'botEnded', unhandled: false })).toBe('closed');
  });
  it('T30 the bot ends with something unhandled: received', () => {
    expect(filterAfter(bot, { type: 'botEnded', unhandled: true })).toBe('received');
  });
  it('T32 staff activate the bot', () => {
    expect(filterAfter(received, { type: 'botActivated' })).toBe('bot');
    expect(filterAfter(expired, { type: 'botActivated' })).toBe('bot');
  });
  it('T36 delivered 30 h late: received by arrival, window by when it was sent', () => {
    const next = after(expired, { type: 'patientWrote', sentAt: NOW - 30 * HOUR, receivedAt: NOW });
    expect(conversationFilter(next, NOW)).toBe('received');
    expect(composerMode(next, NOW)).toBe('templates');
  });
  it('T39 WhatsApp denies the window: templates only at once', () => {
    const next = after(received, { type: 'windowDenied', at: NOW });
    expect(composerMode(next, NOW)).toBe('templates');
  });

  it('the worked example of the two clocks', () => {
    const monday = Date.UTC(2026, 10, 16, 10);
    const tuesday = monday + DAY;
    let facts: ConversationFacts = {
      ...received,
      lastInboundSentAt: null,
      windowExpiresAt: null,
      lastInteractionAt: null,
      lastMessageDirection: null,
      unread: 0,
    };
    const badges = (at: number) => [conversationFilter(facts, at), ...rowBadges(facts, at)];
    facts = after(facts, { type: 'patientWrote', sentAt: monday, receivedAt: monday });
    facts = after(facts, { type: 'staffMessageAccepted', acceptedAt: tuesday - 10 * MINUTE });
    expect(badges(tuesday - 10 * MINUTE)).toEqual(['received', 'timeLeft']);
    expect(badges(tuesday)).toEqual(['received', 'templateOnly']);
    expect(badges(tuesday + DAY - 10 * MINUTE)).toEqual(['expired', 'expired']);
    const wednesday = tuesday + DAY + HOUR;
    facts = after(facts, { type: 'staffMessageAccepted', acceptedAt: wednesday });
    expect(badges(wednesday)).toEqual(['received', 'templateOnly']);
    const answered = after(facts, {
      type: 'patientWrote',
      sentAt: wednesday + HOUR,
      receivedAt: wednesday + HOUR,
    });
    expect(conversationFilter(answered, wednesday + HOUR)).toBe('received');
    expect(composerMode(answered, wednesday + DAY)).toBe('free');
    expect(badges(wednesday + DAY)).toEqual(['expired', 'expired']);
  });
});

const anyEvent: fc.Arbitrary<ConversationEvent> = fc.oneof(
  fc.record({
    type: fc.constantFrom('patientWrote' as const, 'patientReacted' as const),
    sentAt: fc.integer({ min: NOW - 2 * DAY, max: NOW }),
    receivedAt: fc.integer({ min: NOW - DAY, max: NOW }),
  }),
  fc.record({
    type: fc.constantFrom('staffMessageAccepted' as const, 'botMessageAccepted' as const),
    acceptedAt: fc.integer({ min: NOW - DAY, max: NOW }),
  }),
  fc.constantFrom<ConversationEvent>(
    { type: 'staffMessageQueued' },
    { type: 'closed' },
    { type: 'reopened' },
    { type: 'markedSpam' },
    { type: 'botActivated' },
    { type: 'botHandedOver' },
    { type: 'botEnded', unhandled: true },
    { type: 'botEnded', unhandled: false },
    { type: 'windowDenied', at: NOW },
  ),
);

describe('whatever happens', () => {
  it('nothing but the patient opens the window', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        let state = received;
        for (const event of events) {
          const next = applyConversationEvent(state, event);
          if (!event.type.startsWith('patient')) {
            expect(next.windowExpiresAt ?? 0).toBeLessThanOrEqual(state.windowExpiresAt ?? 0);
          }
          state = next;
        }
      }),
    );
  });

  it('spam is left only by a person', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 30 }), (events) => {
        expect(filterAfter(spam, ...events)).toBe('spam');
      }),
    );
  });

  it('the clocks end the same whatever the order patient messages arrive in', () => {
    const messages = fc.array(
      fc.record({
        type: fc.constant('patientWrote' as const),
        sentAt: fc.integer({ min: NOW - 2 * DAY, max: NOW }),
        receivedAt: fc.integer({ min: NOW - DAY, max: NOW }),
      }),
      { minLength: 1, maxLength: 8 },
    );
    fc.assert(
      fc.property(
        messages.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([events, shuffled]) => {
          expect(after(expired, ...shuffled)).toEqual(after(expired, ...events));
        },
      ),
    );
  });
});
