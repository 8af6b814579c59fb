import type { FastifyReply, FastifyRequest } from 'fastify';
import { Readable } from 'node:stream';
import { constants, createGzip } from 'node:zlib';
import type { Client, Database } from '../db/database.ts';

/** A reader that takes nothing for this long is let go: it holds a transaction open. */
const STALL_MS = 60_000;

/** Reads the next item while the last one is on its way. */
async function* readAhead<Item>(source: AsyncGenerator<Item>): AsyncGenerator<Item> {
  let next = source.next();
  try {
    for (;;) {
      const { done, value } = await next;
      if (done) return;
      next = source.next();
      // It is waited for above, or given up below.
      next.catch(() => undefined);
      yield value;
    }
  } finally {
    await source.return(undefined);
  }
}

/**
 * Answers with lines as they are read inside one unchanging picture of the clinic's data; gzip when accepted. Memory
 * stays bounded: one chunk is read ahead of what the reader has taken.
 */
export function sendLines(
  request: FastifyRequest,
  reply: FastifyReply,
  source: { database: Database; clinicId: string; read: (client: Client) => AsyncGenerator<Buffer> },
): FastifyReply {
  const gzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');

  async function* chunks(): AsyncGenerator<Buffer> {
    for await (const chunk of readAhead(source.database.streamInClinic(source.clinicId, source.read))) {
      yield chunk;
      stall.refresh();
    }
  }

  const stream = Readable.from(chunks(), { objectMode: false, highWaterMark: 256 * 1024 });
  const stall = setTimeout(() => stream.destroy(), STALL_MS);
  stream.once('close', () => clearTimeout(stall));
  reply.raw.once('close', () => stream.destroy());

  reply.header('content-type', 'application/x-ndjson; charset=utf-8').header('vary', 'accept-encoding');
  if (!gzip) return reply.send(stream);
  const compressed = createGzip({ level: constants.Z_BEST_SPEED, flush: constants.Z_SYNC_FLUSH });
  stream.once('error', (error) => compressed.destroy(error));
  compressed.once('close', () => stream.destroy());
  return reply.header('content-encoding', 'gzip').send(stream.pipe(compressed));
}
