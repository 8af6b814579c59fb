/** A file on its way from the window into this PC's encrypted files, and out of them again when nothing needs it. */
import { createHash, type Hash } from 'node:crypto';
import {
  checkOutgoingFile,
  FILE_NAME_MAX,
  newId,
  OUTGOING_LIMIT_BYTES,
  SNIFFED_BYTES,
} from '@recado/protocol';
import type { Log } from '../lib/log.ts';
import type { Clock } from '../lib/time.ts';
import type { Store } from '../store/interface.ts';
import type { FileIntake, FileRefusal, FileResult, FileStore, FileWriter } from './interface.ts';

/** A file chosen and never sent, saved or drafted is kept so long, milliseconds: the draft may be saved a moment later. */
const UNUSED_AFTER_MS = 3_600_000;

interface Arriving {
  fileName: string;
  mimeType: string;
  sizeBytes: number;
  voice: boolean;
  writer: FileWriter;
  hash: Hash;
  head: Uint8Array;
  /** Pieces of one file are written one after another, however they come in. */
  last: Promise<unknown>;
}

const refuse = (refusal: FileRefusal): FileResult<never> => ({ ok: false, refusal });
const done = <Value>(value: Value): FileResult<Value> => ({ ok: true, value });

/** Full disks are ordinary; anything else wrong with one is a mistake somewhere. */
function onDiskError(error: unknown): FileResult<never> {
  const code = (error as NodeJS.ErrnoException | null)?.code;
  if (code === 'ENOSPC' || code === 'EDQUOT') return refuse({ code: 'disk_full' });
  throw error;
}

export function createFileIntake(deps: {
  store: {
    read: Pick<Store['read'], 'localFile' | 'unusedFiles'>;
    write: Pick<Store['write'], 'putLocalFile' | 'removeLocalFile'>;
  };
  files: Pick<FileStore, 'create' | 'discard' | 'moveToCache'>;
  clock: Clock;
  log: Log;
}): FileIntake {
  const { store, files, clock } = deps;
  const arriving = new Map<string, Arriving>();

  function inTurn<Value>(file: Arriving, step: () => Promise<Value>): Promise<Value> {
    const result = file.last.then(step);
    file.last = result.catch(() => undefined);
    return result;
  }

  async function giveUp(fileId: string, file: Arriving) {
    arriving.delete(fileId);
    await file.writer.discard();
  }

  async function isUnused(fileId: string): Promise<boolean> {
    const { fileIds } = await store.read.unusedFiles({ addedBefore: Number.MAX_SAFE_INTEGER });
    return fileIds.includes(fileId);
  }

  async function letGo(fileId: string) {
    const held = await store.read.localFile({ fileId });
    if (held?.isUploaded === true) await files.moveToCache(fileId);
    else await files.discard(fileId);
    await store.write.removeLocalFile({ fileId });
  }

  return {
    async begin({ fileName, mimeType, sizeBytes, voice }) {
      if (fileName.length > FILE_NAME_MAX) return refuse({ code: 'file_refused', problem: 'name_too_long' });
      // Nothing is larger than the largest document: no need to read it to say so.
      if (sizeBytes > OUTGOING_LIMIT_BYTES.document)
        return refuse({ code: 'file_refused', problem: 'too_large' });
      const fileId = newId();
      try {
        const writer = await files.create(fileId, 'own');
        arriving.set(fileId, {
          fileName,
          mimeType,
          sizeBytes,
          voice,
          writer,
          hash: createHash('sha256'),
          head: new Uint8Array(),
          last: Promise.resolve(),
        });
      } catch (error) {
        return onDiskError(error);
      }
      return done({ fileId });
    },

    async append({ fileId, offset, bytes }) {
      const file = arriving.get(fileId);
      if (file === undefined) return refuse({ code: 'not_found' });
      return inTurn(file, async () => {
        const isNext = offset === file.writer.size() && offset + bytes.length <= file.sizeBytes;
        if (!isNext || arriving.get(fileId) !== file) return refuse({ code: 'invalid_input' });
        try {
          await file.writer.append(bytes);
        } catch (error) {
          await giveUp(fileId, file);
          return onDiskError(error);
        }
        file.hash.update(bytes);
        if (file.head.length < SNIFFED_BYTES)
          file.head = Uint8Array.from([...file.head, ...bytes.subarray(0, SNIFFED_BYTES - file.head.length)]);
        return done(null);
      });
    },

    async finish({ fileId, ...measures }) {
      const file = arriving.get(fileId);
      if (file === undefined) return refuse({ code: 'not_found' });
      return inTurn(file, async () => {
        if (arriving.get(fileId) !== file) return refuse({ code: 'not_found' });
        if (file.writer.size() !== file.sizeBytes) return refuse({ code: 'file_not_ready' });
        const { fileName, sizeBytes } = file;
        const check = checkOutgoingFile(file);
        if (check.problem !== undefined) {
          await giveUp(fileId, file);
          return refuse({ code: 'file_refused', problem: check.problem });
        }
        arriving.delete(fileId);
        // A voice note is one only in the one format WhatsApp shows as such.
        const voice = file.voice && check.mimeType === 'audio/ogg';
        const local = {
          fileId,
          media: {
            ...measures,
            mediaId: fileId,
            kind: check.kind,
            mimeType: check.mimeType,
            fileName,
            sizeBytes,
            sha256: file.hash.digest('hex'),
            voice,
          },
          fileName,
          mimeType: check.mimeType,
          sizeBytes,
          voice,
          isUploaded: false,
          addedAt: clock.now(),
        };
        // Written down first: a crash between the two leaves a name without a file, which is tidied, and never the reverse.
        await store.write.putLocalFile({ file: local });
        try {
          await file.writer.finish();
        } catch (error) {
          await file.writer.discard();
          await store.write.removeLocalFile({ fileId });
          return onDiskError(error);
        }
        return done(local);
      });
    },

    async discard({ fileId }) {
      const file = arriving.get(fileId);
      if (file !== undefined) {
        await inTurn(file, () => giveUp(fileId, file));
        return;
      }
      if (await isUnused(fileId)) await letGo(fileId);
    },

    async tidy() {
      const { fileIds } = await store.read.unusedFiles({ addedBefore: clock.now() - UNUSED_AFTER_MS });
      for (const fileId of fileIds)
        await letGo(fileId).catch((error: unknown) => {
          // Windows keeps what is being shown just now; next time, then.
          deps.log('files.notTidied', { error: error instanceof Error ? error.name : 'unknown' });
        });
    },

    async close() {
      await Promise.all([...arriving].map(([fileId, file]) => inTurn(file, () => giveUp(fileId, file))));
    },
  };
}
