import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from './file-store.ts';
import { createFileIntake } from './intake.ts';
import type { FileIntake, FileStore } from './interface.ts';
import { createLocalFiles, type LocalFiles } from './testing.ts';

const NO_MEASURES = { width: null, height: null, durationMs: null, waveform: null };
const pdf = (size: number) => Buffer.concat([Buffer.from('%PDF-1.7\n'), randomBytes(size - 9)]);
const opus = (size: number) =>
  Buffer.concat([
    Buffer.from('OggS'),
    Buffer.alloc(24),
    Buffer.from('OpusHead\x01\x01'),
    randomBytes(size - 38),
  ]);

let folder: string;
let files: FileStore;
let store: LocalFiles;
let intake: FileIntake;
let now: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recado-intake-'));
  files = createFileStore({ folder, key: randomBytes(32), now: Date.now });
  await files.prepare();
  store = createLocalFiles();
  now = 1_000_000_000;
  intake = createFileIntake({ store, files, clock: { now: () => now }, log: () => undefined });
});
afterEach(async () => {
  await intake.close();
  await files.close();
  await rm(folder, { recursive: true, force: true });
});

async function begin(
  content: Buffer,
  changes: { fileName?: string; mimeType?: string; voice?: boolean } = {},
) {
  const begun = await intake.begin({
    fileName: 'informe.pdf',
    mimeType: 'application/pdf',
    voice: false,
    ...changes,
    sizeBytes: content.length,
  });
  if (!begun.ok) throw new Error(begun.refusal.code);
  return begun.value.fileId;
}
async function take(content: Buffer, changes: Parameters<typeof begin>[1] = {}, step = 50_000) {
  const fileId = await begin(content, changes);
  for (let offset = 0; offset < content.length; offset += step) {
    const bytes = content.subarray(offset, offset + step);
    expect(await intake.append({ fileId, offset, bytes })).toEqual({ ok: true, value: null });
  }
  return { fileId, finished: await intake.finish({ fileId, ...NO_MEASURES }) };
}

describe('taking a file', () => {
  it('answers what WhatsApp will be told, and keeps the bytes', async () => {
    const content = pdf(180_000);
    const { fileId, finished } = await take(content);
    const media = {
      ...NO_MEASURES,
      mediaId: fileId,
      kind: 'document',
      mimeType: 'application/pdf',
      fileName: 'informe.pdf',
      sizeBytes: 180_000,
      sha256: createHash('sha256').update(content).digest('hex'),
      voice: false,
    };
    expect(finished).toMatchObject({ ok: true, value: { fileId, media, isUploaded: false, addedAt: now } });
    expect(store.rows.get(fileId)?.media).toEqual(media);
    const file = (await files.open(fileId))!;
    const bytes: Uint8Array[] = [];
    for await (const chunk of file.read(0, file.sizeBytes)) bytes.push(chunk);
    await file.close();
    expect(Buffer.concat(bytes).equals(content)).toBe(true);
  });

  it('knows a voice note from a sound', async () => {
    const voice = await take(opus(5_000), {
      fileName: 'n.ogg',
      mimeType: 'audio/ogg;codecs=opus',
      voice: true,
    });
    expect(voice.finished).toMatchObject({ value: { voice: true, media: { kind: 'audio', voice: true } } });
    const song = Buffer.concat([Buffer.from('ID3'), randomBytes(500)]);
    const sound = await take(song, { fileName: 's.mp3', mimeType: 'audio/mpeg', voice: true });
    expect(sound.finished).toMatchObject({ value: { voice: false } });
  });

  it.each([
    [
      'a program with the name of a paper',
      Buffer.concat([Buffer.from('MZ'), randomBytes(100)]),
      'content_mismatch',
    ],
    ['a page', Buffer.from('<html><script>alert(1)</script></html>'), 'content_mismatch'],
  ])('refuses %s and leaves nothing behind', async (_name, content, problem) => {
    const { fileId, finished } = await take(content);
    expect(finished).toEqual({ ok: false, refusal: { code: 'file_refused', problem } });
    expect([store.rows.size, await files.has(fileId), await files.usedBytes()]).toEqual([0, false, 0]);
  });

  it('refuses what is too large before it is read', async () => {
    const common = { mimeType: 'application/pdf', voice: false };
    expect(await intake.begin({ ...common, fileName: 'a.pdf', sizeBytes: 100 * 1_024 ** 2 + 1 })).toEqual({
      ok: false,
      refusal: { code: 'file_refused', problem: 'too_large' },
    });
    expect(await intake.begin({ ...common, fileName: 'a'.repeat(241), sizeBytes: 1 })).toMatchObject({
      refusal: { problem: 'name_too_long' },
    });
    expect(await files.usedBytes()).toBe(0);
  });

  it('takes the pieces in order, however many are on their way at once', async () => {
    const content = pdf(400_000);
    const fileId = await begin(content);
    const pieces = Array.from({ length: 8 }, (_item, index) => index * 50_000);
    const answers = await Promise.all(
      pieces.map((offset) =>
        intake.append({ fileId, offset, bytes: content.subarray(offset, offset + 50_000) }),
      ),
    );
    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(await intake.finish({ fileId, ...NO_MEASURES })).toMatchObject({ ok: true });
  });

  it('refuses pieces that do not fit, and an end before the end', async () => {
    const content = pdf(1_000);
    const fileId = await begin(content);
    const invalid = { ok: false, refusal: { code: 'invalid_input' } };
    expect(await intake.append({ fileId, offset: 10, bytes: content })).toEqual(invalid);
    expect(await intake.append({ fileId, offset: 0, bytes: pdf(1_001) })).toEqual(invalid);
    await intake.append({ fileId, offset: 0, bytes: content.subarray(0, 500) });
    expect(await intake.append({ fileId, offset: 0, bytes: content.subarray(0, 500) })).toEqual(invalid);
    expect(await intake.finish({ fileId, ...NO_MEASURES })).toEqual({
      ok: false,
      refusal: { code: 'file_not_ready' },
    });
    await intake.append({ fileId, offset: 500, bytes: content.subarray(500) });
    expect(await intake.finish({ fileId, ...NO_MEASURES })).toMatchObject({ ok: true });
    expect(await intake.finish({ fileId, ...NO_MEASURES })).toMatchObject({ refusal: { code: 'not_found' } });
    expect(await intake.append({ fileId, offset: 0, bytes: content })).toMatchObject({
      refusal: { code: 'not_found' },
    });
  });

  it('may be given up at any time', async () => {
    const fileId = await begin(pdf(1_000));
    await intake.append({ fileId, offset: 0, bytes: pdf(1_000).subarray(0, 100) });
    await intake.discard({ fileId });
    await intake.discard({ fileId });
    expect(await files.usedBytes()).toBe(0);
    const { fileId: taken } = await take(pdf(1_000));
    await intake.discard({ fileId: taken });
    expect([store.rows.size, await files.usedBytes()]).toEqual([0, 0]);
  });

  it('keeps what something needs, and tidies the rest after a while', async () => {
    const [needed, unsent, sent] = [await take(pdf(1_000)), await take(pdf(1_000)), await take(pdf(1_000))];
    store.used.add(needed.fileId);
    await intake.discard({ fileId: needed.fileId });
    expect(await files.has(needed.fileId)).toBe(true);
    await store.write.markUploaded({ fileId: sent.fileId });
    await intake.tidy();
    expect(store.rows.size).toBe(3);
    now += 3_600_001;
    await intake.tidy();
    expect([...store.rows.keys()]).toEqual([needed.fileId]);
    expect([await files.has(unsent.fileId), await files.has(sent.fileId)]).toEqual([false, true]);
  });
});
