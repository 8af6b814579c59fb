import {
  API_BASE,
  Id,
  MediaAnnouncement,
  OUTGOING_LIMIT_BYTES,
  outgoingKind,
  ProblemCode,
  UPLOAD_OFFSET_HEADER,
} from '@recado/protocol';
import type { FastifyInstance, FastifyReply } from 'fastify';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { servedType } from '../media/file-types.ts';
import type { Media, OpenMedia, UploadOutcome } from '../media/media.ts';
import { identityOf } from './authentication.ts';
import { parseInput } from './parse.ts';
import { ProblemError, problems } from './problems.ts';

/** A connection that brings nothing for this long is let go; the sender comes back and goes on. */
const STALL_MS = 30_000;

const Params = z.object({ id: Id });
const Offset = z
  .string()
  .regex(/^\d{1,12}$/)
  .transform(Number);

const refused = (status: number, title: string, detail?: string) =>
  new ProblemError({
    status,
    code: ProblemCode.mediaRefused,
    title,
    ...(detail === undefined ? {} : { detail }),
  });

/** What an upload came to, as an answer or as a refusal. */
function answer(outcome: UploadOutcome) {
  if (!('refused' in outcome)) return outcome;
  switch (outcome.refused) {
    case 'notFound':
      throw problems.notFound();
    case 'tooLarge':
      throw problems.payloadTooLarge();
    case 'conflict':
      throw new ProblemError(
        { status: 409, code: 'upload_conflict', title: 'The upload stands elsewhere' },
        outcome.received === undefined ? {} : { [UPLOAD_OFFSET_HEADER]: String(outcome.received) },
      );
    case 'unfit':
      throw refused(422, 'The file is not what was announced', outcome.reason);
  }
}

async function* withoutStalling(stream: Readable): AsyncGenerator<Uint8Array> {
  const stall = setTimeout(() => stream.destroy(), STALL_MS);
  try {
    for await (const chunk of stream) {
      stall.refresh();
      yield chunk as Uint8Array;
    }
  } finally {
    clearTimeout(stall);
  }
}

/** `Range: bytes=0-99`, `bytes=100-` or `bytes=-100` of a file; null when it asks for nothing the file has. */
function rangeOf(header: string, sizeBytes: number): { start: number; end: number } | null {
  const [, from = '', to = ''] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? [];
  if (from === '' && to === '') return null;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  return start <= end && start < sizeBytes ? { start, end } : null;
}

/** The name for who saves it, as RFC 6266 spells names that are not ASCII. */
function disposition(fileName: string): string {
  const plain = fileName.replace(/[^\w. -]/g, '_');
  const encoded = encodeURIComponent(fileName.toWellFormed()).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

/** A patient's file may be anything: nothing that shows it may run it, guess what it is, or keep it for others. */
function describeFile(reply: FastifyReply, { row }: OpenMedia): FastifyReply {
  return reply.headers({
    etag: `"${row.sha256}"`,
    'accept-ranges': 'bytes',
    'content-type': servedType(row.mimeType),
    'content-disposition': disposition(row.fileName),
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'cross-origin-resource-policy': 'same-origin',
    'cache-control': 'private, max-age=31536000, immutable',
  });
}

/** Files of the clinic: uploaded in parts that may be taken up again, and given out. Needs a session. */
export function mediaRoutes(app: FastifyInstance, { media }: { media: Media }): void {
  app.post(`${API_BASE}/media`, async (request, reply) => {
    const { clinicId } = identityOf(request);
    const file = parseInput(MediaAnnouncement, request.body);
    const kind = outgoingKind(file.mimeType);
    if (kind === null) throw refused(422, 'WhatsApp does not take files of this type', 'type');
    if (file.sizeBytes > OUTGOING_LIMIT_BYTES[kind]) throw problems.payloadTooLarge();
    return reply.send(answer(await media.announce(clinicId, file)));
  });

  app.register(async (scope) => {
    // The body is passed on as it comes, never collected.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    scope.patch(`${API_BASE}/media/:id`, { bodyLimit: OUTGOING_LIMIT_BYTES.document }, async (request) => {
      const { clinicId } = identityOf(request);
      const { id } = parseInput(Params, request.params);
      const offset = parseInput(Offset, request.headers[UPLOAD_OFFSET_HEADER]);
      const bytes = withoutStalling((request.body ?? request.raw) as Readable);
      try {
        return answer(await media.append(clinicId, id, { offset, bytes }));
      } catch (error) {
        // The connection broke, and nobody reads this answer.
        if (request.raw.complete || error instanceof ProblemError) throw error;
        throw problems.invalidRequest('the upload was cut');
      }
    });
  });

  app.get(`${API_BASE}/media/:id`, async (request, reply) => {
    const { clinicId } = identityOf(request);
    const { id } = parseInput(Params, request.params);
    const file = await media.open(clinicId, id);
    if (file === null) throw problems.notFound();
    if (file === 'notReady') {
      throw new ProblemError({
        status: 409,
        code: ProblemCode.mediaNotReady,
        title: 'Bytes are still missing',
      });
    }
    describeFile(reply, file);
    const { sha256, sizeBytes } = file.row;
    if (request.headers['if-none-match'] === `"${sha256}"`) return reply.code(304).send();
    const wanted = request.headers.range;
    const isCurrent = [undefined, `"${sha256}"`].includes(request.headers['if-range'] as string | undefined);
    if (wanted !== undefined && isCurrent) {
      const range = rangeOf(wanted, sizeBytes);
      if (range === null) {
        return reply.code(416).header('content-range', `bytes */${sizeBytes}`).send();
      }
      return reply
        .code(206)
        .headers({
          'content-range': `bytes ${range.start}-${range.end}/${sizeBytes}`,
          'content-length': range.end - range.start + 1,
        })
        .send(file.read(range));
    }
    return reply.header('content-length', sizeBytes).send(file.read());
  });
}
