import { toTimestamp, type Message } from '@recado/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { ThreadCursor } from '../../../shared/contract/index.ts';
import {
  appointmentId,
  buildAgent,
  buildAppointment,
  buildConversation,
  buildMessage,
  buildPatient,
  buildSend,
  buildTag,
  checkSearchIndex,
  conversationId,
  createTestStore,
  del,
  fileId,
  foundMessages,
  indexAll,
  messageId,
  MINUTE,
  NOON,
  patientId,
  put,
  searchFor,
  testId,
  type TestStore,
} from '../testing.ts';
import { emptyIndex, isIndexComplete, isIndexSound } from './search-index.ts';

let store: TestStore;
/** Message `ordinal` was sent this long before noon. */
const DAY = 24 * 60 * MINUTE;
const sentAt = (daysAgo: number): Partial<Message> => ({
  sentAt: toTimestamp(NOON - daysAgo * DAY),
  receivedAt: toTimestamp(NOON - daysAgo * DAY),
});
/** Ordinals 11 to 20, the oldest ten days ago; odd ones in the first conversation. */
const history = Array.from({ length: 10 }, (_, index) =>
  put('message', 11 + index, buildMessage(2 - (index % 2) === 2 ? 1 : 2, 11 + index, sentAt(10 - index))),
);
const SEQ = 30;

beforeEach(() => {
  store = createTestStore();
  store.write.beginSnapshot({ seq: SEQ, expected: 4 });
  store.write.applySnapshot({
    changes: [
      put('patient', 1, buildPatient(1)),
      put('patient', 2, buildPatient(2)),
      put('conversation', 3, buildConversation(1)),
      put('conversation', 4, buildConversation(2)),
      history[9]!,
    ],
    after: 'mark-1',
  });
});

const endSnapshot = () => store.write.endSnapshot({ seq: SEQ });
const fillHistory = () => {
  endSnapshot();
  store.write.applyHistory({ changes: history.slice(5), before: 16 });
  store.write.applyHistory({ changes: history.slice(0, 5), before: null });
};
const page = (conversation = 1, given: object = {}) =>
  store.read.threadPage({ conversationId: conversationId(conversation), before: null, limit: 50, ...given });
const ordinals = (...given: Parameters<typeof page>) => page(...given)?.items.map(({ ordinal }) => ordinal);

describe('a snapshot', () => {
  test('remembers where it goes on, and begins anew with another number', () => {
    expect(store.read.syncState({}).snapshot).toMatchObject({ after: 'mark-1', received: 5 });
    store.write.applySnapshot({ changes: [] });
    store.write.beginSnapshot({ seq: SEQ, expected: 4 });
    expect(store.read.syncState({}).snapshot?.after).toBe('mark-1');
    store.write.beginSnapshot({ seq: SEQ + 1, expected: 4 });
    expect(store.read.syncState({}).snapshot).toMatchObject({ after: null, received: 0 });
  });
});

describe('a thread', () => {
  test('pages both ways and around a message', () => {
    fillHistory();
    expect(ordinals()).toEqual([11, 13, 15, 17, 19]);
    expect(page()).toMatchObject({ before: null, after: null, isComplete: true });
    const around = page(1, { aroundMessageId: messageId(15), limit: 3 })!;
    expect(around.items.map(({ ordinal }) => ordinal)).toEqual([13, 15, 17]);
    const place = (ordinal: number): ThreadCursor => ({ ordinal, sentAt: NOON - (21 - ordinal) * DAY });
    expect([around.before, around.after]).toEqual([place(13), place(17)]);
    expect(page(1, { before: around.before, limit: 3 })).toMatchObject({
      items: [{ ordinal: 11 }],
      before: null,
      after: place(11),
    });
    expect(page(1, { after: around.after, limit: 3 })).toMatchObject({
      items: [{ ordinal: 19 }],
      before: place(19),
      after: null,
    });
    expect(ordinals(1, { aroundMessageId: messageId(19), limit: 3 })).toEqual([17, 19]);
    expect(ordinals(1, { aroundMessageId: messageId(11), limit: 1 })).toEqual([11]);
    expect(page(1, { aroundMessageId: messageId(12) })).toBeNull();
    expect(page(9)).toBeNull();
  });

  test('around a message that has not left is the newest page', () => {
    fillHistory();
    store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
    expect(ordinals(1, { aroundMessageId: messageId(1_000_001), limit: 2 })).toEqual([17, 19, null]);
    expect(ordinals(1, { after: page()!.after, before: null, limit: 2 })).toEqual([17, 19, null]);
    expect(ordinals(1, { aroundMessageId: messageId(15), limit: 1 })).toEqual([15]);
  });

  test('finds what is quoted by the time in its id, or near by', () => {
    const at = NOON - 400 * DAY;
    const hex = at.toString(16).padStart(12, '0');
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000001`;
    fillHistory();
    store.write.applyHistory({ changes: [], before: null });
    store.write.applyChanges({
      changes: [
        put('message', 41, buildMessage(1, 41, { id, text: 'antigua', sentAt: toTimestamp(at + MINUTE) })),
        put('message', 42, buildMessage(1, 42, { replyTo: id, ...sentAt(-1) })),
        put('message', 43, buildMessage(1, 43, { replyTo: messageId(11), ...sentAt(-2) })),
      ],
      next: 43,
    });
    const [one, other] = page(1, { limit: 2 })!.items;
    expect([one?.replyTo?.text, other?.replyTo?.text]).toEqual(['antigua', 'mensaje 11']);
    expect(ordinals(1, { aroundMessageId: id, limit: 1 })).toEqual([41]);
  });

  test('earlier wordings are told', () => {
    const edits = [{ text: 'antes', at: toTimestamp(NOON) }];
    endSnapshot();
    store.write.applyChanges({ changes: [put('message', 41, buildMessage(1, 41, { edits }))], next: 41 });
    expect(page()!.items[0]).toMatchObject({ isEdited: true, edits: [{ text: 'antes', at: NOON }] });
  });

  test('fetched before the history is shown, and whole when its beginning came along', () => {
    endSnapshot();
    expect(page(1)).toMatchObject({ items: [], isComplete: false });
    const changes = history.filter(({ data }) => data !== undefined && (data as Message).conversationId === conversationId(1)); // prettier-ignore
    const { cursor, historyBefore } = store.read.syncState({});
    expect(
      store.write.applyThread({ conversationId: conversationId(1), changes, isBeginning: true }),
    ).toMatchObject({ conversationIds: [conversationId(1)] });
    expect(ordinals()).toEqual([11, 13, 15, 17, 19]);
    expect([page(1)?.isComplete, page(2)?.isComplete]).toEqual([true, false]);
    expect(store.read.syncState({})).toMatchObject({ cursor, historyBefore, isHistoryComplete: false });
    store.write.applyHistory({ changes: history, before: null });
    expect([page(1)?.isComplete, page(2)?.isComplete]).toEqual([true, true]);
    checkSearchIndex(store);
  });

  test('leaves out a message that came alone, until its neighbours are there', () => {
    endSnapshot();
    const receipt = put('message', 41, buildMessage(1, 13, { ...sentAt(8), status: 'read' }));
    store.write.applyChanges({ changes: [receipt], next: 41 });
    expect(ordinals()).toEqual([]);
    expect(page(1, { aroundMessageId: messageId(13) })).toBeNull();
    store.write.applyHistory({ changes: history.slice(5), before: 16 });
    expect(ordinals()).toEqual([17, 15, 19].sort().filter((ordinal) => ordinal > 15));
    store.write.applyHistory({ changes: history.slice(0, 5), before: null });
    expect(ordinals()).toEqual([11, 13, 15, 17, 19]);
    expect(page()!.items[1]?.delivery).toMatchObject({ state: 'read' });
  });
});

describe('files of messages', () => {
  const withFile = (ordinal: number, changes: Partial<Message> = {}) =>
    buildMessage(1, ordinal, {
      kind: 'document',
      text: null,
      content: {
        media: {
          id: fileId(ordinal), mimeType: 'application/pdf', fileName: `${ordinal}.pdf`, sizeBytes: 9, voice: false, sha256: 'ab',
          width: null, height: null, durationMs: null, waveform: null, failure: null,
        },
      },
      ...changes,
    }); // prettier-ignore

  test('are listed newest first, and known by their id', () => {
    fillHistory();
    const changes = [41, 42, 43].map((ordinal) => put('message', ordinal, withFile(ordinal)));
    store.write.applyChanges({ changes, next: 43 });
    const list = (before: ThreadCursor | null) =>
      store.read.mediaPage({ conversationId: conversationId(1), before, limit: 2 });
    const first = list(null);
    expect(first.items.map(({ messageId: id }) => id)).toEqual([messageId(43), messageId(42)]);
    expect(first.items[0]).toMatchObject({ kind: 'document', content: { media: { fileName: '43.pdf' } } });
    expect(list(first.next)).toMatchObject({ items: [{ messageId: messageId(41) }], next: null });
    expect(store.read.mediaFacts({ mediaId: fileId(42) })).toEqual({
      mimeType: 'application/pdf',
      fileName: '42.pdf',
      sizeBytes: 9,
      sha256: 'ab',
    });
    expect(store.read.mediaFacts({ mediaId: fileId(99) })).toBeNull();
    store.write.applyChanges({ changes: [del('message', 50, messageId(43))], next: 50 });
    expect(list(null).items).toHaveLength(2);
  });
});

describe('checks against the relay', () => {
  /** What the relay counts: everything that is there, at its newest version. */
  test('count what the relay has said and nothing of this PC’s own', () => {
    expect(store.read.checksums({ fromOrdinal: 0 })).toBeNull();
    fillHistory();
    store.write.applyChanges({
      changes: [
        put('tag', 31, buildTag(1, 'a')),
        put('agent', 32, buildAgent(1, 'b')),
        put('appointment', 33, buildAppointment(1, 1)),
        put('appointment', 34, buildAppointment(2, 1)),
        del('appointment', 35, appointmentId(2)),
        put('quickReply', 36, { id: testId(11, 1), shortcut: 'a', text: 'b' }),
        put('message', 37, buildMessage(1, 20, sentAt(1))),
      ],
      next: 37,
    });
    store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
    expect(store.read.checksums({ fromOrdinal: 18 })).toEqual({
      seq: 37,
      entities: {
        conversation: { count: 2, versions: 7 },
        patient: { count: 2, versions: 3 },
        message: { count: 3, versions: 18 + 19 + 37 },
        appointment: { count: 1, versions: 33 },
        tag: { count: 1, versions: 31 },
        clinic: { count: 0, versions: 0 },
        team: { count: 0, versions: 0 },
        agent: { count: 1, versions: 32 },
        template: { count: 0, versions: 0 },
        quickReply: { count: 1, versions: 36 },
      },
    });
    store.write.applyChanges({ changes: [{ seq: 38, entity: 'novelty', id: patientId(1), op: 'put' }], next: 38 });
    expect(store.read.checksums({ fromOrdinal: 0 })).toBeNull();
  }); // prettier-ignore

  test('a history read again replaces what is missing and removes what is too much', () => {
    fillHistory();
    const { connection } = store;
    // Lost, invented, out of date, and of a version there never was.
    connection.exec('delete from messages where ordinal = 12');
    connection.exec(`insert into messages (ordinal, version, conversation_key, id, direction, kind, author_kind, sent_at, received_at)
      select 9, 9, conversation_key, 'fantasma', 'inbound', 'text', 'patient', 1, 1 from messages where ordinal = 11`);
    connection.exec(`update messages set version = 1, status = 'sent' where ordinal = 13`);
    connection.exec(`update messages set version = 39, status = 'sent' where ordinal = 15`);
    store.write.applyChanges({ changes: [], next: 40 });
    store.write.restartHistory({});
    expect(store.read.syncState({})).toMatchObject({
      historyBefore: null,
      isHistoryComplete: false,
      cursor: 40,
    });
    expect(ordinals()).toContain(13);
    store.write.applyHistory({ changes: history.slice(5), before: 16 });
    store.write.applyHistory({ changes: history.slice(0, 5), before: null });
    expect(ordinals()).toEqual([11, 13, 15, 17, 19]);
    expect(store.read.checksums({ fromOrdinal: 0 })!.entities.message).toEqual({ count: 10, versions: 155 });
    expect(page()!.items.map(({ delivery }) => delivery)).toEqual([null, null, null, null, null]);
  });

  test('says how much is held', () => {
    fillHistory();
    expect(store.read.storage({})).toMatchObject({
      conversations: 2,
      messages: 10,
      oldestMessageAt: NOON - 10 * DAY,
    });
    expect(store.read.storage({}).databaseBytes).toBeGreaterThan(50_000);
  });
});

describe('retention', () => {
  const forget = (daysAgo: number, limit = 100) =>
    store.write.forgetMessages({ sentBefore: NOON - daysAgo * DAY, limit });

  test('forgets the oldest a part at a time, with what is searched', () => {
    fillHistory();
    expect(forget(5, 3)).toMatchObject({ forgotten: 3 });
    expect(forget(5, 3)).toMatchObject({ forgotten: 2 });
    expect(forget(5, 3)).toEqual({
      forgotten: 0,
      changes: { conversationIds: [], overflow: false, reference: false },
    });
    expect([ordinals(1), ordinals(2)]).toEqual([[17, 19], [16, 18, 20]]);
    expect([page(1)?.isComplete, page(2)?.isComplete]).toEqual([false, false]);
    checkSearchIndex(store);
    expect(foundMessages(store, 'mensaje 15')).toEqual([]);
    expect(searchFor(store, 'mensaje').isComplete).toBe(false);
    expect(store.read.syncState({})).toMatchObject({
      isHistoryComplete: true,
      historyBefore: 16,
      historyCompleteSince: NOON - 5 * DAY,
      forgottenBefore: NOON - 5 * DAY,
    });
    expect(store.read.checksums({ fromOrdinal: 16 })!.entities.message?.count).toBe(5);
  }); // prettier-ignore

  test('ends a fill that has come that far, and leaves one that has not alone', () => {
    endSnapshot();
    store.write.applyHistory({ changes: history.slice(5), before: 16 });
    forget(8);
    expect(store.read.syncState({})).toMatchObject({ isHistoryComplete: false, forgottenBefore: null });
    forget(4.5);
    expect(store.read.syncState({})).toMatchObject({
      isHistoryComplete: true,
      forgottenBefore: NOON - 4.5 * DAY,
    });
  });

  test('where there is nothing to forget, everything stays complete', () => {
    fillHistory();
    forget(100);
    expect(page(1)?.isComplete).toBe(true);
    expect(store.read.syncState({}).forgottenBefore).toBeNull();
  });

  test('threads fetched again are whole until they are forgotten again', () => {
    fillHistory();
    forget(5);
    const thread = { conversationId: conversationId(1), isBeginning: true };
    const changes = [history[0]!, history[2]!, history[4]!];
    store.write.applyThread({ ...thread, changes });
    expect([ordinals(1), page(1)?.isComplete, page(2)?.isComplete]).toEqual([
      [11, 13, 15, 17, 19],
      true,
      false,
    ]);
    forget(5);
    expect([ordinals(1), page(1)?.isComplete]).toEqual([[17, 19], false]);
    store.write.restartHistory({});
    store.write.applyHistory({ changes: history, before: null });
    expect([ordinals(1), page(1)?.isComplete]).toEqual([[11, 13, 15, 17, 19], true]);
  });
});

describe('the search index', () => {
  test('is built anew from the newest end while messages change', () => {
    fillHistory();
    const { database } = store;
    expect(isIndexSound(database)).toBe(true);
    database.transaction(() => emptyIndex(database));
    expect([isIndexComplete(database), foundMessages(store, 'mensaje')]).toEqual([false, []]);
    // New, edited and removed before the index has come down to them.
    store.write.applyChanges({
      changes: [
        put('message', 41, buildMessage(1, 41, { text: 'nuevo' })),
        put('message', 42, buildMessage(1, 11, { ...sentAt(10), text: 'editado' })),
        del('message', 43, messageId(13)),
      ],
      next: 43,
    });
    expect(foundMessages(store, 'nuevo')).toEqual([messageId(41)]);
    indexAll(store);
    checkSearchIndex(store);
    expect([foundMessages(store, 'editado'), foundMessages(store, 'mensaje').length]).toEqual([
      [messageId(11)],
      8,
    ]);
  });

  test('that says something else than the messages is not sound', () => {
    fillHistory();
    store.connection.exec(`update messages set text = 'cambiado' where ordinal = 12`);
    expect(isIndexSound(store.database)).toBe(false);
  });
});
