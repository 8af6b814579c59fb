import type { ConversationFacts } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import { decideSend } from './send-rule.ts';

const NOW = Date.UTC(2026, 10, 22, 12);
const HOUR = 3_600_000;
const facts = (change: Partial<ConversationFacts>): ConversationFacts => ({
  spam: false,
  closed: false,
  handler: 'human',
  lastInboundSentAt: NOW - HOUR,
  windowExpiresAt: NOW + 23 * HOUR,
  lastInteractionAt: NOW - HOUR,
  lastMessageDirection: 'inbound',
  unread: 1,
  ...change,
});

describe('decideSend', () => {
  it.each([
    ['an open window', {}, { allowed: true, notAfter: NOW + 23 * HOUR }],
    ['the last millisecond', { windowExpiresAt: NOW + 1 }, { allowed: true, notAfter: NOW + 1 }],
    ['the window ending now', { windowExpiresAt: NOW }, { allowed: false, code: 'window_closed' }],
    [
      'a window worked out from the last message',
      { windowExpiresAt: null },
      { allowed: true, notAfter: NOW + 23 * HOUR },
    ],
    [
      'a patient who never wrote',
      { windowExpiresAt: null, lastInboundSentAt: null },
      { allowed: false, code: 'window_closed' },
    ],
    ['spam', { spam: true }, { allowed: false, code: 'conversation_is_spam' }],
    [
      'a blocked patient',
      { blockState: 'blocked' as const },
      { allowed: false, code: 'conversation_blocked' },
    ],
    [
      'a block that is on its way',
      { blockState: 'blocking' as const },
      { allowed: false, code: 'conversation_blocked' },
    ],
    [
      'a closed conversation, which sending reopens',
      { closed: true },
      { allowed: true, notAfter: NOW + 23 * HOUR },
    ],
    [
      'the bot, which sending takes over from',
      { handler: 'bot' as const },
      { allowed: true, notAfter: NOW + 23 * HOUR },
    ],
  ])('%s', (_name, change, expected) => {
    expect(decideSend(facts(change), NOW)).toEqual(expected);
  });
});
