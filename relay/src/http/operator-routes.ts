import { API_BASE, Id } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { equalSecrets } from '../accounts/secrets.ts';
import type { WebhookEvents } from '../whatsapp/webhook-events.ts';
import { bearerToken } from './authentication.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

/** Longest wait for a webhook to be processed, milliseconds. */
const LONGEST_WAIT_MS = 30_000;
const Params = z.object({ id: Id });
const Query = z.object({ wait: z.coerce.number().int().min(0).max(LONGEST_WAIT_MS).default(10_000) });

/** For whoever runs the relay. Without an operator token in the settings these routes do not exist. */
export function operatorRoutes(
  app: FastifyInstance,
  { events, operatorToken }: { events: WebhookEvents; operatorToken: string | null },
): void {
  app.addHook('onRequest', async (request) => {
    if (operatorToken === null) throw problems.notFound();
    const token = bearerToken(request);
    if (token === null || !equalSecrets(token, operatorToken)) throw problems.sessionRevoked();
  });

  /** What a webhook did: `{state, effects}`. Waits while it is being processed, up to `wait` milliseconds. */
  app.get(`${API_BASE}/operator/webhook-events/:id`, async (request) => {
    const { id } = parseInput(Params, request.params);
    const { wait } = parseInput(Query, request.query);
    const outcome = await events.outcome(id, wait);
    if (!outcome) throw problems.notFound();
    return outcome;
  });
}
