import { userKey, type WhatsappUser } from './directory.ts';
import { graphFailure, type GraphFailure } from './errors.ts';
import type { MediaStore } from './media.ts';
import type { RateLimits } from './rate-limits.ts';
import {
  readMarkSchema,
  readMessage,
  schemaFailure,
  type OutgoingMessage,
  type ReadMark,
} from './request-schemas.ts';
import { checkTemplate } from './templates.ts';
import type { BusinessNumber } from './webhook-body.ts';
import { newWamid, pairKey, type SandboxMessage, type World } from './world.ts';

/** How an error reaches the sender: in the HTTP answer, or as a `failed` status of an accepted message. */
export type ErrorDelivery = Record<number, 'answer' | 'status'>;

export type SendOutcome =
  | { kind: 'refused'; failure: GraphFailure }
  | { kind: 'read'; mark: ReadMark }
  /** `failure` is set when the message is accepted and fails later. */
  | { kind: 'accepted'; message: SandboxMessage; answer: object; failure: GraphFailure | null };

export interface OutboundParts {
  world: World;
  media: MediaStore;
  limits: RateLimits;
  errorDelivery: ErrorDelivery;
  /** Refuse marks, reactions and the like that name a message the sandbox has never seen. */
  strictMessageIds: boolean;
}

/** The person a request names: `to` wins over `recipient`; without a plus the business's own calling code is prepended. */
function recipientOf(message: OutgoingMessage, number: BusinessNumber, world: World): WhatsappUser {
  if (message.to === undefined) return world.directory.resolve(message.recipient ?? '');
  const digits = message.to.replace(/\D/g, '');
  return world.directory.resolve(
    message.to.trim().startsWith('+') ? `+${digits}` : `+${number.countryCode}${digits}`,
  );
}

/** What Meta looks at before it accepts, in an order that names the most telling error first. */
function refusal(
  parts: OutboundParts,
  number: BusinessNumber,
  user: WhatsappUser,
  message: OutgoingMessage,
): GraphFailure | null {
  const { world, media } = parts;
  if ([...world.numbers.values()].some((own) => own.phone === user.phone && own.wabaId === number.wabaId)) {
    return graphFailure(131021, 'Sender and recipient phone number is the same.');
  }
  if (world.blocked.has(pairKey(number.id, user)))
    return graphFailure(130403, 'User is blocked by the business.');
  if (message.type === 'template') {
    return (
      checkTemplate(world.templates.get(number.wabaId) ?? [], message.template) ??
      checkHeaderMedia(media, message.template, number.id)
    );
  }
  const file = mediaOf(message);
  if (file && file.id === undefined && file.link === undefined) {
    return graphFailure(131008, `Parameter '${message.type}' needs an id or a link.`);
  }
  const unfit = file?.id === undefined ? null : media.check(file.id, message.type, number.id);
  if (unfit) return unfit;
  if (
    message.type === 'reaction' &&
    parts.strictMessageIds &&
    !world.messages.has(message.reaction.message_id)
  ) {
    return graphFailure(131009, 'Param reaction[message_id] names no message of this conversation.');
  }
  if (world.windowOpen(number.id, user)) return null;
  return graphFailure(
    131047,
    'Message failed to send because more than 24 hours have passed since the customer last replied to this number.',
  );
}

/** The file of a template's header must be there and be of its kind, like that of any message. */
function checkHeaderMedia(
  media: MediaStore,
  template: Extract<OutgoingMessage, { type: 'template' }>['template'],
  numberId: string,
): GraphFailure | null {
  const header = template.components?.find(({ type }) => type === 'header');
  for (const parameter of header?.parameters ?? []) {
    const file =
      parameter.type === 'image'
        ? parameter.image
        : parameter.type === 'video'
          ? parameter.video
          : parameter.type === 'document'
            ? parameter.document
            : null;
    if (file?.id === undefined) continue;
    const unfit = media.check(file.id, parameter.type, numberId);
    if (unfit) return unfit;
  }
  return null;
}

function mediaOf(message: OutgoingMessage): { id?: string | undefined; link?: string | undefined } | null {
  switch (message.type) {
    case 'image':
      return message.image;
    case 'video':
      return message.video;
    case 'audio':
      return message.audio;
    case 'document':
      return message.document;
    case 'sticker':
      return message.sticker;
    default:
      return null;
  }
}

function readMark(parts: OutboundParts, body: Record<string, unknown>): SendOutcome {
  const parsed = readMarkSchema.safeParse(body);
  if (!parsed.success) return { kind: 'refused', failure: schemaFailure(parsed.error, body) };
  const marked = parts.world.messages.get(parsed.data.message_id);
  if (parts.strictMessageIds && marked?.direction !== 'in') {
    return {
      kind: 'refused',
      failure: graphFailure(131009, 'Param message_id names no message received.'),
    };
  }
  return { kind: 'read', mark: parsed.data };
}

/** Judges `POST /{phone-number-id}/messages` as Meta does and keeps what is accepted. Sends nothing. */
export function acceptMessage(parts: OutboundParts, number: BusinessNumber, body: unknown): SendOutcome {
  const { world } = parts;
  if (!number.registered) {
    return { kind: 'refused', failure: graphFailure(133010, 'Phone number is not registered.') };
  }
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { kind: 'refused', failure: graphFailure(100, 'The request body is not a JSON object.') };
  }
  const fields = body as Record<string, unknown>;
  if ('status' in fields) return readMark(parts, fields);
  const read = readMessage(fields);
  if ('failure' in read) return { kind: 'refused', failure: read.failure };

  const user = recipientOf(read.message, number, world);
  const limited = parts.limits.takeOutbound(number.id, userKey(user), world.clock());
  const failure =
    (limited === null ? null : graphFailure(limited, 'Too many messages in a short time.')) ??
    refusal(parts, number, user, read.message) ??
    (user.onWhatsapp ? null : graphFailure(131026, 'The recipient is not a WhatsApp user.'));
  if (failure && parts.errorDelivery[failure.code] !== 'status') return { kind: 'refused', failure };

  const message: SandboxMessage = {
    id: newWamid(),
    numberId: number.id,
    user,
    direction: 'out',
    body: read.message,
    text: read.message.type === 'text' ? read.message.text.body : null,
  };
  world.remember(message);
  return { kind: 'accepted', message, answer: acceptedAnswer(message, read.message), failure };
}

function acceptedAnswer(message: SandboxMessage, body: OutgoingMessage) {
  const contact =
    body.to === undefined
      ? { input: body.recipient, user_id: message.user.userId }
      : { input: body.to, wa_id: message.user.phone?.slice(1) };
  return {
    messaging_product: 'whatsapp',
    contacts: [contact],
    messages: [{ id: message.id, ...(body.type === 'template' ? { message_status: 'accepted' } : {}) }],
  };
}
