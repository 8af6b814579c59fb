import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { Fault } from './faults.ts';
import { PatientMessage, PatientReaction } from './inbound.ts';
import { DeliveryStatus, StatusPlan } from './statuses.ts';
import { ReviewPlan, TemplateReview } from './template-office.ts';
import type { GraphSandbox } from './index.ts';

const StatusRequest = z.object({
  messageId: z.string(),
  status: DeliveryStatus,
  code: z.number().int().optional(),
});
const UserRequest = z.object({
  phone: z.string().optional(),
  userId: z.string().optional(),
  username: z.string().nullable().optional(),
  name: z.string().nullable().optional(),
  onWhatsapp: z.boolean().optional(),
});

/** Drives the sandbox from outside; Graph knows nothing of these addresses. */
export function controlRoutes(app: FastifyInstance, sandbox: GraphSandbox): void {
  app.setErrorHandler(async (error, _request, reply) => {
    const invalid = error instanceof z.ZodError;
    await reply
      .code(invalid ? 400 : 500)
      .send({ error: invalid ? z.prettifyError(error) : 'the sandbox failed' });
  });

  app.get<{ Querystring: { all?: string } }>('/sandbox/requests', async (request) => ({
    requests: request.query.all === undefined ? sandbox.requests() : sandbox.allRequests(),
  }));
  // What Meta's documentation does not allow: a test that finds anything here has found a mistake of the relay.
  app.get('/sandbox/requests/invalid', async () => ({ requests: sandbox.invalidRequests() }));
  app.get('/sandbox/templates', async () => ({ templates: sandbox.templates() }));
  app.post('/sandbox/templates/plan', async (request) => {
    sandbox.planReviews(ReviewPlan.parse(request.body));
    return { success: true };
  });
  app.post('/sandbox/templates/review', async (request) => {
    return sandbox.reviewTemplate(TemplateReview.parse(request.body));
  });
  app.delete('/sandbox/requests', async () => {
    sandbox.clearRequests();
    return { success: true };
  });
  app.get('/sandbox/faults', async () => ({ faults: sandbox.faults.list() }));
  app.post('/sandbox/faults', async (request) => {
    for (const fault of z.union([Fault.array(), Fault.transform((one) => [one])]).parse(request.body)) {
      sandbox.faults.add(fault);
    }
    return { faults: sandbox.faults.list() };
  });
  app.delete('/sandbox/faults', async () => {
    sandbox.faults.clear();
    return { success: true };
  });
  app.post('/sandbox/status-plan', async (request) => {
    sandbox.setStatusPlan(StatusPlan.parse(request.body));
    return { success: true };
  });
  app.post('/sandbox/statuses', async (request) => {
    const { messageId, status, code } = StatusRequest.parse(request.body);
    return sandbox.sendStatus(messageId, status, code);
  });
  app.post('/sandbox/users', async (request) => {
    const { phone, userId, ...rest } = UserRequest.parse(request.body);
    const known = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
    if (phone !== undefined)
      return sandbox.registerUser({ ...known, phone, ...(userId === undefined ? {} : { userId }) });
    return sandbox.registerUser({ ...known, userId: z.string().parse(userId) });
  });
  app.post('/sandbox/patients/write', async (request) =>
    sandbox.patientWrites(PatientMessage.parse(request.body)),
  );
  app.post('/sandbox/patients/react', async (request) =>
    sandbox.patientReacts(PatientReaction.parse(request.body)),
  );
  app.post('/sandbox/patients/read', async (request) =>
    sandbox.patientReads(z.object({ messageId: z.string() }).parse(request.body).messageId),
  );
  app.post('/sandbox/webhooks/hold', async () => {
    sandbox.holdWebhooks();
    return { success: true };
  });
  app.post('/sandbox/webhooks/release', async (request) => {
    const { order } = z
      .object({ order: z.enum(['kept', 'reversed', 'batched']).default('kept') })
      .parse(request.body ?? {});
    return { deliveries: await sandbox.releaseWebhooks(order) };
  });
}
