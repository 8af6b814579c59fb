import { beforeEach, expect, test, describe } from 'vitest';
import {
  buildConversation,
  buildDraft,
  buildFile,
  buildMedia,
  buildMessage,
  buildQuery,
  buildSend,
  commandId,
  conversationId,
  createTestStore,
  fileId,
  messageId,
  NOON,
  put,
  testId,
  type TestStore,
} from '../testing.ts';

let store: TestStore;

beforeEach(() => {
  store = createTestStore();
  store.write.applyChanges({
    changes: [put('conversation', 3, buildConversation(1)), put('message', 5, buildMessage(1, 5))],
    next: 6,
  });
});

const enqueue = (command: ReturnType<typeof buildSend>, given: { keepsDraft?: boolean } = {}) =>
  store.write.enqueueCommands({ commands: [command], now: NOON, ...given });
const row = () =>
  store.read.inboxPage({ query: buildQuery({ filter: 'all' }), before: null, limit: 9, now: NOON }).rows[0]!;

describe('drafts and files', () => {
  const draftOf = () =>
    store.read.conversationDetail({ conversationId: conversationId(1), now: NOON })!.draft;
  const save = (draft: ReturnType<typeof buildDraft>) =>
    store.write.saveDraft({ conversationId: conversationId(1), draft }).conversationIds.length;

  test('a draft is kept whole, with what is known of its files', () => {
    store.write.putLocalFile({ file: buildFile(1, { media: null }) });
    const files = [
      { fileId: fileId(1), caption: 'esta' },
      { fileId: fileId(2), caption: 'perdida' },
    ];
    const draft = buildDraft('a med', { caret: 3, replyTo: messageId(5), files });
    expect(save(draft)).toBe(1);
    expect(draftOf()).toEqual({
      ...draft,
      files: [files[0]],
      fileViews: [
        { fileId: fileId(1), fileName: 'foto 1.jpg', mimeType: 'image/jpeg', sizeBytes: 1_000, kind: 'image', voice: false },
      ],
    }); // prettier-ignore
  });

  test('files alone are a draft; an aim alone is not', () => {
    expect(save(buildDraft('', { replyTo: messageId(5) }))).toBe(0);
    expect(row().hasDraft).toBe(false);
    expect(draftOf().replyTo).toBe(messageId(5));
    expect(save(buildDraft('  ', { files: [{ fileId: fileId(1), caption: '' }] }))).toBe(1);
    expect(row().hasDraft).toBe(true);
    expect(save(buildDraft(''))).toBe(1);
  });

  test('a send clears the draft, a saved text does not', () => {
    save(buildDraft('a medias'));
    enqueue(buildSend(1, 1), { keepsDraft: true });
    expect(row().hasDraft).toBe(true);
    enqueue(buildSend(2, 1));
    expect(row().hasDraft).toBe(false);
  });

  test('files nothing names are found, once they are old enough', () => {
    for (let number = 1; number <= 6; number += 1) store.write.putLocalFile({ file: buildFile(number) });
    store.write.putLocalFile({ file: buildFile(7, { addedAt: NOON + 1 }) });
    save(buildDraft('', { files: [{ fileId: fileId(1), caption: '' }] }));
    enqueue(buildSend(1, 1, 'a', NOON, { media: buildMedia(2) }), { keepsDraft: true });
    enqueue(buildSend(2, 1, 'b', NOON, { media: buildMedia(3) }), { keepsDraft: true });
    store.write.takeOutbox({ limit: 9, now: NOON });
    store.write.recordOutboxResults({ results: [{ id: commandId(1), status: 'refused', code: 'x' }] });
    store.write.applyChanges({ changes: [put('quickReply', 9, { id: testId(11, 1), shortcut: 'a', text: '', media: buildMedia(4) })], next: 9 });
    expect(store.read.unusedFiles({ addedBefore: NOON + 1 })).toEqual({ fileIds: [fileId(5), fileId(6)] });
    store.write.removeLocalFile({ fileId: fileId(5) });
    expect(store.read.localFile({ fileId: fileId(5) })).toBeNull();
    expect(store.read.localFile({ fileId: fileId(6) })).toEqual(buildFile(6));
  }); // prettier-ignore
});
