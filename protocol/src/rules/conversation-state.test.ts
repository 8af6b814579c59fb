import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  botSilentAt,
  composerMode,
  conversationFilter,
  conversationQueue,
  countsInBadge,
  expiresAt,
  inboundNotifies,
  isBotSilent,
  isUnanswered,
  rowBadges,
  waitsForPeople,
  type ComposerMode,
  type ConversationFacts,
  type ConversationFilter,
  type RowBadge,
} from './conversation-state.ts';
import { serviceWindow } from './service-window.ts';
import { DAY } from '../time.ts';

const NOW = Date.UTC(2026, 10, 22, 12);

/** The rows of a table of docs/conversation-states.md, by section number. */
function tableRows(section: string): string[][] {
  const page = readFileSync(new URL('../../../docs/conversation-states.md', import.meta.url), 'utf8');
  const body = page.split(new RegExp(`^## ${section.replace('.', '\\.')} .*$`, 'm'))[1]!.split(/^## /m)[0]!;
  return body
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.replaceAll('*', '').trim()),
    );
}

const FILTER_BY_NAME: Record<string, ConversationFilter> = {
  Recibidas: 'received',
  Caducadas: 'expired',
  'Con bot': 'bot',
  Cerradas: 'closed',
  Spam: 'spam',
};

const BADGE_BY_NAME: Record<string, RowBadge> = {
  'time left': 'timeLeft',
  'Solo plantilla': 'templateOnly',
  Caducada: 'expired',
  'Esperando respuesta': 'awaitingAnswer',
  'Sin respuesta': 'noAnswer',
  Bot: 'bot',
  Cerrada: 'closed',
  Spam: 'spam',
};

function composerOf(cell: string): ComposerMode {
  if (cell.startsWith('disabled')) return 'disabled';
  return cell.startsWith('free') ? 'free' : 'templates';
}

const within = (from: number, to: number) => fc.integer({ min: from, max: to });
const flag = (cell: string) => (cell === 'any' ? fc.boolean() : fc.constant(cell === 'yes'));

/** Facts that fit the conditions of one row of table 4.4, everything else arbitrary. */
function factsOfRow([, spam, closed, handler, window, silence]: string[]): fc.Arbitrary<ConversationFacts> {
  const open = within(NOW + 1, NOW + DAY);
  const shut = within(NOW - 30 * DAY, NOW);
  const windowEnd: fc.Arbitrary<number | null> =
    window === 'open'
      ? open
      : window === 'closed'
        ? shut
        : window === 'closed / never'
          ? fc.option(shut)
          : window === 'any'
            ? fc.option(fc.oneof(open, shut))
            : fc.constant(null);
  const recent = within(NOW - DAY + 1, NOW);
  const old = within(NOW - 60 * DAY, NOW - DAY);
  const interaction: fc.Arbitrary<number | null> = silence!.startsWith('<')
    ? recent
    : silence!.startsWith('≥')
      ? fc.option(old)
      : fc.option(fc.oneof(recent, old));
  return fc
    .record({
      spam: flag(spam === '–' ? 'no' : spam!),
      closed: flag(closed === '–' ? 'no' : closed!),
      handler: handler === 'any' ? fc.constantFrom('human', 'bot') : fc.constant(handler as 'human' | 'bot'),
      windowExpiresAt: windowEnd,
      lastInteractionAt: interaction,
      lastMessageDirection: fc.constantFrom('inbound', 'outbound', null),
      unread: fc.nat(50),
    })
    .map((facts) => ({
      ...facts,
      lastInboundSentAt: facts.windowExpiresAt === null ? null : facts.windowExpiresAt - DAY,
    })) as fc.Arbitrary<ConversationFacts>;
}

const anyFacts: fc.Arbitrary<ConversationFacts> = fc.record({
  spam: fc.boolean(),
  closed: fc.boolean(),
  handler: fc.constantFrom('human', 'bot'),
  lastInboundSentAt: fc.option(within(NOW - 60 * DAY, NOW)),
  windowExpiresAt: fc.option(within(NOW - 60 * DAY, NOW + 2 * DAY)),
  lastInteractionAt: fc.option(within(NOW - 60 * DAY, NOW)),
  lastMessageDirection: fc.constantFrom('inbound', 'outbound', null),
  unread: fc.nat(50),
}) as fc.Arbitrary<ConversationFacts>;

describe('the state table of docs/conversation-states.md, 4.4', () => {
  const rows = tableRows('4.4');

  it('is read whole', () => {
    expect(rows.map((row) => row[0])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10']);
  });

  it.each(rows.map((row) => [row[0]!, row] as const))('row %s', (_number, row) => {
    const [, , , , , , filter, composer, badge, notifies] = row;
    fc.assert(
      fc.property(factsOfRow(row), (facts) => {
        expect(conversationFilter(facts, NOW)).toBe(FILTER_BY_NAME[filter!]);
        expect(composerMode(facts, NOW)).toBe(composerOf(composer!));
        expect(inboundNotifies(facts)).toBe(notifies!.startsWith('yes'));
        const shown = rowBadges(facts, NOW);
        const named = badge!.split(' · ').map((name) => BADGE_BY_NAME[name]);
        // A closed conversation may still have its window open; the table's row says which of the two it is.
        expect(shown).toEqual(named);
      }),
    );
  });
});

describe('T31b: a bot that says nothing', () => {
  it('is noticed ten minutes after the patient, by time alone, and only where the bot has the conversation', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const at = botSilentAt(facts);
        const isTheBots =
          conversationFilter(facts, NOW) === 'bot' && facts.lastMessageDirection === 'inbound';
        expect(at !== null).toBe(isTheBots);
        if (at === null) return;
        expect(at).toBe((facts.lastInteractionAt ?? 0) + 10 * 60_000);
        expect([isBotSilent(facts, at - 1), isBotSilent(facts, at)]).toEqual([false, true]);
      }),
    );
  });

  it('I5: a patient who spoke last waits for people, is closed or spam, or gets ten minutes of the bot', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        fc.pre(facts.lastMessageDirection === 'inbound');
        const hasBotsTurn = NOW < (botSilentAt(facts) ?? 0);
        expect(waitsForPeople(facts, NOW)).toBe(!facts.spam && !facts.closed && !hasBotsTurn);
      }),
    );
  });
});

describe('invariants', () => {
  it('I1: every conversation is in exactly one filter, which its queue and expiry decide', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        const queue = conversationQueue(facts);
        const filter = conversationFilter(facts, NOW);
        expect(filter).toBe(queue === 'people' ? (NOW >= expiresAt(facts) ? 'expired' : 'received') : queue);
      }),
    );
  });

  it('I2: an open window is never expired', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (serviceWindow(facts, NOW).state === 'open')
          expect(conversationFilter(facts, NOW)).not.toBe('expired');
      }),
    );
  });

  it('I3: expired takes templates only', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (conversationFilter(facts, NOW) === 'expired') expect(composerMode(facts, NOW)).toBe('templates');
      }),
    );
  });

  it('I4: facts and relay time are all that counts, and time only ever expires', () => {
    fc.assert(
      fc.property(anyFacts, within(0, 3 * DAY), (facts, passed) => {
        const before = conversationFilter(facts, NOW);
        const after = conversationFilter({ ...facts }, NOW + passed);
        expect([before, before === 'received' ? 'expired' : before]).toContain(after);
      }),
    );
  });

  it('I5: an unanswered patient is in received or expired, where a badge or the strip shows it', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        if (isUnanswered(facts)) expect(['received', 'expired']).toContain(conversationFilter(facts, NOW));
        if (countsInBadge(facts)) expect(['received', 'expired']).toContain(conversationFilter(facts, NOW));
      }),
    );
  });

  it('expires at the exact millisecond, not before', () => {
    fc.assert(
      fc.property(anyFacts, (facts) => {
        fc.pre(conversationQueue(facts) === 'people');
        const instant = expiresAt(facts);
        expect(conversationFilter(facts, instant)).toBe('expired');
        if (instant > 0) expect(conversationFilter(facts, instant - 1)).toBe('received');
      }),
    );
  });
});

describe('the window', () => {
  const sentAt = NOW - DAY;
  it('is closed at exactly 24 h 00 s', () => {
    const facts = { windowExpiresAt: null, lastInboundSentAt: sentAt };
    expect(serviceWindow(facts, NOW - 1)).toEqual({ state: 'open', expiresAt: NOW, remainingMs: 1 });
    expect(serviceWindow(facts, NOW)).toEqual({ state: 'closed', expiresAt: NOW });
  });

  it('is the relay word over our own arithmetic (R0)', () => {
    expect(serviceWindow({ windowExpiresAt: NOW + 5, lastInboundSentAt: sentAt - DAY }, NOW).state).toBe(
      'open',
    );
    expect(serviceWindow({ windowExpiresAt: NOW - 5, lastInboundSentAt: NOW }, NOW).state).toBe('closed');
  });

  it('was never open without an inbound message', () => {
    expect(serviceWindow({ windowExpiresAt: null, lastInboundSentAt: null }, NOW)).toEqual({
      state: 'never',
    });
  });
});
