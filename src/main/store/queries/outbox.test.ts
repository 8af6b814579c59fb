import { toTimestamp, type Command } from '@recado/protocol';
import fc from 'fast-check';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  agentId,
  buildAgent,
  buildCommand,
  buildConversation,
  buildDraft,
  buildMessage,
  buildPatient,
  buildQuery,
  buildSend,
  commandId,
  conversationId,
  createTestStore,
  dumpMirror,
  messageId,
  MINUTE,
  NOON,
  put,
  type TestStore,
} from '../testing.ts';
import { returnAllCommands } from './outbox.ts';

let store: TestStore;

beforeEach(() => {
  store = createTestStore();
  store.write.setAgent({ agentId: agentId(1) });
  store.write.beginSnapshot({ seq: 0, expected: 0 });
  store.write.endSnapshot({ seq: 0 });
  store.write.applyChanges({
    changes: [
      put('agent', 1, buildAgent(1, 'Marta')),
      put('patient', 2, buildPatient(1)),
      put('conversation', 3, buildConversation(1, { closed: true, unread: 2 })),
      put('conversation', 4, buildConversation(2)),
      put('message', 5, buildMessage(1, 5)),
      put('message', 6, buildMessage(1, 6)),
    ],
    next: 6,
  });
});

const touched = (...numbers: number[]) => ({
  conversationIds: numbers.map(conversationId),
  overflow: false,
  reference: false,
});
const enqueue = (command: Command) => store.write.enqueueCommands({ commands: [command], now: NOON });
const row = (filter: 'received' | 'closed', conversation = 1) =>
  store.read
    .inboxPage({ query: buildQuery({ filter }), before: null, limit: 10, now: NOON })
    .rows.find((each) => each.conversationId === conversationId(conversation));
const thread = (conversation = 1) =>
  store.read.threadPage({ conversationId: conversationId(conversation), before: null, limit: 50 })!.items;
const lastDelivery = () => thread().at(-1)?.delivery;
const sentMessage = (number: number, ordinal: number, conversation = 1) =>
  buildMessage(conversation, ordinal, {
    id: messageId(1_000_000 + number),
    direction: 'outbound',
    author: { kind: 'agent', agentId: agentId(1), name: 'Marta' },
    text: `respuesta ${number}`,
    status: 'queued',
  });

describe('a send', () => {
  test('is shown at once in list and thread, and clears the draft', () => {
    store.write.saveDraft({ conversationId: conversationId(1), draft: buildDraft('respuesta') });
    expect(enqueue(buildSend(1, 1))).toEqual(touched(1));
    expect(row('closed')).toBeUndefined();
    expect(row('received')).toMatchObject({
      facts: { closed: false, handler: 'human' },
      lastActivityAt: NOON,
      lastMessage: { text: 'respuesta 1', deliveryState: 'queued', author: { name: 'Marta', isMe: true } },
      unsent: 1,
      failed: 0,
      hasDraft: false,
    });
    expect(thread().at(-1)).toMatchObject({
      ordinal: null,
      text: 'respuesta 1',
      sentAt: NOON,
      author: { kind: 'agent', name: 'Marta', isMe: true },
      delivery: { state: 'queued', error: null, canRetry: false, canDiscard: true },
    });
  });

  test('goes from queued to sending to applied, and gives way to its message', () => {
    enqueue(buildSend(1, 1));
    store.write.takeOutbox({ limit: 5, now: NOON });
    expect(lastDelivery()).toMatchObject({ state: 'sending', canDiscard: false });
    const results = [{ id: commandId(1), status: 'applied' as const, seq: 8 }];
    expect(store.write.recordOutboxResults({ results }).changes).toEqual(touched(1));
    expect(lastDelivery()).toMatchObject({ state: 'queued', canDiscard: false });
    expect(store.read.outboxCounts({})).toEqual({ unsent: 0, refused: 0 });
    expect(row('received')?.lastMessage?.text).toBe('respuesta 1');

    const arrival = { changes: [put('message', 7, sentMessage(1, 7))], next: 7 };
    expect(store.write.applyChanges(arrival)).toEqual(touched(1));
    expect(thread().map(({ ordinal }) => ordinal)).toEqual([5, 6, 7]);
    expect(store.write.applyChanges(arrival)).toEqual(touched());
    expect(store.write.recordOutboxResults({ results }).changes).toEqual(touched());
    expect(store.database.all('select * from outbox')).toEqual([]);
  });

  test('is done when its message comes before the answer', () => {
    enqueue(buildSend(1, 1));
    store.write.takeOutbox({ limit: 5, now: NOON });
    store.write.applyChanges({ changes: [put('message', 7, sentMessage(1, 7))], next: 7 });
    expect(store.read.outboxCounts({})).toEqual({ unsent: 0, refused: 0 });
    expect(store.write.returnOutbox({ commandIds: [commandId(1)] })).toEqual(touched());
    expect(thread()).toHaveLength(3);
  });

  test('stays on top of whatever the relay says meanwhile', () => {
    enqueue(buildSend(1, 1));
    const newer = buildConversation(1, {
      closed: true,
      unread: 5,
      lastActivityAt: toTimestamp(NOON + MINUTE),
    });
    store.write.applyChanges({ changes: [put('conversation', 9, newer)], next: 9 });
    expect(row('received')).toMatchObject({
      facts: { closed: false, unread: 5 },
      lastActivityAt: NOON + MINUTE,
      lastMessage: { text: 'respuesta 1' },
    });
  });

  test('refused: its effect is undone, it waits for a person, and can be tried again', () => {
    const before = dumpMirror(store);
    enqueue(buildSend(1, 1));
    store.write.takeOutbox({ limit: 5, now: NOON });
    const results = [{ id: commandId(1), status: 'refused' as const, code: 'window_closed' }];
    expect(store.write.recordOutboxResults({ results }).changes).toEqual(touched(1));
    expect(dumpMirror(store)).toEqual(before);
    expect(row('closed')).toMatchObject({ unsent: 0, failed: 1 });
    expect(lastDelivery()).toEqual({
      state: 'failed',
      error: { code: 'window_closed', title: null },
      canRetry: true,
      canDiscard: true,
    });
    expect(store.read.outboxCounts({})).toEqual({ unsent: 0, refused: 1 });
    expect(store.write.takeOutbox({ limit: 5, now: NOON })).toEqual([]);

    const messageIdOfSend = messageId(1_000_001);
    const command = { ...buildSend(1, 1), id: commandId(77) };
    const retry = { messageId: messageIdOfSend, command, now: NOON + MINUTE };
    expect(store.write.retryRefused(retry)).toEqual({ retried: true, changes: touched(1) });
    expect(store.write.retryRefused(retry)).toEqual({ retried: false, changes: touched() });
    expect(lastDelivery()).toMatchObject({ state: 'queued' });
    expect(row('received')).toMatchObject({ unsent: 1, failed: 0 });
    expect(store.write.takeOutbox({ limit: 5, now: NOON }).map((entry) => entry.command.id)).toEqual([
      commandId(77),
    ]);
  });

  test('can be taken back only while it is here', () => {
    const before = dumpMirror(store);
    enqueue(buildSend(1, 1));
    store.write.takeOutbox({ limit: 1, now: NOON });
    const discard = { messageId: messageId(1_000_001) };
    expect(store.write.discardMessage(discard)).toEqual({ discarded: false, changes: touched() });
    store.write.returnOutbox({ commandIds: [commandId(1)] });
    expect(store.write.discardMessage(discard)).toEqual({ discarded: true, changes: touched(1) });
    expect(dumpMirror(store)).toEqual(before);
    expect(thread()).toHaveLength(2);
  });

  test('outlives a new snapshot, with its draft beside it', () => {
    enqueue(buildSend(1, 1));
    store.write.saveDraft({ conversationId: conversationId(2), draft: buildDraft('a medias') });
    store.write.beginSnapshot({ seq: 50, expected: 1 });
    store.write.applySnapshot({ changes: [put('conversation', 40, buildConversation(1))] });
    store.write.endSnapshot({ seq: 50 });
    expect(row('received')).toMatchObject({ unsent: 1, lastMessage: { text: 'respuesta 1' } });
    expect(thread().at(-1)?.text).toBe('respuesta 1');
    expect(store.write.takeOutbox({ limit: 5, now: NOON })).toHaveLength(1);
    store.write.applyChanges({ changes: [put('conversation', 60, buildConversation(2))], next: 60 });
    expect(row('received', 2)).toMatchObject({ hasDraft: true });
  });
});

describe('a retry of a message the relay has', () => {
  test('shows it queued until the relay answers', () => {
    const failed = sentMessage(1, 7);
    const change = put('message', 7, { ...failed, status: 'failed', error: { code: '131000', title: null } });
    store.write.applyChanges({ changes: [change], next: 7 });
    expect(lastDelivery()).toMatchObject({ state: 'failed', canRetry: true, canDiscard: false });
    enqueue(
      buildCommand(1, 'message.retry', {
        messageId: failed.id,
        conversationId: conversationId(1),
        notAfter: toTimestamp(NOON),
      }),
    );
    expect(lastDelivery()).toEqual({ state: 'queued', error: null, canRetry: false, canDiscard: false });
    store.write.takeOutbox({ limit: 1, now: NOON });
    store.write.recordOutboxResults({
      results: [{ id: commandId(1), status: 'refused', code: 'not_retryable' }],
    });
    expect(lastDelivery()).toMatchObject({ state: 'failed', canRetry: true });
    expect(store.read.outboxCounts({})).toEqual({ unsent: 0, refused: 0 });
  });
});

describe('a read mark', () => {
  const markRead = (number: number, upToOrdinal: number) =>
    buildCommand(number, 'conversation.markRead', { conversationId: conversationId(1), upToOrdinal });

  test('clears what was seen, keeps what came after, and goes when its change is in', () => {
    enqueue(markRead(1, 5));
    expect(row('closed')?.facts.unread).toBe(1);
    const more = [
      put('message', 7, buildMessage(1, 7)),
      put('conversation', 8, buildConversation(1, { closed: true, unread: 3 })),
    ];
    store.write.applyChanges({ changes: more, next: 8 });
    expect(row('closed')?.facts.unread).toBe(2);
    store.write.takeOutbox({ limit: 1, now: NOON });
    store.write.recordOutboxResults({ results: [{ id: commandId(1), status: 'applied', seq: 9 }] });
    expect(row('closed')?.facts.unread).toBe(2);
    const read = put('conversation', 9, buildConversation(1, { closed: true, unread: 0 }));
    store.write.applyChanges({ changes: [read], next: 9 });
    expect(row('closed')?.facts.unread).toBe(0);
    expect(store.database.all('select * from outbox')).toEqual([]);
  });

  test('replaces one that is still waiting, never one on its way', () => {
    enqueue(markRead(1, 5));
    enqueue(markRead(2, 6));
    expect(store.write.takeOutbox({ limit: 9, now: NOON }).map(({ command }) => command.id)).toEqual([
      commandId(2),
    ]);
    enqueue(markRead(3, 6));
    expect(store.read.outboxCounts({}).unsent).toBe(2);
  });
});

describe('taking from the outbox', () => {
  test('one of a conversation at a time, oldest first; a refused one holds nothing up', () => {
    for (const [number, conversation] of [[1, 1], [2, 1], [3, 2], [4, 1]] as const) enqueue(buildSend(number, conversation)); // prettier-ignore
    const take = () => store.write.takeOutbox({ limit: 9, now: NOON }).map(({ command }) => command.id);
    expect(take()).toEqual([commandId(1), commandId(3)]);
    expect(take()).toEqual([]);
    store.write.recordOutboxResults({ results: [{ id: commandId(1), status: 'refused', code: 'x' }] });
    expect(take()).toEqual([commandId(2)]);
    store.write.returnOutbox({ commandIds: [commandId(2)] });
    expect(store.write.takeOutbox({ limit: 9, now: NOON })).toMatchObject([
      { command: { id: commandId(2) }, attempts: 1 },
    ]);
  });

  test(
    'every command leaves exactly once and in the order of its conversation, whatever fails on the way',
    { timeout: 60_000 },
    () => {
      fc.assert(
        fc.property(
          fc.array(fc.nat(2), { minLength: 1, maxLength: 12, size: 'max' }),
          fc.infiniteStream(fc.constantFrom('applied', 'refused', 'returned', 'killed')),
          (conversations, outcomes) => {
            const fresh = createTestStore();
            conversations.forEach((conversation, index) =>
              fresh.write.enqueueCommands({ commands: [buildSend(index, conversation)], now: NOON }),
            );
            const done: number[][] = [[], [], []];
            const order = (id: string) => Number.parseInt(id.slice(-12), 16);
            for (let round = 0; done.flat().length < conversations.length && round < 500; round += 1) {
              const taken = fresh.write.takeOutbox({ limit: 2, now: NOON });
              expect(new Set(taken.map((entry) => entry.conversationId)).size).toBe(taken.length);
              const outcome = outcomes.next().value;
              if (outcome === 'killed') returnAllCommands(fresh.database);
              else if (outcome === 'returned')
                fresh.write.returnOutbox({ commandIds: taken.map(({ command }) => command.id) });
              else {
                fresh.write.recordOutboxResults({
                  results: taken.map(({ command }) => ({ id: command.id, status: outcome })),
                });
                for (const { command } of taken) {
                  const number = order(command.id);
                  done[conversations[number]!]!.push(number);
                }
              }
            }
            expect(done).toEqual(
              [0, 1, 2].map((each) =>
                conversations.flatMap((conversation, index) => (conversation === each ? [index] : [])),
              ),
            );
          },
        ),
        { numRuns: 50 },
      );
    },
  );

  test('a command this version cannot read waits for a person instead of holding others up', () => {
    enqueue(buildSend(1, 1));
    enqueue(buildSend(2, 1));
    store.database.run(`update outbox set command = '{"odd":true}' where command_id = :id`, {
      id: commandId(1),
    });
    expect(store.write.takeOutbox({ limit: 5, now: NOON })).toEqual([]);
    expect(store.write.takeOutbox({ limit: 5, now: NOON }).map(({ command }) => command.id)).toEqual([
      commandId(2),
    ]);
    expect(thread().find((item) => item.text === null)?.delivery).toMatchObject({
      state: 'failed',
      error: { code: 'invalid_arguments' },
    });
  });
});
