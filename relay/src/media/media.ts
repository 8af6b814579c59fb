import {
  checkOutgoingFile,
  outgoingKind,
  plainMimeType,
  toTimestamp,
  type Id,
  type MediaAnnouncement,
  type MediaProgress,
} from '@recado/protocol';
import type { Readable } from 'node:stream';
import type { Clock } from '../clock.ts';
import type { Client, Database } from '../db/database.ts';
import type { Logger } from '../logger.ts';
import { bareType, fitsType } from './file-types.ts';
import { TooManyBytesError, type MediaFiles } from './files.ts';

/** A file of a clinic. */
export interface MediaRow {
  id: Id;
  fileName: string;
  mimeType: string;
  sizeBytes: number;
  /** Hexadecimal. */
  sha256: string;
  completedAt: number | null;
}

const COLUMNS = `id, file_name as "fileName", mime_type as "mimeType", size_bytes as "sizeBytes", sha256,
  completed_at as "completedAt"`;

export async function findMedia(client: Client, clinicId: Id, id: Id): Promise<MediaRow | null> {
  const { rows } = await client.query<MediaRow>(
    `select ${COLUMNS} from media where clinic_id = $1 and id = $2`,
    [clinicId, id],
  );
  return rows[0] ?? null;
}

/** Notes a file whose bytes are in the store. */
export async function insertMedia(
  client: Client,
  clinicId: Id,
  row: Omit<MediaRow, 'completedAt'> & { completedAt: number | null; createdAt: number },
): Promise<void> {
  await client.query(
    `insert into media (clinic_id, id, file_name, mime_type, size_bytes, sha256, created_at, completed_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
    [
      clinicId,
      row.id,
      row.fileName,
      row.mimeType,
      row.sizeBytes,
      row.sha256,
      toTimestamp(row.createdAt),
      toTimestamp(row.completedAt),
    ],
  );
}

/** Why an upload is refused: `conflict` is another file under the same id, or bytes from the wrong place. */
export type UploadRefusal =
  | { refused: 'notFound' | 'tooLarge' | 'conflict'; received?: number }
  | { refused: 'unfit'; reason: 'hash' | 'type' };
export type UploadOutcome = MediaProgress | UploadRefusal;

export interface OpenMedia {
  row: MediaRow;
  read(range?: { start: number; end: number }): Readable;
}

/** Whether WhatsApp will take the bytes as what they are called. A sticker is taken, though nobody makes one at a desk. */
function isSendable(row: MediaRow, head: Buffer): boolean {
  if (outgoingKind(row.mimeType) === 'sticker') return fitsType(row.mimeType, head);
  const check = checkOutgoingFile({ ...row, head });
  return check.problem === undefined && check.mimeType === plainMimeType(row.mimeType);
}

/** Uploads nobody went on with. */
const ABANDONED_AFTER_MS = 14 * 24 * 3_600_000;

interface MediaDeps {
  database: Database;
  files: MediaFiles;
  clock: Clock;
  logger: Logger;
}

/** The clinic's files: announced, brought in parts, checked, and given out. */
export function createMedia({ database, files, clock, logger }: MediaDeps) {
  const find = (clinicId: Id, id: Id) =>
    database.inClinic(clinicId, (client) => findMedia(client, clinicId, id));

  /** Checks what has come in full, and makes it a file of the clinic. */
  async function complete(clinicId: Id, row: MediaRow): Promise<UploadOutcome> {
    const upload = { clinicId, id: row.id };
    const found = await files.inspect(upload);
    const reason =
      found === null
        ? null
        : found.sha256 !== row.sha256
          ? ('hash' as const)
          : isSendable(row, found.head)
            ? null
            : ('type' as const);
    if (reason !== null) {
      await files.discard(upload);
      logger.warn('upload refused', { clinicId, code: reason, count: row.sizeBytes });
      return { refused: 'unfit', reason };
    }
    await files.keep(upload, row.sha256);
    await database.inClinic(clinicId, (client) =>
      client.query('update media set completed_at = $3 where clinic_id = $1 and id = $2', [
        clinicId,
        row.id,
        toTimestamp(clock.now()),
      ]),
    );
    return { received: row.sizeBytes, complete: true };
  }

  return {
    /** Says what will come, any number of times; answers how much of it is there. */
    async announce(clinicId: Id, file: MediaAnnouncement): Promise<UploadOutcome> {
      const row = await database.inClinic(clinicId, async (client) => {
        // The same file again, from this PC or another one: nothing has to travel.
        const { rows } = await client.query<{ mime_type: string; completed_at: number }>(
          `select mime_type, completed_at from media
           where clinic_id = $1 and sha256 = $2 and size_bytes = $3 and completed_at is not null limit 20`,
          [clinicId, file.sha256, file.sizeBytes],
        );
        const isKnown = rows.some(({ mime_type }) => bareType(mime_type) === bareType(file.mimeType));
        const now = clock.now();
        await insertMedia(client, clinicId, { ...file, createdAt: now, completedAt: isKnown ? now : null });
        return findMedia(client, clinicId, file.id);
      });
      if (row?.sha256 !== file.sha256 || row.sizeBytes !== file.sizeBytes) return { refused: 'conflict' };
      if (row.completedAt !== null) return { received: row.sizeBytes, complete: true };
      const received = await files.received({ clinicId, id: file.id });
      // Its process ended between the last byte and the check.
      return received === row.sizeBytes ? complete(clinicId, row) : { received, complete: false };
    },

    /** Takes the bytes from `offset` on. Throws what the connection throws; what has come by then is kept. */
    async append(
      clinicId: Id,
      id: Id,
      part: { offset: number; bytes: AsyncIterable<Uint8Array> },
    ): Promise<UploadOutcome> {
      const row = await find(clinicId, id);
      if (!row) return { refused: 'notFound' };
      if (row.completedAt !== null) {
        return part.offset === row.sizeBytes
          ? { received: row.sizeBytes, complete: true }
          : { refused: 'conflict', received: row.sizeBytes };
      }
      const received = await files.received({ clinicId, id });
      if (received !== part.offset) return { refused: 'conflict', received };
      try {
        const now = await files.write({ clinicId, id }, { ...part, most: row.sizeBytes });
        return now < row.sizeBytes ? { received: now, complete: false } : await complete(clinicId, row);
      } catch (error) {
        if (error instanceof TooManyBytesError) return { refused: 'tooLarge' };
        throw error;
      }
    },

    /** A file with its bytes; null when the clinic has none of that id, `notReady` while bytes are missing. */
    async open(clinicId: Id, id: Id): Promise<OpenMedia | 'notReady' | null> {
      const row = await find(clinicId, id);
      if (!row) return null;
      if (row.completedAt === null) return 'notReady';
      if (!(await files.has(clinicId, row.sha256))) {
        logger.error('a file is missing from the media store', { clinicId });
        return null;
      }
      return { row, read: (range) => files.read(clinicId, row.sha256, range) };
    },

    /** Forgets uploads nobody went on with. */
    async dropAbandoned(clinicId: Id): Promise<void> {
      const { rows } = await database.inClinic(clinicId, (client) =>
        client.query<{ id: Id }>(
          `delete from media where clinic_id = $1 and completed_at is null and created_at < $2 returning id`,
          [clinicId, toTimestamp(clock.now() - ABANDONED_AFTER_MS)],
        ),
      );
      for (const { id } of rows) await files.discard({ clinicId, id });
    },
  };
}
export type Media = ReturnType<typeof createMedia>;
