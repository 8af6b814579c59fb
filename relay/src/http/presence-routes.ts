import { API_BASE, PresenceRequest } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import type { Presence } from '../feed/presence.ts';
import { identityOf } from './authentication.ts';
import { parseInput } from './parse.ts';

export function presenceRoutes(app: FastifyInstance, { presence }: { presence: Presence }): void {
  app.post(`${API_BASE}/presence`, async (request, reply) => {
    const { clinicId, agentId, deviceId } = identityOf(request);
    const { conversationId, state } = parseInput(PresenceRequest, request.body);
    presence.announce(clinicId, { type: 'presence', deviceId, agentId, conversationId, state });
    return reply.code(204).send();
  });
}
