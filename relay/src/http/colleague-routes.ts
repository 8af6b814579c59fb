import { API_BASE, Id, InviteRequest } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Colleagues } from '../accounts/colleagues.ts';
import { clinicOfAdministrator } from './authentication.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

const Params = z.object({ id: Id });

/** How administrators let colleagues in. The codes are shown once: nobody in between may keep them. */
export function colleagueRoutes(app: FastifyInstance, { colleagues }: { colleagues: Colleagues }): void {
  app.post(`${API_BASE}/agents`, async (request, reply) => {
    const clinicId = clinicOfAdministrator(request);
    const invitation = await colleagues.invite(clinicId, parseInput(InviteRequest, request.body));
    if (invitation.outcome === 'emailTaken') throw problems.emailTaken();
    if (invitation.outcome === 'idTaken') throw problems.invalidRequest('agentId is somebody else');
    return reply.code(201).header('cache-control', 'no-store').send(invitation.accessCode);
  });

  app.post(`${API_BASE}/agents/:id/access-code`, async (request, reply) => {
    const clinicId = clinicOfAdministrator(request);
    const { id } = parseInput(Params, request.params);
    const accessCode = await colleagues.renewCode(clinicId, id);
    if (accessCode === null) throw problems.notFound();
    return reply.code(201).header('cache-control', 'no-store').send(accessCode);
  });
}
