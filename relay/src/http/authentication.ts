import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Identity, Sessions } from '../accounts/sessions.ts';
import { problems } from './problems.ts';

declare module 'fastify' {
  interface FastifyRequest {
    identity: Identity | null;
  }
}

/** The token of `Authorization: Bearer …`, or null. */
export function bearerToken(request: FastifyRequest): string | null {
  return /^Bearer ([\w-]{16,200})$/i.exec(request.headers.authorization ?? '')?.[1] ?? null;
}

/** Every route registered in `scope` after this needs a session, before its body is even read. */
export function requireSession(scope: FastifyInstance, sessions: Sessions): void {
  scope.decorateRequest('identity', null);
  scope.addHook('onRequest', async (request) => {
    const token = bearerToken(request);
    request.identity = token === null ? null : await sessions.identify(token);
    if (request.identity !== null) return;
    const isRevoked = token !== null && (await sessions.isOfRevokedDevice(token));
    throw isRevoked ? problems.deviceRevoked() : problems.sessionRevoked();
  });
}

/** Who is asking, in a route behind `requireSession`. */
export function identityOf(request: FastifyRequest): Identity {
  if (request.identity === null) throw problems.sessionRevoked();
  return request.identity;
}

/** The clinic of who is asking; throws 403 unless it is one of its administrators. */
export function clinicOfAdministrator(request: FastifyRequest): Identity['clinicId'] {
  const { clinicId, role } = identityOf(request);
  if (role !== 'admin') throw problems.forbidden();
  return clinicId;
}
