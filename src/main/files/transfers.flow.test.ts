/** Files to a real relay and from it, over real HTTP that breaks in the middle. */
import { newId, type OutgoingMedia } from '@recado/protocol';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { startTestRelay, type TestRelay } from '../../../relay/sandbox/testing/relay.ts';
import type { TransferView } from '../../shared/contract/index.ts';
import { systemScheduler } from '../lib/time.ts';
import { createRelayClient } from '../relay/client.ts';
import type { RelayClient } from '../relay/interface.ts';
import { createFaultProxy, type FaultProxy } from '../testing/fault-proxy.ts';
import { createFileStore } from './file-store.ts';
import type { FileStore } from './interface.ts';
import { createMediaCache } from './media-cache.ts';
import { createLocalFiles, type LocalFiles } from './testing.ts';
import { createUploader } from './uploader.ts';

const SIZE = 2_300_000;
const PATCH = /^PATCH .*\/media\//;
const GET = /^GET .*\/media\//;
const never = new AbortController().signal;

let server: TestRelay;
let token: string;
let proxy: FaultProxy;
let relay: RelayClient;
let folder: string;
let key: Buffer;
let files: FileStore;
let store: LocalFiles;
let told: TransferView[][];

const startFiles = async () => {
  files = createFileStore({ folder, key, now: Date.now });
  await files.prepare();
};

beforeAll(async () => {
  server = await startTestRelay();
  ({ token } = await server.signIn());
});
afterAll(() => server.close());
beforeEach(async () => {
  proxy = await createFaultProxy(server.url);
  relay = createRelayClient({
    baseUrl: proxy.url,
    fetch: globalThis.fetch,
    token,
    appVersion: '0.1.0',
    scheduler: systemScheduler,
    monotonicNow: () => performance.now(),
    onServerTime: () => undefined,
  });
  folder = await mkdtemp(join(tmpdir(), 'recado-transfers-'));
  key = randomBytes(32);
  store = createLocalFiles();
  told = [];
  await startFiles();
});
afterEach(async () => {
  await files.close();
  await proxy.close();
  await rm(folder, { recursive: true, force: true });
});

const uploader = () =>
  createUploader({
    store,
    relay,
    files,
    scheduler: { after: (_delay, action) => systemScheduler.after(0, action) },
    onTransfers: (transfers) => told.push(transfers),
  });
const cache = () =>
  createMediaCache({ store: { read: { ...store.read, mediaFacts: async ({ mediaId }) => facts.get(mediaId) ?? null } }, relay, files }); // prettier-ignore
const facts = new Map<
  string,
  { mimeType: string; fileName: string | null; sizeBytes: number | null; sha256: string | null }
>();

function mediaOf(content: Buffer): OutgoingMedia {
  return {
    mediaId: newId(),
    kind: 'document',
    mimeType: 'application/pdf',
    fileName: 'informe.pdf',
    sizeBytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
    voice: false,
    width: null,
    height: null,
    durationMs: null,
    waveform: null,
  };
}

/** A file of this PC, ready to be sent. */
async function own(size = SIZE): Promise<{ media: OutgoingMedia; content: Buffer }> {
  const content = Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size - 9)]);
  const media = mediaOf(content);
  const writer = await files.create(media.mediaId, 'own');
  await writer.append(content);
  await writer.finish();
  const { mediaId: fileId, fileName, mimeType, sizeBytes, voice } = media;
  await store.write.putLocalFile({
    file: { fileId, media, fileName, mimeType, sizeBytes, voice, isUploaded: false, addedAt: 0 },
  });
  return { media, content };
}

/** A file at the relay that this PC has never had. */
async function atRelay(size = SIZE): Promise<{ media: OutgoingMedia; content: Buffer }> {
  const sent = await own(size);
  expect(await uploader().ensureUploaded([sent.media], never)).toEqual({ ok: true, value: null });
  const { mediaId, mimeType, fileName, sizeBytes, sha256 } = sent.media;
  await files.discard(mediaId);
  await store.write.removeLocalFile({ fileId: mediaId });
  facts.set(mediaId, { mimeType, fileName, sizeBytes, sha256 });
  return sent;
}

const held = async ({ mediaId }: OutgoingMedia): Promise<Buffer> =>
  Buffer.from(
    await (
      await fetch(`${server.url}/v1/media/${mediaId}`, { headers: { authorization: `Bearer ${token}` } })
    ).arrayBuffer(),
  );
const count = (pattern: RegExp) => proxy.requests().filter((line) => pattern.test(line)).length;

async function contentHere(mediaId: string): Promise<Buffer> {
  const opened = await cache().open(mediaId);
  if (!opened.ok) throw new Error(opened.reason);
  const chunks: Uint8Array[] = [];
  for await (const chunk of opened.file.read(0, opened.file.sizeBytes)) chunks.push(chunk);
  await opened.file.close();
  return Buffer.concat(chunks);
}

describe('uploads', () => {
  it('bring a file whole, say how far they are, and are not repeated', async () => {
    const { media, content } = await own();
    const uploads = uploader();
    expect(await uploads.ensureUploaded([media], never)).toEqual({ ok: true, value: null });
    expect((await held(media)).equals(content)).toBe(true);
    expect(store.rows.get(media.mediaId)?.isUploaded).toBe(true);
    await vi.waitUntil(() => told.at(-1)?.length === 0);
    const seen = told.flat().filter(({ fileId }) => fileId === media.mediaId);
    expect(seen.length).toBeGreaterThan(0);
    for (const { sizeBytes, sentBytes } of seen) expect(sentBytes).toBeLessThanOrEqual(sizeBytes);
    const before = proxy.requests().length;
    expect(await uploads.ensureUploaded([media], never)).toEqual({ ok: true, value: null });
    expect(proxy.requests().length).toBe(before);
  });

  it('go on after a cut and a restart from what the relay has', async () => {
    const { media, content } = await own();
    proxy.add(PATCH, { type: 'trickle', bytes: 1_000 }, 2);
    proxy.add(PATCH, { type: 'cutBefore' }, 1);
    expect(await uploader().ensureUploaded([media], never)).toEqual({
      ok: false,
      failure: { kind: 'unreachable' },
    });
    const pieces = count(PATCH);
    await files.close();
    await startFiles();
    expect(await uploader().ensureUploaded([media], never)).toEqual({ ok: true, value: null });
    expect((await held(media)).equals(content)).toBe(true);
    // Two pieces had arrived and were not sent again.
    expect(count(PATCH) - pieces).toBe(Math.ceil(SIZE / (512 * 1_024)) - 2);
  });

  it('go on when the relay got a piece and its answer was lost', async () => {
    const { media, content } = await own();
    proxy.add(PATCH, { type: 'loseAnswer' }, 1);
    expect(await uploader().ensureUploaded([media], never)).toMatchObject({
      failure: { kind: 'unreachable' },
    });
    expect(await uploader().ensureUploaded([media], never)).toEqual({ ok: true, value: null });
    expect((await held(media)).equals(content)).toBe(true);
  });

  it('announce again when the relay has another number of bytes', async () => {
    const { media, content } = await own();
    proxy.add(PATCH, { type: 'answer', status: 409, headers: { 'content-type': 'application/problem+json' }, body: JSON.stringify({ title: 'offset', status: 409, code: 'invalid_request' }) }, 1); // prettier-ignore
    expect(await uploader().ensureUploaded([media], never)).toEqual({ ok: true, value: null });
    expect((await held(media)).equals(content)).toBe(true);
  });

  it('of one file that several messages wait for happen once, and end when the last gives up', async () => {
    const { media } = await own();
    const uploads = uploader();
    const [one, other] = [new AbortController(), new AbortController()];
    const first = uploads.ensureUploaded([media], one.signal);
    const second = uploads.ensureUploaded([media], other.signal);
    one.abort();
    expect(await first).toEqual({ ok: false, failure: { kind: 'aborted' } });
    expect(await second).toEqual({ ok: true, value: null });
    expect(count(/^POST .*\/media/)).toBe(1);

    const { media: next } = await own();
    const last = new AbortController();
    proxy.add(PATCH, { type: 'silence' });
    const waiting = uploads.ensureUploaded([next], last.signal);
    await vi.waitUntil(() => proxy.requests().some((line) => line.includes(next.mediaId)));
    last.abort();
    expect(await waiting).toEqual({ ok: false, failure: { kind: 'aborted' } });
    proxy.clear();
    expect(await uploads.ensureUploaded([next], never)).toEqual({ ok: true, value: null });
    expect(uploads.transfers()).toEqual([]);
  });

  it('of what the clinic has already need no bytes, and of what nobody has are refused', async () => {
    const { media } = await atRelay(50_000);
    const before = count(PATCH);
    expect(await uploader().ensureUploaded([{ ...media, mediaId: newId() }], never)).toEqual({
      ok: true,
      value: null,
    });
    expect(count(PATCH)).toBe(before);
    expect(await uploader().ensureUploaded([mediaOf(randomBytes(10))], never)).toMatchObject({
      ok: false,
      failure: { kind: 'refused', code: 'media_not_found' },
    });
  });

  it('that the relay will never take are refused for good', async () => {
    const { media } = await own();
    const outcome = await uploader().ensureUploaded([{ ...media, mimeType: 'text/html' }], never);
    expect(outcome).toMatchObject({ ok: false, failure: { kind: 'refused', code: 'media_refused' } });
  });
});

describe('received files', () => {
  it('come once, however many look, and are there offline', async () => {
    const { media, content } = await atRelay();
    const media1 = cache();
    const answers = await Promise.all(Array.from({ length: 5 }, () => media1.open(media.mediaId)));
    expect(answers.every(({ ok }) => ok)).toBe(true);
    for (const answer of answers) if (answer.ok) await answer.file.close();
    expect(count(GET)).toBe(1);
    await proxy.goOffline();
    expect((await contentHere(media.mediaId)).equals(content)).toBe(true);
    expect(await cache().fetch(media.mediaId)).toBeNull();
    const opened = await cache().open(media.mediaId);
    expect(opened).toMatchObject({ ok: true, mimeType: 'application/pdf', fileName: 'informe.pdf' });
    if (opened.ok) await opened.file.close();
  });

  it('go on where the connection broke, at once and after a restart', async () => {
    const { media, content } = await atRelay();
    proxy.add(GET, { type: 'cutAfter', bytes: 900_000 }, 1);
    expect(await cache().fetch(media.mediaId)).toBeNull();
    expect(count(GET)).toBe(2);
    expect((await contentHere(media.mediaId)).equals(content)).toBe(true);

    const later = await atRelay();
    proxy.add(GET, { type: 'cutAfter', bytes: 900_000 }, 1);
    proxy.add(GET, { type: 'cutBefore' }, 1);
    expect(await cache().fetch(later.media.mediaId)).toBe('offline');
    expect((await readdir(join(folder, 'cache'))).filter((name) => name.endsWith('.part'))).toHaveLength(1);
    await files.close();
    await startFiles();
    expect((await contentHere(later.media.mediaId)).equals(later.content)).toBe(true);
  });

  it('that are not what was said of them are not kept', async () => {
    const { media } = await atRelay(50_000);
    facts.set(media.mediaId, { ...facts.get(media.mediaId)!, sha256: '0'.repeat(64) });
    expect(await cache().fetch(media.mediaId)).toBe('offline');
    expect(await files.usedBytes()).toBe(0);
  });

  it('nobody has named, or the relay does not have, are not found; without a connection they are offline', async () => {
    expect(await cache().fetch(newId())).toBe('not_found');
    const unknown = newId();
    facts.set(unknown, { mimeType: 'image/png', fileName: null, sizeBytes: 5, sha256: null });
    expect(await cache().fetch(unknown)).toBe('not_found');
    await proxy.goOffline();
    expect(await cache().fetch(unknown)).toBe('offline');
  });

  it('stop coming when the app closes', async () => {
    const { media } = await atRelay();
    proxy.add(GET, { type: 'silence' }, 1);
    const media1 = cache();
    const waiting = media1.fetch(media.mediaId);
    await vi.waitUntil(() => count(GET) === 1);
    await media1.close();
    expect(await waiting).toBe('offline');
  });
});
