/**
 * Bodies of `POST /{phone-number-id}/messages`, per type. Strict on purpose: a key Meta does not know, or one that
 * is missing, must fail in the sandbox before it fails at a clinic.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages
 */
import { z } from 'zod';
import { graphFailure, type GraphFailure } from './errors.ts';

const envelope = {
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual').optional(),
  to: z.string().min(1).optional(),
  recipient: z.string().min(1).optional(),
  context: z.strictObject({ message_id: z.string().min(1) }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
};

/** A file by Meta's id or by an address, never both. */
const mediaSource = { id: z.string().min(1).optional(), link: z.url().optional() };
const file = <Shape extends z.ZodRawShape>(more: Shape) =>
  z
    .strictObject({ ...mediaSource, ...more })
    .refine(
      (media) => ('id' in media && media.id !== undefined) !== ('link' in media && media.link !== undefined),
      {
        message: 'needs an id or a link, and not both',
      },
    );
const caption = z.string().min(1).max(1_024).optional();
const label = z.string().min(1);

const namedParameter = { parameter_name: z.string().min(1).optional() };
const templateParameter = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: label, ...namedParameter }),
  z.strictObject({
    type: z.literal('currency'),
    currency: z.strictObject({ fallback_value: z.string(), code: z.string(), amount_1000: z.number() }),
    ...namedParameter,
  }),
  z.strictObject({
    type: z.literal('date_time'),
    date_time: z.strictObject({ fallback_value: z.string() }),
    ...namedParameter,
  }),
  z.strictObject({ type: z.literal('image'), image: file({}) }),
  z.strictObject({ type: z.literal('video'), video: file({}) }),
  z.strictObject({
    type: z.literal('document'),
    document: file({ filename: z.string().min(1).max(240).optional() }),
  }),
  z.strictObject({
    type: z.literal('location'),
    location: z.strictObject({
      latitude: z.union([z.number(), z.string()]),
      longitude: z.union([z.number(), z.string()]),
      name: z.string(),
      address: z.string(),
    }),
  }),
  z.strictObject({ type: z.literal('payload'), payload: z.string().max(256) }),
  z.strictObject({ type: z.literal('coupon_code'), coupon_code: label.max(15) }),
  z.strictObject({ type: z.literal('action'), action: z.record(z.string(), z.unknown()) }),
]);
export type TemplateParameter = z.infer<typeof templateParameter>;

const parameters = z.array(templateParameter).min(1);
const hasOnly = (types: string[]) => ({
  check: (component: { parameters: TemplateParameter[] }) =>
    component.parameters.every(({ type }) => types.includes(type)),
  message: `takes only parameters of type ${types.join(', ')}`,
});
/** What each kind of button takes. */
const BUTTON_PARAMETERS: Record<string, string> = {
  url: 'text',
  quick_reply: 'payload',
  copy_code: 'coupon_code',
  flow: 'action',
};
const headerTypes = hasOnly(['text', 'image', 'video', 'document', 'location']);
const bodyTypes = hasOnly(['text', 'currency', 'date_time']);

const templateComponent = z.discriminatedUnion('type', [
  z
    .strictObject({ type: z.literal('header'), parameters: parameters.max(1) })
    .refine(headerTypes.check, { message: headerTypes.message }),
  z
    .strictObject({ type: z.literal('body'), parameters })
    .refine(bodyTypes.check, { message: bodyTypes.message }),
  z
    .strictObject({
      type: z.literal('button'),
      sub_type: z.enum(['url', 'quick_reply', 'copy_code', 'flow', 'voice_call', 'request_contact_info']),
      index: z.union([z.string().regex(/^\d$/), z.number().int().min(0).max(9)]),
      parameters: parameters.max(1),
    })
    .refine(
      ({ sub_type, parameters: [given] }) =>
        BUTTON_PARAMETERS[sub_type] === undefined || BUTTON_PARAMETERS[sub_type] === given?.type,
      { message: 'the parameter does not fit the kind of button' },
    ),
]);

const replyButton = z.strictObject({
  type: z.literal('reply'),
  reply: z.strictObject({ id: label.max(256), title: label.max(20) }),
});
const listSection = z.strictObject({
  title: z.string().max(24).optional(),
  rows: z
    .array(
      z.strictObject({
        id: label.max(200),
        title: label.max(24),
        description: z.string().max(72).optional(),
      }),
    )
    .min(1),
});
const interactiveText = {
  header: z
    .discriminatedUnion('type', [
      z.strictObject({ type: z.literal('text'), text: label.max(60) }),
      z.strictObject({ type: z.literal('image'), image: z.strictObject(mediaSource) }),
      z.strictObject({ type: z.literal('video'), video: z.strictObject(mediaSource) }),
      z.strictObject({ type: z.literal('document'), document: z.strictObject(mediaSource) }),
    ])
    .optional(),
  body: z.strictObject({ text: label.max(1_024) }),
  footer: z.strictObject({ text: label.max(60) }).optional(),
};
const interactive = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('button'),
    ...interactiveText,
    action: z.strictObject({ buttons: z.array(replyButton).min(1).max(3) }),
  }),
  z.strictObject({
    type: z.literal('list'),
    ...interactiveText,
    action: z
      .strictObject({ button: label.max(20), sections: z.array(listSection).min(1).max(10) })
      .refine((action) => action.sections.reduce((rows, section) => rows + section.rows.length, 0) <= 10, {
        message: 'at most 10 rows',
      }),
  }),
  z.strictObject({
    type: z.literal('cta_url'),
    ...interactiveText,
    action: z.strictObject({
      name: z.literal('cta_url'),
      parameters: z.strictObject({ display_text: label.max(20), url: z.url() }),
    }),
  }),
  z.strictObject({
    type: z.literal('location_request_message'),
    body: interactiveText.body,
    action: z.strictObject({ name: z.literal('send_location') }),
  }),
  z.strictObject({
    type: z.literal('request_contact_info'),
    body: interactiveText.body,
    action: z.strictObject({ name: z.literal('request_contact_info') }),
  }),
]);

const message = <const Type extends string, Shape extends z.ZodRawShape>(type: Type, shape: Shape) =>
  z.strictObject({ ...envelope, type: z.literal(type), ...shape });

/** Every kind of outgoing message, by `type`. */
export const messageSchemas = {
  text: message('text', {
    text: z.strictObject({ body: label.max(4_096), preview_url: z.boolean().optional() }),
  }),
  image: message('image', { image: file({ caption }) }),
  video: message('video', { video: file({ caption }) }),
  audio: message('audio', { audio: file({ voice: z.boolean().optional() }) }),
  document: message('document', {
    document: file({ caption, filename: z.string().min(1).max(240).optional() }),
  }),
  sticker: message('sticker', { sticker: file({}) }),
  location: message('location', {
    location: z.strictObject({
      latitude: z.union([z.number(), z.string()]),
      longitude: z.union([z.number(), z.string()]),
      name: z.string().optional(),
      address: z.string().optional(),
    }),
  }),
  contacts: message('contacts', {
    contacts: z
      .array(
        z.looseObject({
          name: z.looseObject({ formatted_name: label }),
          phones: z.array(z.looseObject({ phone: z.string() })).optional(),
        }),
      )
      .min(1),
  }),
  reaction: message('reaction', {
    reaction: z.strictObject({ message_id: label, emoji: z.string().max(40) }),
  }),
  interactive: message('interactive', { interactive }),
  template: message('template', {
    template: z.strictObject({
      name: label,
      language: z.strictObject({ code: label, policy: z.literal('deterministic').optional() }),
      components: z.array(templateComponent).max(12).optional(),
    }),
  }),
} as const;
export type MessageType = keyof typeof messageSchemas;
export type OutgoingMessage = z.infer<(typeof messageSchemas)[MessageType]>;

/** Read mark, with or without typing indicator. */
export const readMarkSchema = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: label,
  typing_indicator: z.strictObject({ type: z.literal('text') }).optional(),
});
export type ReadMark = z.infer<typeof readMarkSchema>;

export const blockUsersSchema = z.strictObject({
  messaging_product: z.literal('whatsapp'),
  block_users: z.array(z.union([z.strictObject({ user: label }), z.strictObject({ user_id: label })])).min(1),
});

function parameterName(path: PropertyKey[]): string {
  const [first, ...rest] = path.map(String);
  return `${first ?? 'body'}${rest.map((part) => `['${part}']`).join('')}`;
}

/** Meta's answer to a body that does not fit its schema: 100 for unknown and missing keys and lengths, 131009 for wrong values. */
export function schemaFailure(error: z.ZodError, body: unknown): GraphFailure {
  const issue = error.issues[0];
  if (!issue) return graphFailure(100, 'Invalid parameter');
  const name = parameterName(issue.path);
  if (issue.code === 'unrecognized_keys') {
    return graphFailure(100, `Unexpected key "${issue.keys[0]}" on param "${name}".`);
  }
  if (issue.code === 'too_big') {
    return graphFailure(100, `Param ${name} must be at most ${String(issue.maximum)} characters long.`);
  }
  const value = issue.path.reduce<unknown>(
    (held, key) => (typeof held === 'object' && held !== null ? Reflect.get(held, key) : undefined),
    body,
  );
  if (value === undefined) return graphFailure(100, `The parameter ${name} is required.`);
  return graphFailure(131009, `Param ${name} is not valid: ${issue.message}`);
}

/** Reads a send request; answers what Meta would when it cannot be one. */
export function readMessage(
  body: Record<string, unknown>,
): { message: OutgoingMessage } | { failure: GraphFailure } {
  const type = body['type'] ?? 'text';
  if (typeof type !== 'string' || !Object.hasOwn(messageSchemas, type)) {
    const known = Object.keys(messageSchemas).map((name) => name.toUpperCase());
    return { failure: graphFailure(100, `Param type must be one of {${known.join(', ')}}.`) };
  }
  if (body[type] === undefined) {
    return { failure: graphFailure(131008, `Parameter '${type}' is mandatory for type '${type}'.`) };
  }
  const parsed = messageSchemas[type as MessageType].safeParse({ ...body, type });
  if (!parsed.success) return { failure: schemaFailure(parsed.error, body) };
  if (parsed.data.to === undefined && parsed.data.recipient === undefined) {
    return { failure: graphFailure(100, 'The parameter to is required.') };
  }
  return { message: parsed.data };
}

/** What Meta's documentation does not allow in a body of `POST /{phone-number-id}/messages`; null when all of it is fine. */
export function invalidRequest(body: unknown): string | null {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return 'the body is no JSON object';
  if ('status' in body) {
    const read = readMarkSchema.safeParse(body);
    return read.success ? null : schemaFailure(read.error, body).details;
  }
  const read = readMessage(body as Record<string, unknown>);
  return 'failure' in read ? read.failure.details : null;
}
