import type { Session } from '@recado/protocol';
import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRelayClient, webhookOutcome, type RelayClient } from '../../sandbox/testing/relay-client.ts';
import { signWebhook, startTestRelay, testSecrets, type TestRelay } from '../../sandbox/testing/relay.ts';
import {
  inboundWebhook,
  LUCIA,
  messagesWebhook,
  statusWebhook,
  textPart,
  unixTime,
} from '../../sandbox/testing/webhook-bodies.ts';

let relay: TestRelay;
let session: Session;
let client: RelayClient;
beforeEach(async () => {
  relay = await startTestRelay();
  session = await relay.signIn();
  client = createRelayClient(relay.url, session.token);
});
afterEach(() => relay.close());

const inbound = (...parts: object[]) => inboundWebhook(relay.clinic.number, parts);
/** Posts and waits; the effects' kinds with their outcome. */
async function effectsOf(body: object | Buffer | string) {
  const response = await relay.postWebhook(body);
  expect(response.status).toBe(200);
  const { effects } = await webhookOutcome(relay.url, response);
  return effects;
}
const texts = async () => (await client.all('message')).map(({ text }) => text);

describe('the door', () => {
  const handshake = (token: string, mode = 'subscribe') =>
    fetch(
      `${relay.url}/webhooks/whatsapp?hub.mode=${mode}&hub.challenge=1158201444&hub.verify_token=${token}`,
    );

  test('Meta’s handshake gets the bare challenge, anybody else nothing', async () => {
    const right = await handshake(testSecrets.verifyToken);
    expect(right.status).toBe(200);
    expect(right.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await right.text()).toBe('1158201444');
    expect((await handshake('wrong')).status).toBe(403);
    expect((await handshake(testSecrets.verifyToken, 'unsubscribe')).status).toBe(403);
  });

  test('stands under the base path, too', async () => {
    const url = `${relay.url}/v1/webhooks/whatsapp`;
    const hello = await fetch(
      `${url}?hub.mode=subscribe&hub.challenge=7&hub.verify_token=${testSecrets.verifyToken}`,
    );
    expect(await hello.text()).toBe('7');
    const body = JSON.stringify(inbound(textPart('wamid.1', 'hola')));
    const post = (signature: string) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-hub-signature-256': signature },
        body,
      });
    expect((await post(signWebhook(body, 'guessed'))).status).toBe(401);
    const { effects } = await webhookOutcome(relay.url, await post(signWebhook(body)));
    expect(effects).toMatchObject([{ kind: 'message', text: 'hola' }]);
  });

  test.each([
    ['no signature', () => ({})],
    ['another secret', (body: string) => ({ 'x-hub-signature-256': signWebhook(body, 'guessed') })],
    ['another body', () => ({ 'x-hub-signature-256': signWebhook('{}') })],
    ['not hexadecimal', () => ({ 'x-hub-signature-256': 'sha256=zz' })],
    ['the old kind', (body: string) => ({ 'x-hub-signature': signWebhook(body) })],
  ])('%s: 401, and nothing is stored', async (_what, headers) => {
    const body = JSON.stringify(inbound(textPart('wamid.FORGED', 'falso')));
    const response = await fetch(`${relay.url}/webhooks/whatsapp`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers(body) },
      body,
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toMatch(/problem\+json/);
    expect(await client.all('message')).toEqual([]);
  });

  test('the signature is over the bytes as they came, escapes and spaces included', async () => {
    const body = JSON.stringify(inbound(textPart('wamid.1', 'ñandú')))
      .replace('ñ', '\\u00f1')
      .replace('{', '{  ');
    expect(await effectsOf(body)).toMatchObject([{ kind: 'message', text: 'ñandú' }]);
  });

  test('a webhook of three megabytes passes, one of five does not', async () => {
    const many = Array.from({ length: 300 }, (_, index) => textPart(`wamid.${index}`, 'x'.repeat(4_000)));
    expect(await effectsOf(inbound(...many.slice(0, 20), { filler: 'x'.repeat(2_900_000) }))).toHaveLength(
      21,
    );
    expect((await relay.postWebhook('x'.repeat(5_000_000))).status).toBe(413);
  });
});

describe('what it leaves', () => {
  test('a first message makes patient, conversation and message, and starts both clocks', async () => {
    const sentAt = Date.now() - 3_600_000;
    const effects = await effectsOf(inbound(textPart('wamid.1', 'Hola', { timestamp: unixTime(sentAt) })));
    expect(effects).toMatchObject([
      {
        kind: 'message',
        type: 'text',
        text: 'Hola',
        sender: { name: 'Lucía Ejemplo', phone: '+34600111222', userId: LUCIA.userId },
      },
    ]);
    const [patient] = await client.all('patient');
    expect(patient).toMatchObject({
      name: null,
      profileName: 'Lucía Ejemplo',
      phone: '+34600111222',
      whatsappUserId: LUCIA.userId,
    });
    const [message] = await client.all('message');
    const conversation = await client.conversation();
    expect(conversation).toMatchObject({
      patientId: patient?.id,
      numberId: relay.clinic.number.phoneNumberId,
      unread: 1,
      closed: false,
      handler: 'human',
      lastMessageDirection: 'inbound',
      lastMessage: { id: message?.id, text: 'Hola' },
      lastInteractionAt: message?.receivedAt,
    });
    const seconds = Math.floor(sentAt / 1000) * 1000;
    expect(Date.parse(conversation.windowExpiresAt ?? '')).toBe(seconds + 24 * 3_600_000);
    expect(message?.ordinal).toBeLessThanOrEqual(conversation.unread + 100);
  });

  test('told twice, even at the same time, it is there once', async () => {
    const body = inbound(textPart('wamid.1', 'Hola'), textPart('wamid.1', 'Hola'));
    await Promise.all([relay.postWebhook(body), relay.postWebhook(body), relay.postWebhook(body)]);
    expect(await effectsOf(body)).toMatchObject([
      { kind: 'ignored', reason: 'duplicate' },
      { kind: 'ignored', reason: 'duplicate' },
    ]);
    expect(await texts()).toEqual(['Hola']);
    expect((await client.conversation()).unread).toBe(1);
  });

  test('what cannot be read is kept aside and its siblings go on', async () => {
    expect(await effectsOf('{"not json')).toEqual([{ kind: 'quarantined', reason: 'not_json' }]);
    expect(await effectsOf(inbound(null as unknown as object, textPart('wamid.2', 'sigue')))).toMatchObject([
      { kind: 'quarantined' },
      { kind: 'message', text: 'sigue' },
    ]);
  });

  test('an item the database refuses is set aside alone', async () => {
    // No index entry may be longer than a third of a page, however well it is compressed.
    const huge = `wamid.${randomBytes(20_000).toString('base64')}`;
    const effects = await effectsOf(inbound(textPart(huge, 'no'), textPart('wamid.2', 'sí')));
    expect(effects).toMatchObject([
      { kind: 'quarantined', reason: 'could_not_be_applied' },
      { kind: 'message', text: 'sí' },
    ]);
    expect(await texts()).toEqual(['sí']);
  });

  test('a number nobody connected is quarantined', async () => {
    const stranger = { phoneNumberId: '999', wabaId: '998', displayPhone: '+34910000999' };
    expect(await effectsOf(inboundWebhook(stranger, [textPart('wamid.1', 'x')]))).toEqual([
      { kind: 'quarantined', reason: 'unknown_number' },
    ]);
  });

  test('webhooks of one number take effect in the order they came', async () => {
    const expected = Array.from({ length: 30 }, (_, index) => `mensaje ${index}`);
    for (const [index, text] of expected.entries()) {
      await relay.postWebhook(inbound(textPart(`wamid.${index}`, text)));
    }
    await effectsOf(inbound(textPart('wamid.last', 'último')));
    const stored = (await client.all('message')).sort((a, b) => a.ordinal - b.ordinal);
    expect(stored.map(({ text }) => text)).toEqual([...expected, 'último']);
  });
});

describe('reactions, edits, deletions', () => {
  const reaction = (emoji?: string) => ({
    id: `wamid.R${Math.random()}`,
    type: 'reaction',
    reaction: { message_id: 'wamid.1', ...(emoji === undefined ? {} : { emoji }) },
  });

  test('a reaction is set, replaced and cleared without a message', async () => {
    await effectsOf(inbound(textPart('wamid.1', 'Hola')));
    await effectsOf(inbound(reaction('👍')));
    await effectsOf(inbound(reaction('❤️')));
    const [message] = await client.all('message');
    expect(message?.reactions).toMatchObject([{ by: 'patient', emoji: '❤️' }]);
    expect((await client.conversation()).unread).toBe(1);
    await effectsOf(inbound(reaction()));
    expect((await client.all('message'))[0]?.reactions).toEqual([]);
  });

  test('what comes before its message waits for it', async () => {
    const edit = {
      id: 'wamid.E',
      type: 'edit',
      edit: { original_message_id: 'wamid.1', message: { type: 'text', text: { body: 'a las 11' } } },
    };
    const early = inbound(reaction('👍'), edit);
    expect(await effectsOf(early)).toMatchObject([{ outcome: 'held' }, { outcome: 'held' }]);
    await effectsOf(inbound(textPart('wamid.1', 'a las 10')));
    const [message] = await client.all('message');
    expect(message).toMatchObject({ text: 'a las 11', edits: [{ text: 'a las 10' }] });
    expect(message?.reactions).toHaveLength(1);
    expect((await client.conversation()).lastMessage?.text).toBe('a las 11');
  });

  test('a deleted message stays, marked', async () => {
    await effectsOf(inbound(textPart('wamid.1', 'Hola')));
    await effectsOf(inbound({ id: 'wamid.D', type: 'revoke', revoke: { original_message_id: 'wamid.1' } }));
    expect((await client.all('message'))[0]).toMatchObject({ text: 'Hola', revokedAt: expect.any(String) });
  });
});

describe('identity', () => {
  test('a patient known by number is the same one when the user id appears, and then without the number', async () => {
    const { number } = relay.clinic;
    const phoneOnly = { waId: '34600111222', name: 'Lucía' };
    await effectsOf(inboundWebhook(number, [textPart('wamid.1', 'uno')], phoneOnly));
    await effectsOf(inboundWebhook(number, [textPart('wamid.2', 'dos')], { ...phoneOnly, userId: 'ES.1' }));
    await effectsOf(inboundWebhook(number, [textPart('wamid.3', 'tres')], { userId: 'ES.1', name: 'Lucía' }));
    expect(await client.all('patient')).toMatchObject([{ phone: '+34600111222', whatsappUserId: 'ES.1' }]);
    expect((await client.conversation()).unread).toBe(3);
  });

  test('two patients are never joined by a webhook', async () => {
    const { number } = relay.clinic;
    await effectsOf(inboundWebhook(number, [textPart('wamid.1', 'uno')], { waId: '34600111222' }));
    await effectsOf(inboundWebhook(number, [textPart('wamid.2', 'dos')], { userId: 'ES.1' }));
    await effectsOf(
      inboundWebhook(number, [textPart('wamid.3', 'tres')], { waId: '34600111222', userId: 'ES.1' }),
    );
    const patients = await client.all('patient');
    expect(patients.map(({ phone, whatsappUserId }) => [phone, whatsappUserId])).toEqual([
      ['+34600111222', null],
      [null, 'ES.1'],
    ]);
    const byUserId = patients.find(({ whatsappUserId }) => whatsappUserId === 'ES.1');
    expect(
      (await client.all('conversation')).find(({ patientId }) => patientId === byUserId?.id)?.unread,
    ).toBe(2);
  });

  test('a new number finds the same patient, and the old one no longer does', async () => {
    const { number } = relay.clinic;
    await effectsOf(inboundWebhook(number, [textPart('wamid.1', 'uno')], { waId: '34600111222' }));
    await effectsOf(
      messagesWebhook(number, {
        messages: [
          {
            from: '34600111222',
            id: 'wamid.S',
            timestamp: unixTime(Date.now()),
            type: 'system',
            system: { type: 'user_changed_number', wa_id: '34600999888', body: 'x' },
          },
        ],
      }),
    );
    await effectsOf(inboundWebhook(number, [textPart('wamid.2', 'dos')], { waId: '34600999888' }));
    expect(await client.all('patient')).toMatchObject([{ phone: '+34600999888' }]);
    expect((await client.all('message')).find(({ kind }) => kind === 'system')).toMatchObject({
      direction: 'internal',
      text: null,
      content: { event: { code: 'user_changed_number' } },
    });
    await effectsOf(inboundWebhook(number, [textPart('wamid.3', 'otra persona')], { waId: '34600111222' }));
    expect(await client.all('patient')).toHaveLength(2);
  });
});

test('an echo of the clinic’s phone is ours, read, and does not touch the window', async () => {
  await effectsOf(inbound(textPart('wamid.1', 'Hola')));
  const before = await client.conversation();
  const { number } = relay.clinic;
  const effects = await effectsOf({
    object: 'whatsapp_business_account',
    entry: [
      {
        id: number.wabaId,
        changes: [
          {
            field: 'smb_message_echoes',
            value: {
              metadata: { display_phone_number: '34910000001', phone_number_id: number.phoneNumberId },
              message_echoes: [
                {
                  from: '34910000001',
                  to: LUCIA.waId,
                  timestamp: unixTime(Date.now()),
                  ...textPart('wamid.E', 'Vale'),
                },
              ],
            },
          },
        ],
      },
    ],
  });
  expect(effects).toMatchObject([{ kind: 'echo', text: 'Vale' }]);
  const after = await client.conversation();
  expect(after).toMatchObject({
    unread: 0,
    lastMessageDirection: 'outbound',
    windowExpiresAt: before.windowExpiresAt,
  });
  expect((await client.all('message')).at(-1)).toMatchObject({ author: { kind: 'phone' }, status: 'sent' });
});

test('a status of a message nobody knows is held and answers 200', async () => {
  const effects = await effectsOf(
    statusWebhook(relay.clinic.number, [
      { id: 'wamid.STRANGE', status: 'read' },
      { id: 'wamid.STRANGE', status: 'teleported' },
    ]),
  );
  expect(effects).toEqual([
    { kind: 'status', status: 'read', outcome: 'held' },
    { kind: 'status', status: 'teleported', outcome: 'unknown' },
  ]);
});
