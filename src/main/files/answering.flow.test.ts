/** Answers with files and templates: from the window's calls to what WhatsApp is asked, through everything between. */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { buildQuery } from '../store/testing.ts';
import { createProfile, startApp, type TestApp, type TestProfile } from '../testing/app.ts';
import { createClinicWorld, type ClinicWorld } from '../testing/clinic-world.ts';

vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

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
