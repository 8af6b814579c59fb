/**
 * One file of the clinic on this PC's disk, unreadable without the database key. It is cut into pieces that are each
 * encrypted and authenticated, so that any part can be read without the rest:
 *
 *     header   "RCF1", 16 random bytes that make the file's own key
 *     pieces   nonce (12), up to 64 KiB of content, tag (16)
 *
 * Place and "this is the last one" are authenticated with each piece: nothing can be left out, moved or taken from
 * another file unnoticed.
 */
import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';

export const PIECE_BYTES = 64 * 1_024;
const MAGIC = Buffer.from('RCF1');
const SALT_BYTES = 16;
const HEADER_BYTES = MAGIC.length + SALT_BYTES;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const SEAL_BYTES = NONCE_BYTES + TAG_BYTES;
const SEALED_PIECE_BYTES = PIECE_BYTES + SEAL_BYTES;

/** The file is not one of ours, was cut or changed, or belongs to another key. */
export class DamagedFileError extends Error {
  override readonly name = 'DamagedFileError';
}

/** Key of all files, made from the database key, so that the two uses of it can never meet. */
export const filesKey = (databaseKey: Uint8Array): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', databaseKey, '', 'recado files 1', 32));

const keyOf = (key: Uint8Array, salt: Uint8Array, id: string) =>
  Buffer.from(hkdfSync('sha256', key, salt, `recado file ${id}`, 32));

function placeOf(index: number, isLast: boolean): Buffer {
  const place = Buffer.alloc(9);
  place.writeBigUInt64BE(BigInt(index));
  place[8] = isLast ? 1 : 0;
  return place;
}

function seal(key: Buffer, index: number, isLast: boolean, content: Uint8Array): Buffer {
  // Random and not counted: after a crash the same place may be written again with other content.
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce);
  cipher.setAAD(placeOf(index, isLast));
  return Buffer.concat([nonce, cipher.update(content), cipher.final(), cipher.getAuthTag()]);
}

function unseal(key: Buffer, index: number, isLast: boolean, sealed: Buffer): Buffer {
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(0, NONCE_BYTES));
  decipher.setAAD(placeOf(index, isLast));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  try {
    return Buffer.concat([
      decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)),
      decipher.final(),
    ]);
  } catch {
    throw new DamagedFileError('a piece is not what was written');
  }
}

function tryUnseal(key: Buffer, index: number, sealed: Buffer): Buffer | null {
  try {
    return unseal(key, index, false, sealed);
  } catch (error) {
    if (error instanceof DamagedFileError) return null;
    throw error;
  }
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.alloc(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await handle.read(buffer, filled, length - filled, position + filled);
    if (bytesRead === 0) throw new DamagedFileError('cut short');
    filled += bytesRead;
  }
  return buffer;
}

async function readHeader(handle: FileHandle, key: Uint8Array, id: string): Promise<Buffer> {
  const header = await readExactly(handle, 0, HEADER_BYTES);
  if (!header.subarray(0, MAGIC.length).equals(MAGIC)) throw new DamagedFileError('not a sealed file');
  return keyOf(key, header.subarray(MAGIC.length), id);
}

const positionOf = (index: number) => HEADER_BYTES + index * SEALED_PIECE_BYTES;

export interface SealedWriter {
  /** Bytes taken so far. */
  size(): number;
  append(bytes: Uint8Array): Promise<void>;
  /** Seals the end and sees that all of it is on the disk. */
  finish(): Promise<void>;
  /** Lets go of the file as it is. */
  close(): Promise<void>;
}

function createWriter(handle: FileHandle, key: Buffer, from: number): SealedWriter {
  let pieces = from;
  // The last piece is known only at the end, so one is always held back.
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;

  async function writePiece(content: Uint8Array, isLast: boolean) {
    const sealed = seal(key, pieces, isLast, content);
    let written = 0;
    while (written < sealed.length) {
      const { bytesWritten } = await handle.write(
        sealed,
        written,
        sealed.length - written,
        positionOf(pieces) + written,
      );
      written += bytesWritten;
    }
    pieces += 1;
  }

  return {
    size: () => pieces * PIECE_BYTES + pendingBytes,
    async append(bytes) {
      // Copied: the caller may use its buffer again.
      pending.push(Uint8Array.from(bytes));
      pendingBytes += bytes.length;
      if (pendingBytes <= PIECE_BYTES) return;
      const all = Buffer.concat(pending);
      let at = 0;
      try {
        for (; all.length - at > PIECE_BYTES; at += PIECE_BYTES)
          await writePiece(all.subarray(at, at + PIECE_BYTES), false);
      } finally {
        pending = [all.subarray(at)];
        pendingBytes = all.length - at;
      }
    },
    async finish() {
      const content = Buffer.concat(pending);
      await writePiece(content, true);
      // Something longer may have stood there before a crash.
      await handle.truncate(positionOf(pieces - 1) + content.length + SEAL_BYTES);
      await handle.sync();
      await handle.close();
    },
    close: () => handle.close(),
  };
}

export interface SealedFileAddress {
  path: string;
  /** Of all files, see `filesKey`. */
  key: Uint8Array;
  /** Part of the file's key: a file renamed to another id cannot be opened. */
  id: string;
}

/** Begins a file, over whatever was there. */
export async function createSealedFile({ path, key, id }: SealedFileAddress): Promise<SealedWriter> {
  const handle = await open(path, 'w', 0o600);
  try {
    const salt = randomBytes(SALT_BYTES);
    await handle.write(Buffer.concat([MAGIC, salt]), 0, HEADER_BYTES, 0);
    return createWriter(handle, keyOf(key, salt, id), 0);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/**
 * Goes on with a file that was begun and never finished. `onBytes` gets what is in it already, in order. Null when there
 * is none, or none that can be gone on with.
 */
export async function resumeSealedFile(
  { path, key, id }: SealedFileAddress,
  onBytes: (bytes: Uint8Array) => void,
): Promise<SealedWriter | null> {
  const handle = await open(path, 'r+').catch(() => null);
  if (handle === null) return null;
  try {
    const fileKey = await readHeader(handle, key, id);
    const whole = Math.floor(((await handle.stat()).size - HEADER_BYTES) / SEALED_PIECE_BYTES);
    let pieces = 0;
    for (; pieces < whole; pieces += 1) {
      const sealed = await readExactly(handle, positionOf(pieces), SEALED_PIECE_BYTES);
      // A torn piece, or the last of a file that was being finished: it goes on from there.
      const content = tryUnseal(fileKey, pieces, sealed);
      if (content === null) break;
      onBytes(content);
    }
    await handle.truncate(positionOf(pieces));
    return createWriter(handle, fileKey, pieces);
  } catch (error) {
    await handle.close();
    if (error instanceof DamagedFileError) return null;
    throw error;
  }
}

export interface SealedReader {
  sizeBytes: number;
  /** The bytes from `start` up to and without `end`; throws DamagedFileError. */
  read(start: number, end: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

/** Opens a finished file; throws DamagedFileError when its end is not its end. Null when there is none. */
export async function openSealedFile({ path, key, id }: SealedFileAddress): Promise<SealedReader | null> {
  const handle = await open(path, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (handle === null) return null;
  try {
    const fileKey = await readHeader(handle, key, id);
    const sealedBytes = (await handle.stat()).size - HEADER_BYTES;
    const pieces = Math.ceil(sealedBytes / SEALED_PIECE_BYTES);
    if (pieces < 1) throw new DamagedFileError('cut short');
    const sizeBytes = sealedBytes - pieces * SEAL_BYTES;
    const lengthOf = (index: number) =>
      Math.min(SEALED_PIECE_BYTES, sealedBytes - index * SEALED_PIECE_BYTES);
    const readPiece = async (index: number) => {
      const length = lengthOf(index);
      if (length < SEAL_BYTES) throw new DamagedFileError('cut short');
      return unseal(
        fileKey,
        index,
        index === pieces - 1,
        await readExactly(handle, positionOf(index), length),
      );
    };
    // A file that lost its end would otherwise be noticed by nobody who reads its beginning.
    await readPiece(pieces - 1);
    return {
      sizeBytes,
      async *read(start, end) {
        const last = Math.min(end, sizeBytes);
        for (let at = Math.max(0, start); at < last;) {
          const index = Math.floor(at / PIECE_BYTES);
          const begins = index * PIECE_BYTES;
          const piece = await readPiece(index);
          yield piece.subarray(at - begins, Math.min(piece.length, last - begins));
          at = begins + piece.length;
        }
      },
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error;
  }
}
