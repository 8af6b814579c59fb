import { API_BASE, SessionRequest } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import type { Sessions } from '../accounts/sessions.ts';
import { bearerToken } from './authentication.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

/** Signing in: the only route of the app without a session. */
export function signInRoute(app: FastifyInstance, { sessions }: { sessions: Sessions }): void {
  app.post(`${API_BASE}/sessions`, async (request, reply) => {
    const result = await sessions.signIn(parseInput(SessionRequest, request.body), request.ip);
    if (result.outcome === 'throttled') throw problems.tooManyAttempts(result.retryAfterSeconds);
    if (result.outcome === 'refused') throw problems.invalidCredentials();
    return reply.code(201).send(result.session);
  });
}

export function sessionRoutes(app: FastifyInstance, { sessions }: { sessions: Sessions }): void {
  app.delete(`${API_BASE}/sessions/current`, async (request, reply) => {
    const token = bearerToken(request);
    if (token !== null) await sessions.revoke(token);
    return reply.code(204).send();
  });
}
