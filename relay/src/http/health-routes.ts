import type { FastifyInstance } from 'fastify';
import type { Database } from '../db/database.ts';

/** `/healthz`: the process runs. `/readyz`: it can serve, so its database answers and it is not shutting down. */
export function healthRoutes(
  app: FastifyInstance,
  { database, isClosing }: { database: Database; isClosing: () => boolean },
): void {
  app.get('/healthz', async () => ({ status: 'ok' }));
  app.get('/readyz', async (_request, reply) => {
    const ready =
      !isClosing() &&
      (await database.ping().then(
        () => true,
        () => false,
      ));
    return reply.code(ready ? 200 : 503).send({ status: ready ? 'ok' : 'unavailable' });
  });
}
