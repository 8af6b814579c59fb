import type { TestClinic } from './relay.ts';

/** Bodies as Meta posts them, for one number. Persons are invented. */
export interface WebhookPerson {
  waId?: string;
  userId?: string;
  name?: string;
}

export const LUCIA: WebhookPerson = {
  waId: '34600111222',
  userId: 'ES.90000000000000000001',
  name: 'Lucía Ejemplo',
};

/** Unix seconds as text, the way Meta writes them. */
export const unixTime = (epochMs: number): string => String(Math.floor(epochMs / 1000));

/** One change of the field `messages` with the given value parts. */
export function messagesWebhook(number: TestClinic['number'], value: object): object {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: number.wabaId,
        changes: [
          {
            field: 'messages',
            value: {
              messaging_product: 'whatsapp',
              metadata: {
                display_phone_number: number.displayPhone.slice(1),
                phone_number_id: number.phoneNumberId,
              },
              ...value,
            },
          },
        ],
      },
    ],
  };
}

/** Messages of one person; `parts` are elements of `messages` without their sender. */
export function inboundWebhook(
  number: TestClinic['number'],
  parts: object[],
  person: WebhookPerson = LUCIA,
): object {
  const sender = {
    ...(person.waId ? { from: person.waId } : {}),
    ...(person.userId ? { from_user_id: person.userId } : {}),
  };
  return messagesWebhook(number, {
    contacts: [
      {
        ...(person.name ? { profile: { name: person.name } } : {}),
        ...(person.waId ? { wa_id: person.waId } : {}),
        ...(person.userId ? { user_id: person.userId } : {}),
      },
    ],
    messages: parts.map((part) => ({ ...sender, timestamp: unixTime(Date.now()), ...part })),
  });
}

export function textPart(wamid: string, body: string, more: object = {}): object {
  return { id: wamid, type: 'text', text: { body }, ...more };
}

export function statusWebhook(number: TestClinic['number'], statuses: object[]): object {
  return messagesWebhook(number, {
    statuses: statuses.map((status) => ({
      timestamp: unixTime(Date.now()),
      recipient_id: LUCIA.waId,
      ...status,
    })),
  });
}
