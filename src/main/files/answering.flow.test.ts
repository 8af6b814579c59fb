/** Answers with files and templates: from the window's calls to what WhatsApp is asked, through everything between. */
import { flattenValue } from '@recado/protocol';
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { SAMPLES } from '../../../relay/sandbox/media/samples.ts';
import type { CallInput } from '../../shared/contract/index.ts';
import { buildQuery } from '../store/testing.ts';
import { createProfile, startApp, type TestApp, type TestProfile } from '../testing/app.ts';
import { createClinicWorld, type ClinicWorld } from '../testing/clinic-world.ts';

let world: ClinicWorld;
let profile: TestProfile;
let running: TestApp[];

let sentBefore: number;
let requestsBefore: number;

// One relay for all: what tells the tests apart is the PC each begins with.
beforeAll(async () => {
  world = await createClinicWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  running = [];
  profile = await createProfile();
  await world.proxy.goOnline();
  world.proxy.clear();
  sentBefore = world.sandbox.requests().length;
  requestsBefore = world.proxy.requests().length;
});
afterEach(async () => {
  for (const app of running) await app.close();
  await profile.remove();
});
/** What this test has asked of the relay. */
const asked = () => world.proxy.requests().slice(requestsBefore);

async function start(changes: Parameters<typeof startApp>[1] = {}): Promise<TestApp> {
  const app = await startApp(profile, changes);
  running.push(app);
  return app;
}
async function stop(app: TestApp): Promise<void> {
  running = running.filter((other) => other !== app);
  await app.close();
}

/** Signed in, with a patient who has just written. */
async function ready(): Promise<{ app: TestApp; conversationId: string }> {
  const app = await start();
  const { email, password } = world.agent;
  await app.ask('session.signIn', { relayUrl: world.url, email, password });
  await app.until(() => app.state().sync.phase === 'live');
  await world.patientWrites('¿Me mandan el informe?');
  const row = await app.until(
    async () => (await app.ask('inbox.page', { query: buildQuery(), before: null, limit: 5 })).rows[0],
  );
  return { app, conversationId: row.conversationId };
}

/** Another one each time: what the relay has already is not brought again. */
const pdf = () => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(1_700_000)]);

async function stage(app: TestApp, content: Buffer, fileName: string, mimeType: string): Promise<string> {
  const { fileId } = await app.ask('file.begin', { fileName, mimeType, sizeBytes: content.length });
  for (let offset = 0; offset < content.length; offset += 400_000)
    await app.ask('file.append', {
      fileId,
      offset,
      bytes: new Uint8Array(content.subarray(offset, offset + 400_000)),
    });
  await app.ask('file.finish', { fileId });
  return fileId;
}

interface Sent {
  type?: string;
  document?: { id: string; filename?: string; caption?: string };
  [kind: string]: unknown;
}
/** Messages WhatsApp was asked to send, without read marks. */
const sent = () =>
  world.sandbox
    .requests()
    .slice(sentBefore)
    .map(({ body }) => body as Sent)
    .filter(({ type }) => type !== undefined);
const itemOf = async (app: TestApp, conversationId: string, messageId: string) =>
  (await app.ask('thread.page', { conversationId, before: null, limit: 50 })).items.find(
    (item) => item.messageId === messageId,
  );
const delivered = (app: TestApp, conversationId: string, messageId: string) =>
  app.until(async () => {
    const { state = '', error } = (await itemOf(app, conversationId, messageId))?.delivery ?? {};
    if (state === 'failed') throw new Error(`the message failed: ${error?.code ?? 'for no reason'}`);
    return ['sent', 'delivered'].includes(state);
  });

describe('files', () => {
  it('reach WhatsApp with their words, and are shown offline afterwards', async () => {
    const { app, conversationId } = await ready();
    const content = pdf();
    const fileId = await stage(app, content, 'informe.pdf', 'application/pdf');
    const { messageId } = await app.ask('message.send', {
      conversationId,
      text: 'Aquí lo tiene',
      attachments: [{ fileId, caption: null }],
    });
    await delivered(app, conversationId, messageId);
    expect(sent()).toMatchObject([
      { type: 'document', document: { filename: 'informe.pdf', caption: 'Aquí lo tiene' } },
    ]);
    await world.proxy.goOffline();
    const opened = await app.core.openMedia(fileId);
    if (!opened.ok) throw new Error(opened.reason);
    const chunks: Uint8Array[] = [];
    for await (const chunk of opened.file.read(0, opened.file.sizeBytes)) chunks.push(chunk);
    await opened.file.close();
    expect(Buffer.concat(chunks).equals(content)).toBe(true);
    expect(app.events.transfer.some(({ transfers }) => transfers.some((each) => each.fileId === fileId))).toBe(true);
  }); // prettier-ignore

  it('chosen offline wait with their message, through a restart in the middle, and go once', async () => {
    const { app, conversationId } = await ready();
    const content = pdf();
    const fileId = await stage(app, content, 'informe.pdf', 'application/pdf');
    // Some of it arrives, then nothing is heard any more.
    world.proxy.add(/^PATCH/, { type: 'loseAnswer' }, 1);
    world.proxy.add(/^PATCH/, { type: 'silence' });
    const { messageId } = await app.ask('message.send', {
      conversationId,
      text: '',
      attachments: [{ fileId, caption: null }],
    });
    await app.until(() => asked().filter((line) => line.startsWith('PATCH')).length >= 2);
    await stop(app);
    world.proxy.clear();
    const again = await start();
    await delivered(again, conversationId, messageId);
    expect(sent().filter(({ type }) => type === 'document')).toHaveLength(1);
  });

  it('leave nothing readable on the disk', async () => {
    const { app, conversationId } = await ready();
    const secret = 'Lucía Martín tiene una férula nueva. ';
    const fileId = await stage(app, Buffer.from(secret.repeat(2_000)), 'nota.txt', 'text/plain');
    const { messageId } = await app.ask('message.send', {
      conversationId,
      text: '',
      attachments: [{ fileId, caption: null }],
    });
    await delivered(app, conversationId, messageId);
    await stop(app);
    const names = await profile.files();
    expect(names.some((name) => name.includes(fileId))).toBe(true);
    for (const name of names) {
      expect(name).not.toMatch(/nota|luc/i);
      const bytes = await readFile(join(profile.folder, name)).catch(() => Buffer.alloc(0));
      expect([name, bytes.includes('férula')]).toEqual([name, false]);
    }
  });

  it('over a limit, or not what they say, are refused before anything leaves', async () => {
    const { app } = await ready();
    const png = Buffer.concat([Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108020000', 'hex'), Buffer.alloc(5 * 1_024 ** 2)]); // prettier-ignore
    const big = await app.ask('file.begin', { fileName: 'a.png', mimeType: 'image/png', sizeBytes: png.length });
    await app.ask('file.append', { fileId: big.fileId, offset: 0, bytes: new Uint8Array(png) });
    expect(await app.call('file.finish', { fileId: big.fileId })).toEqual({
      ok: false,
      error: { code: 'file_refused', problem: 'too_large' },
    });
    expect(await app.call('file.finish', { fileId: big.fileId })).toMatchObject({ error: { code: 'not_found' } });
    expect(asked().filter((line) => line.includes('/media'))).toEqual([]);
  }); // prettier-ignore

  it('can be undone while their message is held or under way', async () => {
    const { app, conversationId } = await ready();
    const content = pdf();
    const fileId = await stage(app, content, 'informe.pdf', 'application/pdf');
    world.proxy.add(/^PATCH/, { type: 'silence' });
    const { messageId } = await app.ask('message.send', {
      conversationId,
      text: '',
      attachments: [{ fileId, caption: null }],
    });
    await app.until(() => asked().some((line) => line.startsWith('PATCH')));
    await app.ask('message.discard', { conversationId, messageId });
    expect(await itemOf(app, conversationId, messageId)).toBeUndefined();
    expect(app.state().sync.phase).toBe('live');
    world.proxy.clear();
    const next = await app.ask('message.send', { conversationId, text: 'Mejor mañana' });
    await delivered(app, conversationId, next.messageId);
    expect(sent()).toMatchObject([{ type: 'text' }]);
  });
});

describe('templates', () => {
  /** Makes a template as an administrator does, and waits until WhatsApp has approved it. */
  async function approved(app: TestApp, draft: Omit<CallInput<'template.create'>, 'language' | 'category'>) {
    const { templateId } = await app.ask('template.create', {
      ...draft,
      language: 'es',
      category: 'UTILITY',
    });
    const statusOf = async () =>
      (await app.ask('template.list', {})).templates.find(({ id }) => id === templateId)?.status;
    await app.until(async () => (await statusOf()) === 'PENDING');
    await world.sandbox.reviewTemplate({ name: draft.name, status: 'APPROVED' });
    await app.until(async () => (await statusOf()) === 'APPROVED');
    return templateId;
  }
  const named = (...names: string[]) => ({
    body_text_named_params: names.map((name) => ({ param_name: name, example: 'ejemplo' })),
  });

  it('carry free writing with a document', async () => {
    const { app, conversationId } = await ready();
    const content = pdf();
    const fileId = await stage(app, content, 'plan.pdf', 'application/pdf');
    const templateId = await approved(app, {
      name: 'escritura_libre',
      parameterFormat: 'NAMED',
      fileId,
      components: [
        { type: 'HEADER', format: 'DOCUMENT' },
        {
          type: 'BODY',
          text: 'Hola {{nombre}}, le escribimos de la clínica: {{motivo}} Quedamos a su disposición.',
          example: named('nombre', 'motivo'),
        },
      ],
    });
    const motivo = flattenValue('su plan está listo.\nTraiga:\n- DNI\n- volante');
    const { messageId } = await app.ask('message.sendTemplate', {
      conversationId,
      templateId,
      values: { body: { nombre: 'Lucía', motivo } },
      fileId,
    });
    await delivered(app, conversationId, messageId);
    expect(sent()).toMatchObject([
      {
        type: 'template',
        template: {
          name: 'escritura_libre',
          components: [
            { type: 'header', parameters: [{ type: 'document', document: { filename: 'plan.pdf' } }] },
            {
              type: 'body',
              parameters: [
                { parameter_name: 'nombre', text: 'Lucía' },
                { parameter_name: 'motivo', text: 'su plan está listo. Traiga: DNI · volante' },
              ],
            },
          ],
        },
      },
    ]);
    expect(await itemOf(app, conversationId, messageId)).toMatchObject({
      text: `Hola Lucía, le escribimos de la clínica: ${motivo} Quedamos a su disposición.`,
    });
    expect((await app.ask('template.list', {})).templates[0]?.lastUsedAt).not.toBeNull();
  });

  it('carry a picture, names and the end of an address', async () => {
    const { app, conversationId } = await ready();
    const fileId = await stage(app, SAMPLES.gums.bytes, 'foto.jpg', 'image/jpeg');
    const url = 'https://clinica.example/c/{{1}}';
    const templateId = await approved(app, {
      name: 'cita_con_foto',
      parameterFormat: 'NAMED',
      fileId,
      components: [
        { type: 'HEADER', format: 'IMAGE' },
        { type: 'BODY', text: 'Hola {{nombre}}, aquí tiene su cita.', example: named('nombre') },
        {
          type: 'BUTTONS',
          buttons: [{ type: 'URL', text: 'Ver cita', url, example: ['https://clinica.example/c/a'] }],
        },
      ],
    });
    const input = { conversationId, templateId, fileId };
    const incomplete = await app.call('message.sendTemplate', {
      ...input,
      values: { body: { nombre: 'Lucía' } },
    });
    expect(incomplete).toMatchObject({ error: { code: 'template_values_invalid' } });
    const values = { body: { nombre: 'Lucía' }, buttons: { 0: 'a1b2c3' } };
    const { messageId } = await app.ask('message.sendTemplate', { ...input, values });
    await delivered(app, conversationId, messageId);
    expect(sent()).toMatchObject([
      {
        type: 'template',
        template: {
          components: [
            { type: 'header', parameters: [{ type: 'image' }] },
            { type: 'body', parameters: [{ parameter_name: 'nombre', text: 'Lucía' }] },
            { type: 'button', sub_type: 'url', index: '0', parameters: [{ text: 'a1b2c3' }] },
          ],
        },
      },
    ]);
  });
});

describe('saved texts, reactions and new conversations', () => {
  it('travel with their files, and reach whom they are for', async () => {
    const { app, conversationId } = await ready();
    const fileId = await stage(app, SAMPLES.gums.bytes, 'plano.jpg', 'image/jpeg');
    const { quickReplyId } = await app.ask('quickReply.create', {
      shortcut: 'plano',
      text: 'Estamos aquí, {nombre}',
      fileId,
      isMine: false,
    });
    const { messageId } = await app.ask('message.send', {
      conversationId,
      text: '',
      quickReplyId,
      undoableForMs: 200,
    });
    await delivered(app, conversationId, messageId);
    expect(sent()).toMatchObject([{ type: 'image', image: { caption: 'Estamos aquí, Lucía' } }]);

    const page = await app.ask('thread.page', { conversationId, before: null, limit: 50 });
    const theirs = page.items.find(({ direction }) => direction === 'inbound')!;
    await app.ask('message.react', { conversationId, messageId: theirs.messageId, emoji: '👍' });
    await app.until(() => sent().some(({ type }) => type === 'reaction'));

    const known = await app.ask('conversation.start', { phone: '600 111 222', name: '' });
    expect(known).toEqual({ conversationId, isNew: false });
    const begun = await app.ask('conversation.start', { phone: '612 34 56 78', name: 'Ana' });
    expect(begun.isNew).toBe(true);
    const detail = await app.ask('conversation.get', { conversationId: begun.conversationId });
    expect(detail).toMatchObject({ displayName: 'Ana', phone: '+34 612 34 56 78' });
  });
});
