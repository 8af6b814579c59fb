import { createHash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { access, mkdir, open, rename, rm, stat, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { Id } from '@recado/protocol';

/** An upload under way. */
export interface UploadKey {
  clinicId: Id;
  id: Id;
}

/** Some more came than was announced. Nothing of the upload is kept. */
export class TooManyBytesError extends Error {
  override readonly name = 'TooManyBytesError';
}

/** What can be told of an upload by its bytes. */
export interface Inspection {
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
  /** Its beginning, by which types are told apart, and its end, where some formats keep how long they are. */
  head: Buffer;
  tail: Buffer;
}

/**
 * Where the bytes are: on a disk, or in any store that can append, rename and read a range. A file is found by its
 * clinic and its hash, so the same file twice is there once, and no clinic can learn what another one has.
 */
export interface MediaFiles {
  /** Bytes of an upload that have come. */
  received(upload: UploadKey): Promise<number>;
  /** Writes from `offset` on; answers how much there is now. At most `most` bytes in all; throws TooManyBytesError. */
  write(
    upload: UploadKey,
    part: { offset: number; bytes: AsyncIterable<Uint8Array>; most: number },
  ): Promise<number>;
  /** Null when nothing of it is there. */
  inspect(upload: UploadKey): Promise<Inspection | null>;
  /** Makes an upload one of the clinic's files. Harmless when it is one already. */
  keep(upload: UploadKey, sha256: string): Promise<void>;
  discard(upload: UploadKey): Promise<void>;
  has(clinicId: Id, sha256: string): Promise<boolean>;
  /** The bytes from `start` to `end`, both included. */
  read(clinicId: Id, sha256: string, range?: { start: number; end: number }): Readable;
}

const SAMPLE_BYTES = 64 * 1024;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** Nothing but what this relay has made itself becomes part of a path. */
function part(text: string, shape: RegExp): string {
  if (!shape.test(text)) throw new TypeError('not a name of the media store');
  return text;
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return found?.size ?? null;
}

/** Files in a folder of this machine, or of a volume all processes share. */
export function createDiskFiles(folder: string): MediaFiles {
  const uploadPath = ({ clinicId, id }: UploadKey) =>
    join(folder, part(clinicId, UUID), 'uploads', part(id, UUID));
  const filePath = (clinicId: Id, sha256: string) =>
    join(folder, part(clinicId, UUID), part(sha256, SHA256).slice(0, 2), sha256);

  return {
    received: async (upload) => (await sizeOf(uploadPath(upload))) ?? 0,

    async write(upload, { offset, bytes, most }) {
      const path = uploadPath(upload);
      await mkdir(dirname(path), { recursive: true });
      // Written at its place and not at the end: a connection that was thought dead may still bring the same bytes.
      const file = await open(path, constants.O_RDWR | constants.O_CREAT);
      let position = offset;
      try {
        for await (const chunk of bytes) {
          if (position + chunk.length > most) throw new TooManyBytesError('more bytes than announced');
          await file.write(chunk, 0, chunk.length, position);
          position += chunk.length;
        }
        await file.datasync();
      } catch (error) {
        if (error instanceof TooManyBytesError) await rm(path, { force: true });
        throw error;
      } finally {
        await file.close();
      }
      return position;
    },

    async inspect(upload) {
      const path = uploadPath(upload);
      const sizeBytes = await sizeOf(path);
      if (sizeBytes === null) return null;
      const hash = createHash('sha256');
      for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
      const file = await open(path, 'r');
      try {
        const sample = async (position: number) => {
          const buffer = Buffer.alloc(Math.min(SAMPLE_BYTES, sizeBytes));
          const { bytesRead } = await file.read(buffer, 0, buffer.length, Math.max(0, position));
          return buffer.subarray(0, bytesRead);
        };
        const head = await sample(0);
        return { sizeBytes, sha256: hash.digest('hex'), head, tail: await sample(sizeBytes - SAMPLE_BYTES) };
      } finally {
        await file.close();
      }
    },

    async keep(upload, sha256) {
      const path = filePath(upload.clinicId, sha256);
      await mkdir(dirname(path), { recursive: true });
      await rename(uploadPath(upload), path).catch(async (error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
        await access(path);
      });
    },

    async discard(upload) {
      await unlink(uploadPath(upload)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    },

    has: async (clinicId, sha256) => (await sizeOf(filePath(clinicId, sha256))) !== null,

    read: (clinicId, sha256, range) => createReadStream(filePath(clinicId, sha256), range),
  };
}
