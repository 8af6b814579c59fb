import {
  CONVERSATION_FILTERS,
  conversationFilter,
  countsInBadge,
  DAY,
  expiresAt,
  isUnanswered,
  toTimestamp,
  type Conversation,
} from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InboxCursor } from '../../../shared/contract/index.ts';
import { factsOf } from '../conversation-facts.ts';
import {
  agentId,
  buildAgent,
  buildAppointment,
  buildConversation,
  buildPatient,
  buildTag,
  conversationId,
  createTestStore,
  del,
  MINUTE,
  NOON,
  patientId,
  put,
  tagId,
  type TestStore,
} from '../testing.ts';

const clock = fc.option(
  fc.integer({ min: -3, max: 3 }).map((hours) => NOON - DAY + hours * MINUTE),
  { nil: null },
);
const timestamp = (epoch: number | null) => toTimestamp(epoch as number);

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
      lastInteractionAt: clock.map(timestamp),
      lastMessageDirection: fc.constantFrom('inbound', 'outbound', null),
      unread: fc.nat(2),
      // Few values: many rows are of the same instant.
      lastActivityAt: fc.nat(3).map((minutes) => toTimestamp(NOON - minutes * MINUTE)),
    }),
    { minLength: 1, maxLength: 40, size: 'max' },
  )
  .map((all) => all.map((overrides, index) => buildConversation(index, overrides)));

function fill(all: Conversation[]): TestStore {
  const store = createTestStore();
  store.write.applyChanges({
    changes: all.map((conversation, index) => put('conversation', index + 1, conversation)),
    next: all.length,
  });
  return store;
}

function readAll(store: TestStore, filter: (typeof CONVERSATION_FILTERS)[number], limit: number) {
  const rows = [];
  let before: InboxCursor | null = null;
  do {
    const page = store.read.inboxPage({ filter, before, limit, now: NOON });
    expect(page.rows.length).toBeLessThanOrEqual(limit);
    rows.push(...page.rows);
    before = page.next;
  } while (before !== null);
  return rows;
}

describe('the inbox', () => {
  test("filters, counts and the next expiry are protocol's, for any facts", { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(conversations, fc.integer({ min: 1, max: 7 }), (all, limit) => {
        const store = fill(all);
        const counts = store.read.inboxCounts({ now: NOON });
        for (const filter of CONVERSATION_FILTERS) {
          const expected = all.filter((each) => conversationFilter(factsOf(each), NOON) === filter);
          const rows = readAll(store, filter, limit);
          expect(rows.map((row) => row.conversationId).sort()).toEqual(expected.map(({ id }) => id).sort());
          const activity = rows.map((row) => row.lastActivityAt);
          expect(activity).toEqual([...activity].sort((one, other) => other - one));
          expect(counts.filters[filter]).toEqual({
            total: expected.length,
            unread: expected.filter(({ unread }) => unread > 0).length,
          });
        }
        const facts = all.map(factsOf);
        expect(counts.badge).toBe(facts.filter(countsInBadge).length);
        expect(counts.expiredUnanswered).toBe(
          facts.filter((each) => isUnanswered(each) && conversationFilter(each, NOON) === 'expired').length,
        );
        const expiries = facts
          .filter((each) => conversationFilter(each, NOON) === 'received')
          .map((each) => expiresAt(each));
        expect(store.read.nextExpiry({ now: NOON })).toBe(
          expiries.length === 0 ? null : Math.min(...expiries),
        );
      }),
      { numRuns: 100 },
    );
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
    store.write.saveDraft({ conversationId: conversationId(0), text: 'hola' });
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
    store.write.saveDraft({ conversationId: conversationId(0), text: 'a medias' });
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
      draft: 'a medias',
    });
    expect(store.read.conversationDetail({ ...input, conversationId: conversationId(5) })).toBeNull();
  });
});

describe('drafts', () => {
  test('report a conversation only when it begins or ceases to have one', () => {
    const store = fill([buildConversation(0)]);
    const save = (text: string) =>
      store.write.saveDraft({ conversationId: conversationId(0), text }).conversationIds.length;
    expect(['h', 'ho', 'hol', '  ', ''].map(save)).toEqual([1, 0, 0, 1, 0]);
  });
});
