import { toTimestamp, type Conversation, type Message } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import {
  agentId,
  buildConversation,
  buildMessage,
  buildPatient,
  buildTeam,
  conversationId,
  createTestStore,
  explain,
  MINUTE,
  NOON,
  put,
  teamId,
  type TestStore,
} from '../testing.ts';
import { EXPIRING_SQL } from './notifiable.ts';

const [ME, OTHER] = [agentId(1), agentId(2)];
const HOUR = 60 * MINUTE;

function createClinic() {
  const store = createTestStore();
  store.write.setAgent({ agentId: ME });
  let seq = 0;
  const apply = (...changes: (readonly [entity: string, data: { id: string }])[]) => {
    const list = changes.map(([entity, data]) => put(entity, (seq += 1), data));
    store.write.applyChanges({ changes: list, next: seq });
  };
  const conversation = (number: number, changes: Partial<Conversation> = {}) =>
    apply(['patient', buildPatient(number)], ['conversation', buildConversation(number, changes)]);
  const message = (number: number, ordinal: number, changes: Partial<Message> = {}) =>
    apply(['message', buildMessage(number, ordinal, changes)]);
  return { ...store, apply, conversation, message };
}

const notifiable = (store: Pick<TestStore, 'read'>, numbers: number[] | null, since: number) =>
  store.read.notifiable({ conversationIds: numbers?.map(conversationId) ?? null, since });

describe('notifiable', () => {
  it('tells the newest message after the ordinal, and how many there are', () => {
    const clinic = createClinic();
    clinic.conversation(1, { unread: 3 });
    for (const ordinal of [100, 101, 102]) clinic.message(1, ordinal);
    expect(notifiable(clinic, [1], 100)).toMatchObject([
      {
        conversationId: conversationId(1),
        displayName: 'Paciente 1',
        facts: { unread: 3, handler: 'human' },
        arrived: { ordinal: 102, kind: 'text', text: 'mensaje 102', count: 2 },
        handedOverAt: null,
      },
    ]);
    expect(notifiable(clinic, [1], 102)).toMatchObject([{ arrived: null }]);
  });

  it('leaves out what the clinic wrote, what was deleted and unknown conversations', () => {
    const clinic = createClinic();
    clinic.conversation(1);
    clinic.message(1, 100, { direction: 'outbound', author: { kind: 'agent', agentId: OTHER, name: null } });
    clinic.message(1, 101, { revokedAt: toTimestamp(NOON) });
    clinic.message(1, 102, { direction: 'internal', kind: 'note' });
    clinic.message(9, 103);
    expect(notifiable(clinic, [1, 9], 0)).toMatchObject([
      { conversationId: conversationId(1), arrived: null },
    ]);
  });

  it('finds by itself the conversations with something newer', () => {
    const clinic = createClinic();
    for (const number of [1, 2, 3]) clinic.conversation(number);
    clinic.message(1, 100);
    clinic.message(2, 101);
    clinic.message(3, 102);
    const ids = notifiable(clinic, null, 100).map((each) => each.conversationId);
    expect(ids.sort()).toEqual([conversationId(2), conversationId(3)]);
  });

  it('tells when the bot handed over', () => {
    const clinic = createClinic();
    clinic.conversation(1);
    clinic.message(1, 100, {
      direction: 'internal',
      kind: 'system',
      content: { event: { code: 'bot_handed_over' } },
    });
    expect(notifiable(clinic, [1], 99)).toMatchObject([{ arrived: null, handedOverAt: 100 }]);
    expect(notifiable(clinic, [1], 100)).toMatchObject([{ handedOverAt: null }]);
  });

  it.each<[string, Partial<Conversation>, { isMine: boolean; isUnassigned: boolean }]>([
    ['nobody', {}, { isMine: false, isUnassigned: true }],
    ['me', { assigneeIds: [OTHER, ME] }, { isMine: true, isUnassigned: false }],
    ['a colleague', { assigneeIds: [OTHER] }, { isMine: false, isUnassigned: false }],
    ['my team', { teamIds: [teamId(1)] }, { isMine: true, isUnassigned: false }],
    ['another team', { teamIds: [teamId(2)] }, { isMine: false, isUnassigned: false }],
    [
      'a colleague of my team',
      { teamIds: [teamId(1)], assigneeIds: [OTHER] },
      { isMine: false, isUnassigned: false },
    ],
  ])('says whose it is: %s', (_who, changes, expected) => {
    const clinic = createClinic();
    clinic.apply(['team', buildTeam(1, 'Recepción', [ME])], ['team', buildTeam(2, 'Facturación', [OTHER])]);
    clinic.conversation(1, changes);
    expect(notifiable(clinic, [1], 0)).toMatchObject([expected]);
  });
});

describe('expiring', () => {
  const wroteAt = (at: number) => ({
    lastInboundSentAt: toTimestamp(at),
    lastInteractionAt: toTimestamp(at),
    windowExpiresAt: null,
  });

  it('lists patients who wait, soonest first, until an instant', () => {
    const clinic = createClinic();
    clinic.conversation(1, wroteAt(NOON - 22 * HOUR));
    clinic.conversation(2, wroteAt(NOON - 23 * HOUR));
    clinic.conversation(3, wroteAt(NOON - 12 * HOUR));
    clinic.conversation(4, { ...wroteAt(NOON - 23 * HOUR), lastMessageDirection: 'outbound' });
    clinic.conversation(5, { ...wroteAt(NOON - 23 * HOUR), spam: true });
    clinic.conversation(6, { ...wroteAt(NOON - 23 * HOUR), unread: 0 });
    clinic.conversation(7, wroteAt(NOON - 25 * HOUR));
    const found = clinic.read.expiring({ now: NOON, before: NOON + 2 * HOUR, limit: 10 });
    expect(found.map((each) => each.conversationId).sort()).toEqual([1, 2, 6].map(conversationId));
    expect(found.at(-1)).toMatchObject({ conversationId: conversationId(1), arrived: null });
  });

  it('walks an index', () => {
    const plan = explain(createTestStore().connection, EXPIRING_SQL).join('\n');
    expect(plan).toContain('conversations_by_state');
    expect(plan).not.toContain('SCAN');
  });
});
