/** Answers to `app://recado/media/<id>`: a file of a patient or of the clinic, which nothing may ever run. */
import { Id } from '@recado/protocol';
import { MEDIA_PATH } from '../../shared/contract/index.ts';
import { APP_SCHEME } from './app-path.ts';

/** Bytes of one file, as whoever opens it sees them. */
export interface ServedFile {
  sizeBytes: number;
  /** From `start` up to and without `end`. */
  read(start: number, end: number): AsyncGenerator<Uint8Array>;
  close(): Promise<void>;
}

export type OpenMedia = (
  mediaId: string,
) => Promise<
  | { ok: true; mimeType: string; fileName: string | null; file: ServedFile }
  | { ok: false; reason: 'not_found' | 'offline' | 'disk_full' | 'signed_out' }
>;

/** What the window may be told a file is: it shows or plays these itself. Everything else is bytes to be saved. */
const SHOWN = new Set([
  'image/jpeg',
  'image/png',
  'image/webp',
  'image/gif',
  'audio/aac',
  'audio/amr',
  'audio/mpeg',
  'audio/mp4',
  'audio/ogg',
  'audio/wav',
  'audio/webm',
  'video/mp4',
  'video/3gpp',
  'video/webm',
  'application/pdf',
]);

export function shownType(mimeType: string): string | null {
  const bare = (mimeType.split(';')[0] ?? '').trim().toLowerCase();
  return SHOWN.has(bare) ? bare : null;
}

/** The media id an address names; null for any other address. */
export function mediaIdOf(address: string): string | null {
  if (!URL.canParse(address)) return null;
  const url = new URL(address);
  if (url.protocol !== `${APP_SCHEME}:` || url.host !== 'recado' || !url.pathname.startsWith(MEDIA_PATH))
    return null;
  const id = Id.safeParse(url.pathname.slice(MEDIA_PATH.length));
  return id.success ? id.data : null;
}

/**
 * First and last byte a `Range` asks for; `whole` when it asks for nothing this understands, and `invalid` when it
 * begins behind the end. https://www.rfc-editor.org/rfc/rfc9110#section-14.1.2
 */
export function parseRange(
  header: string | null,
  sizeBytes: number,
): { start: number; end: number } | 'whole' | 'invalid' {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header?.trim() ?? '');
  if (match === null || (match[1] === '' && match[2] === '')) return 'whole';
  const [, first = '', last = ''] = match;
  if (first === '') {
    const length = Math.min(Number(last), sizeBytes);
    return length === 0 ? 'invalid' : { start: sizeBytes - length, end: sizeBytes };
  }
  const start = Number(first);
  const end = last === '' ? sizeBytes : Math.min(Number(last) + 1, sizeBytes);
  if (last !== '' && Number(last) < start) return 'whole';
  return start >= sizeBytes ? 'invalid' : { start, end };
}

/** Reads as the window takes it, and lets go of the file at the end, at a fault and when the window has enough. */
function toStream(file: ServedFile, start: number, end: number): ReadableStream<Uint8Array> {
  const bytes = file.read(start, end);
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        try {
          const { done, value } = await bytes.next();
          if (!done) {
            controller.enqueue(new Uint8Array(value));
            return;
          }
          await file.close();
          controller.close();
        } catch (error) {
          await file.close();
          controller.error(error);
        }
      },
      async cancel() {
        await bytes.return(undefined);
        await file.close();
      },
    },
    { highWaterMark: 1 },
  );
}

const HARMLESS = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; sandbox",
  'cross-origin-resource-policy': 'same-origin',
  // Chromium's own cache would keep it readable on the disk.
  'cache-control': 'no-store',
};

const refusal = (status: number, headers: Record<string, string> = {}) =>
  new Response(null, { status, headers: { ...HARMLESS, ...headers } });

const STATUSES = { not_found: 404, signed_out: 404, offline: 503, disk_full: 507 } as const;

/** The answer to one request for a file. */
export async function mediaResponse(
  request: { mediaId: string; range: string | null },
  openMedia: OpenMedia,
): Promise<Response> {
  const opened = await openMedia(request.mediaId);
  if (!opened.ok) return refusal(STATUSES[opened.reason]);
  const { file } = opened;
  const range = parseRange(request.range, file.sizeBytes);
  if (range === 'invalid') {
    await file.close();
    return refusal(416, { 'content-range': `bytes */${file.sizeBytes}` });
  }
  const { start, end } = range === 'whole' ? { start: 0, end: file.sizeBytes } : range;
  const type = shownType(opened.mimeType);
  return new Response(toStream(file, start, end), {
    status: range === 'whole' ? 200 : 206,
    headers: {
      ...HARMLESS,
      'content-type': type ?? 'application/octet-stream',
      'content-length': String(end - start),
      'accept-ranges': 'bytes',
      ...(type === null ? { 'content-disposition': 'attachment' } : {}),
      ...(range === 'whole' ? {} : { 'content-range': `bytes ${start}-${end - 1}/${file.sizeBytes}` }),
    },
  });
}
