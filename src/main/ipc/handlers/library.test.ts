/** Templates, saved texts and files, as the window asks for them. */
import { newId, type Template } from '@recado/protocol';
import { describe, expect, it } from 'vitest';
import { calls, type CallInput } from '../../../shared/contract/index.ts';
import { createTestDesk, ME, mediaOf, type Held } from '../testing.ts';
import { createFileHandlers } from './files.ts';
import { createQuickReplyHandlers } from './quick-replies.ts';
import { createTemplateHandlers } from './templates.ts';

const agent = (role: string) => [
  { id: ME, name: 'Marta', role, active: true, isMe: true, email: null, invited: false },
];
const APPROVED: Template = {
  id: newId(),
  name: 'recordatorio',
  language: 'es',
  category: 'UTILITY',
  status: 'APPROVED',
  parameterFormat: 'POSITIONAL',
  quality: 'GREEN',
  rejectionReason: null,
  hidden: false,
  components: [{ type: 'BODY', text: 'Hola.' }],
};

describe('templates', () => {
  const draft = (
    changes: Partial<CallInput<'template.create'>> = {},
  ): ReturnType<(typeof calls)['template.create']['in']['parse']> =>
    calls['template.create'].in.parse({
      name: 'nueva',
      language: 'es',
      category: 'UTILITY',
      parameterFormat: 'POSITIONAL',
      components: [{ type: 'BODY', text: 'Hola, buenas.' }],
      fileId: null,
      ...changes,
    });
  const ready = (given: Partial<Held> = {}) => {
    const desk = createTestDesk({ templates: [APPROVED], ...given });
    return { ...desk, handlers: createTemplateHandlers(desk.findDesk) };
  };

  it('are listed with what this PC knows of them', async () => {
    const { handlers } = ready();
    await handlers['template.setFavourite']({ templateId: APPROVED.id, isFavourite: true });
    await handlers['template.setFavourite']({ templateId: APPROVED.id, isFavourite: true });
    const list = () => handlers['template.list']({});
    expect(await list()).toEqual({
      ok: true,
      data: { templates: [{ ...APPROVED, isFavourite: true, lastUsedAt: null }] },
    });
    await handlers['template.setFavourite']({ templateId: APPROVED.id, isFavourite: false });
    expect(await list()).toMatchObject({ data: { templates: [{ isFavourite: false }] } });
  });

  it('are made by administrators, with the example of their header', async () => {
    const components = [
      { type: 'HEADER', format: 'DOCUMENT' },
      { type: 'BODY', text: 'Hola, buenas.' },
    ];
    const desk = ready({ media: [mediaOf(10)] });
    await desk.handlers['template.create'](draft());
    await desk.handlers['template.create'](draft({ name: 'papel', components, fileId: mediaOf(10).mediaId }));
    expect(desk.sent()).toMatchObject([
      { name: 'nueva', headerMedia: null },
      { name: 'papel', headerMedia: mediaOf(10), components },
    ]);
  });

  it.each<[string, Partial<CallInput<'template.create'>>, Partial<Held>, string]>([
    ['an agent asks', {}, { directory: { agents: agent('agent') } }, 'forbidden'],
    ['WhatsApp would refuse it', { components: [{ type: 'BODY', text: '{{1}}' }] }, {}, 'template_values_invalid'],
    ['there is one like it', { name: 'recordatorio' }, {}, 'name_taken'],
    ['its file is not here', { components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Hola.' }], fileId: newId() }, {}, 'file_not_ready'],
    ['its file is another kind', { components: [{ type: 'HEADER', format: 'IMAGE' }, { type: 'BODY', text: 'Hola.' }], fileId: mediaOf(10).mediaId }, { media: [mediaOf(10)] }, 'template_values_invalid'],
  ])('are not made when %s', async (_name, changes, given, code) => {
    const desk = ready(given);
    expect(await desk.handlers['template.create'](draft(changes))).toMatchObject({ error: { code } });
    expect(desk.queued).toEqual([]);
  }); // prettier-ignore

  it('are hidden and deleted by administrators', async () => {
    const desk = ready();
    await desk.handlers['template.hide']({ templateId: APPROVED.id, hidden: true });
    await desk.handlers['template.delete']({ templateId: APPROVED.id });
    expect(desk.sent()).toEqual([{ templateId: APPROVED.id, hidden: true }, { templateId: APPROVED.id }]);
    expect(await desk.handlers['template.delete']({ templateId: newId() })).toMatchObject({
      error: { code: 'not_found' },
    });
    const { handlers } = ready({ directory: { agents: agent('agent') } });
    expect(await handlers['template.delete']({ templateId: APPROVED.id })).toMatchObject({
      error: { code: 'forbidden' },
    });
  });
});

describe('saved texts', () => {
  const held = { id: newId(), shortcut: 'dirección', text: 'Calle', isMine: false, file: null };
  const ready = (given: Partial<Held> = {}) => {
    const desk = createTestDesk({ directory: { quickReplies: [held] }, ...given });
    return { ...desk, handlers: createQuickReplyHandlers(desk.findDesk) };
  };
  const create = { shortcut: 'hola', text: 'Hola', fileId: null, isMine: false };

  it('are made for everybody or for oneself, with or without a file', async () => {
    const desk = ready({ media: [mediaOf(10)] });
    await desk.handlers['quickReply.create'](create);
    await desk.handlers['quickReply.create']({
      ...create,
      text: '',
      fileId: mediaOf(10).mediaId,
      isMine: true,
    });
    expect(desk.sent()).toMatchObject([
      { shortcut: 'hola', text: 'Hola', media: null, ownerAgentId: null },
      { text: '', media: mediaOf(10), ownerAgentId: ME },
    ]);
  });

  it.each([
    ['without words or file', { ...create, text: '' }, 'invalid_input'],
    ['with a shortcut of two words', { ...create, shortcut: 'hola a' }, 'invalid_input'],
    ['with a name that is taken, accents or not', { ...create, shortcut: 'DIRECCION' }, 'name_taken'],
    ['with a file that is not here', { ...create, fileId: newId() }, 'file_not_ready'],
    ['with too many words for a file', { ...create, text: 'x'.repeat(1_025), fileId: mediaOf(10).mediaId }, 'invalid_input'],
  ])('are not made %s', async (_name, input, code) => {
    const desk = ready({ media: [mediaOf(10)] });
    expect(await desk.handlers['quickReply.create'](input)).toMatchObject({ error: { code } });
    expect(desk.queued).toEqual([]);
  }); // prettier-ignore

  it('are changed in part: a file left out stays, null takes it away', async () => {
    const desk = ready();
    const input = { quickReplyId: held.id, shortcut: 'dirección', text: 'Calle 12' };
    await desk.handlers['quickReply.update'](input);
    await desk.handlers['quickReply.update']({ ...input, fileId: null });
    expect(desk.sent()).toEqual([input, { ...input, media: null }]);
    expect(await desk.handlers['quickReply.update']({ ...input, quickReplyId: newId() })).toMatchObject({
      error: { code: 'not_found' },
    });
    await desk.handlers['quickReply.delete']({ quickReplyId: held.id });
    expect(desk.sent().at(-1)).toEqual({ quickReplyId: held.id });
  });
});

describe('files of messages', () => {
  const opened = (onClose: () => void): Held['opened'] => ({
    ok: true,
    mimeType: 'application/pdf',
    fileName: null,
    file: {
      sizeBytes: 5,
      async *read() {
        yield new Uint8Array(5);
      },
      close: async () => onClose(),
    },
  });
  const handlersOf = (given: Partial<Held>) => createFileHandlers(createTestDesk(given).findDesk);
  const input = { mediaId: newId(), fileName: 'informe.pdf' };

  it.each([
    [null, { ok: true, data: {} }],
    ['offline', { ok: false, error: { code: 'media_unavailable' } }],
    ['not_found', { ok: false, error: { code: 'media_unavailable' } }],
    ['disk_full', { ok: false, error: { code: 'disk_full' } }],
  ] as const)('are brought, or %s', async (fetched, reply) => {
    expect(await handlersOf({ fetched })['media.fetch']({ mediaId: newId() })).toEqual(reply);
  });

  it('are saved where a person says, and let go of whatever happens', async () => {
    let closed = 0;
    const close = () => {
      closed += 1;
    };
    const saves: [Held['saveFile'], object][] = [
      [async () => ({ isSaved: true }), { ok: true, data: { isSaved: true } }],
      [async () => ({ isSaved: false }), { ok: true, data: { isSaved: false } }],
      [() => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC' })), { ok: false, error: { code: 'disk_full' } }],
    ]; // prettier-ignore
    for (const [saveFile, reply] of saves)
      expect(await handlersOf({ opened: opened(close), saveFile })['media.save'](input)).toEqual(reply);
    expect(closed).toBe(3);
    expect(await handlersOf({})['media.save'](input)).toMatchObject({ error: { code: 'media_unavailable' } });
  });
});
