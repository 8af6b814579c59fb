import { newId, UPLOAD_OFFSET_HEADER, type Id } from '@recado/protocol';
import { createHash } from 'node:crypto';
import { access, mkdtemp, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLES, type SampleFile } from '../../sandbox/media/samples.ts';
import { createTestClinic, signIn, startTestRelay, type TestRelay } from '../../sandbox/testing/relay.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import { createDatabase } from '../db/database.ts';
import { silentLogger } from '../logger.ts';
import { fileFamily, fitsType, servedType } from './file-types.ts';
import { createDiskFiles, TooManyBytesError } from './files.ts';
import { measure } from './measure.ts';
import { createMedia } from './media.ts';

let relay: TestRelay;
let token: string;
beforeAll(async () => {
  relay = await startTestRelay();
  ({ token } = await relay.signIn());
});
afterAll(() => relay.close());

const as = (bearer: string, more: Record<string, string> = {}) => ({
  headers: { authorization: `Bearer ${bearer}`, ...more },
});

/** The same file under an id of its own, so that tests do not meet. */
function fresh(sample: SampleFile): SampleFile {
  const bytes = Buffer.concat([sample.bytes, Buffer.from(newId())]);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ...sample, bytes, sizeBytes: bytes.length, sha256, mediaId: newId() };
}

const announcementOf = ({ mediaId, fileName, mimeType, sizeBytes, sha256, voice }: SampleFile) => ({
  id: mediaId,
  fileName,
  mimeType,
  sizeBytes,
  sha256,
  voice,
});

function announce(file: object, bearer = token): Promise<Response> {
  return fetch(`${relay.url}/v1/media`, {
    method: 'POST',
    ...as(bearer, { 'content-type': 'application/json' }),
    body: JSON.stringify(file),
  });
}

function bring(id: Id, offset: number, bytes: Buffer, bearer = token): Promise<Response> {
  return fetch(`${relay.url}/v1/media/${id}`, {
    method: 'PATCH',
    ...as(bearer, { 'content-type': 'application/octet-stream', [UPLOAD_OFFSET_HEADER]: String(offset) }),
    body: new Uint8Array(bytes),
  });
}

const get = (id: Id, headers: Record<string, string> = {}, bearer = token) =>
  fetch(`${relay.url}/v1/media/${id}`, as(bearer, headers));

async function upload(file: SampleFile): Promise<void> {
  await announce(announcementOf(file));
  expect(await (await bring(file.mediaId, 0, file.bytes)).json()).toEqual({
    received: file.sizeBytes,
    complete: true,
  });
}

describe('an upload', () => {
  test('comes in parts, says where it is, and goes on from there', async () => {
    const file = fresh(SAMPLES.gums);
    expect(await (await announce(announcementOf(file))).json()).toEqual({ received: 0, complete: false });
    const half = Math.floor(file.sizeBytes / 2);
    expect(await (await bring(file.mediaId, 0, file.bytes.subarray(0, half))).json()).toEqual({
      received: half,
      complete: false,
    });
    expect(await (await announce(announcementOf(file))).json()).toEqual({ received: half, complete: false });
    const early = await get(file.mediaId);
    expect([early.status, ((await early.json()) as { code: string }).code]).toEqual([409, 'media_not_ready']);

    for (const wrong of [0, half - 1, half + 1, file.sizeBytes]) {
      const answer = await bring(file.mediaId, wrong, file.bytes.subarray(half));
      expect([answer.status, answer.headers.get(UPLOAD_OFFSET_HEADER)]).toEqual([409, String(half)]);
    }
    const rest = await bring(file.mediaId, half, file.bytes.subarray(half));
    expect(await rest.json()).toEqual({ received: file.sizeBytes, complete: true });
    expect(Buffer.from(await (await get(file.mediaId)).arrayBuffer())).toEqual(file.bytes);
    // A repeat of the last part, whose answer was lost.
    expect((await bring(file.mediaId, file.sizeBytes, Buffer.alloc(0))).status).toBe(200);
    expect((await bring(file.mediaId, half, file.bytes.subarray(half))).status).toBe(409);
  });

  test('keeps what had come when the connection broke', async () => {
    const file = fresh(SAMPLES.gums);
    await announce(announcementOf(file));
    const broken = request(`${relay.url}/v1/media/${file.mediaId}`, {
      method: 'PATCH',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/octet-stream',
        'content-length': file.sizeBytes,
        [UPLOAD_OFFSET_HEADER]: '0',
      },
    });
    broken.on('error', () => {});
    broken.write(file.bytes.subarray(0, 10_000));
    const progress = async () =>
      ((await (await announce(announcementOf(file))).json()) as { received: number }).received;
    await eventually('the first bytes', async () => (await progress()) === 10_000);
    await new Promise((resolve) => broken.once('close', resolve).destroy());
    const rest = await bring(file.mediaId, 10_000, file.bytes.subarray(10_000));
    expect(await rest.json()).toEqual({ received: file.sizeBytes, complete: true });
  });

  test('of what the clinic has already is complete at once, and in no other clinic', async () => {
    const file = fresh(SAMPLES.quote);
    await upload(file);
    const again = { ...announcementOf(file), id: newId(), fileName: 'otra-vez.pdf' };
    expect(await (await announce(again)).json()).toEqual({ received: file.sizeBytes, complete: true });
    const other = await createTestClinic(relay.databaseUrl);
    const stranger = (await signIn(relay.url, other.agents[0] as never)).token;
    expect(await (await announce({ ...again, id: newId() }, stranger)).json()).toMatchObject({ received: 0 });
    for (const answer of [
      await get(file.mediaId, {}, stranger),
      await bring(file.mediaId, file.sizeBytes, Buffer.alloc(0), stranger),
    ]) {
      expect(answer.status).toBe(404);
    }
    expect((await fetch(`${relay.url}/v1/media/${file.mediaId}`)).status).toBe(401);
  });

  const refusals: [string, (file: SampleFile) => object, number, string][] = [
    ['a type WhatsApp does not take', () => ({ mimeType: 'audio/webm' }), 422, 'media_refused'],
    ['a page', () => ({ mimeType: 'text/html' }), 422, 'media_refused'],
    ['a picture over five megabytes', () => ({ sizeBytes: 5 * 1_048_576 + 1 }), 413, 'payload_too_large'],
    ['an id that is none', () => ({ id: '../../etc/passwd' }), 400, 'invalid_request'],
    ['a hash that is none', () => ({ sha256: '../../../etc/passwd' }), 400, 'invalid_request'],
  ];
  test.each(refusals)('of %s is refused before a byte comes', async (_name, change, status, code) => {
    const file = fresh(SAMPLES.gums);
    const answer = await announce({ ...announcementOf(file), ...change(file) });
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([status, code]);
  });

  test('of other bytes than announced leaves nothing behind', async () => {
    const file = fresh(SAMPLES.gums);
    await announce(announcementOf(file));
    const wrong = Buffer.from(file.bytes);
    wrong[100] = (wrong[100] ?? 0) ^ 1;
    const answer = await bring(file.mediaId, 0, wrong);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'media_refused', detail: 'hash' },
    ]);
    expect(await (await announce(announcementOf(file))).json()).toEqual({ received: 0, complete: false });
    expect((await bring(file.mediaId, 0, file.bytes)).status).toBe(200);
  });

  test('of a page dressed up as a picture is refused', async () => {
    const bytes = Buffer.from('<html><script>alert(1)</script></html>');
    const file = fresh({ ...SAMPLES.gums, bytes });
    await announce(announcementOf(file));
    const answer = await bring(file.mediaId, 0, file.bytes);
    expect([answer.status, await answer.json()]).toMatchObject([
      422,
      { code: 'media_refused', detail: 'type' },
    ]);
  });

  test('of more bytes than announced is refused', async () => {
    const file = fresh(SAMPLES.gums);
    await announce(announcementOf(file));
    const answer = await bring(file.mediaId, 0, Buffer.concat([file.bytes, Buffer.from('x')]));
    expect(answer.status).toBe(413);
  });

  test('needs an announcement, an offset and a session', async () => {
    const file = fresh(SAMPLES.gums);
    expect((await bring(file.mediaId, 0, file.bytes)).status).toBe(404);
    await announce(announcementOf(file));
    expect((await bring(file.mediaId, Number.NaN, file.bytes)).status).toBe(400);
    expect((await bring(file.mediaId, 0, file.bytes, 'nobody-at-all-0000000')).status).toBe(401);
    const other = { ...announcementOf(fresh(SAMPLES.gums)), id: file.mediaId };
    expect((await announce(other)).status).toBe(409);
  });
});

test('an upload nobody goes on with is forgotten after a fortnight, its bytes too', async () => {
  const now = Date.now();
  const clock = { now: () => now + 15 * 24 * 3_600_000 };
  const files = createDiskFiles(relay.mediaFolder);
  const database = createDatabase({ url: relay.databaseUrl, poolSize: 1 });
  const media = createMedia({ database, files, clock, logger: silentLogger });
  const [left, done] = [fresh(SAMPLES.gums), fresh(SAMPLES.gums)];
  await announce(announcementOf(left));
  await bring(left.mediaId, 0, left.bytes.subarray(0, 500));
  await upload(done);
  await media.dropAbandoned(relay.clinic.id);
  expect(await files.received({ clinicId: relay.clinic.id, id: left.mediaId })).toBe(0);
  expect([(await get(left.mediaId)).status, (await get(done.mediaId)).status]).toEqual([404, 200]);
  await database.close();
});

describe('a file', () => {
  let file: SampleFile;
  beforeAll(async () => {
    file = { ...fresh(SAMPLES.film), fileName: 'vídeo "raro"; x=../y\r\nz.mp4'.replace(/\r\n/, ' ') };
    await upload(file);
  });

  test('is given out so that nothing runs it', async () => {
    const answer = await get(file.mediaId);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'content-type': 'video/mp4',
      'content-length': String(file.sizeBytes),
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
      'cross-origin-resource-policy': 'same-origin',
      'accept-ranges': 'bytes',
      etag: `"${file.sha256}"`,
    });
    const name = answer.headers.get('content-disposition') ?? '';
    expect(name).toMatch(/^attachment; filename="[\w. -]+"; filename\*=UTF-8''[\w.%~!&+-]+$/);
    expect(decodeURIComponent(name.split("''")[1] ?? '')).toBe(file.fileName);
  });

  const ranges: [string, number, (bytes: Buffer) => Buffer][] = [
    ['bytes=0-99', 206, (bytes) => bytes.subarray(0, 100)],
    ['bytes=100-', 206, (bytes) => bytes.subarray(100)],
    ['bytes=-100', 206, (bytes) => bytes.subarray(-100)],
    ['bytes=0-999999999', 206, (bytes) => bytes],
    ['bytes=999999999-', 416, () => Buffer.alloc(0)],
    ['bytes=-', 416, () => Buffer.alloc(0)],
    ['bytes=5-2', 416, () => Buffer.alloc(0)],
    ['lines=1-2', 416, () => Buffer.alloc(0)],
  ];
  test.each(ranges)('answers %s with %i', async (range, status, expected) => {
    const answer = await get(file.mediaId, { range });
    expect(answer.status).toBe(status);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(expected(file.bytes));
  });

  test('is not sent again to who has it, and whole to who has another', async () => {
    expect((await get(file.mediaId, { 'if-none-match': `"${file.sha256}"` })).status).toBe(304);
    const other = await get(file.mediaId, { range: 'bytes=0-9', 'if-range': '"other"' });
    expect(other.status).toBe(200);
    await other.arrayBuffer();
  });

  test.each(['../../../etc/passwd', '..%2f..%2fetc%2fpasswd', 'x', newId()])(
    'is not found as %s',
    async (id) => {
      expect([400, 404]).toContain((await get(id)).status);
    },
  );
});

describe('bytes tell what a file is', () => {
  test('as their names say', () => {
    const families = Object.values(SAMPLES).map(({ bytes, mimeType }) => [mimeType, fileFamily(bytes)]);
    expect(Object.fromEntries(families)).toEqual({
      'image/jpeg': 'jpeg',
      'image/png': 'png',
      'image/webp': 'webp',
      'video/mp4': 'iso',
      'audio/ogg; codecs=opus': 'ogg',
      'application/pdf': 'pdf',
    });
    for (const { bytes, mimeType } of Object.values(SAMPLES)) expect(fitsType(mimeType, bytes)).toBe(true);
  });

  test.each([
    ['text/plain', 'hola\n', true],
    ['text/plain', 'hola\0', false],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'PK\x03\x04…', true],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'MZ', false],
    ['audio/mpeg', 'ID3\x04', true],
    ['audio/amr', '#!AMR\n', true],
    ['application/x-unheard-of', 'anything', true],
  ])('%s that begins with %j: %s', (type, text, expected) => {
    expect(fitsType(type, Buffer.from(text, 'latin1'))).toBe(expected);
  });

  test.each([
    ['text/html', 'application/octet-stream'],
    ['image/svg+xml', 'application/octet-stream'],
    ['text/plain', 'application/octet-stream'],
    ['IMAGE/JPEG; x=y', 'image/jpeg'],
    ['__proto__', 'application/octet-stream'],
  ])('%s is served as %s', (type, expected) => {
    expect(servedType(type)).toBe(expected);
  });

  test('and how large or long it is', () => {
    for (const { bytes, kind, width, height, durationMs } of Object.values(SAMPLES)) {
      const measured = measure({ head: bytes.subarray(0, 65_536), tail: bytes.subarray(-65_536) });
      if (kind === 'image' || kind === 'sticker') expect(measured).toMatchObject({ width, height });
      if (kind === 'audio') {
        expect(Math.abs((measured.durationMs ?? 0) - (durationMs ?? 0))).toBeLessThan(60);
      }
      for (let length = 0; length < 64; length += 1) {
        const cut = bytes.subarray(0, length);
        expect(() => measure({ head: cut, tail: cut })).not.toThrow();
      }
    }
  });
});

describe('a folder of files', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'recado-files-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));
  async function* chunks(...texts: string[]) {
    for (const text of texts) yield Buffer.from(text);
  }

  test('takes the same bytes from two connections at once', async () => {
    const files = createDiskFiles(folder);
    const upload = { clinicId: newId(), id: newId() };
    const write = (offset: number, ...texts: string[]) =>
      files.write(upload, { offset, bytes: chunks(...texts), most: 8 });
    await write(0, 'abcd');
    await Promise.all([write(4, 'ef', 'gh'), write(4, 'e', 'fgh')]);
    const found = await files.inspect(upload);
    expect([found?.sizeBytes, found?.head.toString()]).toEqual([8, 'abcdefgh']);
    await Promise.all([files.keep(upload, found?.sha256 ?? ''), files.keep(upload, found?.sha256 ?? '')]);
    expect(await files.has(upload.clinicId, found?.sha256 ?? '')).toBe(true);
    await expect(
      files.write(upload, { offset: 0, bytes: chunks('too', 'much', 'of'), most: 4 }),
    ).rejects.toThrow(TooManyBytesError);
    expect(await files.received(upload)).toBe(0);
  });

  test('has no way out of it', async () => {
    const files = createDiskFiles(folder);
    const bad = '../../outside';
    await expect(files.received({ clinicId: bad, id: newId() })).rejects.toThrow(TypeError);
    await expect(
      files.write({ clinicId: newId(), id: bad }, { offset: 0, bytes: chunks('x'), most: 9 }),
    ).rejects.toThrow(TypeError);
    await expect(files.has(newId(), bad)).rejects.toThrow(TypeError);
    expect(() => files.read(newId(), bad)).toThrow(TypeError);
    await expect(access(join(folder, '../outside'))).rejects.toThrow();
  });
});
