import type { OpeningHours } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PRIVACY_LEVELS } from '../../shared/contract/index.ts';
import { conversationId, MINUTE, NOON } from '../store/testing.ts';
import { decideNews, decideWarnings, SUMMARY, warningHorizon, type News, type Shown } from './policy.ts';
import { buildDesk, buildNotifiable, HOUR, shownFor, words } from './testing/build.ts';

const [ID] = [conversationId(1)];
const nothing = new Map<string, Shown>();
type Desk = Parameters<typeof buildDesk>[0];
type Changes = Parameters<typeof buildNotifiable>[1];

const newsOf = (...conversations: ReturnType<typeof buildNotifiable>[]): News => ({
  asked: conversations.map((each) => each.conversationId),
  conversations,
  isCatchUp: false,
});

describe('whether a conversation notifies', () => {
  const notMine = { isMine: false, isUnassigned: false };
  const bot = { facts: { handler: 'bot' as const } };
  it.each<[string, Changes, Desk, boolean]>([
    ['a patient writes and nobody has it', {}, {}, true],
    ['mine', { isMine: true, isUnassigned: false }, {}, true],
    ["a colleague's", notMine, {}, false],
    ["a colleague's, all wanted", notMine, { settings: { notified: 'all' } }, true],
    ['unassigned, only mine wanted', {}, { settings: { notified: 'mine' } }, false],
    ['spam', { facts: { spam: true } }, {}, false],
    ['spam, all wanted', { facts: { spam: true } }, { settings: { notified: 'all' } }, false],
    ['closed meanwhile', { facts: { closed: true } }, {}, false],
    ['the bot has it', bot, {}, false],
    ['read meanwhile, on whatever PC', { facts: { unread: 0 } }, {}, false],
    ['nothing of the patient arrived', { arrived: null }, {}, false],
    ['snoozed', { snoozedUntil: NOON + 1 }, {}, false],
    ['snoozed until a moment ago', { snoozedUntil: NOON }, {}, true],
    ['open before somebody’s eyes', {}, { attendedId: ID }, false],
    ['another one is open', {}, { attendedId: conversationId(2) }, true],
    ['locked', {}, { isLocked: true }, true],
    ['paused', {}, { isPaused: true }, false],
    ['handed over by the bot', { arrived: null, handedOverAt: 200 }, {}, true],
    [
      'handed over, only mine wanted',
      { arrived: null, handedOverAt: 200 },
      { settings: { notified: 'mine' } },
      true,
    ],
    ["handed over to a colleague's", { ...notMine, handedOverAt: 200 }, {}, false],
    ['expired and the patient writes', { facts: { lastInboundSentAt: NOON - 30 * HOUR } }, {}, true],
  ])('%s', (_what, changes, desk, expected) => {
    const steps = decideNews(newsOf(buildNotifiable(1, changes)), buildDesk(desk), nothing, words);
    expect(steps.map((step) => step.do)).toEqual(expected ? ['show'] : []);
  });

  it.each([
    // Noon in UTC is 14:00 in Madrid.
    ['14:00', '15:00', true],
    ['13:00', '14:00', false],
    ['20:00', '14:01', true],
    ['20:00', '08:00', false],
    ['13:59', '14:01', true],
    ['14:00', '14:00', false],
  ])('is quiet from %s to %s: %s', (from, to, isQuiet) => {
    const desk = buildDesk({ settings: { quietHours: { from, to } } });
    expect(decideNews(newsOf(buildNotifiable(1)), desk, nothing, words)).toHaveLength(isQuiet ? 0 : 1);
  });
});

describe('what it says', () => {
  const many = { ...buildNotifiable(1, { facts: { unread: 3 } }) };
  const photo = buildNotifiable(1, { arrived: { ordinal: 1, kind: 'image', text: null, count: 1 } });
  const caption = buildNotifiable(1, { arrived: { ordinal: 1, kind: 'image', text: 'mi\ncara', count: 1 } });
  const long = buildNotifiable(1, { arrived: { ordinal: 1, kind: 'text', text: 'a'.repeat(999), count: 1 } });
  const nameless = buildNotifiable(1, { displayName: null });
  const handed = buildNotifiable(1, { handedOverAt: 9, arrived: null });
  it.each([
    ['nothing', many, { title: 'new:3', body: 'open' }],
    ['name', many, { title: 'Paciente 1', body: 'new:3' }],
    ['nameAndText', many, { title: 'Paciente 1', body: 'Me duele la muela' }],
    ['nameAndText', photo, { title: 'Paciente 1', body: 'photo' }],
    ['nameAndText', caption, { title: 'Paciente 1', body: 'photo · mi cara' }],
    ['nameAndText', long, { title: 'Paciente 1', body: `${'a'.repeat(179)}…` }],
    ['name', nameless, { title: 'patient', body: 'new:1' }],
    ['nothing', handed, { title: 'handed over', body: 'open' }],
    ['nameAndText', handed, { title: 'Paciente 1', body: 'handed over' }],
  ] as const)('%s', (level, conversation, expected) => {
    const desk = buildDesk({ settings: { level } });
    expect(decideNews(newsOf(conversation), desk, nothing, words)).toMatchObject([expected]);
  });

  it('never holds anything of a patient at the level nothing, nor while locked', () => {
    const secret = 'secreto-7341';
    fc.assert(
      fc.property(
        fc.constantFrom(...PRIVACY_LEVELS),
        fc.boolean(),
        fc.boolean(),
        fc.constantFrom('text', 'image', 'document', 'unheard'),
        fc.integer({ min: 1, max: 9 }),
        (level, isLocked, isHandedOver, kind, count) => {
          const desk = buildDesk({ isLocked, settings: { level } });
          const conversations = Array.from({ length: count }, (_, index) =>
            buildNotifiable(index + 1, {
              displayName: secret,
              arrived: { ordinal: 1, kind, text: secret, count: 1 },
              handedOverAt: isHandedOver ? 9 : null,
              facts: { lastInboundSentAt: NOON - 23 * HOUR, lastInteractionAt: NOON - 23 * HOUR },
            }),
          );
          const steps = [
            ...decideNews({ ...newsOf(...conversations), isCatchUp: count > 3 }, desk, nothing, words),
            ...decideWarnings(conversations, new Map(), desk, nothing, words),
          ];
          expect(steps.length).toBeGreaterThan(1);
          const isSilent = isLocked || level === 'nothing';
          if (isSilent) expect(JSON.stringify(steps)).not.toContain(secret);
        },
      ),
    );
  });
});

describe('several', () => {
  const three = [1, 2, 3].map((number) => buildNotifiable(number));

  it('are shown one per conversation, and replaced in place', () => {
    const shown = new Map([shownFor(2)]);
    const steps = decideNews(newsOf(...three), buildDesk(), shown, words);
    expect(steps.map((step) => step.do)).toEqual(['show', 'replace', 'show']);
    expect(new Set(steps.map((step) => step.key)).size).toBe(3);
  });

  it('are one summary after a catch-up', () => {
    const spam = buildNotifiable(4, { facts: { spam: true } });
    const news = { ...newsOf(...three, spam), isCatchUp: true };
    expect(decideNews(news, buildDesk({ settings: { level: 'nameAndText' } }), nothing, words)).toEqual([
      expect.objectContaining({ do: 'show', key: SUMMARY, conversationId: null, title: '3 in 3' }),
    ]);
  });

  it('are no summary when it is only one', () => {
    const news = { ...newsOf(three[0]!), isCatchUp: true };
    expect(decideNews(news, buildDesk(), nothing, words)).toMatchObject([{ key: ID }]);
  });
});

describe('withdrawing', () => {
  const quietly = { arrived: null };
  it.each<[string, Partial<Shown>, Changes | null, Desk, boolean]>([
    ['read on any PC', {}, { ...quietly, facts: { unread: 0 } }, {}, true],
    ['still unread', {}, quietly, {}, false],
    ['now open before somebody’s eyes', {}, quietly, { attendedId: ID }, true],
    ['marked as spam', {}, { ...quietly, facts: { spam: true } }, {}, true],
    ['closed', {}, { ...quietly, facts: { closed: true } }, {}, true],
    ['gone', {}, null, {}, true],
    ['read while paused', {}, { ...quietly, facts: { unread: 0 } }, { isPaused: true }, true],
    ['a warning, read but unanswered', { reason: 'expiry' }, { ...quietly, facts: { unread: 0 } }, {}, false],
    [
      'a warning, answered',
      { reason: 'expiry' },
      { ...quietly, facts: { lastMessageDirection: 'outbound' } },
      {},
      true,
    ],
    [
      'handed over, read but unanswered',
      { reason: 'handOver' },
      { ...quietly, facts: { unread: 0 } },
      {},
      false,
    ],
  ])('%s', (_what, shown, changes, desk, expected) => {
    const news: News = {
      asked: [ID],
      conversations: changes === null ? [] : [buildNotifiable(1, changes)],
      isCatchUp: false,
    };
    const steps = decideNews(news, buildDesk(desk), new Map([shownFor(1, shown)]), words);
    expect(steps).toEqual(expected ? [{ do: 'withdraw', key: ID }] : []);
  });

  it('leaves what was not asked for', () => {
    const news: News = { asked: [conversationId(2)], conversations: [], isCatchUp: false };
    expect(decideNews(news, buildDesk(), new Map([shownFor(1)]), words)).toEqual([]);
  });
});

describe('warnings of expiry', () => {
  /** Monday to Friday 9 to 14 and 16 to 20 in Madrid; noon of the tests is Monday 14:00 there. */
  const openingHours: OpeningHours = {
    weekly: [1, 2, 3, 4, 5].flatMap((weekday) => [
      { weekday, from: '09:00', to: '14:00' },
      { weekday, from: '16:00', to: '20:00' },
    ]),
    closedDays: [],
  };
  /** Madrid's clocks on that Monday, as an instant. */
  const at = (hours: number, minutes = 0) => NOON + (hours - 14) * HOUR + minutes * MINUTE;
  const expiringAt = (number: number, instant: number, changes: Changes = {}) =>
    buildNotifiable(number, {
      ...changes,
      arrived: null,
      facts: {
        lastInboundSentAt: instant - 24 * HOUR,
        lastInteractionAt: instant - 24 * HOUR,
        ...changes.facts,
      },
    });

  it.each<[string, number, number, OpeningHours | null, Desk, boolean]>([
    ['at its lead', at(10), at(12), openingHours, {}, true],
    ['before its lead', at(10), at(12, 1), openingHours, {}, false],
    ['already expired', at(10), at(10), openingHours, {}, false],
    ['at night', at(4), at(5), openingHours, {}, false],
    ['at lunch', at(15), at(15, 30), openingHours, {}, false],
    ['at opening, when the lead was at night', at(9), at(10, 30), openingHours, {}, true],
    ['shortly before closing, what expires in the night', at(19, 45), at(27), openingHours, {}, true],
    ['an hour before closing, not yet', at(19), at(27), openingHours, {}, false],
    ['shortly before closing, what there is time for', at(19, 45), at(24 + 9, 31), openingHours, {}, false],
    ['shortly before closing, what there is no time for', at(19, 45), at(24 + 9, 29), openingHours, {}, true],
    ['before lunch, what expires at lunch', at(13, 50), at(15, 55), openingHours, {}, true],
    ['without hours, at any time', at(4), at(5), null, {}, true],
    ['never wanted', at(10), at(11), openingHours, { settings: { expiryLeadMinutes: null } }, false],
    ['a longer lead', at(10), at(13), openingHours, { settings: { expiryLeadMinutes: 180 } }, true],
    ['paused', at(10), at(11), openingHours, { isPaused: true }, false],
    ['before somebody’s eyes', at(10), at(11), openingHours, { attendedId: ID }, false],
  ])('%s', (_what, now, expiry, hours, desk, expected) => {
    const state = buildDesk({ now, openingHours: hours, ...desk });
    const steps = decideWarnings([expiringAt(1, expiry)], new Map(), state, nothing, words);
    expect(steps).toHaveLength(expected ? 1 : 0);
  });

  it('says when, and at the level nothing nothing else', () => {
    const state = buildDesk({ now: at(10), openingHours });
    const conversation = expiringAt(1, at(11, 30));
    expect(decideWarnings([conversation], new Map(), state, nothing, words)).toMatchObject([
      { title: 'expiring', body: 'at 11:30' },
    ]);
    const named = buildDesk({ now: at(10), openingHours, settings: { level: 'name' } });
    expect(decideWarnings([conversation], new Map(), named, nothing, words)).toMatchObject([
      { title: 'Paciente 1', body: 'expiring · at 11:30' },
    ]);
  });

  it('warns once per expiry, and only of patients who wait', () => {
    const state = buildDesk({ now: at(10), openingHours });
    const conversation = expiringAt(1, at(11));
    const answered = expiringAt(2, at(11), { facts: { lastMessageDirection: 'outbound' } });
    const others = expiringAt(3, at(11), { isUnassigned: false });
    const all = [conversation, answered, others];
    expect(decideWarnings(all, new Map([[ID, at(11)]]), state, nothing, words)).toEqual([]);
    expect(decideWarnings(all, new Map([[ID, at(8)]]), state, nothing, words)).toHaveLength(1);
  });

  it('warns of many as one', () => {
    const many = [1, 2, 3, 4].map((number) => expiringAt(number, at(27)));
    const state = buildDesk({ now: at(19, 50), openingHours });
    expect(decideWarnings(many, new Map(), state, nothing, words)).toMatchObject([
      { title: 'expiring:4', conversationId: null },
    ]);
  });

  it('has no horizon when nobody is to be told', () => {
    expect(warningHorizon(buildDesk({ now: at(22), openingHours }))).toBeNull();
    const never = { weekly: [{ weekday: 1, from: '09:00', to: '14:00' }], closedDays: [] };
    expect(warningHorizon(buildDesk({ now: at(13, 50), openingHours: never }))).toBe(
      NOON - 5 * HOUR + 7 * 24 * HOUR + 30 * MINUTE,
    );
  });
});
