/** Files to the relay and from it, in bounded memory. */
import { API_BASE, MediaProgress, UPLOAD_OFFSET_HEADER } from '@recado/protocol';
import { INVALID_RESPONSE, parseAnswer, REQUEST_SILENCE_MS } from './answers.ts';
import type { Http, OpenBody } from './http.ts';
import type { Outcome, RelayClient } from './interface.ts';
import { readBytes } from './lines.ts';

/**
 * Bytes to one request of an upload. Electron's fetch holds a request's body in memory before it sends it, so a file
 * goes in pieces of a known length; a cut costs one of them.
 */
export const UPLOAD_PIECE_BYTES = 512 * 1024;
/** A piece may take this long on a poor line: nothing is heard while it travels, milliseconds. */
const PIECE_SILENCE_MS = 90_000;

/** The same bytes in pieces of one size, the last one shorter. */
async function* inPieces(bytes: AsyncIterable<Uint8Array>, size: number): AsyncGenerator<Uint8Array> {
  let piece = new Uint8Array(size);
  let filled = 0;
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + size - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled < size) continue;
      yield piece;
      piece = new Uint8Array(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.slice(0, filled);
}

/** Where the bytes of an answer begin and how long the whole file is. */
function startOf({ status, header }: OpenBody): { offset: number; sizeBytes: number | null } | null {
  if (status !== 206) {
    // Of a compressed answer it is the length of something else.
    const length =
      header('content-encoding') === null ? Number(header('content-length') ?? Number.NaN) : Number.NaN;
    return { offset: 0, sizeBytes: Number.isSafeInteger(length) ? length : null };
  }
  // https://www.rfc-editor.org/rfc/rfc9110#section-14.4
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header('content-range') ?? '');
  if (range === null) return null;
  return { offset: Number(range[1]), sizeBytes: range[2] === '*' ? null : Number(range[2]) };
}

export function createMediaRequests(
  http: Http,
): Pick<RelayClient, 'announceMedia' | 'uploadMedia' | 'downloadMedia'> {
  const pathOf = (mediaId: string) => `${API_BASE}/media/${encodeURIComponent(mediaId)}`;

  return {
    announceMedia: async ({ media, signal }) =>
      parseAnswer(
        MediaProgress,
        await http.text({
          method: 'POST',
          path: `${API_BASE}/media`,
          body: media,
          signal,
          silenceMs: REQUEST_SILENCE_MS,
        }),
      ),

    async uploadMedia({ mediaId, offset, bytes, signal, onProgress }) {
      let received = offset;
      let last: Outcome<MediaProgress> = { ok: true, value: { received, complete: false } };
      for await (const piece of inPieces(bytes, UPLOAD_PIECE_BYTES)) {
        last = parseAnswer(
          MediaProgress,
          await http.text({
            method: 'PATCH',
            path: pathOf(mediaId),
            body: piece,
            headers: { [UPLOAD_OFFSET_HEADER]: String(received) },
            signal,
            silenceMs: PIECE_SILENCE_MS,
          }),
        );
        if (!last.ok) return last;
        // Another number than was sent would tear the file: the next piece belongs right behind this one.
        if (last.value.received !== received + piece.length) return INVALID_RESPONSE;
        received = last.value.received;
        onProgress(received);
      }
      return last;
    },

    downloadMedia: ({ mediaId, offset, signal, onStart, onBytes }) =>
      http.open(
        {
          method: 'GET',
          path: pathOf(mediaId),
          headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
          signal,
          accept: '*/*',
          silenceMs: REQUEST_SILENCE_MS,
        },
        async (open) => {
          const start = startOf(open);
          if (start === null || start.offset > offset) return INVALID_RESPONSE;
          await onStart({ ...start, mimeType: open.header('content-type') });
          let read = start.offset;
          const outcome = await readBytes(open, async (bytes) => {
            read += bytes.length;
            await onBytes(bytes);
            return true;
          });
          if (outcome.ok && start.sizeBytes !== null && read !== start.sizeBytes)
            return { ok: false, failure: { kind: 'unreachable' } };
          return outcome;
        },
      ),
  };
}
