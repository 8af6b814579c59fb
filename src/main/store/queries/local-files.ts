/** Files of this PC's own: what is known of them. Their bytes are in the encrypted file store. A local table. */
import { outgoingKind, type OutgoingMedia } from '@recado/protocol';
import type { FileView } from '../../../shared/contract/index.ts';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { LocalFile } from '../interface.ts';

interface FileRow {
  file_id: string;
  media: string | null;
  file_name: string;
  mime_type: string;
  size_bytes: number;
  is_voice: number;
  is_uploaded: number;
  added_at: number;
}

const mapFile = (row: FileRow): LocalFile => ({
  fileId: row.file_id,
  media: row.media === null ? null : (JSON.parse(row.media) as OutgoingMedia),
  fileName: row.file_name,
  mimeType: row.mime_type,
  sizeBytes: row.size_bytes,
  voice: row.is_voice === 1,
  isUploaded: row.is_uploaded === 1,
  addedAt: row.added_at,
});

export function getLocalFile(database: ReadDatabase, input: { fileId: string }): LocalFile | null {
  const row = database.get<FileRow>('select * from local_files where file_id = :fileId', input);
  return row === undefined ? null : mapFile(row);
}

export function putLocalFile(database: WriteDatabase, input: { file: LocalFile }): void {
  const { media, voice, isUploaded, ...file } = input.file;
  database.run(
    `insert or replace into local_files (file_id, media, file_name, mime_type, size_bytes, is_voice, is_uploaded, added_at)
     values (:fileId, :media, :fileName, :mimeType, :sizeBytes, :isVoice, :isUploaded, :addedAt)`,
    {
      ...file,
      media: media === null ? null : JSON.stringify(media),
      isVoice: voice ? 1 : 0,
      isUploaded: isUploaded ? 1 : 0,
    },
  );
}

export function removeLocalFile(database: WriteDatabase, input: { fileId: string }): void {
  database.run('delete from local_files where file_id = :fileId', input);
}

export function markUploaded(database: WriteDatabase, input: { fileId: string }): void {
  database.run('update local_files set is_uploaded = 1 where file_id = :fileId', input);
}

/** Those of the files that are here and not at the relay yet. */
export function listFilesToUpload(database: ReadDatabase, media: OutgoingMedia[]): OutgoingMedia[] {
  return media.filter(
    ({ mediaId }) =>
      database.get('select 1 from local_files where file_id = :mediaId and is_uploaded = 0', { mediaId }) !==
      undefined,
  );
}

/** Files added before an instant. */
export function listFileIds(database: ReadDatabase, input: { addedBefore: number }): string[] {
  return database
    .all<{ file_id: string }>('select file_id from local_files where added_at < :addedBefore', input)
    .map((row) => row.file_id);
}

/** A file that goes out with something, as a screen shows it. */
export const mediaView = (media: OutgoingMedia): FileView => ({
  fileId: media.mediaId,
  fileName: media.fileName,
  mimeType: media.mimeType,
  sizeBytes: media.sizeBytes,
  kind: media.kind,
  voice: media.voice,
});

/** What is known of these files, in their order; those that are gone are left out. */
export function getFileViews(database: ReadDatabase, fileIds: string[]): FileView[] {
  return fileIds.flatMap((fileId) => {
    const file = getLocalFile(database, { fileId });
    if (file === null) return [];
    const { fileName, mimeType, sizeBytes, voice, media } = file;
    const kind = media?.kind ?? outgoingKind(mimeType) ?? 'document';
    return { fileId, fileName, mimeType, sizeBytes, kind, voice };
  });
}
