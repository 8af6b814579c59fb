import { API_BASE } from '@recado/protocol';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { equalSecrets } from '../accounts/secrets.ts';
import type { Logger } from '../logger.ts';
import type { RelaySettings } from '../settings.ts';
import { isSignedBy } from '../whatsapp/signature.ts';
import type { WebhookEvents } from '../whatsapp/webhook-events.ts';
import { ProblemError } from './problems.ts';

/** Meta sends up to 3 MB. */
const WEBHOOK_LIMIT = 4 * 1024 * 1024;

const Handshake = z.object({
  'hub.mode': z.literal('subscribe'),
  'hub.challenge': z.string().max(1_000),
  'hub.verify_token': z.string(),
});

interface WebhookRoutesDeps {
  events: WebhookEvents;
  settings: RelaySettings['whatsapp'];
  logger: Logger;
}

const forbidden = (status: number) =>
  new ProblemError({ status, code: 'invalid_signature', title: 'Not signed by WhatsApp' });

/** Where Meta delivers, with and without the base path. Registered apart from everything else: the body stays the bytes that were signed. */
export function webhookRoutes(app: FastifyInstance, { events, settings, logger }: WebhookRoutesDeps): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: WEBHOOK_LIMIT }, (_request, body, done) => {
    done(null, body);
  });

  async function shakeHands(request: FastifyRequest, reply: FastifyReply) {
    const handshake = Handshake.safeParse(request.query);
    if (!handshake.success || !equalSecrets(handshake.data['hub.verify_token'], settings.verifyToken)) {
      throw forbidden(403);
    }
    return reply.type('text/plain').send(handshake.data['hub.challenge']);
  }

  async function receive(request: FastifyRequest, reply: FastifyReply) {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const signature = request.headers['x-hub-signature-256'];
    if (!isSignedBy(settings.appSecrets, body, Array.isArray(signature) ? signature[0] : signature)) {
      logger.warn('webhook with a wrong signature', { count: body.length });
      throw forbidden(401);
    }
    const id = await events.receive(body);
    return reply.header('x-webhook-event', id).type('text/plain').send('');
  }

  for (const base of ['', API_BASE]) {
    app.get(`${base}/webhooks/whatsapp`, shakeHands);
    app.post(`${base}/webhooks/whatsapp`, { bodyLimit: WEBHOOK_LIMIT }, receive);
  }
}
