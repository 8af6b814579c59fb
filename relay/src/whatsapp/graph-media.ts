import { DAY, toTimestamp, type Id } from '@recado/protocol';
import type { Client } from '../db/database.ts';
import { bareType } from '../media/file-types.ts';
import type { MediaRow } from '../media/media.ts';

/** Meta keeps an upload for thirty days; the last one is not worth the risk. */
const KEPT_MS = 29 * DAY;

/** What Meta has of a file, for one of the clinic's numbers. */
export interface GraphMedia {
  graphId: string;
  /** The message it was uploaded for. */
  uploadedFor: Id;
}

interface Key {
  clinicId: Id;
  numberId: string;
  media: Pick<MediaRow, 'sha256' | 'mimeType'>;
}

const keyValues = ({ clinicId, numberId, media }: Key) => [
  clinicId,
  numberId,
  media.sha256,
  bareType(media.mimeType),
];

/** What Meta still has of a file; null when it has to be uploaded (again). */
export async function findGraphMedia(client: Client, key: Key, now: number): Promise<GraphMedia | null> {
  const { rows } = await client.query<GraphMedia>(
    `select graph_id as "graphId", uploaded_for as "uploadedFor" from graph_media
     where clinic_id = $1 and number_id = $2 and sha256 = $3 and mime_type = $4 and uploaded_at > $5`,
    [...keyValues(key), toTimestamp(now - KEPT_MS)],
  );
  return rows[0] ?? null;
}

export async function saveGraphMedia(
  client: Client,
  key: Key,
  upload: GraphMedia & { now: number },
): Promise<void> {
  await client.query(
    `insert into graph_media (clinic_id, number_id, sha256, mime_type, graph_id, uploaded_for, uploaded_at)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (clinic_id, number_id, sha256, mime_type) do update set
       graph_id = excluded.graph_id, uploaded_for = excluded.uploaded_for, uploaded_at = excluded.uploaded_at`,
    [...keyValues(key), upload.graphId, upload.uploadedFor, toTimestamp(upload.now)],
  );
}

export async function forgetGraphMedia(client: Client, key: Key): Promise<void> {
  await client.query(
    'delete from graph_media where clinic_id = $1 and number_id = $2 and sha256 = $3 and mime_type = $4',
    keyValues(key),
  );
}
