import { API_BASE, Id } from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Sessions } from '../accounts/sessions.ts';
import { clinicOfAdministrator } from './authentication.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

const Params = z.object({ id: Id });

/** The clinic's devices, for its administrators: to see where people are signed in, and to end it. */
export function deviceRoutes(app: FastifyInstance, { sessions }: { sessions: Sessions }): void {
  app.get(`${API_BASE}/devices`, async (request) => ({
    devices: await sessions.listDevices(clinicOfAdministrator(request)),
  }));

  app.delete(`${API_BASE}/devices/:id`, async (request, reply) => {
    const clinicId = clinicOfAdministrator(request);
    const { id } = parseInput(Params, request.params);
    if (!(await sessions.revokeDevice(clinicId, id))) throw problems.notFound();
    return reply.code(204).send();
  });
}
