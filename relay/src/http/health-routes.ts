import { API_BASE } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import type { Database } from '../db/database.ts';

/**
 * `/healthz`: the process runs. `/readyz`: it can serve, so its database answers and it is not shutting down. With
 * and without the base path.
 */
export function healthRoutes(
  app: FastifyInstance,
  { database, isClosing }: { database: Database; isClosing: () => boolean },
): void {
  for (const base of ['', API_BASE]) {
    app.get(`${base}/healthz`, async () => ({ status: 'ok' }));
    app.get(`${base}/readyz`, async (_request, reply) => {
      const ready =
        !isClosing() &&
        (await database.ping().then(
          () => true,
          () => false,
        ));
      return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable' });
    });
  }
}
