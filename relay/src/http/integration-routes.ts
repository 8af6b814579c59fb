import {
  API_BASE,
  Id,
  IntegrationKeyRequest,
  IntegrationRequest,
  type IntegrationKeyCreated,
  type IntegrationKeysResponse,
  type IntegrationResponse,
} from '@recado/protocol';
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { IntegrationKeys } from '../appointments/integration-keys.ts';
import type { Integration } from '../appointments/integration.ts';
import { bearerToken, clinicOfAdministrator } from './authentication.ts';
import { parseInput } from './parse.ts';
import { problems } from './problems.ts';

const Params = z.object({ id: Id });

/** How administrators give their practice software a key. It is shown once: nobody in between may keep it. */
export function integrationKeyRoutes(app: FastifyInstance, { keys }: { keys: IntegrationKeys }): void {
  app.get(`${API_BASE}/integration-keys`, async (request) => {
    const clinicId = clinicOfAdministrator(request);
    return { keys: await keys.list(clinicId) } satisfies z.infer<typeof IntegrationKeysResponse>;
  });

  app.post(`${API_BASE}/integration-keys`, async (request, reply) => {
    const clinicId = clinicOfAdministrator(request);
    const created = await keys.add(clinicId, parseInput(IntegrationKeyRequest, request.body));
    if (created === null) throw problems.invalidRequest('id is another key');
    return reply
      .code(201)
      .header('cache-control', 'no-store')
      .send(created satisfies z.infer<typeof IntegrationKeyCreated>);
  });

  app.delete(`${API_BASE}/integration-keys/:id`, async (request, reply) => {
    const clinicId = clinicOfAdministrator(request);
    const { id } = parseInput(Params, request.params);
    if (!(await keys.remove(clinicId, id))) throw problems.notFound();
    return reply.code(204).send();
  });
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Whose practice software is asking, behind an API key. */
    integrationClinicId: Id | null;
  }
}

/** For practice software, by API key alone. */
export function integrationRoutes(
  app: FastifyInstance,
  { keys, integration }: { keys: IntegrationKeys; integration: Integration },
): void {
  app.decorateRequest('integrationClinicId', null);
  app.addHook('onRequest', async (request) => {
    const key = bearerToken(request);
    const owner = key === null ? null : await keys.identify(key);
    if (owner === null) throw problems.sessionRevoked();
    request.integrationClinicId = owner.clinicId;
  });

  app.put(`${API_BASE}/integrations/appointments`, async (request) => {
    if (request.integrationClinicId === null) throw problems.sessionRevoked();
    const { appointments } = parseInput(IntegrationRequest, request.body);
    const results = await integration.put(request.integrationClinicId, appointments);
    return { results } satisfies z.infer<typeof IntegrationResponse>;
  });
}
