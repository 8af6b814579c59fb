import { newId } from '@recado/protocol';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFileStore } from './file-store.ts';
import type { FileStore } from './interface.ts';

let folder: string;
let key: Buffer;
let files: FileStore;
let clock: number;

const start = async (budgetBytes?: number) => {
  files = createFileStore({
    folder,
    key,
    now: () => clock,
    ...(budgetBytes === undefined ? {} : { budgetBytes }),
  });
  await files.prepare();
};
const names = async () =>
  (await readdir(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
async function put(place: 'own' | 'cache', content: Uint8Array, id = newId()): Promise<string> {
  const writer = await files.create(id, place);
  await writer.append(content);
  await writer.finish();
  return id;
}
async function contentOf(id: string): Promise<Buffer | null> {
  const file = await files.open(id);
  if (file === null) return null;
  const chunks: Uint8Array[] = [];
  for await (const chunk of file.read(0, file.sizeBytes)) chunks.push(chunk);
  await file.close();
  return Buffer.concat(chunks);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recado-files-'));
  key = randomBytes(32);
  clock = Date.now();
  await start();
});
afterEach(async () => {
  await files.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the files of this PC', () => {
  it('are there from the moment they are finished, and after a restart', async () => {
    const id = newId();
    const writer = await files.create(id, 'own');
    await writer.append(Buffer.from('hola'));
    expect([await files.has(id), await files.open(id)]).toEqual([false, null]);
    await writer.finish();
    expect(await files.has(id)).toBe(true);
    await start();
    expect(await contentOf(id)).toEqual(Buffer.from('hola'));
    expect(await names()).toEqual([id]);
    await files.discard(id);
    expect([await files.has(id), await names()]).toEqual([false, []]);
  });

  it('that were never finished are gone after a restart, but a download goes on', async () => {
    const [own, cached] = [newId(), newId()];
    const content = randomBytes(200_000);
    await (await files.create(own, 'own')).append(content);
    const download = await files.create(cached, 'cache');
    await download.append(content.subarray(0, 150_000));
    await files.close();
    await start();
    expect(await names()).toEqual([`${cached}.part`]);
    const kept: Uint8Array[] = [];
    const resumed = (await files.resume(cached, (bytes) => kept.push(bytes)))!;
    expect(resumed.size()).toBe(131_072);
    expect(Buffer.concat(kept).equals(content.subarray(0, 131_072))).toBe(true);
    await resumed.append(content.subarray(131_072));
    await resumed.finish();
    expect((await contentOf(cached))?.equals(content)).toBe(true);
    expect(await files.resume(newId(), () => undefined)).toBeNull();
  });

  it('give way by last use, and never while they are read or wait to be sent', async () => {
    await start(350_000);
    const content = randomBytes(100_000);
    const own = await put('own', randomBytes(1_000_000));
    clock += 10_000;
    const ids = [];
    for (let index = 0; index < 3; index += 1) {
      ids.push(await put('cache', content));
      const opened = await files.open(ids[index]!);
      clock += 10_000;
      await opened!.close();
    }
    const [first, second, third] = ids as [string, string, string];
    // The oldest is used again, and the next oldest is being read.
    await (await files.open(first))!.close();
    clock += 10_000;
    const reading = (await files.open(second))!;
    clock -= 60_000;
    await (await files.open(second))!.close();
    clock += 60_000;
    await put('cache', content);
    expect([await files.has(first), await files.has(second), await files.has(third)]).toEqual([true, true, false]);
    expect(await files.has(own)).toBe(true);
    const bytes: Uint8Array[] = [];
    for await (const chunk of reading.read(0, reading.sizeBytes)) bytes.push(chunk);
    expect(Buffer.concat(bytes).equals(content)).toBe(true);
    await reading.close();
    await files.moveToCache(own);
    expect(await files.usedBytes()).toBeLessThanOrEqual(350_000);
  }); // prettier-ignore

  it('that were damaged are forgotten when they can be had again', async () => {
    const [own, cached] = [await put('own', randomBytes(100)), await put('cache', randomBytes(100))];
    await truncate(join(folder, 'own', own), 60);
    await truncate(join(folder, 'cache', cached), 60);
    expect([await files.open(own), await files.open(cached)]).toEqual([null, null]);
    expect(await names()).toEqual([own]);
  });

  it.each(['../key.json', '..', 'x', '', 'a/b', `${newId()}/../../key.json`])(
    'are found by their ids alone, not as %j',
    async (id) => {
      await expect(files.open(id)).rejects.toThrow(TypeError);
      await expect(files.discard(id)).rejects.toThrow(TypeError);
      await expect(files.create(id, 'own')).rejects.toThrow(TypeError);
    },
  );

  it('can be erased once they are closed, whoever was reading', async () => {
    const id = await put('own', randomBytes(100));
    await files.open(id);
    await files.create(newId(), 'own');
    await files.close();
    await rm(folder, { recursive: true });
    expect(await files.has(id)).toBe(false);
  });
});
