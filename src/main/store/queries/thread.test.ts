import { toTimestamp } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ThreadCursor, ThreadItem } from '../../../shared/contract/index.ts';
import {
  agentId,
  buildAgent,
  buildConversation,
  buildMessage,
  buildSend,
  conversationId,
  createTestStore,
  MINUTE,
  NOON,
  put,
  type TestStore,
} from '../testing.ts';

function fill(messages: ReturnType<typeof buildMessage>[]): TestStore {
  const store = createTestStore();
  store.write.applyChanges({
    changes: [
      put('conversation', 1, buildConversation(1)),
      put('conversation', 2, buildConversation(2)),
      ...messages.map((message) => put('message', message.ordinal, message)),
    ],
    next: 1,
  });
  return store;
}

const page = (store: TestStore, before: ThreadCursor | null, limit: number) =>
  store.read.threadPage({ conversationId: conversationId(1), before, limit })!;

describe('a thread', () => {
  test('pages backwards by time, then ordinal, every message once', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ minute: fc.nat(4), conversation: fc.constantFrom(1, 1, 2) }), {
          maxLength: 40,
          size: 'max',
        }),
        fc.integer({ min: 1, max: 7 }),
        (given, limit) => {
          const messages = given.map(({ minute, conversation }, index) =>
            buildMessage(conversation, index + 10, { sentAt: toTimestamp(NOON + minute * MINUTE) }),
          );
          const store = fill(messages);
          const items: ThreadItem[] = [];
          let before: ThreadCursor | null = null;
          do {
            const next = page(store, before, limit);
            items.unshift(...next.items);
            before = next.before;
          } while (before !== null);
          const expected = messages
            .filter((message) => message.conversationId === conversationId(1))
            .sort(
              (one, other) =>
                Date.parse(one.sentAt) - Date.parse(other.sentAt) || one.ordinal - other.ordinal,
            );
          expect(items.map((item) => item.messageId)).toEqual(expected.map(({ id }) => id));
        },
      ),
      { numRuns: 60 },
    );
  });

  test('what waits in the outbox is after everything, on the newest page only', () => {
    const store = fill(
      [10, 11, 12].map((ordinal) => buildMessage(1, ordinal, { sentAt: toTimestamp(NOON + MINUTE) })),
    );
    store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
    const newest = page(store, null, 2);
    expect(newest.items.map(({ ordinal }) => ordinal)).toEqual([11, 12, null]);
    expect(page(store, newest.before, 2).items.map(({ ordinal }) => ordinal)).toEqual([10]);
  });

  test('shows what a message is', () => {
    const store = fill([
      buildMessage(1, 10, { receivedAt: toTimestamp(NOON) }),
      buildMessage(1, 11, {
        direction: 'outbound',
        author: { kind: 'agent', agentId: agentId(1), name: null },
        status: 'failed',
        error: { code: '131047', title: 'Re-engagement message' },
        reactions: [{ by: 'patient', emoji: '👍', at: toTimestamp(NOON) }],
      }),
      buildMessage(1, 12, {
        kind: 'location',
        text: null,
        content: { location: { latitude: 1, longitude: 2, name: null, address: null } },
        edits: [{ text: 'antes', at: toTimestamp(NOON) }],
        revokedAt: toTimestamp(NOON),
      }),
    ]);
    store.write.setAgent({ agentId: agentId(1) });
    store.write.applyChanges({ changes: [put('agent', 20, buildAgent(1, 'Marta'))], next: 20 });
    const [late, failed, location] = page(store, null, 10).items;
    expect(late).toMatchObject({
      isLate: true,
      delivery: null,
      isEdited: false,
      isRevoked: false,
      reactions: [],
    });
    expect(failed).toMatchObject({
      isLate: false,
      author: { kind: 'agent', name: 'Marta', isMe: true },
      delivery: { state: 'failed', error: { code: '131047' }, canRetry: true, canDiscard: false },
      reactions: [{ by: 'patient', emoji: '👍' }],
    });
    expect(location).toMatchObject({
      content: { location: { latitude: 1 } },
      isEdited: true,
      isRevoked: true,
    });
  });

  test('says whether older ones may still come', () => {
    const store = fill([buildMessage(1, 10)]);
    expect(page(store, null, 5).isComplete).toBe(false);
    store.write.applyHistory({ changes: [], before: null });
    expect(page(store, null, 5).isComplete).toBe(true);
  });
});
