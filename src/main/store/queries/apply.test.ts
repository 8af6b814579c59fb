import type { Change, Entity, EntityName } from '@recado/protocol';
import { toTimestamp } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  agentId,
  appointmentId,
  buildAgent,
  buildAppointment,
  buildCommand,
  buildConversation,
  buildMessage,
  buildPatient,
  buildSend,
  checkSearchIndex,
  conversationId,
  createTestStore,
  foundMessages,
  del,
  dumpMirror,
  messageId,
  MINUTE,
  NOON,
  patientId,
  put,
  searchFor,
  type TestStore,
} from '../testing.ts';

/** Properties take seconds, more on a busy machine. */
const PATIENCE_MS = 60_000;

/** What may happen at a small relay; indexes are taken modulo what there is. */
const event = fc.oneof(
  { weight: 3, arbitrary: fc.record({ type: fc.constant('conversation' as const), index: fc.nat(3), closed: fc.boolean(), unread: fc.nat(3), minute: fc.nat(50) }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('newMessage' as const), index: fc.nat(3), text: fc.option(fc.constantFrom('cita mañana', 'presupuesto', 'Hola, qué tal'), { nil: null }), outbound: fc.boolean() }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('changeMessage' as const), index: fc.nat(20), text: fc.option(fc.constantFrom('cita hoy', 'gracias'), { nil: null }), status: fc.constantFrom('sent', 'read') }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('patient' as const), index: fc.nat(3), name: fc.option(fc.constantFrom('Ana', 'Luis'), { nil: null }) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('appointment' as const), index: fc.nat(2), minute: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('agent' as const), index: fc.nat(2) }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('delete' as const), index: fc.nat(40) }) },
); // prettier-ignore
type Event = typeof event extends fc.Arbitrary<infer Value> ? Value : never;

/** A relay that keeps its whole feed and can say what it held at any number. */
function createModelRelay(events: Event[]) {
  const log: Change[] = [];
  const live = new Map<string, Change>();
  const states: Change[][] = [[]];
  const record = (change: Change) => {
    log.push(change);
    if (change.op === 'put') live.set(`${change.entity} ${change.id}`, change);
    else live.delete(`${change.entity} ${change.id}`);
    states.push([...live.values()]);
  };
  const liveOf = <Name extends EntityName>(entity: Name) =>
    [...live.values()].filter((change) => change.entity === entity).map(({ data }) => data as Entity<Name>);

  for (const each of events) {
    const seq = log.length + 1;
    switch (each.type) {
      case 'conversation':
        record(
          put('conversation', seq, buildConversation(each.index, {
            closed: each.closed,
            unread: each.unread,
            lastActivityAt: toTimestamp(NOON - each.minute * MINUTE),
          })),
        ); // prettier-ignore
        break;
      case 'newMessage':
        if (!live.has(`conversation ${conversationId(each.index)}`)) break;
        record(put('message', seq, buildMessage(each.index, seq, { text: each.text, direction: each.outbound ? 'outbound' : 'inbound', status: each.outbound ? 'queued' : null }))); // prettier-ignore
        break;
      case 'changeMessage': {
        const messages = liveOf('message');
        const message = messages[each.index % Math.max(messages.length, 1)];
        if (message !== undefined)
          record(put('message', seq, { ...message, text: each.text, status: each.status }));
        break;
      }
      case 'patient':
        record(put('patient', seq, buildPatient(each.index, { name: each.name })));
        break;
      case 'appointment':
        record(put('appointment', seq, buildAppointment(each.index, each.index, { startsAt: toTimestamp(NOON + each.minute * MINUTE) }))); // prettier-ignore
        break;
      case 'agent':
        record(put('agent', seq, buildAgent(each.index, `Agente ${seq}`)));
        break;
      case 'delete': {
        const victims = [...live.values()];
        const victim = victims[each.index % Math.max(victims.length, 1)];
        if (victim === undefined) break;
        // With a conversation its messages go, without a word of their own.
        if (victim.entity === 'conversation') {
          for (const message of liveOf('message')) {
            if (message.conversationId === victim.id) live.delete(`message ${message.id}`);
          }
        }
        record(del(victim.entity, seq, victim.id));
      }
    }
  }
  return { log, stateAt: (seq: number) => states[seq]! };
}

const relay = fc.array(event, { minLength: 1, maxLength: 60, size: 'max' }).map(createModelRelay);

/** A store that has taken an empty snapshot at 0, so that its cursor moves. */
function createStartedStore(): TestStore {
  const store = createTestStore();
  store.write.setAgent({ agentId: agentId(0) });
  store.write.beginSnapshot({ seq: 0, expected: 0 });
  store.write.endSnapshot({ seq: 0 });
  return store;
}

function inOrder(log: Change[], prepare: (store: TestStore) => void = () => undefined): TestStore {
  const store = createStartedStore();
  prepare(store);
  for (const change of log) store.write.applyChanges({ changes: [change], next: change.seq });
  return store;
}

function expectSame(actual: TestStore, expected: TestStore): void {
  expect(dumpMirror(actual)).toEqual(dumpMirror(expected));
  checkSearchIndex(actual);
  expect(actual.read.inboxCounts({ now: NOON })).toEqual(expected.read.inboxCounts({ now: NOON }));
  // One of the two may have read no history and so not know that it is complete.
  const search = (store: TestStore) => ({ ...searchFor(store, 'cita'), isComplete: null });
  expect(search(actual)).toEqual(search(expected));
}

/** Cuts a list where the numbers say. */
function chunks<Item>(items: Item[], sizes: number[]): Item[][] {
  const result: Item[][] = [];
  for (let at = 0, index = 0; at < items.length; index += 1) {
    const size = 1 + (sizes[index % sizes.length] ?? 4);
    result.push(items.slice(at, at + size));
    at += size;
  }
  return result;
}

const sizes = fc.array(fc.nat(8), { minLength: 1, maxLength: 5 });

describe('applying changes', () => {
  test(
    'any order, repetition and batching of a feed ends the same, pending commands included',
    { timeout: PATIENCE_MS },
    () => {
      const withCommands = (store: TestStore) => {
        store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
        store.write.enqueueCommands({
          commands: [
            buildCommand(2, 'conversation.markRead', {
              conversationId: conversationId(1),
              upToOrdinal: 6,
            }),
          ],
          now: NOON,
        });
      };
      fc.assert(
        fc.property(
          relay.chain(({ log }) =>
            fc.record({
              log: fc.constant(log),
              shuffled: fc.shuffledSubarray([...log, ...log], { minLength: log.length * 2 }),
              sizes,
            }),
          ),
          (given) => {
            const store = createStartedStore();
            withCommands(store);
            for (const changes of chunks(given.shuffled, given.sizes)) {
              store.write.applyChanges({ changes, next: Math.max(...changes.map(({ seq }) => seq)) });
            }
            expectSame(store, inOrder(given.log, withCommands));
          },
        ),
        { numRuns: 80 },
      );
    },
  );

  test(
    'a snapshot, its history and live changes may interleave over an old mirror',
    { timeout: PATIENCE_MS },
    () => {
      fc.assert(
        fc.property(
          relay.chain((model) => {
            const head = model.log.length;
            return fc.record({
              model: fc.constant(model),
              cut: fc.tuple(fc.nat(head), fc.nat(head)).map((ends) => ends.sort((a, b) => a - b)),
              sizes,
              turns: fc.array(fc.nat(2), { minLength: 1, maxLength: 30 }),
            });
          }),
          ({ model, cut: [heldUpTo = 0, seq = 0], sizes: given, turns }) => {
            const store = inOrder(model.log.slice(0, heldUpTo));
            const state = model.stateAt(seq);
            const messages = state
              .filter(({ entity }) => entity === 'message')
              .sort((one, other) => other.seq - one.seq)
              .sort((one, other) => ordinalOf(other) - ordinalOf(one));
            const lines = [
              ...state.filter(({ entity }) => entity !== 'message'),
              ...messages.filter((_, index) => index % 3 === 0),
            ];
            const pages = chunks(messages, given);
            store.write.beginSnapshot({ seq, expected: lines.length });
            const queues: (() => void)[][] = [
              [
                ...chunks(lines, given).map((changes) => () => void store.write.applySnapshot({ changes })),
                () => void store.write.endSnapshot({ seq }),
              ],
              pages.length === 0
                ? [() => void store.write.applyHistory({ changes: [], before: null })]
                : pages.map((changes, index) => () => {
                    const isLast = index === pages.length - 1;
                    const before = isLast ? null : Math.min(...changes.map(ordinalOf));
                    store.write.applyHistory({ changes, before });
                  }),
              chunks(model.log.slice(seq), given).map(
                (changes) => () => void store.write.applyChanges({ changes, next: changes.at(-1)!.seq }),
              ),
            ];
            for (let turn = 0; queues.some((queue) => queue.length > 0); turn += 1) {
              const chosen = queues[turns[turn % turns.length]!]!;
              (chosen.length > 0 ? chosen : queues.find((queue) => queue.length > 0)!).shift()!();
            }
            expectSame(store, inOrder(model.log));
            expect(store.read.syncState({})).toMatchObject({ snapshot: null, isHistoryComplete: true });
          },
        ),
        { numRuns: 120 },
      );
    },
  );

  test('repeats report nothing', { timeout: PATIENCE_MS }, () => {
    fc.assert(
      fc.property(relay, ({ log }) => {
        const store = inOrder(log);
        const again = store.write.applyChanges({ changes: log, next: log.length });
        expect(again).toEqual({ conversationIds: [], overflow: false, reference: false });
      }),
      { numRuns: 50 },
    );
  });
});

const ordinalOf = (change: Change) => (change.data as { ordinal: number }).ordinal;

describe('what a change reports', () => {
  test('a patient and an appointment report the conversations that show them', () => {
    const store = createStartedStore();
    store.write.applyChanges({
      changes: [put('conversation', 1, buildConversation(1)), put('conversation', 2, buildConversation(2))],
      next: 2,
    });
    const named = store.write.applyChanges({
      changes: [put('patient', 3, buildPatient(1, { name: 'Ana' }))],
      next: 3,
    });
    expect(named.conversationIds).toEqual([conversationId(1)]);
    const appointed = store.write.applyChanges({
      changes: [put('appointment', 4, buildAppointment(1, 2))],
      next: 4,
    });
    expect(appointed.conversationIds).toEqual([conversationId(2)]);
    const cancelled = store.write.applyChanges({
      changes: [del('appointment', 5, appointmentId(1))],
      next: 5,
    });
    expect(cancelled.conversationIds).toEqual([conversationId(2)]);
  });

  test('more than 200 conversations are not named', () => {
    const store = createStartedStore();
    const changes = Array.from({ length: 201 }, (_, index) =>
      put('conversation', index + 1, buildConversation(index)),
    );
    expect(store.write.applyChanges({ changes, next: 201 })).toEqual({
      conversationIds: [],
      overflow: true,
      reference: false,
    });
  });

  test('reference data is reported apart', () => {
    const store = createStartedStore();
    const changes = [put('agent', 1, buildAgent(1, 'Marta'))];
    expect(store.write.applyChanges({ changes, next: 1 })).toEqual({
      conversationIds: [],
      overflow: false,
      reference: true,
    });
  });
});

describe('messages before their conversation', () => {
  test('are held, and shown once it comes', () => {
    const store = createStartedStore();
    store.write.applyChanges({ changes: [put('message', 1, buildMessage(1, 1))], next: 1 });
    expect(store.read.inboxCounts({ now: NOON }).filters.received.total).toBe(0);
    expect(foundMessages(store, 'mensaje')).toEqual([]);
    const page = { conversationId: conversationId(1), before: null, limit: 5 };
    expect(store.read.threadPage(page)).toBeNull();
    store.write.applyChanges({ changes: [put('conversation', 2, buildConversation(1))], next: 2 });
    expect(store.read.threadPage(page)!.items.map((item) => item.messageId)).toEqual([messageId(1)]);
  });
});

describe('unreadable changes', () => {
  test('are skipped, the first is remembered, and can be read again', () => {
    const store = createStartedStore();
    const odd = { ...put('patient', 3, buildPatient(1)), data: { id: patientId(1) } };
    store.write.applyChanges({
      changes: [odd, put('holograms', 4, { id: patientId(9) }), put('conversation', 5, buildConversation(1))],
      next: 5,
    });
    expect(store.read.syncState({})).toMatchObject({ cursor: 5, unreadableFrom: 3 });
    expect(store.read.inboxCounts({ now: NOON }).filters.received.total).toBe(1);
    expect(store.write.rereadUnreadable({})).toEqual({ cursor: 2 });
    expect(store.read.syncState({})).toMatchObject({ cursor: 2, unreadableFrom: null });
    expect(store.write.rereadUnreadable({})).toEqual({ cursor: 2 });
  });

  test('in a snapshot do not remove what they are about', () => {
    const store = createStartedStore();
    store.write.applyChanges({
      changes: [
        put('conversation', 1, buildConversation(1)),
        put('patient', 2, buildPatient(1)),
        put('message', 3, buildMessage(1, 3)),
        put('agent', 4, buildAgent(1, 'Marta')),
      ],
      next: 4,
    });
    const before = dumpMirror(store);
    store.write.beginSnapshot({ seq: 9, expected: 3 });
    store.write.applySnapshot({
      changes: [
        { ...put('conversation', 7, buildConversation(1)), data: {} },
        { ...put('patient', 8, buildPatient(1)), data: {} },
        { ...put('agent', 9, buildAgent(1, 'Marta')), data: {} },
      ],
    });
    store.write.endSnapshot({ seq: 9 });
    expect(dumpMirror(store)).toEqual(before);
  });
});

describe('the cursor', () => {
  test('waits for the end of a snapshot, never goes back, and a snapshot is resumed by its number', () => {
    const store = createTestStore();
    store.write.applyChanges({ changes: [], next: 7 });
    expect(store.read.syncState({}).cursor).toBeNull();
    store.write.beginSnapshot({ seq: 10, expected: 5 });
    store.write.applySnapshot({ changes: [put('patient', 1, buildPatient(1))] });
    store.write.beginSnapshot({ seq: 10, expected: 5 });
    expect(store.read.syncState({}).snapshot).toEqual({ seq: 10, received: 1, expected: 5, after: null });
    store.write.applyChanges({ changes: [], next: 12 });
    expect(store.read.syncState({}).cursor).toBeNull();
    store.write.endSnapshot({ seq: 10 });
    store.write.applyChanges({ changes: [], next: 15 });
    store.write.applyChanges({ changes: [], next: 11 });
    expect(store.read.syncState({})).toMatchObject({ cursor: 15, snapshot: null });
    store.write.beginSnapshot({ seq: 20, expected: 1 });
    expect(store.read.syncState({}).snapshot).toEqual({ seq: 20, received: 0, expected: 1, after: null });
  });

  test('history goes down to the beginning and says since when it is whole', () => {
    const store = createStartedStore();
    const page = (ordinals: number[], before: number | null) =>
      store.write.applyHistory({
        changes: ordinals.map((ordinal) => put('message', ordinal, buildMessage(1, ordinal))),
        before,
      });
    page([9, 8], 8);
    expect(store.read.syncState({})).toMatchObject({
      historyBefore: 8,
      isHistoryComplete: false,
      historyCompleteSince: NOON - 992 * MINUTE,
    });
    page([7, 3], null);
    expect(store.read.syncState({})).toMatchObject({
      isHistoryComplete: true,
      historyCompleteSince: NOON - 997 * MINUTE,
    });
  });
});
