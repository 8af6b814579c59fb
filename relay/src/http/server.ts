import { SERVER_TIME_HEADER } from '@recado/protocol';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Clock } from '../clock.ts';
import { describeError, type Logger } from '../logger.ts';
import { ProblemError, problems, sendProblem } from './problems.ts';

/** Commands carry at most fifty texts of 4,096 characters; nothing the app posts is larger. */
const BODY_LIMIT = 1024 * 1024;

interface ServerDeps {
  clock: Clock;
  logger: Logger;
  trustProxy: boolean;
}

/** What Fastify throws before a route runs, in our words. */
function translate(error: FastifyError): ProblemError | null {
  if (error instanceof ProblemError) return error;
  if (error.statusCode === 413) return problems.payloadTooLarge();
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) {
    return problems.invalidRequest(error.code);
  }
  return null;
}

/** Matches `/v1/things/:id` against a path, to tell a wrong method from a wrong address. */
function pathMatcher(url: string): RegExp {
  const pattern = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)))
    .join('/');
  return new RegExp(`^${pattern}$`);
}

/** An HTTP server without routes: errors as problem details, the relay's time on every response, frugal logs. */
export function createServer({ clock, logger, trustProxy }: ServerDeps): FastifyInstance {
  const app = fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    trustProxy,
    // Streams stay open for days: they are ended by us when the relay closes.
    forceCloseConnections: true,
    routerOptions: { maxParamLength: 200 },
  });
  const routes: { method: string; path: RegExp }[] = [];
  app.addHook('onRoute', ({ method, url }) => {
    for (const each of [method].flat()) routes.push({ method: each, path: pathMatcher(url) });
  });

  app.addHook('onRequest', async (_request, reply) => {
    reply.header(SERVER_TIME_HEADER, String(clock.now()));
  });
  app.addHook('onResponse', async (request, reply) => {
    logger.info('request', {
      requestId: request.id,
      method: request.method,
      // The pattern, never the address: addresses hold cursors today and might hold names tomorrow.
      route: request.routeOptions.url ?? 'unknown',
      status: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
    });
  });

  app.setErrorHandler<FastifyError>((error, request, reply) => {
    const problem = translate(error);
    if (!problem) logger.error('request failed', { requestId: request.id, ...describeError(error) });
    return sendProblem(reply, problem ?? problems.internal());
  });
  app.setNotFoundHandler((request, reply) => {
    const path = request.url.split('?')[0] ?? '';
    const allowed = routes.filter((route) => route.path.test(path)).map(({ method }) => method);
    return sendProblem(
      reply,
      allowed.length > 0 ? problems.methodNotAllowed([...new Set(allowed)].join(', ')) : problems.notFound(),
    );
  });
  return app;
}
