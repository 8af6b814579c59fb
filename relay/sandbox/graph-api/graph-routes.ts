import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { blockUsers, type BlockMethod } from './block-users.ts';
import { graphFailure, type GraphFailure } from './errors.ts';
import type { Faults } from './faults.ts';
import { acceptMessage, type OutboundParts, type SendOutcome } from './outbound.ts';
import { blockUsersSchema, invalidRequest, schemaFailure } from './request-schemas.ts';
import type { TemplateOffice } from './template-office.ts';
import { listTemplates } from './templates.ts';
import type { BusinessNumber } from './webhook-body.ts';
import type { WebhookSender } from './webhook-delivery.ts';

type Accepted = Extract<SendOutcome, { kind: 'accepted' }>;

export interface GraphRouteParts extends OutboundParts {
  accessTokens: ReadonlySet<string>;
  faults: Faults;
  webhooks: WebhookSender;
  verifyToken: string;
  office: TemplateOffice;
  baseUrl: () => string;
  /** Starts what follows an acceptance; resolves when statuses that must precede the answer are out. */
  onAccepted(accepted: Accepted): Promise<void>;
  /** Called once the answer has left (or would have). */
  onAnswered(accepted: Accepted): void;
  onRead(messageId: string): void;
}

interface Target {
  Params: { version: string; id: string };
  Querystring: Record<string, string>;
}

function fail(reply: FastifyReply, failure: GraphFailure) {
  return reply.code(failure.httpStatus).send(failure.body);
}

const unknownObject = (id: string) =>
  graphFailure(
    100,
    `Unsupported request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, or does not support this operation`,
    { subcode: 33, type: 'GraphMethodException' },
  );

/** Bearer token check: 401 with code 190 as Meta words it. */
function tokenFailure(request: FastifyRequest, tokens: ReadonlySet<string>): GraphFailure | null {
  const given = /^(?:Bearer|OAuth) (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
  return given !== undefined && tokens.has(given)
    ? null
    : graphFailure(190, 'Invalid OAuth access token - Cannot parse access token');
}

/** The Graph API's own routes, under any version. */
export function graphRoutes(app: FastifyInstance, parts: GraphRouteParts): void {
  const { world, media, faults } = parts;

  app.addHook('onRequest', async (request, reply) => {
    const failure = tokenFailure(request, parts.accessTokens);
    if (failure) await fail(reply, failure);
  });

  const number = (id: string): BusinessNumber | GraphFailure => world.numbers.get(id) ?? unknownObject(id);

  app.post<Target>('/:version/:id/messages', async (request, reply) => {
    const target = number(request.params.id);
    if ('httpStatus' in target) return fail(reply, target);
    return sendMessage(parts, target, request, reply);
  });

  app.post<Target>('/:version/:id/media', async (request, reply) => {
    const target = number(request.params.id);
    if ('httpStatus' in target) return fail(reply, target);
    const refusing = faults.take('refuseUpload');
    if (refusing) return fail(reply, graphFailure(refusing.code, 'Refused by the sandbox on request.'));
    const upload = await readUpload(request);
    if ('failure' in upload) return fail(reply, upload.failure);
    const stored = media.upload(target.id, upload);
    return 'failure' in stored ? fail(reply, stored.failure) : stored;
  });

  app.get<Target>('/:version/:id/message_templates', async (request, reply) => {
    const { id, version } = request.params;
    if (![...world.numbers.values()].some((candidate) => candidate.wabaId === id)) {
      return fail(reply, unknownObject(id));
    }
    const address = `${parts.baseUrl()}/${version}/${id}/message_templates`;
    return listTemplates(world.templates.get(id) ?? [], request.query, address);
  });

  app.post<Target>('/:version/:id/message_templates', async (request, reply) => {
    const { id } = request.params;
    if (![...world.numbers.values()].some((candidate) => candidate.wabaId === id)) {
      return fail(reply, unknownObject(id));
    }
    const created = parts.office.submit(id, request.body);
    return 'failure' in created ? fail(reply, created.failure) : created;
  });

  app.delete<Target>('/:version/:id/message_templates', async (request, reply) => {
    const removed = parts.office.remove(request.params.id, request.query);
    return removed ? fail(reply, removed) : { success: true };
  });

  // Examples of media headers: a session first, then its bytes.
  app.post<Target>('/:version/app/uploads', async (request, reply) => {
    const session = parts.office.beginUpload(request.query);
    return 'failure' in session ? fail(reply, session.failure) : session;
  });
  app.register(async (scope) => {
    scope.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    );
    scope.post<Target>('/:version/:id', async (request, reply) => {
      const { id } = request.params;
      const bytes = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const handle = parts.office.upload(id, bytes, String(request.headers['file_offset'] ?? ''));
      return 'failure' in handle ? fail(reply, handle.failure) : handle;
    });
  });

  app.post<Target>('/:version/:id/subscribed_apps', async (request, reply) => {
    const body = (request.body ?? {}) as { override_callback_uri?: string; verify_token?: string };
    if (body.override_callback_uri !== undefined) parts.webhooks.setUrl(body.override_callback_uri);
    if (await parts.webhooks.verify(body.verify_token ?? parts.verifyToken)) return { success: true };
    return fail(reply, graphFailure(100, 'The callback URL or verify token could not be validated.'));
  });

  for (const method of ['GET', 'POST', 'DELETE'] as const satisfies BlockMethod[]) {
    app.route<Target>({
      method,
      url: '/:version/:id/block_users',
      handler: async (request, reply) => {
        const target = number(request.params.id);
        if ('httpStatus' in target) return fail(reply, target);
        const refusing = method === 'GET' ? null : faults.take('refuseBlock');
        if (refusing) return fail(reply, graphFailure(refusing.code, 'Refused on purpose.'));
        if (method === 'GET') return blockUsers(world, target, method, []);
        const parsed = blockUsersSchema.safeParse(request.body);
        if (!parsed.success) return fail(reply, schemaFailure(parsed.error, request.body));
        return blockUsers(world, target, method, parsed.data.block_users);
      },
    });
  }

  app.get<Target>('/:version/:id', async (request, reply) => {
    const { id } = request.params;
    const own = world.numbers.get(id);
    if (own) return { id, display_phone_number: own.phone, quality_rating: 'GREEN' };
    const found = media.describe(id, request.query['phone_number_id']);
    return 'failure' in found ? fail(reply, found.failure as GraphFailure) : found;
  });

  app.delete<Target>('/:version/:id', async (request, reply) =>
    media.remove(request.params.id) ? { success: true } : fail(reply, unknownObject(request.params.id)),
  );

  app.get<{ Params: { token: string } }>('/media-download/:token', async (request, reply) => {
    const file = faults.take('loseDownload') ? null : media.download(request.params.token);
    if (!file) return reply.code(404).send();
    const bytes = faults.take('corruptDownload')
      ? Buffer.from(`x${file.bytes.toString('latin1')}`)
      : file.bytes;
    return reply.type(file.mimeType).send(bytes);
  });
}

async function readUpload(
  request: FastifyRequest,
): Promise<{ bytes: Buffer; mimeType: string } | { failure: GraphFailure }> {
  const type = request.headers['content-type'] ?? '';
  if (!type.startsWith('multipart/form-data') || !Buffer.isBuffer(request.body)) {
    return { failure: graphFailure(100, 'The parameter file is required.') };
  }
  const form = await new Response(new Uint8Array(request.body), {
    headers: { 'content-type': type },
  })
    .formData()
    .catch(() => null);
  if (form?.get('messaging_product') !== 'whatsapp') {
    return { failure: graphFailure(100, 'The parameter messaging_product is required.') };
  }
  const file = form.get('file');
  if (!(file instanceof Blob)) return { failure: graphFailure(100, 'The parameter file is required.') };
  const declared = form.get('type');
  return {
    bytes: Buffer.from(await file.arrayBuffer()),
    mimeType: typeof declared === 'string' ? declared : file.type,
  };
}

/** One send: faults first, then Meta's rules, then the answer (or the lack of one). */
async function sendMessage(
  parts: GraphRouteParts,
  number: BusinessNumber,
  request: FastifyRequest<Target>,
  reply: FastifyReply,
) {
  const { world, faults } = parts;
  const invalid = invalidRequest(request.body);
  const record = (outcome: { kind: 'message' | 'read'; messageId?: string; errorCode?: number }) =>
    world.record({
      at: world.clock(),
      kind: outcome.kind,
      version: request.params.version,
      numberId: number.id,
      body: request.body,
      messageId: outcome.messageId ?? null,
      errorCode: outcome.errorCode ?? null,
      invalid,
    });

  if (faults.take('resetBeforeAcceptance')) return breakConnection(request, reply);
  const gateway = faults.take('gatewayError');
  if (gateway) {
    return reply.code(gateway.httpStatus).type('text/html').send('<html><body>Sorry</body></html>');
  }
  const refused = faults.take('refuse');
  const outcome: SendOutcome = refused
    ? {
        kind: 'refused',
        failure: graphFailure(
          refused.code,
          'Refused by the sandbox on request.',
          refused.httpStatus === undefined ? {} : { httpStatus: refused.httpStatus },
        ),
      }
    : acceptMessage(parts, number, request.body);

  if (outcome.kind === 'refused') {
    record({ kind: 'message', errorCode: outcome.failure.code });
    return fail(reply, outcome.failure);
  }
  if (outcome.kind === 'read') {
    record({ kind: 'read' });
    parts.onRead(outcome.mark.message_id);
    return { success: true };
  }
  record({ kind: 'message', messageId: outcome.message.id });
  await parts.onAccepted(outcome);
  const answered = () => parts.onAnswered(outcome);
  if (faults.take('resetAfterAcceptance')) {
    answered();
    return breakConnection(request, reply);
  }
  if (faults.take('timeoutAfterAcceptance')) {
    answered();
    reply.hijack();
    return reply;
  }
  const slow = faults.take('slowAnswer');
  if (slow) await new Promise((resolve) => setTimeout(resolve, slow.ms));
  if (reply.raw.closed) answered();
  else reply.raw.once('close', answered);
  return outcome.answer;
}

function breakConnection(request: FastifyRequest, reply: FastifyReply) {
  reply.hijack();
  request.raw.socket.resetAndDestroy();
  return reply;
}
