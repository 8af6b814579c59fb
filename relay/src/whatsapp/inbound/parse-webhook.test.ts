import { MessageContent } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inboundWebhook, messagesWebhook } from '../../../sandbox/testing/webhook-bodies.ts';
import type { InboundItem } from './items.ts';
import { parseWebhook } from './parse-webhook.ts';

const number = { phoneNumberId: '200000000000001', wabaId: '100000000000001', displayPhone: '+34910000001' };
const parse = (body: object) => parseWebhook(Buffer.from(JSON.stringify(body)));

/** The one message in a webhook that holds `part`. */
function bodyOf(part: object) {
  const [item] = parse(inboundWebhook(number, [{ id: 'wamid.1', ...part }]));
  if (item?.type !== 'message') throw new Error(`read as ${item?.type}`);
  expect(MessageContent.safeParse(item.body.content).success).toBe(true);
  return item.body;
}

test.each([
  ['no id', { mime_type: 'image/jpeg' }, undefined],
  ['only an id', { id: 300 }, { graphId: '300', sha256: null, url: null }],
  [
    'everything',
    { id: '3', sha256: Buffer.alloc(32, 1).toString('base64'), url: 'https://lookaside.fbsbx.com/x' },
    { graphId: '3', sha256: '01'.repeat(32), url: 'https://lookaside.fbsbx.com/x' },
  ],
  ['a hash that is none', { id: '3', sha256: 'aGFzaA==' }, { graphId: '3', sha256: null, url: null }],
])('where the file of a message is: %s', (_name, image, file) => {
  expect(bodyOf({ type: 'image', image }).file).toEqual(file);
});

describe('what a person reads of each kind', () => {
  const media = { mime_type: 'image/jpeg', sha256: 'aGFzaA==', id: '300000000000003' };
  test.each([
    ['text', { type: 'text', text: { body: 'Hola' } }, 'text', 'Hola', {}],
    [
      'image with caption',
      { type: 'image', image: { ...media, caption: 'Volante' } },
      'image',
      'Volante',
      {
        media: {
          id: null,
          mimeType: 'image/jpeg',
          fileName: null,
          sizeBytes: null,
          voice: false,
          sha256: null,
          width: null,
          height: null,
          durationMs: null,
          waveform: null,
          failure: null,
        },
      },
    ],
    ['image without words', { type: 'image', image: media }, 'image', null, expect.anything()],
    [
      'voice note',
      { type: 'audio', audio: { mime_type: 'audio/ogg; codecs=opus', id: '3', voice: true } },
      'audio',
      null,
      expect.objectContaining({ media: expect.objectContaining({ voice: true }) }),
    ],
    [
      'document',
      { type: 'document', document: { filename: 'informe.pdf', mime_type: 'application/pdf', id: '3' } },
      'document',
      'informe.pdf',
      expect.objectContaining({ media: expect.objectContaining({ fileName: 'informe.pdf' }) }),
    ],
    [
      'sticker',
      { type: 'sticker', sticker: { mime_type: 'image/webp', id: '3' } },
      'sticker',
      null,
      expect.anything(),
    ],
    [
      'location with numbers as text',
      { type: 'location', location: { latitude: '40.4168', longitude: '-3.7038', name: 'Sol' } },
      'location',
      'Sol',
      { location: { latitude: 40.4168, longitude: -3.7038, name: 'Sol', address: null } },
    ],
    [
      'location that is no place on earth',
      { type: 'location', location: { latitude: 'LATITUDE', longitude: 999 } },
      'location',
      null,
      { location: { latitude: null, longitude: null, name: null, address: null } },
    ],
    [
      'contact without a name',
      { type: 'contacts', contacts: [{ phones: [{ phone: '+34 600 333 444' }] }, {}] },
      'contacts',
      '+34 600 333 444',
      {
        contacts: [
          { name: '+34 600 333 444', phones: ['+34 600 333 444'], emails: [] },
          { name: '', phones: [], emails: [] },
        ],
      },
    ],
    [
      'button of a template',
      { type: 'button', button: { payload: 'CONFIRMAR', text: 'Confirmar' } },
      'button',
      'Confirmar',
      { choice: { title: 'Confirmar', description: null, payload: 'CONFIRMAR' } },
    ],
    [
      'reply button',
      { type: 'interactive', interactive: { type: 'button_reply', button_reply: { id: 'si', title: 'Sí' } } },
      'interactive',
      'Sí',
      { choice: { title: 'Sí', description: null, payload: 'si' } },
    ],
    [
      'list row',
      {
        type: 'interactive',
        interactive: {
          type: 'list_reply',
          list_reply: { id: 'l10', title: 'Lunes 10:00', description: 'Dra. Ruiz' },
        },
      },
      'interactive',
      'Lunes 10:00',
      { choice: { title: 'Lunes 10:00', description: 'Dra. Ruiz', payload: 'l10' } },
    ],
    [
      'form',
      {
        type: 'interactive',
        interactive: {
          type: 'nfm_reply',
          nfm_reply: {
            name: 'flow',
            body: 'Sent',
            response_json: '{"flow_token":"t","motivo":"revisión","años":3}',
          },
        },
      },
      'interactive',
      'revisión\n3',
      {
        form: [
          { name: 'motivo', value: 'revisión' },
          { name: 'años', value: '3' },
        ],
      },
    ],
    [
      'form whose answers are no JSON',
      {
        type: 'interactive',
        interactive: { type: 'nfm_reply', nfm_reply: { name: 'flow', body: 'Sent', response_json: '{' } },
      },
      'interactive',
      'Sent',
      { form: [] },
    ],
    [
      'interactive without its object',
      { type: 'interactive', errors: [{ code: 131000 }] },
      'unsupported',
      null,
      { unsupportedType: 'interactive' },
    ],
    [
      'order',
      {
        type: 'order',
        order: {
          catalog_id: '4',
          product_items: [{ product_retailer_id: 'SKU', quantity: 1, item_price: '30', currency: 'EUR' }],
        },
      },
      'order',
      '1 × SKU',
      { order: [{ product: 'SKU', quantity: '1', price: '30', currency: 'EUR' }] },
    ],
    [
      'unsupported',
      { type: 'unsupported', unsupported: { type: 'poll_creation' }, errors: [{ code: 131051 }] },
      'unsupported',
      null,
      { unsupportedType: 'poll_creation' },
    ],
    [
      'a kind of tomorrow',
      { type: 'hologram', hologram: {} },
      'unsupported',
      null,
      { unsupportedType: 'hologram' },
    ],
    [
      'a kind named like a method',
      { type: 'toString', toString: {} },
      'unsupported',
      null,
      { unsupportedType: 'toString' },
    ],
    [
      'no type but a location',
      { location: { latitude: 1, longitude: 2 } },
      'location',
      null,
      expect.anything(),
    ],
    ['nothing but an id', {}, 'unsupported', null, { unsupportedType: null }],
    [
      'text from an advertisement, forwarded',
      {
        type: 'text',
        text: { body: 'Info' },
        context: { frequently_forwarded: true },
        referral: { source_url: 'https://fb.me/x', headline: 'Implantes', body: 'Desde 300 €' },
      },
      'text',
      'Info',
      { forwarded: true, referral: { headline: 'Implantes', body: 'Desde 300 €', url: 'https://fb.me/x' } },
    ],
    [
      'text that PostgreSQL would refuse',
      { type: 'text', text: { body: 'a\0b\ud800c' } },
      'text',
      'ab\ufffdc',
      {},
    ],
  ])('%s', (_what, part, kind, text, content) => {
    const { file: _file, ...body } = bodyOf(part);
    expect(body).toEqual({ kind, text, content });
  });
});

describe('who wrote', () => {
  const contact = (waId: string | null, userId: string | null, name: string) => ({
    profile: { name },
    ...(waId ? { wa_id: waId } : {}),
    ...(userId ? { user_id: userId } : {}),
  });
  const senderOf = (message: object, contacts: object[]) => {
    const items = parse(
      messagesWebhook(number, {
        contacts,
        messages: [{ id: 'w', type: 'text', text: { body: 'x' }, ...message }],
      }),
    );
    return items[0]?.type === 'message' ? items[0].sender : items[0];
  };
  test.each([
    [
      'by number, whatever the order of the contacts',
      { from: '34600111222' },
      [contact('34600999888', null, 'Otra'), contact('34600111222', 'ES.1', 'Lucía')],
      { whatsappIds: ['34600111222'], userId: 'ES.1', profileName: 'Lucía' },
    ],
    [
      'by user id before the number',
      { from: '34600111222', from_user_id: 'ES.2' },
      [contact('34600111222', 'ES.1', 'Lucía'), contact(null, 'ES.2', 'Otra')],
      { whatsappIds: ['34600111222'], userId: 'ES.2', profileName: 'Otra' },
    ],
    [
      'no id on the message: the single contact',
      {},
      [contact(null, 'ES.1', 'Lucía')],
      { whatsappIds: [], userId: 'ES.1', profileName: 'Lucía' },
    ],
    [
      'no id on the message and two contacts: nobody',
      {},
      [contact(null, 'ES.1', 'Lucía'), contact(null, 'ES.2', 'Otra')],
      { type: 'quarantined', reason: 'message_without_sender', field: 'messages', route: expect.anything() },
    ],
    [
      'the business number in from: the contact wrote it',
      { from: '34910000001' },
      [contact('34600111222', null, 'Lucía')],
      { whatsappIds: ['34600111222'], userId: null, profileName: 'Lucía' },
    ],
    [
      'no contact at all',
      { from: '34600111222' },
      [],
      { whatsappIds: ['34600111222'], userId: null, profileName: null },
    ],
  ])('%s', (_what, message, contacts, expected) => {
    expect(senderOf(message, contacts)).toEqual(expected);
  });
});

test('times may be text or number, and nonsense is no time', () => {
  const sentAt = (timestamp: unknown) => {
    const [item] = parse(inboundWebhook(number, [{ id: 'w', type: 'text', text: { body: 'x' }, timestamp }]));
    return item?.type === 'message' ? item.sentAt : 'not a message';
  };
  expect(sentAt('1790000000')).toBe(1_790_000_000_000);
  expect(sentAt(1_790_000_000)).toBe(1_790_000_000_000);
  for (const nonsense of ['', 'ayer', -1, 0, 1e30, null, {}, 'Infinity']) expect(sentAt(nonsense)).toBeNull();
});

test('number and user id changes in the spellings of three generations', () => {
  const changed = (system: object, message: object = { from: '34600111222' }) =>
    parse(messagesWebhook(number, { messages: [{ id: 'w', type: 'system', system, ...message }] }))[0];
  const before = { whatsappIds: ['34600111222'], userId: null, profileName: null };
  const after = { whatsappIds: ['34600999888'], userId: null, profileName: null };
  expect(changed({ type: 'user_changed_number', new_wa_id: '34600999888' })).toMatchObject({ before, after });
  expect(
    changed({ type: 'user_changed_number', wa_id: '34600999888', customer: '34600111222' }),
  ).toMatchObject({
    type: 'identity',
    before,
    after,
  });
  expect(
    changed({ type: 'user_changed_user_id', user_id: 'ES.NEW', previous_user_id: 'ES.OLD' }, {}),
  ).toMatchObject({ type: 'identity', before: { userId: 'ES.OLD' }, after: { userId: 'ES.NEW' } });
  expect(changed({ type: 'customer_identity_changed', body: 'x' })).toMatchObject({ type: 'notice' });
});

test('one odd element never costs its siblings', () => {
  const items = parse({
    object: 'whatsapp_business_account',
    entry: [
      null,
      { id: 1, changes: [null, { field: 'messages' }, { field: 'messages', value: { messages: 'no' } }] },
      {
        id: '2',
        changes: [
          {
            field: 'messages',
            value: {
              messages: [
                null,
                7,
                { id: 'no sender', type: 'text' },
                { id: 'w', from: '34600111222', type: 'text', text: { body: 'sobrevive' } },
                { type: 'reaction', reaction: 'no' },
              ],
              statuses: [[], { id: 'w2', status: 'read' }],
            },
          },
        ],
      },
    ],
  });
  const read = items.filter(({ type }) => type !== 'quarantined' && type !== 'ignored');
  expect(read).toMatchObject([
    { type: 'message', wamid: 'w', body: { text: 'sobrevive' } },
    { type: 'status', wamid: 'w2' },
  ]);
});

test('anything at all is read without throwing, and never as something PostgreSQL would refuse', () => {
  const odd = fc.oneof(
    fc.jsonValue(),
    fc.constantFrom('text', 'reaction', '\0', '\ud800', 'messages', 'whatsapp_business_account'),
  );
  const keys = ['from', 'id', 'type', 'text', 'image', 'contacts', 'interactive', 'order', 'timestamp', 'context', 'system', 'reaction', 'edit', 'body', 'wa_id', 'user_id', 'location', 'button']; // prettier-ignore
  const messy = fc.letrec((tie) => ({
    node: fc.oneof(
      { depthSize: 'small' },
      odd,
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(fc.constantFrom(...keys), tie('node')),
    ),
  })).node;
  fc.assert(
    fc.property(messy, messy, messy, (value, message, field) => {
      const bodies = [
        value,
        { object: 'whatsapp_business_account', entry: value },
        { object: 'whatsapp_business_account', entry: [{ id: message, changes: [{ field, value }] }] },
        messagesWebhook(number, {
          contacts: value,
          messages: [message, { id: 'w', from: '1', type: 'text' }],
        }),
      ];
      for (const body of bodies) {
        const items: InboundItem[] = parseWebhook(Buffer.from(JSON.stringify(body) ?? ''));
        expect(items.length).toBeGreaterThan(0);
        expect(JSON.stringify(items)).not.toMatch(/\\u0000|\\ud[89a-f]/i);
      }
      expect(parseWebhook(Buffer.from(JSON.stringify(bodies[3]))).at(-1)).toMatchObject({ type: 'message' });
    }),
    { numRuns: 500 },
  );
  expect(parseWebhook(Buffer.from('{'))).toMatchObject([{ type: 'quarantined', reason: 'not_json' }]);
  expect(parseWebhook(Buffer.alloc(0))).toMatchObject([{ type: 'quarantined', reason: 'not_json' }]);
});
