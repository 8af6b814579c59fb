import { toTimestamp, type Command, type CommandArguments, type CommandType } from '@recado/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import {
  agentId,
  buildAgent,
  buildCommand,
  buildConversation,
  buildDraft,
  buildFile,
  buildMedia,
  buildMessage,
  buildPatient,
  buildQuery,
  buildSend,
  commandId,
  conversationId,
  createTestStore,
  dumpMirror,
  fileId,
  messageId,
  MINUTE,
  NOON,
  patientId,
  put,
  testId,
  type TestStore,
} from '../testing.ts';

let store: TestStore;
const template = {
  id: testId(10, 1),
  name: 'aviso',
  language: 'es',
  category: 'UTILITY',
  status: 'APPROVED',
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'Hola {{1}}, te esperamos' },
    { type: 'FOOTER', text: 'Clínica' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'Vale' }] },
  ],
  parameterFormat: 'POSITIONAL',
  quality: 'UNKNOWN',
  rejectionReason: null,
  hidden: false,
};
const quickReply = (number: number, given: object = {}) => ({
  id: testId(11, number),
  shortcut: `atajo${number}`,
  text: 'Hola {nombre}',
  ownerAgentId: null,
  media: null,
  ...given,
});

beforeEach(() => {
  store = createTestStore();
  store.write.setAgent({ agentId: agentId(1) });
  store.write.beginSnapshot({ seq: 0, expected: 0 });
  store.write.endSnapshot({ seq: 0 });
  store.write.applyChanges({
    changes: [
      put('agent', 1, buildAgent(1, 'Marta')),
      put('template', 1, template),
      put('patient', 2, buildPatient(1)),
      put('conversation', 3, buildConversation(1)),
      put('message', 5, buildMessage(1, 5)),
    ],
    next: 6,
  });
});

const enqueue = (command: Command, given: { holdUntil?: number; keepsDraft?: boolean } = {}) =>
  store.write.enqueueCommands({ commands: [command], now: NOON, ...given });
const thread = (conversation = 1) =>
  store.read.threadPage({ conversationId: conversationId(conversation), before: null, limit: 50 })!.items;
const last = () => thread().at(-1)!;
const row = () =>
  store.read.inboxPage({ query: buildQuery({ filter: 'all' }), before: null, limit: 9, now: NOON }).rows.find(
    (each) => each.conversationId === conversationId(1),
  )!; // prettier-ignore
const take = (now = NOON) => store.write.takeOutbox({ limit: 9, now });
const taken = (now?: number) => take(now).map(({ command }) => command.id);
const answer = (number: number, status: 'applied' | 'refused', code?: string, seq?: number) =>
  store.write.recordOutboxResults({
    results: [{ id: commandId(number), status, ...(code && { code }), ...(seq && { seq }) }],
  });
const act = <Type extends CommandType>(number: number, type: Type, args: CommandArguments<Type>) =>
  enqueue(buildCommand(number, type, args));

describe('what is sent', () => {
  test('a file is shown as what it will be, and waits for its upload', () => {
    store.write.putLocalFile({ file: buildFile(1) });
    const media = buildMedia(1);
    enqueue(buildSend(1, 1, 'mira', NOON, { media }));
    expect(last()).toMatchObject({
      kind: 'image',
      text: 'mira',
      content: { media: { id: fileId(1), fileName: 'foto 1.jpg', sizeBytes: 1_000, failure: null } },
    });
    expect(row().lastMessage).toMatchObject({ kind: 'image', text: 'mira' });
    expect(take()).toMatchObject([{ media: [media] }]);
    store.write.returnOutbox({ commandIds: [commandId(1)] });
    store.write.markUploaded({ fileId: fileId(1) });
    expect(take()).toMatchObject([{ media: [] }]);
  });

  test('a template is shown as the patient will read it', () => {
    const values = { header: {}, body: { '1': 'Ana' }, buttons: {} };
    const media = buildMedia(1);
    enqueue(
      buildSend(1, 1, '', NOON, {
        text: null,
        media,
        template: { templateId: template.id, values },
        notAfter: null,
      }),
    );
    const content = { name: 'aviso', language: 'es', footer: 'Clínica', buttons: [{ text: 'Vale' }] };
    expect(last()).toMatchObject({
      kind: 'template',
      text: 'Hola Ana, te esperamos',
      content: { template: content, media: { id: fileId(1) } },
    });
    expect(row().lastMessage).toMatchObject({ kind: 'template', text: 'Hola Ana, te esperamos' });
  });

  test('what leaves later says when, and changes nothing else yet', () => {
    const before = dumpMirror(store);
    const sendAt = toTimestamp(NOON + 60 * MINUTE);
    enqueue(buildSend(1, 1, 'luego', NOON, { sendAt }));
    expect(dumpMirror(store)).toEqual(before);
    expect(last()).toMatchObject({ sendAt: NOON + 60 * MINUTE, delivery: { state: 'queued' } });
    take();
    answer(1, 'applied', undefined, 9);
    expect(last()).toMatchObject({ delivery: { state: 'scheduled', canDiscard: false } });
  });

  test('an answer shows what it answers', () => {
    enqueue(buildSend(1, 1, 'sí', NOON, { replyTo: messageId(5) }));
    enqueue(buildSend(2, 1, 'no', NOON, { replyTo: messageId(77) }));
    expect(thread().map(({ replyTo }) => replyTo)).toMatchObject([
      null,
      { messageId: messageId(5), text: 'mensaje 5', kind: 'text', author: { kind: 'patient' } },
      { messageId: messageId(77), text: null, kind: null, author: null },
    ]);
  });

  test('a refused file keeps what it was, so that it can go again', () => {
    const command = buildSend(1, 1, 'mira', NOON, { media: buildMedia(1) });
    enqueue(command);
    expect(store.read.unsentCommand({ messageId: messageId(1_000_001) })).toEqual(command);
    take();
    expect(store.read.unsentCommand({ messageId: messageId(1_000_001) })).toBeNull();
    answer(1, 'refused', 'media_not_found');
    expect(last()).toMatchObject({ kind: 'image', delivery: { state: 'failed', canRetry: true } });
    const kept = store.read.unsentCommand({ messageId: messageId(1_000_001) })!;
    store.write.saveDraft({ conversationId: conversationId(1), draft: buildDraft('otra cosa') });
    const again = { ...kept, id: commandId(2) };
    expect(
      store.write.retryRefused({ messageId: messageId(1_000_001), command: again, now: NOON }),
    ).toMatchObject({ retried: true });
    expect(row().hasDraft).toBe(true);
    expect(take().map((entry) => entry.command)).toEqual([again]);
  });
});

describe('held back', () => {
  test('a send and what is behind it wait; others do not', () => {
    enqueue(buildSend(1, 1), { holdUntil: NOON + 5_000 });
    enqueue(buildSend(2, 1));
    enqueue(buildSend(3, 2));
    expect(store.read.nextHeld({ now: NOON })).toBe(NOON + 5_000);
    expect(thread().map(({ heldUntil }) => heldUntil)).toEqual([null, NOON + 5_000, null]);
    expect(taken()).toEqual([commandId(3)]);
    expect(taken(NOON + 5_000)).toEqual([commandId(1)]);
    expect(store.read.nextHeld({ now: NOON + 5_000 })).toBeNull();
    expect(last().heldUntil).toBeNull();
  });

  test('it can be taken back until it leaves', () => {
    const before = dumpMirror(store);
    enqueue(buildSend(1, 1), { holdUntil: NOON + 5_000 });
    const undone = [{ commandId: commandId(1), inverse: [] }];
    store.write.undoCommands({ undone, now: NOON });
    expect([thread().length, store.read.nextHeld({ now: NOON }), taken(NOON + 9_000)]).toEqual([1, null, []]);
    expect(dumpMirror(store)).toEqual(before);
  });

  test('survives the end of the app', () => {
    enqueue(buildSend(1, 1), { holdUntil: NOON + 5_000 });
    const again = createTestStore(store.connection);
    expect(again.read.nextHeld({ now: NOON })).toBe(NOON + 5_000);
  });
});

describe('a message the relay has', () => {
  beforeEach(() => {
    const queued = buildMessage(1, 7, { direction: 'outbound', status: 'queued', reactions: [
      { by: 'patient', emoji: '👍', at: toTimestamp(NOON) }, { by: 'clinic', emoji: '❤️', at: toTimestamp(NOON) },
    ] }); // prettier-ignore
    const { id, direction, kind, text, author, sentAt, status } = queued;
    const lastMessage = { id, direction, kind, text, author, sentAt, status };
    store.write.applyChanges({
      changes: [put('message', 7, queued), put('conversation', 8, buildConversation(1, { lastMessage }))],
      next: 8,
    });
  });

  test('taken back is shown so until the relay says otherwise', () => {
    act(1, 'message.cancel', { messageId: messageId(7), conversationId: conversationId(1) });
    expect(last().delivery).toEqual({ state: 'cancelled', error: null, canRetry: false, canDiscard: false });
    expect(row().lastMessage?.deliveryState).toBe('cancelled');
    take();
    expect(answer(1, 'refused', 'too_late').refused).toMatchObject([{ code: 'too_late' }]);
    expect([last().delivery?.state, row().lastMessage?.deliveryState]).toEqual(['queued', 'queued']);
  });

  test.each([
    [
      'another',
      '🎉',
      [
        { by: 'patient', emoji: '👍' },
        { by: 'clinic', emoji: '🎉' },
      ],
    ],
    ['none', null, [{ by: 'patient', emoji: '👍' }]],
  ])('reacted to with %s shows it at once', (_, emoji, expected) => {
    const notAfter = toTimestamp(NOON + MINUTE);
    act(1, 'message.react', { messageId: messageId(7), conversationId: conversationId(1), emoji, notAfter });
    expect(last().reactions).toEqual(expected);
    take();
    answer(1, 'refused', 'window_closed');
    expect(last().reactions).toHaveLength(2);
  });
});

describe('a conversation begun here', () => {
  const begin = (number = 1) =>
    act(number, 'conversation.start', {
      conversationId: conversationId(9),
      patientId: patientId(9),
      phone: '+34699888777',
      name: 'Nueva Paciente',
      numberId: '100200300',
    });
  const ids = () =>
    store.read
      .inboxPage({ query: buildQuery({ filter: 'all' }), before: null, limit: 9, now: NOON })
      .rows.map(({ conversationId: id }) => id);

  test('is there at once, with its patient, and can be written in', () => {
    expect(begin()).toMatchObject({ conversationIds: [conversationId(9)] });
    expect(ids()).toContain(conversationId(9));
    expect(store.read.conversationDetail({ conversationId: conversationId(9), now: NOON })).toMatchObject({
      displayName: 'Nueva Paciente',
      phone: '+34 699 88 87 77',
      facts: { windowExpiresAt: null },
    });
    enqueue(buildSend(2, 9));
    expect(thread(9)).toHaveLength(1);
    expect(taken()).toEqual([commandId(1)]);
    expect(store.read.conversationStates({ conversationIds: [conversationId(9)] })).toMatchObject([
      { version: 0 },
    ]);
    expect(store.read.checksums({ fromOrdinal: 0 })!.entities).toMatchObject({
      conversation: { count: 1 },
      patient: { count: 1 },
    });
  });

  test('survives a snapshot and becomes the relay’s', () => {
    begin();
    enqueue(buildSend(2, 9));
    store.write.beginSnapshot({ seq: 50, expected: 1 });
    store.write.applySnapshot({ changes: [put('conversation', 40, buildConversation(1))] });
    store.write.endSnapshot({ seq: 50 });
    expect(ids().sort()).toEqual([conversationId(1), conversationId(9)]);
    take();
    answer(1, 'applied', undefined, 52);
    store.write.applyChanges({
      changes: [
        put('patient', 51, buildPatient(9, { name: 'Nueva Paciente' })),
        put('conversation', 52, buildConversation(9)),
      ],
      next: 52,
    });
    expect(thread(9)).toHaveLength(1);
    expect(store.read.conversationStates({ conversationIds: [conversationId(9)] })).toMatchObject([
      { version: 52 },
    ]);
    expect(taken()).toEqual([commandId(2)]);
  });

  test('refused leaves nothing behind', () => {
    const before = dumpMirror(store);
    begin();
    take();
    expect(answer(1, 'refused', 'forbidden').refused).toMatchObject([
      { conversationId: conversationId(9), displayName: 'Nueva Paciente' },
    ]);
    expect(dumpMirror(store)).toEqual(before);
    expect(store.connection.prepare('select count(*) from conversations').pluck().get()).toBe(1);
  });

  test('that somebody else has begun meanwhile: what was written goes there', () => {
    begin();
    enqueue(buildSend(2, 9));
    store.write.saveDraft({ conversationId: conversationId(9), draft: buildDraft('y otra cosa') });
    store.write.applyChanges({
      changes: [
        put('patient', 10, buildPatient(8, { phone: '+34699888777' })),
        put('conversation', 11, buildConversation(8)),
      ],
      next: 11,
    });
    take();
    expect(answer(1, 'refused', 'conversation_exists').changes.conversationIds).toContain(conversationId(8));
    expect(ids()).not.toContain(conversationId(9));
    expect(thread(8)).toHaveLength(1);
    expect(take()).toMatchObject([
      { conversationId: conversationId(8), command: { args: { conversationId: conversationId(8) } } },
    ]);
    expect(store.read.conversationDetail({ conversationId: conversationId(8), now: NOON })!.draft.text).toBe(
      'y otra cosa',
    );
  });

  test('refused while messages wait in it stays until they are gone', () => {
    begin();
    enqueue(buildSend(2, 9));
    take();
    answer(1, 'refused', 'forbidden');
    take();
    answer(2, 'refused', 'conversation_not_found');
    expect(thread(9)).toMatchObject([{ delivery: { state: 'failed' } }]);
    expect(store.read.outboxCounts({})).toEqual({ unsent: 0, refused: 1 });
    store.write.discardMessage({ messageId: messageId(1_000_002) });
    expect(ids()).not.toContain(conversationId(9));
    expect(store.connection.prepare('select count(*) from outbox').pluck().get()).toBe(0);
  });
});

describe('what the clinic keeps', () => {
  test('saved texts, templates, colleagues and hours are as this PC leaves them', () => {
    store.write.applyChanges({
      changes: [
        put('quickReply', 10, quickReply(1)),
        put('quickReply', 11, quickReply(2, { ownerAgentId: agentId(2) })),
      ],
      next: 11,
    });
    act(1, 'quickReply.create', {
      quickReplyId: testId(11, 3),
      shortcut: 'foto',
      text: '',
      media: buildMedia(1),
      ownerAgentId: agentId(1),
    });
    act(2, 'quickReply.update', { quickReplyId: testId(11, 1), text: 'Buenas' });
    act(3, 'template.hide', { templateId: template.id, hidden: true });
    act(4, 'template.create', {
      templateId: testId(10, 2),
      name: 'otra',
      language: 'es',
      category: 'UTILITY',
      parameterFormat: 'NAMED',
      components: [{ type: 'BODY', text: 'a' }],
      headerMedia: buildMedia(2),
    });
    act(5, 'agent.update', { agentId: agentId(1), name: 'Marta Gil', role: 'admin' });
    const openingHours = { weekly: [{ weekday: 1, from: '09:00', to: '14:00' }], closedDays: [] };
    store.write.applyChanges({
      changes: [
        put('clinic', 12, {
          id: testId(12, 1),
          name: 'Clínica',
          timeZone: 'Europe/Madrid',
          numbers: [{ id: '100200300', displayPhone: '+34 911 22 33 44' }],
        }),
      ],
      next: 12,
    });
    act(6, 'clinic.updateSettings', { settings: { openingHours } });

    expect(store.read.directory({})).toMatchObject({
      agents: [{ name: 'Marta Gil', role: 'admin', isMe: true, email: null, invited: false }],
      quickReplies: [
        { shortcut: 'atajo1', text: 'Buenas', isMine: false, file: null },
        {
          shortcut: 'foto',
          isMine: true,
          file: { fileId: fileId(1), kind: 'image', fileName: 'foto 1.jpg' },
        },
      ],
      numbers: [{ id: '100200300', displayPhone: '+34 911 22 33 44' }],
      settings: { openingHours, assignOnFirstReply: true },
    });
    expect(store.read.templates({})).toMatchObject([
      { name: 'aviso', hidden: true },
      { name: 'otra', status: 'SUBMITTING' },
    ]);
    act(7, 'template.delete', { templateId: template.id });
    act(8, 'quickReply.delete', { quickReplyId: testId(11, 1) });
    expect(store.read.templates({})).toHaveLength(1);
    expect(store.read.directory({}).quickReplies).toHaveLength(1);
    take();
    for (let number = 1; number <= 8; number += 1) answer(number, 'refused', 'forbidden');
    expect(store.read.templates({})).toMatchObject([{ name: 'aviso', hidden: false }]);
    expect(store.read.directory({})).toMatchObject({
      agents: [{ name: 'Marta' }],
      quickReplies: [{ text: 'Hola {nombre}' }],
      settings: { openingHours: null },
    });
  });
});
