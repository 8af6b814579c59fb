import { createHmac } from 'node:crypto';
import type { WhatsappUser } from './directory.ts';

/** One of the clinic's numbers as Meta knows it. */
export interface BusinessNumber {
  /** Meta's phone_number_id. */
  id: string;
  /** E.164 with its plus. */
  phone: string;
  /** WhatsApp Business Account the number belongs to. */
  wabaId: string;
  /** Calling code Meta prepends to a recipient written without a plus. */
  countryCode: string;
  /** False answers 133010 to every send. */
  registered: boolean;
}

const hex = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/**
 * JSON in the exact form Meta puts on the wire and signs: non-ASCII as lower-case `\u00e9`, slashes as `\/`.
 * https://developers.facebook.com/docs/graph-api/webhooks/getting-started
 */
export function metaJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(/[^\x20-\x7e]/g, hex)
    .replaceAll('/', '\\/');
}

/** Value of the header `X-Hub-Signature-256` for these exact bytes. */
export function webhookSignature(appSecret: string, body: string | Buffer): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** One `changes[]` element: which field of which business account, and its value. */
export interface WebhookChange {
  wabaId: string;
  field: string;
  value: Record<string, unknown>;
}

/** The body of one webhook request holding one or several changes. */
export function webhookEnvelope(changes: WebhookChange[]) {
  return {
    object: 'whatsapp_business_account',
    entry: changes.map(({ wabaId, field, value }) => ({ id: wabaId, changes: [{ value, field }] })),
  };
}

/** `contacts[]` element of a person; number absent when hidden, as Meta does since April 2026. */
export function contactOf(user: WhatsappUser) {
  return {
    profile: {
      ...(user.name === null ? {} : { name: user.name }),
      ...(user.username === null ? {} : { username: user.username }),
    },
    ...(user.phone === null ? {} : { wa_id: user.phone.slice(1) }),
    user_id: user.userId,
  };
}

/** A change of the field `messages` for one number. */
export function messagesChange(number: BusinessNumber, content: Record<string, unknown>): WebhookChange {
  return {
    wabaId: number.wabaId,
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: number.phone.slice(1), phone_number_id: number.id },
      ...content,
    },
  };
}

/** Whole seconds as text, as webhooks carry times. */
export function webhookTime(epoch: number): string {
  return String(Math.floor(epoch / 1_000));
}
