import { z } from 'zod';
import { Id } from './ids.ts';

/**
 * Files on their way to the relay. `POST /media` announces one (any number of times: the id is the sender's) and says
 * how much of it has come; `PATCH /media/{id}` with `Upload-Offset` brings the rest, streamed; the hash is checked at the
 * end. `GET /media/{id}` answers the bytes of any file of the clinic, with `Range` and `ETag`.
 */
export const MediaAnnouncement = z.object({
  id: Id,
  fileName: z.string().min(1).max(240),
  mimeType: z.string().min(1).max(200),
  sizeBytes: z.number().int().positive(),
  /** Hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  voice: z.boolean().default(false),
});
export type MediaAnnouncement = z.infer<typeof MediaAnnouncement>;

/** How far an upload is; with `complete` the relay has checked size, type and hash. */
export const MediaProgress = z.object({
  received: z.number().int().nonnegative(),
  complete: z.boolean(),
});
export type MediaProgress = z.infer<typeof MediaProgress>;

/** Header of `PATCH /media/{id}`: the first byte the body brings; anything but `received` is refused with 409. */
export const UPLOAD_OFFSET_HEADER = 'upload-offset';
