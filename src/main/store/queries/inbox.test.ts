import {
  CONVERSATION_FILTERS,
  conversationFilter,
  conversationQueue,
  countsInBadge,
  DAY,
  expiresAt,
  isUnanswered,
  serviceWindow,
  toEpoch,
  toTimestamp,
  windowEnd,
  type Conversation,
  botSilentAt,
  isBotSilent,
  waitsForPeople,
  BOT_SILENCE_MS,
} from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  INBOX_SORTS,
  type InboxCursor,
  type InboxPage,
  type InboxQuery,
  type InboxRow,
} from '../../../shared/contract/index.ts';
import { factsOf } from '../conversation-facts.ts';
import {
  agentId,
  buildAgent,
  buildAppointment,
  buildConversation,
  buildDraft,
  buildPatient,
  buildQuery,
  buildTag,
  buildTeam,
  conversationId,
  createTestStore,
  del,
  MINUTE,
  NOON,
  patientId,
  put,
  tagId,
  teamId,
  type TestStore,
} from '../testing.ts';

const clock = fc.option(
  fc.integer({ min: -3, max: 3 }).map((hours) => NOON - DAY + hours * MINUTE),
  { nil: null },
);
/** Around the moment at which a silent bot is noticed. */
const answerable = fc.integer({ min: -3, max: 3 }).map((minutes) => NOON - BOT_SILENCE_MS + minutes * MINUTE);
const timestamp = (epoch: number | null) => toTimestamp(epoch as number);

const someOf = (ids: string[]) => fc.subarray(ids);
const OWN_AGENT = agentId(0);

/** Conversations around every border of the state function. */
const conversations = fc
  .array(
    fc.record({
      spam: fc.boolean(),
      closed: fc.boolean(),
      handler: fc.constantFrom('human', 'bot'),
      lastInboundSentAt: clock.map(timestamp),
      windowExpiresAt: fc
        .option(fc.integer({ min: -2, max: 2 }), { nil: null })
        .map((minutes) => timestamp(minutes === null ? null : NOON + minutes * MINUTE)),
      lastInteractionAt: fc.oneof(clock, answerable).map(timestamp),
      lastMessageDirection: fc.constantFrom('inbound', 'outbound', null),
      unread: fc.nat(2),
      pinned: fc.boolean(),
      snoozedUntil: fc
        .option(fc.integer({ min: -2, max: 2 }), { nil: null, freq: 2 })
        .map((minutes) => timestamp(minutes === null ? null : NOON + minutes * MINUTE)),
      tagIds: someOf([tagId(1), tagId(2), tagId(3)]),
      assigneeIds: someOf([OWN_AGENT, agentId(1)]),
      teamIds: someOf([teamId(1)]),
      // Few values: many rows are of the same instant.
      lastActivityAt: fc.nat(3).map((minutes) => toTimestamp(NOON - minutes * MINUTE)),
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .map((all) => all.map((overrides, index) => buildConversation(index, overrides)));

const idsOf = (index: number) => ({ id: conversationId(index), patientId: patientId(index) });

/** Appointments by patient, in minutes from noon. */
const appointments = fc.array(
  fc.record({ patient: fc.nat(39), minutes: fc.integer({ min: -2, max: 4 }), isCancelled: fc.boolean() }),
  { maxLength: 30 },
);

const queries: fc.Arbitrary<InboxQuery> = fc.record({
  filter: fc.constantFrom(...CONVERSATION_FILTERS, 'all' as const),
  assigned: fc.option(fc.constantFrom('me' as const, 'nobody' as const), { nil: null, freq: 2 }),
  teamId: fc.constantFrom(null, null, null, teamId(1)),
  tagIds: fc.oneof(fc.constant<string[]>([]), someOf([tagId(1), tagId(2)])),
  unreadOnly: fc.boolean(),
  unansweredOnly: fc.boolean(),
  sort: fc.constantFrom(...INBOX_SORTS),
});

/** What a query asks for, said with protocol's rules. */
function isAskedFor(query: InboxQuery, conversation: Conversation): boolean {
  const facts = factsOf(conversation);
  const { assigneeIds, teamIds, tagIds } = conversation;
  return (
    (query.filter === 'all' || conversationFilter(facts, NOON) === query.filter) &&
    (query.assigned !== 'me' || assigneeIds.includes(OWN_AGENT)) &&
    (query.assigned !== 'nobody' || assigneeIds.length + teamIds.length === 0) &&
    (query.teamId === null || teamIds.includes(query.teamId)) &&
    query.tagIds.every((id) => tagIds.includes(id)) &&
    (!query.unreadOnly || facts.unread > 0) &&
    (!query.unansweredOnly || waitsForPeople(facts, NOON))
  );
}

/** The place of a row in its list, compared number by number; the last ones are of the same row. */
function placeOf(query: InboxQuery, row: InboxRow): number[] {
  const isSnoozed = row.snoozedUntil !== null && row.snoozedUntil > NOON;
  const rank = isSnoozed ? 2 : row.pinned ? 0 : 1;
  const newest = -row.lastActivityAt;
  switch (query.sort) {
    case 'newest':
      return [rank, query.filter === 'expired' && !isUnanswered(row.facts) ? 1 : 0, newest];
    case 'oldest':
      return [rank, row.lastActivityAt];
    case 'expiresFirst': {
      const window = serviceWindow(row.facts, NOON);
      return [rank, ...(window.state === 'open' ? [0, window.expiresAt] : [1, newest])];
    }
    case 'appointmentFirst':
      return [rank, ...(row.nextAppointmentAt === null ? [1, newest] : [0, row.nextAppointmentAt])];
  }
}

function compare(one: number[], other: number[]): number {
  const at = one.findIndex((value, index) => value !== other[index]);
  return at === -1 ? 0 : one[at]! - other[at]!;
}

function fill(all: Conversation[]): TestStore {
  const store = createTestStore();
  store.write.setAgent({ agentId: OWN_AGENT });
  store.write.applyChanges({
    changes: all.map((conversation, index) => put('conversation', index + 1, conversation)),
    next: all.length,
  });
  return store;
}

function walk(store: TestStore, query: InboxQuery, limit: number): InboxRow[] {
  const rows = [];
  let before: InboxCursor | null = null;
  do {
    const page: InboxPage = store.read.inboxPage({ query, before, limit, now: NOON });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    before = page.next;
  } while (before !== null);
  return rows;
}
const readAll = (store: TestStore, filter: InboxQuery['filter'], limit: number) =>
  walk(store, buildQuery({ filter }), limit);

describe('the inbox', () => {
  test("filters, counts and the next expiry are protocol's, for any facts", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(conversations, (all) => {
        const store = fill(all);
        const counts = store.read.inboxCounts({ now: NOON });
        const count = (some: Conversation[]) => ({
          total: some.length,
          unread: some.filter(({ unread }) => unread > 0).length,
        });
        for (const filter of CONVERSATION_FILTERS) {
          const expected = all.filter((each) => conversationFilter(factsOf(each), NOON) === filter);
          expect(counts.filters[filter]).toEqual(count(expected));
        }
        const totals = Object.values(counts.filters).map(({ total }) => total);
        expect(totals.reduce((sum, total) => sum + total, 0)).toBe(all.length);
        const facts = all.map(factsOf);
        expect(counts.badge).toBe(facts.filter(countsInBadge).length);
        expect(counts.expiredUnanswered).toBe(
          facts.filter((each) => isUnanswered(each) && conversationFilter(each, NOON) === 'expired').length,
        );
        expect(counts.botSilent).toBe(facts.filter((each) => isBotSilent(each, NOON)).length);
        const people = all.filter((each) => conversationQueue(factsOf(each)) === 'people');
        expect(counts.assignedToMe).toEqual(
          count(people.filter(({ assigneeIds }) => assigneeIds.includes(OWN_AGENT))),
        );
        expect(counts.unassigned).toEqual(
          count(people.filter(({ assigneeIds, teamIds }) => assigneeIds.length + teamIds.length === 0)),
        );
        const expiries = [
          ...people.flatMap((each) => [expiresAt(factsOf(each)), windowEnd(factsOf(each)) ?? 0]),
          ...facts.map((each) => botSilentAt(each) ?? 0),
          ...all.map(({ snoozedUntil }) => toEpoch(snoozedUntil) ?? 0),
        ].filter((at) => at > NOON);
        expect(store.read.nextExpiry({ now: NOON })).toBe(
          expiries.length === 0 ? null : Math.min(...expiries),
        );
      }),
      { numRuns: 60 },
    );
  });

  test(
    'any query, page by page, shows exactly what it asks for, each once and in order',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(
          conversations,
          appointments,
          fc.array(queries, { minLength: 1, maxLength: 5 }),
          fc.integer({ min: 1, max: 7 }),
          (all, dates, asked, limit) => {
            const store = fill(all);
            store.write.applyChanges({
              changes: dates.map(({ patient, minutes, isCancelled }, index) =>
                put(
                  'appointment',
                  1_000 + index,
                  buildAppointment(index, patient, {
                    startsAt: toTimestamp(NOON + minutes * MINUTE),
                    state: isCancelled ? 'cancelled' : 'scheduled',
                  }),
                ),
              ),
              next: 2_000,
            });
            for (const query of asked) {
              const rows = walk(store, query, limit);
              const expected = all.filter((each) => isAskedFor(query, each)).map(({ id }) => id);
              expect(rows.map((row) => row.conversationId).sort()).toEqual(expected.sort());
              const places = rows.map((row) => placeOf(query, row));
              expect(places).toEqual([...places].sort(compare));
              expect(store.read.inboxMatch({ query, now: NOON })).toBe(expected.length);
              const matching = store.read.matchingConversations({ query, now: NOON, limit: 1_000 });
              expect(matching.conversationIds.sort()).toEqual(expected);
            }
          },
        ),
        { numRuns: 150 },
      );
    },
  );

  test(
    'two PCs that heard the same in whatever order and portions show the same lists and counts',
    { timeout: 60_000 },
    () => {
      const said = fc
        .array(fc.tuple(fc.nat(11), conversations), { minLength: 1, maxLength: 30 })
        .map((all) =>
          all.map(([index, [first]], position) =>
            put('conversation', position + 1, { ...first!, ...idsOf(index) }),
          ),
        )
        .chain((feed) =>
          fc.tuple(
            fc.constant(feed),
            fc.shuffledSubarray(feed, { minLength: feed.length }),
            fc.integer({ min: 1, max: 10 }),
          ),
        );
      fc.assert(
        fc.property(said, queries, ([feed, shuffled, portion], query) => {
          const one = fill([]);
          for (const change of feed) one.write.applyChanges({ changes: [change], next: change.seq });
          const other = fill([]);
          for (let start = 0; start < feed.length; start += portion)
            other.write.applyChanges({ changes: shuffled.slice(start, start + portion), next: feed.length });
          // Some of it comes twice.
          other.write.applyChanges({ changes: shuffled.slice(0, portion), next: feed.length });
          const shown = [one, other].map((store) => ({
            rows: CONVERSATION_FILTERS.map((filter) => walk(store, { ...query, filter }, 5)),
            all: walk(store, { ...query, filter: 'all' }, 5),
            counts: store.read.inboxCounts({ now: NOON }),
            nextExpiry: store.read.nextExpiry({ now: NOON }),
          }));
          expect(shown[1]).toEqual(shown[0]);
        }),
        { numRuns: 60 },
      );
    },
  );

  test('tags and teams are counted where people have the conversation, known ones only', () => {
    const store = fill([
      buildConversation(0, { tagIds: [tagId(1), tagId(9)], teamIds: [teamId(1)] }),
      buildConversation(1, { tagIds: [tagId(1)], unread: 0 }),
      buildConversation(2, { tagIds: [tagId(1)], closed: true }),
    ]);
    store.write.applyChanges({
      changes: [
        put('tag', 10, buildTag(1, 'Ortodoncia')),
        put('tag', 11, buildTag(2, 'Urgente')),
        put('team', 12, buildTeam(1, 'Recepción')),
      ],
      next: 12,
    });
    expect(store.read.inboxCounts({ now: NOON })).toMatchObject({
      tags: { [tagId(1)]: { total: 2, unread: 1 }, [tagId(2)]: { total: 0, unread: 0 } },
      teams: { [teamId(1)]: { total: 1, unread: 1 } },
      unassigned: { total: 1, unread: 0 },
    });
    expect(Object.keys(store.read.inboxCounts({ now: NOON }).tags)).toHaveLength(2);
  });

  test('a row shows the patient, tags, appointment and draft, and follows each of them', () => {
    const store = fill([buildConversation(0, { tagIds: [tagId(2), tagId(1), tagId(9)] })]);
    const [unnamed] = readAll(store, 'received', 5);
    expect(unnamed).toMatchObject({ displayName: null, isOnFile: false, tags: [], nextAppointmentAt: null });
    store.write.applyChanges({
      changes: [
        put('patient', 10, buildPatient(0, { name: null, profileName: 'anita', phone: '+34600111222' })),
        put('tag', 11, buildTag(1, 'Ortodoncia')),
        put('tag', 12, buildTag(2, 'Urgente')),
        put('appointment', 13, buildAppointment(1, 0, { startsAt: toTimestamp(NOON + 2 * MINUTE) })),
        put(
          'appointment',
          14,
          buildAppointment(2, 0, { startsAt: toTimestamp(NOON + MINUTE), state: 'cancelled' }),
        ),
        put('appointment', 15, buildAppointment(3, 0, { startsAt: toTimestamp(NOON - MINUTE) })),
      ],
      next: 15,
    });
    store.write.saveDraft({ conversationId: conversationId(0), draft: buildDraft('hola') });
    const [row] = readAll(store, 'received', 5);
    expect(row).toMatchObject({
      displayName: 'anita',
      isOnFile: false,
      tags: [{ name: 'Urgente' }, { name: 'Ortodoncia' }],
      nextAppointmentAt: NOON + 2 * MINUTE,
      hasDraft: true,
    });
    store.write.applyChanges({
      changes: [put('patient', 16, buildPatient(0, { name: 'Ana Gil' })), del('tag', 17, tagId(2))],
      next: 17,
    });
    expect(readAll(store, 'received', 5)[0]).toMatchObject({
      displayName: 'Ana Gil',
      isOnFile: true,
      tags: [{ name: 'Ortodoncia' }],
    });
    store.write.applyChanges({ changes: [del('patient', 18, patientId(0))], next: 18 });
    expect(readAll(store, 'received', 5)[0]).toMatchObject({ displayName: null, isOnFile: false });
  });
});

describe('the detail of a conversation', () => {
  test('names everybody and the nearest appointments', () => {
    const store = fill([
      buildConversation(0, {
        assigneeIds: [agentId(1)],
        participants: [{ agentId: agentId(2), lastAt: toTimestamp(NOON) }],
      }),
    ]);
    store.write.applyChanges({
      changes: [
        put('patient', 10, buildPatient(0, { name: 'Ana', profileName: 'anita', phone: '+34600111222', note: 'alergia' })),
        put('agent', 11, buildAgent(1, 'Marta')),
        put('agent', 12, buildAgent(2, 'Luis')),
        put('appointment', 13, buildAppointment(1, 0, { startsAt: toTimestamp(NOON + MINUTE) })),
        put('appointment', 14, buildAppointment(2, 0, { startsAt: toTimestamp(NOON - MINUTE), state: 'attended' })),
      ],
      next: 14,
    }); // prettier-ignore
    store.write.saveDraft({ conversationId: conversationId(0), draft: buildDraft('a medias') });
    const input = { conversationId: conversationId(0), now: NOON };
    expect(store.read.conversationDetail(input)).toMatchObject({
      displayName: 'Ana',
      isOnFile: true,
      profileName: 'anita',
      phone: '+34 600 11 12 22',
      note: 'alergia',
      assignees: [{ id: agentId(1), name: 'Marta' }],
      participants: [{ id: agentId(2), name: 'Luis', lastAt: NOON }],
      nextAppointment: { startsAt: NOON + MINUTE },
      lastAppointment: { startsAt: NOON - MINUTE, state: 'attended' },
      draft: { text: 'a medias', files: [], fileViews: [] },
    });
    expect(store.read.conversationDetail({ ...input, conversationId: conversationId(5) })).toBeNull();
  });
});

describe('drafts', () => {
  test('report a conversation only when it begins or ceases to have one', () => {
    const store = fill([buildConversation(0)]);
    const save = (text: string) =>
      store.write.saveDraft({ conversationId: conversationId(0), draft: buildDraft(text) }).conversationIds
        .length;
    expect(['h', 'ho', 'hol', '  ', ''].map(save)).toEqual([1, 0, 0, 1, 0]);
  });
});
