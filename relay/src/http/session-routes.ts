import { API_BASE, RedeemRequest, SessionRequest } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import type { Colleagues } from '../accounts/colleagues.ts';
import type { Sessions } from '../accounts/sessions.ts';
import { bearerToken } from './authentication.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

/** Signing in, with a password or by choosing one: the only routes of the app without a session. */
export function signInRoutes(
  app: FastifyInstance,
  { sessions, colleagues }: { sessions: Sessions; colleagues: Colleagues },
): void {
  app.post(`${API_BASE}/sessions`, async (request, reply) => {
    const result = await sessions.signIn(parseInput(SessionRequest, request.body), request.ip);
    if (result.outcome === 'throttled') throw problems.tooManyAttempts(result.retryAfterSeconds);
    if (result.outcome === 'refused') throw problems.invalidCredentials();
    return reply.code(201).send(result.session);
  });

  app.post(`${API_BASE}/access-codes/redeem`, async (request, reply) => {
    const result = await colleagues.redeem(parseInput(RedeemRequest, request.body), request.ip);
    if (result.outcome === 'throttled') throw problems.tooManyAttempts(result.retryAfterSeconds);
    if (result.outcome === 'refused') throw problems.invalidAccessCode();
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
