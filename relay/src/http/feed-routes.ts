import {
  API_BASE,
  CHANGES_LIMIT,
  HISTORY_LIMIT,
  Id,
  SERVER_TIME_HEADER,
  THREAD_MESSAGES_LIMIT,
  Timestamp,
} from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Sessions } from '../accounts/sessions.ts';
import type { Clock } from '../clock.ts';
import type { Database } from '../db/database.ts';
import { readChanges } from '../feed/changes.ts';
import { readChecksums } from '../feed/checksums.ts';
import { history } from '../feed/history.ts';
import { snapshot } from '../feed/snapshot.ts';
import type { Streams } from '../feed/stream.ts';
import { readThread } from '../feed/thread.ts';
import { visibleChanges } from '../feed/wire.ts';
import { describeError, type Logger } from '../logger.ts';
import { bearerToken, identityOf } from './authentication.ts';
import { sendLines } from './ndjson.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

/** Whole numbers as they come in a query string. */
const wholeNumber = (minimum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number)
    .pipe(z.number().min(minimum));
const limit = (most: number) =>
  wholeNumber(1)
    .transform((value) => Math.min(value, most))
    .default(most);

const ChangesQuery = z.object({
  after: wholeNumber(0).default(0),
  limit: limit(CHANGES_LIMIT),
});
const StreamQuery = z.object({ after: wholeNumber(0).optional() });
const LastEventId = wholeNumber(0).optional().catch(undefined);
const SnapshotQuery = z.object({ seq: wholeNumber(0), after: z.string().min(1).max(200) }).partial();
const HistoryQuery = z.object({
  before: wholeNumber(1).nullable().default(null),
  limit: limit(HISTORY_LIMIT),
});
const ThreadQuery = z
  .object({
    beforeSentAt: Timestamp.optional(),
    beforeOrdinal: wholeNumber(1).optional(),
    limit: limit(THREAD_MESSAGES_LIMIT),
  })
  .refine(({ beforeSentAt, beforeOrdinal }) => (beforeSentAt === undefined) === (beforeOrdinal === undefined))
  .transform(({ beforeSentAt, beforeOrdinal, ...query }) => ({
    ...query,
    before:
      beforeSentAt === undefined || beforeOrdinal === undefined
        ? null
        : { sentAt: beforeSentAt, ordinal: beforeOrdinal },
  }));
const ThreadParams = z.object({ id: Id });
const ChecksumsQuery = z.object({ fromOrdinal: wholeNumber(0).default(0) });

interface FeedRoutesDeps {
  database: Database;
  /** For long answers, so that slow readers cannot use up the connections everything else needs. */
  readingDatabase: Database;
  streams: Streams;
  sessions: Sessions;
  clock: Clock;
  logger: Logger;
}

export function feedRoutes(app: FastifyInstance, deps: FeedRoutesDeps): void {
  const { database, readingDatabase, streams, sessions, clock, logger } = deps;

  app.get(`${API_BASE}/changes`, async (request, reply) => {
    const { clinicId, agentId } = identityOf(request);
    const query = parseInput(ChangesQuery, request.query);
    const page = await database.inClinic(clinicId, (client) => readChanges(client, { clinicId, ...query }));
    if (page === null) throw problems.cursorTooOld();
    const changes = visibleChanges(page.changes, agentId)
      .map(({ json }) => json)
      .join(',');
    return reply
      .type('application/json; charset=utf-8')
      .send(`{"changes":[${changes}],"next":${page.next},"more":${page.more},"head":${page.head}}`);
  });

  app.get(`${API_BASE}/stream`, async (request, reply) => {
    const { clinicId, agentId, deviceId } = identityOf(request);
    const query = parseInput(StreamQuery, request.query);
    const after = LastEventId.parse(request.headers['last-event-id']) ?? query.after ?? 0;
    const token = bearerToken(request) ?? '';
    reply.hijack();
    reply.raw.setHeader(SERVER_TIME_HEADER, String(clock.now()));
    const outcome = await streams
      .open({
        clinicId,
        agentId,
        deviceId,
        after,
        response: reply.raw,
        isStillAllowed: async () => (await sessions.identify(token)) !== null,
      })
      // Nobody answers for a hijacked reply: the reader sees the connection end and comes back.
      .catch((error: unknown) => {
        logger.warn('stream failed', { clinicId, ...describeError(error) });
        reply.raw.destroy();
      });
    if (outcome === 'cursorTooOld') {
      const { problem } = problems.cursorTooOld();
      reply.raw
        .writeHead(problem.status, { 'content-type': 'application/problem+json' })
        .end(JSON.stringify(problem));
    }
  });

  app.get(`${API_BASE}/snapshot`, (request, reply) => {
    const { clinicId, agentId } = identityOf(request);
    const { seq, after } = parseInput(SnapshotQuery, request.query);
    const from = seq === undefined || after === undefined ? null : { seq, after };
    return sendLines(request, reply, {
      database: readingDatabase,
      clinicId,
      read: (client) => snapshot(client, { clinicId, agentId, from, clock }),
    });
  });

  app.get(`${API_BASE}/history`, (request, reply) => {
    const { clinicId } = identityOf(request);
    const query = parseInput(HistoryQuery, request.query);
    return sendLines(request, reply, {
      database: readingDatabase,
      clinicId,
      read: (client) => history(client, { clinicId, ...query }),
    });
  });

  app.get(`${API_BASE}/conversations/:id/messages`, async (request, reply) => {
    const { clinicId } = identityOf(request);
    const { id } = parseInput(ThreadParams, request.params);
    const query = parseInput(ThreadQuery, request.query);
    const page = await database.inClinic(clinicId, (client) =>
      readThread(client, { clinicId, conversationId: id, ...query }),
    );
    if (page === null) throw problems.notFound();
    return reply.type('application/json; charset=utf-8').send(page);
  });

  app.get(`${API_BASE}/checksums`, async (request) => {
    const { clinicId, agentId } = identityOf(request);
    const { fromOrdinal } = parseInput(ChecksumsQuery, request.query);
    return readingDatabase.inClinic(clinicId, (client) =>
      readChecksums(client, { clinicId, agentId, fromOrdinal }),
    );
  });
}
