import { newId, type Template } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import { calls, type CallInput } from '../../../shared/contract/index.ts';
import { CONVERSATION, createTestDesk, detailOf, mediaOf, NOW, type Held } from '../testing.ts';
import { createMessageHandlers } from './messages.ts';
import { createThreadHandlers } from './thread.ts';

const WINDOW_END = '2026-11-23T11:00:00.000Z';
const ready = (given: Partial<Held> = {}) => {
  const desk = createTestDesk(given);
  const handlers = { ...createMessageHandlers(desk.findDesk), ...createThreadHandlers(desk.findDesk) };
  return {
    ...desk,
    handlers,
    send: (input: Omit<CallInput<'message.send'>, 'conversationId'>) =>
      handlers['message.send'](calls['message.send'].in.parse({ conversationId: CONVERSATION, ...input })),
    sendTemplate: (input: Omit<CallInput<'message.sendTemplate'>, 'conversationId'>) =>
      handlers['message.sendTemplate'](
        calls['message.sendTemplate'].in.parse({ conversationId: CONVERSATION, ...input }),
      ),
  };
};
const closed = () => detailOf({ facts: { ...detailOf().facts, windowExpiresAt: NOW } });
const spam = () => detailOf({ facts: { ...detailOf().facts, spam: true } });

describe('sending', () => {
  it('queues a text that ends with its window', async () => {
    const desk = ready();
    const reply = await desk.send({ text: 'hola', basedOnOrdinal: 7 });
    expect(reply).toMatchObject({ ok: true });
    expect(desk.sent()).toMatchObject([
      {
        text: 'hola',
        media: null,
        template: null,
        notAfter: WINDOW_END,
        unlessAnsweredAfter: 7,
        sendAt: null,
      },
    ]);
    expect(desk.queued).toMatchObject([{ holdUntil: null, keepsDraft: false }]);
  });

  it('queues one message per file, together and in order', async () => {
    const replyTo = newId();
    const image = mediaOf(10, { kind: 'image', mimeType: 'image/png' });
    const desk = ready({ media: [image, mediaOf(11)] });
    const reply = await desk.send({
      text: 'Aquí van',
      attachments: [
        { fileId: image.mediaId, caption: null },
        { fileId: mediaOf(11).mediaId, caption: 'el informe' },
      ],
      replyTo,
      undoableForMs: 5_000,
    });
    expect(desk.queued).toHaveLength(1);
    expect(desk.queued[0]).toMatchObject({ holdUntil: NOW + 5_000 });
    expect(desk.sent()).toMatchObject([
      { text: 'Aquí van', media: image, replyTo },
      { text: 'el informe', media: mediaOf(11), replyTo: null },
    ]);
    const ids = desk.sent().map((args) => 'messageId' in args && args.messageId);
    expect(reply).toEqual({ ok: true, data: { messageId: ids[0], messageIds: ids } });
  });

  it.each<[string, Partial<Held>, Parameters<ReturnType<typeof ready>['send']>[0], string]>([
    ['nothing', {}, { text: '  ' }, 'invalid_input'],
    ['into a closed window', { detail: closed() }, { text: 'hola' }, 'window_closed'],
    ['to spam', { detail: spam() }, { text: 'hola' }, 'conversation_is_spam'],
    ['to nobody', { detail: null }, { text: 'hola' }, 'not_found'],
    ['a file that is not all here', {}, { text: '', attachments: [{ fileId: newId(), caption: null }] }, 'file_not_ready'],
    ['later than the window', {}, { text: 'hola', sendAt: NOW + 23 * 3_600_000 }, 'window_closed'],
    ['a saved text nobody has', {}, { text: '', quickReplyId: newId() }, 'not_found'],
    ['over somebody else', { answer: { authorName: 'David', text: 'ya' } }, { text: 'hola', basedOnOrdinal: 7 }, 'answered_meanwhile'],
  ])('queues nothing %s', async (_name, given, input, code) => {
    const desk = ready(given);
    expect(await desk.send(input)).toMatchObject({ ok: false, error: { code } });
    expect(desk.queued).toEqual([]);
  }); // prettier-ignore

  it('sends later, or at once when that time has come', async () => {
    const desk = ready();
    await desk.send({ text: 'luego', sendAt: NOW + 3_600_000 });
    await desk.send({ text: 'ya', sendAt: NOW - 1 });
    expect(desk.sent()).toMatchObject([{ sendAt: '2026-11-22T13:00:00.000Z' }, { sendAt: null }]);
  });

  it('holds nothing back past the end of its window', async () => {
    const windowExpiresAt = NOW + 12_000;
    const desk = ready({ detail: detailOf({ facts: { ...detailOf().facts, windowExpiresAt } }) });
    await desk.send({ text: 'rápido', undoableForMs: 5_000 });
    desk.pass(3_000);
    await desk.send({ text: 'más', undoableForMs: 5_000 });
    expect(desk.queued.map(({ holdUntil }) => holdUntil)).toEqual([NOW + 2_000, null]);
  });
});

describe('saved texts', () => {
  const quickReplyId = newId();
  const saved = (text: string, file: object | null = null) => ({
    directory: { quickReplies: [{ id: quickReplyId, shortcut: 'hola', text, isMine: false, file }] as never },
  });

  it('go filled in, with their file, and leave the draft alone', async () => {
    const file = { fileId: newId(), fileName: 'plano.png', mimeType: 'image/png', sizeBytes: 10, kind: 'image', voice: false }; // prettier-ignore
    const desk = ready(saved('Hola {nombre}, soy {agente} de {clinica}', file));
    expect(await desk.send({ text: '', quickReplyId })).toMatchObject({ ok: true });
    expect(desk.queued).toMatchObject([{ keepsDraft: true }]);
    expect(desk.sent()).toMatchObject([
      {
        text: 'Hola Lucía, soy Marta Ruiz de Clínica Alameda',
        media: { mediaId: file.fileId, kind: 'image', sha256: '1'.repeat(64) },
      },
    ]);
  });

  it('do not go with a hole, unless a person has filled it', async () => {
    const desk = ready(saved('Le esperamos el {fecha} por {importe}'));
    expect(await desk.send({ text: '', quickReplyId })).toMatchObject({
      error: { code: 'template_values_invalid' },
    });
    await desk.send({ text: 'Le esperamos mañana', quickReplyId });
    expect(desk.sent()).toMatchObject([{ text: 'Le esperamos mañana' }]);
  });
});

describe('templates', () => {
  const template = (changes: Partial<Template> = {}): Template => ({
    id: newId(),
    name: 'escritura_libre',
    language: 'es',
    category: 'UTILITY',
    status: 'APPROVED',
    parameterFormat: 'NAMED',
    quality: 'GREEN',
    rejectionReason: null,
    hidden: false,
    components: [{ type: 'BODY', text: 'Hola {{nombre}}: {{motivo}} Gracias.' }],
    ...changes,
  });
  const withFile = (format: string) =>
    template({
      components: [
        { type: 'HEADER', format },
        { type: 'BODY', text: 'Hola, buenas.' },
      ],
    });
  const values = { body: { nombre: 'Lucía', motivo: 'su férula ha llegado.' } };

  it('reopen a closed conversation, and take the words of the draft with them', async () => {
    const [free, other] = [
      template(),
      template({ name: 'otra', components: [{ type: 'BODY', text: 'Hola.' }] }),
    ];
    const detail = closed();
    detail.draft.text = 'su férula\nha llegado.';
    const desk = ready({ detail, templates: [free, other] });
    const said = { body: { nombre: 'Lucía', motivo: 'su férula · ha llegado.' } };
    await desk.sendTemplate({ templateId: free.id, values: said, fileId: null, undoableForMs: 5_000 });
    await desk.sendTemplate({ templateId: other.id, values: {}, fileId: null });
    expect(desk.sent()).toMatchObject([
      { text: null, notAfter: null, template: { templateId: free.id, values: said } },
      { template: { templateId: other.id } },
    ]);
    expect(desk.queued.map(({ holdUntil, keepsDraft }) => [holdUntil, keepsDraft])).toEqual([
      [NOW + 5_000, false],
      [null, true],
    ]);
  });

  it('carry the file of their header', async () => {
    const paper = withFile('DOCUMENT');
    const desk = ready({ templates: [paper], media: [mediaOf(10)] });
    await desk.sendTemplate({ templateId: paper.id, values: {}, fileId: mediaOf(10).mediaId });
    expect(desk.sent()).toMatchObject([{ media: mediaOf(10), template: { templateId: paper.id } }]);
  });

  it.each<[string, Template, object, string | null, Partial<Held>, string]>([
    ['nobody has', template(), values, null, { templates: [] }, 'not_found'],
    ['is paused', template({ status: 'PAUSED' }), values, null, {}, 'template_not_sendable'],
    ['this app cannot fill', withFile('LOCATION'), {}, null, {}, 'template_not_sendable'],
    ['lacks a value', template(), { body: { nombre: 'Lucía' } }, null, {}, 'template_values_invalid'],
    ['has two lines in a value', template(), { body: { nombre: 'Lucía', motivo: 'a\nb' } }, null, {}, 'template_values_invalid'],
    ['lacks its file', withFile('IMAGE'), {}, null, {}, 'template_values_invalid'],
    ['has a file of another kind', withFile('IMAGE'), {}, mediaOf(10).mediaId, { media: [mediaOf(10)] }, 'template_values_invalid'],
    ['has a file that is not all here', withFile('IMAGE'), {}, newId(), {}, 'file_not_ready'],
    ['goes to spam', template(), values, null, { detail: spam() }, 'conversation_is_spam'],
  ])('do not go when one %s', async (_name, held, given, fileId, more, code) => {
    const desk = ready({ templates: [held], ...more });
    const reply = await desk.sendTemplate({ templateId: held.id, values: given, fileId });
    expect(reply).toMatchObject({ ok: false, error: { code } });
    expect(desk.queued).toEqual([]);
  }); // prettier-ignore
});

describe('reactions and new conversations', () => {
  it('react while the window is open', async () => {
    const messageId = newId();
    const input = { conversationId: CONVERSATION, messageId, emoji: '👍' };
    const open = ready();
    await open.handlers['message.react'](input);
    expect(open.sent()).toEqual([{ ...input, notAfter: WINDOW_END }]);
    expect(await ready({ detail: closed() }).handlers['message.react'](input)).toMatchObject({
      error: { code: 'window_closed' },
    });
  });

  it('find who has the number, or begin', async () => {
    const patients = [
      { conversationId: newId(), phone: '+34 600 11 12 22 9' },
      { conversationId: newId(), phone: '+34 600 11 12 22' },
    ];
    const desk = ready({ patients });
    const start = (phone: string, name = '') => desk.handlers['conversation.start']({ phone, name });
    expect(await start('600 111 222')).toEqual({
      ok: true,
      data: { conversationId: patients[1]!.conversationId, isNew: false },
    });
    expect(desk.queued).toEqual([]);
    expect(await start('612345678', 'Ana')).toMatchObject({ ok: true, data: { isNew: true } });
    expect(desk.sent()).toMatchObject([{ phone: '+34612345678', name: 'Ana', numberId: '200' }]);
    for (const phone of ['', 'hola', '12', '+999999999999999999'])
      expect(await start(phone)).toMatchObject({ error: { code: 'invalid_phone' } });
  });
});

describe('once more, and taking back', () => {
  const messageId = newId();
  const input = { conversationId: CONVERSATION, messageId };
  const refusedSend = (args: object) => ({
    id: newId(),
    type: 'message.send',
    args: { messageId, conversationId: CONVERSATION, text: null, notAfter: null, ...args },
    basedOn: null,
    issuedAt: '2026-11-20T12:00:00.000Z',
  });

  it('sends again whole what the relay refused: its file, its template, its values', async () => {
    const template = { templateId: newId(), values: { header: {}, body: { 1: 'x' }, buttons: {} } };
    const media = mediaOf(10);
    const desk = ready({ detail: closed(), unsent: refusedSend({ template, media }) });
    expect(await desk.handlers['message.retry'](input)).toEqual({ ok: true, data: {} });
    expect(desk.retried).toMatchObject([
      { args: { messageId, template, media, notAfter: null, unlessAnsweredAfter: null } },
    ]);
    expect(desk.retried[0]?.id).not.toBe(refusedSend({}).id);
  });

  it('sends a text again within the window of now, or not at all', async () => {
    const unsent = refusedSend({ text: 'hola', notAfter: '2026-11-20T13:00:00.000Z', unlessAnsweredAfter: 3 });
    const desk = ready({ unsent });
    await desk.handlers['message.retry'](input);
    expect(desk.retried).toMatchObject([{ args: { text: 'hola', notAfter: WINDOW_END, unlessAnsweredAfter: null } }]);
    expect(await ready({ unsent, detail: closed() }).handlers['message.retry'](input)).toMatchObject({
      error: { code: 'window_closed' },
    });
  }); // prettier-ignore

  it.each([
    ['a text', false, WINDOW_END],
    ['a template', true, null],
  ])('asks the relay to send %s again that failed there', async (_name, isTemplate, notAfter) => {
    const desk = ready({ items: [{ messageId, state: 'failed', isTemplate }] });
    await desk.handlers['message.retry'](input);
    expect(desk.sent()).toEqual([{ ...input, notAfter }]);
    expect(await ready().handlers['message.retry'](input)).toMatchObject({ error: { code: 'not_found' } });
  });

  it.each([
    ['here still', { discarded: true }, { ok: true, data: {} }, 0],
    ['queued at the relay', { items: [{ messageId, state: 'queued' }] }, { ok: true, data: {} }, 1],
    ['scheduled there', { items: [{ messageId, state: 'scheduled' }] }, { ok: true, data: {} }, 1],
    ['sent', { items: [{ messageId, state: 'sent' }] }, { ok: false, error: { code: 'too_late' } }, 0],
    ['perhaps sent', { items: [{ messageId, state: 'unknown' }] }, { ok: false, error: { code: 'too_late' } }, 0],
    ['nowhere', {}, { ok: false, error: { code: 'not_found' } }, 0],
  ])('takes back what is %s', async (_name, given, reply, cancels) => {
    const desk = ready(given);
    expect(await desk.handlers['message.discard'](input)).toEqual(reply);
    expect(desk.sent()).toEqual(Array(cancels).fill(input));
  }); // prettier-ignore
});
