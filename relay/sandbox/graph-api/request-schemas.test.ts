import { describe, expect, test } from 'vitest';
import { invalidRequest } from './request-schemas.ts';

const envelope = { messaging_product: 'whatsapp', recipient_type: 'individual', to: '+34600111222' };
const text = { type: 'text', text: { body: 'Hola' } };
const template = (...components: object[]) => ({
  type: 'template',
  template: { name: 'cita', language: { code: 'es' }, components },
});
const words = (value: string, more: object = {}) => ({ type: 'text', text: value, ...more });

const valid: [string, object][] = [
  ['text', text],
  ['text that quotes', { ...text, context: { message_id: 'wamid.1' } }],
  ['text with our id', { ...text, biz_opaque_callback_data: 'id' }],
  ['image', { type: 'image', image: { id: '1', caption: 'Así' } }],
  ['image by address', { type: 'image', image: { link: 'https://clinica.example/a.jpg' } }],
  ['video', { type: 'video', video: { id: '1' } }],
  ['audio', { type: 'audio', audio: { id: '1' } }],
  ['voice note', { type: 'audio', audio: { id: '1', voice: true } }],
  ['document', { type: 'document', document: { id: '1', filename: 'a.pdf', caption: 'Aquí' } }],
  ['sticker', { type: 'sticker', sticker: { id: '1' } }],
  ['location', { type: 'location', location: { latitude: 40.4, longitude: -3.7, name: 'Clínica' } }],
  [
    'contacts',
    { type: 'contacts', contacts: [{ name: { formatted_name: 'Ana' }, phones: [{ phone: '1' }] }] },
  ],
  ['reaction', { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } }],
  ['reaction taken away', { type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '' } }],
  ['template without variables', { type: 'template', template: { name: 'cita', language: { code: 'es' } } }],
  ['template with a body', template({ type: 'body', parameters: [words('a'), words('b')] })],
  ['template with names', template({ type: 'body', parameters: [words('a', { parameter_name: 'nombre' })] })],
  ['template with a text header', template({ type: 'header', parameters: [words('a')] })],
  [
    'template with a picture',
    template({ type: 'header', parameters: [{ type: 'image', image: { id: '1' } }] }),
  ],
  ['template with a film', template({ type: 'header', parameters: [{ type: 'video', video: { id: '1' } }] })],
  [
    'template with a document',
    template({
      type: 'header',
      parameters: [{ type: 'document', document: { id: '1', filename: 'a.pdf' } }],
    }),
  ],
  [
    'template with a place',
    template({
      type: 'header',
      parameters: [
        {
          type: 'location',
          location: { latitude: 40, longitude: -3, name: 'Clínica', address: 'Alameda 12' },
        },
      ],
    }),
  ],
  [
    'template with an address',
    template({ type: 'button', sub_type: 'url', index: '0', parameters: [words('a')] }),
  ],
  [
    'template with a payload',
    template({
      type: 'button',
      sub_type: 'quick_reply',
      index: 1,
      parameters: [{ type: 'payload', payload: 'SI' }],
    }),
  ],
  [
    'template with a code',
    template({
      type: 'button',
      sub_type: 'copy_code',
      index: '0',
      parameters: [{ type: 'coupon_code', coupon_code: 'ALAMEDA20' }],
    }),
  ],
  [
    'template with a form',
    template({
      type: 'button',
      sub_type: 'flow',
      index: '0',
      parameters: [{ type: 'action', action: { flow_token: 't' } }],
    }),
  ],
];

const invalid: [string, object][] = [
  ['an empty text', { type: 'text', text: { body: '' } }],
  ['an image that is nowhere', { type: 'image', image: { caption: 'Así' } }],
  ['an image that is in two places', { type: 'image', image: { id: '1', link: 'https://a.example/a.jpg' } }],
  ['an empty caption', { type: 'image', image: { id: '1', caption: '' } }],
  ['too long a caption', { type: 'image', image: { id: '1', caption: 'a'.repeat(1_025) } }],
  ['a named image', { type: 'image', image: { id: '1', filename: 'a.jpg' } }],
  ['an audio with words', { type: 'audio', audio: { id: '1', caption: 'a' } }],
  ['a sticker with words', { type: 'sticker', sticker: { id: '1', caption: 'a' } }],
  ['a document by another key', { type: 'document', document: { media_id: '1' } }],
  ['a reaction to nothing', { type: 'reaction', reaction: { emoji: '👍' } }],
  ['a context by another key', { ...text, context: { id: 'wamid.1' } }],
  ['a template without language', { type: 'template', template: { name: 'cita' } }],
  ['a body with a picture', template({ type: 'body', parameters: [{ type: 'image', image: { id: '1' } }] })],
  ['a body without values', template({ type: 'body', parameters: [] })],
  ['a header with two', template({ type: 'header', parameters: [words('a'), words('b')] })],
  [
    'a header with a picture that is nowhere',
    template({ type: 'header', parameters: [{ type: 'image', image: {} }] }),
  ],
  [
    'a button with the value of another kind',
    template({ type: 'button', sub_type: 'copy_code', index: '0', parameters: [words('a')] }),
  ],
  ['a button without a place', template({ type: 'button', sub_type: 'url', parameters: [words('a')] })],
  ['a part of upper case', template({ type: 'BODY', parameters: [words('a')] })],
  ['no recipient', { ...text, to: undefined }],
];

describe('Meta documents', () => {
  test.each(valid)('%s', (_name, message) => {
    expect(invalidRequest({ ...envelope, ...message })).toBeNull();
  });
  test.each([
    ['a read mark', {}],
    ['a read mark with typing', { typing_indicator: { type: 'text' } }],
  ])('%s', (_name, more) => {
    const mark = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.1', ...more };
    expect(invalidRequest(mark)).toBeNull();
  });
});

describe('Meta does not document', () => {
  test.each(invalid)('%s', (_name, message) => {
    expect(invalidRequest({ ...envelope, ...message })).not.toBeNull();
  });
  test.each([
    ['a typing mark without read', { typing_indicator: { type: 'audio' } }],
    ['a read mark for somebody', { to: '+34600111222' }],
  ])('%s', (_name, more) => {
    const mark = { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.1', ...more };
    expect(invalidRequest(mark)).not.toBeNull();
  });
  test('anything but an object', () => {
    for (const body of [null, [], 'text']) expect(invalidRequest(body)).not.toBeNull();
  });
});
