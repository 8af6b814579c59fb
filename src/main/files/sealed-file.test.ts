import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSealedFile,
  DamagedFileError,
  filesKey,
  openSealedFile,
  PIECE_BYTES,
  resumeSealedFile,
} from './sealed-file.ts';

const ID = '018f3f2e-7c1a-7000-8000-000000000001';
let folder: string;
let address: { path: string; key: Uint8Array; id: string };

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recado-sealed-'));
  address = { path: join(folder, 'file'), key: filesKey(randomBytes(32)), id: ID };
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(content: Uint8Array, lengths = [content.length || 1]): Promise<void> {
  const writer = await createSealedFile(address);
  let turn = 0;
  for (let at = 0; at < content.length;) {
    const length = lengths[turn++ % lengths.length]!;
    await writer.append(content.subarray(at, at + length));
    at += length;
  }
  await writer.finish();
}

async function read(start = 0, end = Number.MAX_SAFE_INTEGER): Promise<Buffer> {
  const reader = (await openSealedFile(address))!;
  try {
    const chunks: Uint8Array[] = [];
    for await (const chunk of reader.read(start, end)) chunks.push(chunk);
    return Buffer.concat(chunks);
  } finally {
    await reader.close();
  }
}

describe('sealed files', () => {
  it.each([1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES, 5 * PIECE_BYTES + 7])(
    'gives back %i bytes, whole and in any part',
    async (size) => {
      const content = randomBytes(size);
      await write(content, [1_000, 70_000, 3]);
      expect((await read()).equals(content)).toBe(true);
      const reader = (await openSealedFile(address))!;
      expect(reader.sizeBytes).toBe(size);
      await reader.close();
      await fc.assert(
        fc.asyncProperty(fc.nat(size), fc.nat(size), async (one, other) => {
          const [start, end] = one < other ? [one, other] : [other, one];
          expect((await read(start, end)).equals(content.subarray(start, end))).toBe(true);
        }),
        { numRuns: 12 },
      );
    },
  );

  it('keeps nothing readable on the disk', async () => {
    const content = Buffer.from('Lucía Ejemplo, férula, +34600111222. '.repeat(4_000));
    await write(content);
    const onDisk = await readFile(address.path);
    for (const secret of ['Lucía', 'férula', '600111222']) expect(onDisk.includes(secret)).toBe(false);
    expect(onDisk.length).toBeGreaterThan(content.length);
  });

  it.each<[string, (bytes: Buffer) => Buffer | number]>([
    ['a changed byte of the last piece', (bytes) => { bytes[bytes.length - 1]! ^= 1; return bytes; }],
    ['a lost last piece', (bytes) => bytes.length - (7 + 28)],
    ['a lost half', (bytes) => bytes.length >> 1],
    ['nothing but its header', () => 20],
    ['nothing', () => 0],
    ['more than was written', (bytes) => Buffer.concat([bytes, randomBytes(100)])],
    ['another beginning', (bytes) => { bytes[0] = 0; return bytes; }],
    ['another key of its own', (bytes) => { bytes[10]! ^= 1; return bytes; }],
  ])('is not opened with %s', async (_name, change) => {
    await write(randomBytes(2 * PIECE_BYTES + 7));
    const changed = change(await readFile(address.path));
    if (typeof changed === 'number') await truncate(address.path, changed);
    else await writeFile(address.path, changed);
    await expect(openSealedFile(address)).rejects.toThrow(DamagedFileError);
  }); // prettier-ignore

  it('notices two pieces that changed places', async () => {
    await write(randomBytes(3 * PIECE_BYTES));
    const bytes = await readFile(address.path);
    const length = PIECE_BYTES + 28;
    const piece = (index: number) => bytes.subarray(20 + index * length, 20 + (index + 1) * length);
    await writeFile(address.path, Buffer.concat([bytes.subarray(0, 20), piece(1), piece(0), piece(2)]));
    await expect(read()).rejects.toThrow(DamagedFileError);
  });

  it('belongs to its key and its id', async () => {
    await write(randomBytes(10));
    await expect(openSealedFile({ ...address, key: filesKey(randomBytes(32)) })).rejects.toThrow(
      DamagedFileError,
    );
    await expect(openSealedFile({ ...address, id: ID.replace('1', '2') })).rejects.toThrow(DamagedFileError);
    await rename(address.path, join(folder, 'elsewhere'));
    expect(await openSealedFile(address)).toBeNull();
  });

  it('goes on where it was stopped, wherever that was', async () => {
    const content = randomBytes(4 * PIECE_BYTES);
    await fc.assert(
      fc.asyncProperty(fc.nat(content.length), fc.nat(300), async (stopAt, torn) => {
        const first = await createSealedFile(address);
        await first.append(content.subarray(0, stopAt));
        await first.close();
        const { length } = await readFile(address.path);
        await truncate(address.path, Math.max(0, length - torn));
        const kept: Uint8Array[] = [];
        let second = await resumeSealedFile(address, (bytes) => kept.push(bytes));
        second ??= await createSealedFile(address);
        const size = second.size();
        expect(size % PIECE_BYTES).toBe(0);
        expect(size).toBeLessThan(content.length);
        expect(Buffer.concat(kept).equals(content.subarray(0, size))).toBe(true);
        await second.append(content.subarray(size));
        await second.finish();
        expect((await read()).equals(content)).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  it('takes up a file whose end was written and never given its name', async () => {
    const content = randomBytes(2 * PIECE_BYTES);
    await write(content);
    const writer = (await resumeSealedFile(address, () => undefined))!;
    expect(writer.size()).toBe(PIECE_BYTES);
    await writer.append(content.subarray(PIECE_BYTES));
    await writer.finish();
    expect((await read()).equals(content)).toBe(true);
  });
});
