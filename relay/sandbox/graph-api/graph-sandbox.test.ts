import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR } from '@recado/protocol';
import {
  createGraphSandbox,
  metaJson,
  webhookSignature,
  type GraphSandbox,
  type GraphSandboxOptions,
  type GraphTemplate,
} from './index.ts';

const NUMBER = '200000000000002';
const WABA = '100000000000001';
const PATIENT = '+34600111222';
const SECRET = 'app-secret';

const template = (name: string, status: string, components: GraphTemplate['components']): GraphTemplate => ({
  id: `5${name.length}`,
  name,
  language: 'es',
  status,
  category: 'UTILITY',
  parameter_format: 'POSITIONAL',
  components,
});
const TEMPLATES = [
  template('recordatorio', 'APPROVED', [
    { type: 'BODY', text: 'Hola {{1}}, su cita es el {{2}}.' },
    { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Ver', url: 'https://c.example/{{1}}' }] },
  ]),
  template('con_documento', 'APPROVED', [
    { type: 'HEADER', format: 'DOCUMENT' },
    { type: 'BODY', text: 'Adjunto.' },
  ]),
  template('pausada', 'PAUSED', [{ type: 'BODY', text: 'Hola.' }]),
  template('desactivada', 'DISABLED', [{ type: 'BODY', text: 'Hola.' }]),
  template('rechazada', 'REJECTED', [{ type: 'BODY', text: 'Hola.' }]),
];

interface Received {
  raw: Buffer;
  signature: string;
  body: { entry: { changes: { field: string; value: Record<string, unknown> }[] }[] };
}

let now: number;
let received: Received[];
let answers: number[];
let receiver: Server;
let sandbox: GraphSandbox;

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts);
}

async function start(options: Partial<GraphSandboxOptions> = {}) {
  const { port } = receiver.address() as AddressInfo;
  sandbox = await createGraphSandbox({
    webhookUrl: `http://127.0.0.1:${port}/webhook`,
    appSecret: SECRET,
    verifyToken: 'verify',
    accessTokens: ['token'],
    phoneNumbers: [{ id: NUMBER, phone: '+34910000000', wabaId: WABA }],
    templates: { [WABA]: TEMPLATES },
    clock: () => now,
    webhookRetryMs: [0],
    ...options,
  });
  return sandbox;
}

beforeEach(async () => {
  now = Date.parse('2026-11-24T09:00:00.000Z');
  received = [];
  answers = [];
  receiver = createServer((request, response) => {
    void bytesOf(request).then((raw) => {
      if (request.method === 'GET') {
        const query = new URL(request.url ?? '', 'http://relay').searchParams;
        response.statusCode = query.get('hub.verify_token') === 'verify' ? 200 : 403;
        response.end(query.get('hub.challenge'));
        return;
      }
      response.statusCode = answers.shift() ?? 200;
      received.push({
        raw,
        signature: String(request.headers['x-hub-signature-256']),
        body: JSON.parse(raw.toString()) as Received['body'],
      });
      response.end();
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await sandbox.close();
  receiver.closeAllConnections();
  await new Promise((resolve) => receiver.close(resolve));
});

interface Answer {
  http: number;
  body: { error?: { code: number; error_data: { details: string } }; messages?: { id: string }[] };
}

async function send(body: unknown, options: { number?: string; token?: string } = {}): Promise<Answer> {
  const response = await fetch(`${sandbox.url}/v25.0/${options.number ?? NUMBER}/messages`, {
    method: 'POST',
    headers: { authorization: `Bearer ${options.token ?? 'token'}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  return { http: response.status, body: (await response.json()) as Answer['body'] };
}

const text = (changes: Record<string, unknown> = {}) => ({
  messaging_product: 'whatsapp',
  recipient_type: 'individual',
  to: PATIENT,
  type: 'text',
  text: { body: 'Le confirmamos la cita.', preview_url: false },
  ...changes,
});
const templateMessage = (name: string, components: unknown[] = []) => ({
  messaging_product: 'whatsapp',
  to: PATIENT,
  type: 'template',
  template: { name, language: { code: 'es' }, components },
});
const words = (...values: string[]) => ({
  type: 'body',
  parameters: values.map((value) => ({ type: 'text', text: value })),
});
const urlButton = { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'a1' }] };

/** Statuses of all webhooks received, in order of arrival. */
const statuses = () =>
  received.flatMap((webhook) =>
    webhook.body.entry.flatMap((entry) =>
      entry.changes.flatMap(
        (change) =>
          (change.value['statuses'] ?? []) as {
            id: string;
            status: string;
            biz_opaque_callback_data?: string;
            errors?: { code: number }[];
          }[],
      ),
    ),
  );

describe('what Meta refuses', () => {
  const cases: [string, unknown, number, number][] = [
    ['an unknown key', text({ colour: 'red' }), 100, 400],
    ['a missing body', text({ text: {} }), 100, 400],
    ['a missing type block', { messaging_product: 'whatsapp', to: PATIENT, type: 'text' }, 131008, 400],
    ['no recipient', text({ to: undefined }), 100, 400],
    ['a wrong value', text({ messaging_product: 'telegram' }), 131009, 400],
    ['a text of 4097 characters', text({ text: { body: 'a'.repeat(4_097) } }), 100, 400],
    ['callback data of 513 characters', text({ biz_opaque_callback_data: 'a'.repeat(513) }), 100, 400],
    ['an unknown type', text({ type: 'poll' }), 100, 400],
    ['its own number', text({ to: '+34910000000' }), 131021, 400],
    ['free text to somebody who never wrote', text({ to: '+34600999888' }), 131047, 400],
    [
      'a reaction to nothing',
      text({
        type: 'reaction',
        text: undefined,
        reaction: { message_id: 'wamid.unknown', emoji: '👍' },
      }),
      131009,
      400,
    ],
    ['a template that does not exist', templateMessage('otra'), 132001, 404],
    ['a template not approved', templateMessage('rechazada'), 132001, 404],
    ['a paused template', templateMessage('pausada'), 132015, 400],
    ['a disabled template', templateMessage('desactivada'), 132016, 400],
    ['too few parameters', templateMessage('recordatorio', [words('Lucía'), urlButton]), 132000, 400],
    [
      'a line break in a value',
      templateMessage('recordatorio', [words('a\nb', 'c'), urlButton]),
      132012,
      400,
    ],
    [
      'five spaces in a value',
      templateMessage('recordatorio', [words('a     b', 'c'), urlButton]),
      132012,
      400,
    ],
    [
      'a filled-in body over 1024',
      templateMessage('recordatorio', [words('a'.repeat(1_000), 'lunes'), urlButton]),
      132005,
      400,
    ],
    ['a missing button value', templateMessage('recordatorio', [words('Lucía', 'lunes')]), 131008, 400],
    ['a header of the wrong kind', templateMessage('con_documento'), 132012, 400],
    ['an unknown media id', text({ type: 'image', text: undefined, image: { id: '42' } }), 100, 400],
    [
      'a read mark on nothing',
      { messaging_product: 'whatsapp', status: 'read', message_id: 'x' },
      131009,
      400,
    ],
  ];
  test.each(cases)('%s', async (_name, body, code, http) => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    const answer = await send(body);
    expect({ code: answer.body.error?.code, http: answer.http }).toEqual({ code, http });
    expect(sandbox.requests()).toEqual([]);
  });

  test('a wrong token, an unknown and an unregistered number', async () => {
    await start({
      phoneNumbers: [
        { id: NUMBER, phone: '+34910000000', wabaId: WABA },
        { id: '7', phone: '+34910000007', wabaId: WABA, registered: false },
      ],
    });
    expect(await send(text(), { token: 'other' })).toMatchObject({
      http: 401,
      body: { error: { code: 190 } },
    });
    expect(await send(text(), { number: '8' })).toMatchObject({ http: 400, body: { error: { code: 100 } } });
    expect(await send(text(), { number: '7' })).toMatchObject({
      http: 400,
      body: { error: { code: 133010 } },
    });
  });

  test('free text from the 24th hour on', async () => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    now += 24 * HOUR - 1;
    expect((await send(text())).http).toBe(200);
    now += 1;
    expect((await send(text())).body.error?.code).toBe(131047);
  });

  test('a reaction does not open the window', async () => {
    await start();
    const { id } = await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    now += 23 * HOUR;
    await sandbox.patientReacts({ from: PATIENT, to: id, emoji: '👍' });
    now += 2 * HOUR;
    expect((await send(text())).body.error?.code).toBe(131047);
  });

  test('more than 45 at once to one person, and one more each six seconds', async () => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    for (let count = 0; count < 45; count += 1) expect((await send(text())).http).toBe(200);
    expect((await send(text())).body.error?.code).toBe(131056);
    now += 6_000;
    expect((await send(text())).http).toBe(200);
    expect((await send(text())).body.error?.code).toBe(131056);
  });

  test('more than the throughput in one second, in and out together', async () => {
    await start({ limits: { throughputPerSecond: 3, pair: null } });
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    expect((await send(text())).http).toBe(200);
    expect((await send(text())).http).toBe(200);
    expect(await send(text())).toMatchObject({ http: 429, body: { error: { code: 130429 } } });
    now += 1_000;
    expect((await send(text())).http).toBe(200);
  });

  test('somebody the clinic has blocked', async () => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    const block = async (method: string) =>
      fetch(`${sandbox.url}/v25.0/${NUMBER}/block_users`, {
        method,
        headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_product: 'whatsapp', block_users: [{ user: PATIENT }] }),
      });
    await block('POST');
    expect((await send(text())).body.error?.code).toBe(130403);
    await block('DELETE');
    expect((await send(text())).http).toBe(200);
  });
});

test('a number without plus goes to somebody else', async () => {
  await start();
  await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
  const asTyped = await send(text({ to: '34600111222' }));
  expect(asTyped.body.error?.code).toBe(131047);
  const withTemplate = await send({
    ...templateMessage('recordatorio', [words('a', 'b'), urlButton]),
    to: '34600111222',
  });
  expect(withTemplate.http).toBe(200);
  await sandbox.idle();
  expect(statuses().map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([['failed', 131026]]);
  expect((await send(text({ to: '600111222' }))).http).toBe(200);
});

test('a person without a number is reached by user id', async () => {
  await start();
  sandbox.registerUser({ userId: 'ES.90000000000000000001', phone: null, username: 'lola.s', name: 'Lola' });
  await sandbox.patientWrites({ from: 'ES.90000000000000000001', text: 'Hola' });
  const [inbound] = received.map((webhook) => webhook.body.entry[0]?.changes[0]?.value);
  expect(inbound).toMatchObject({
    contacts: [{ user_id: 'ES.90000000000000000001', profile: { username: 'lola.s' } }],
  });
  expect(inbound?.['messages']).toEqual([
    expect.not.objectContaining({ from: expect.anything() as unknown }),
  ]);
  const answer = await send(text({ to: undefined, recipient: 'ES.90000000000000000001' }));
  expect(answer.body).toMatchObject({ contacts: [{ user_id: 'ES.90000000000000000001' }] });
});

test('webhooks are signed over the escaped bytes', async () => {
  await start();
  await sandbox.patientWrites({ from: PATIENT, text: '¿Mañana? 👍 a/b' });
  const [webhook] = received;
  expect(webhook?.raw.toString()).toContain('\\u00bfMa\\u00f1ana? \\ud83d\\udc4d a\\/b');
  expect(webhook?.raw.every((byte) => byte < 0x80)).toBe(true);
  expect(webhook?.signature).toBe(webhookSignature(SECRET, webhook?.raw ?? ''));
  expect(webhook?.signature).not.toBe(webhookSignature(SECRET, JSON.stringify(webhook?.body)));
  expect(JSON.parse(metaJson({ text: 'á "b" \n ñ/' }))).toEqual({ text: 'á "b" \n ñ/' });
});

describe('statuses', () => {
  test('echo the callback data, in order', async () => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    const answer = await send(text({ biz_opaque_callback_data: 'our-id' }));
    await sandbox.idle();
    expect(statuses().map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    expect(statuses().every((status) => status.biz_opaque_callback_data === 'our-id')).toBe(true);
    expect(new Set(statuses().map(({ id }) => id))).toEqual(new Set([answer.body.messages?.[0]?.id]));
  });

  test('out of order, twice, and before the answer', async () => {
    await start({
      statusPlan: {
        steps: [
          { status: 'read', afterMs: 0 },
          { status: 'sent', afterMs: 0 },
        ],
        copies: 2,
        beforeAnswer: true,
      },
    });
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    await send(text());
    expect(statuses().map(({ status }) => status)).toEqual(['read', 'read', 'sent', 'sent']);
  });

  test('a failure asked for', async () => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    sandbox.faults.add({ kind: 'failDelivery', code: 131049 });
    expect((await send(text())).http).toBe(200);
    await sandbox.idle();
    expect(statuses().map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([['failed', 131049]]);
  });
});

describe('faults', () => {
  test('refusal, gateway page, broken connections', async () => {
    await start({ statusPlan: { steps: [{ status: 'sent', afterMs: 0 }] } });
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    sandbox.faults.add({ kind: 'refuse', code: 131016, times: 2 });
    expect(await send(text())).toMatchObject({ http: 500, body: { error: { code: 131016 } } });
    expect((await send(text())).http).toBe(500);
    sandbox.faults.add({ kind: 'resetBeforeAcceptance' });
    await expect(send(text())).rejects.toThrow();
    expect(sandbox.requests()).toEqual([]);
    sandbox.faults.add({ kind: 'resetAfterAcceptance' });
    await expect(send(text())).rejects.toThrow();
    expect(sandbox.requests()).toHaveLength(1);
    sandbox.faults.add({ kind: 'timeoutAfterAcceptance' });
    const response = fetch(`${sandbox.url}/v25.0/${NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      body: JSON.stringify(text()),
      signal: AbortSignal.timeout(200),
    });
    await expect(response).rejects.toThrow();
    await sandbox.idle();
    expect(statuses().map(({ status }) => status)).toEqual(['sent', 'sent']);
    expect(sandbox.faults.list()).toEqual([]);
  });

  test('webhooks: again until 200, dropped, twice, reversed, in one body', async () => {
    await start();
    answers = [500, 503, 200];
    const first = await sandbox.patientWrites({ from: PATIENT, text: 'uno' });
    expect(first.http).toBe(500);
    await sandbox.idle();
    expect(received).toHaveLength(3);
    expect(new Set(received.map(({ raw }) => raw.toString())).size).toBe(1);

    sandbox.faults.add({ kind: 'dropWebhook' });
    await sandbox.patientWrites({ from: PATIENT, text: 'dos' });
    expect(received).toHaveLength(3);
    sandbox.faults.add({ kind: 'duplicateWebhook' });
    await sandbox.patientWrites({ from: PATIENT, text: 'tres' });
    expect(received).toHaveLength(5);

    sandbox.holdWebhooks();
    await sandbox.patientWrites({ from: PATIENT, text: 'cuatro' });
    await sandbox.patientWrites({ from: PATIENT, text: 'cinco' });
    await sandbox.releaseWebhooks('reversed');
    expect(received.slice(5).map(({ raw }) => /cuatro|cinco/.exec(raw.toString())?.[0])).toEqual([
      'cinco',
      'cuatro',
    ]);
    sandbox.holdWebhooks();
    await sandbox.patientWrites({ from: PATIENT, text: 'seis' });
    await sandbox.patientWrites({ from: PATIENT, text: 'siete' });
    await sandbox.releaseWebhooks('batched');
    expect(received).toHaveLength(8);
    expect(received[7]?.body.entry).toHaveLength(2);
  });
});

describe('media', () => {
  const upload = async (type: string, size: number) => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('file', new Blob([new Uint8Array(size)], { type }), 'file');
    const response = await fetch(`${sandbox.url}/v25.0/${NUMBER}/media`, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
      body: form,
    });
    return (await response.json()) as { id?: string; error?: { code: number } };
  };
  const get = (address: string, token = 'token') =>
    fetch(address, { headers: { authorization: `Bearer ${token}` } });

  test('upload, address for five minutes, download with token, delete', async () => {
    await start();
    const { id } = await upload('image/png', 100);
    const described = (await (await get(`${sandbox.url}/v25.0/${id}`)).json()) as { url: string };
    expect((await get(described.url)).status).toBe(200);
    expect((await get(described.url, 'other')).status).toBe(401);
    now += 300_000;
    expect((await get(described.url)).status).toBe(404);
    const removed = await fetch(`${sandbox.url}/v25.0/${id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer token' },
    });
    expect(await removed.json()).toEqual({ success: true });
    expect((await get(`${sandbox.url}/v25.0/${id}`)).status).toBe(400);
  });

  test('131053 for kinds and sizes WhatsApp does not take', async () => {
    await start();
    await sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    expect((await upload('audio/webm', 10)).error?.code).toBe(131053);
    expect((await upload('image/png', 5 * 1_048_576 + 1)).error?.code).toBe(131053);
    const { id } = await upload('application/pdf', 10);
    const image = text({ type: 'image', text: undefined, image: { id } });
    expect((await send(image)).body.error?.code).toBe(131053);
    const document = text({ type: 'document', text: undefined, document: { id, filename: 'a.pdf' } });
    expect((await send(document)).http).toBe(200);
  });
});

test('templates are listed page by page', async () => {
  await start();
  const names: string[] = [];
  let address: string | undefined = `${sandbox.url}/v25.0/${WABA}/message_templates?limit=2&fields=name`;
  while (address) {
    const response = await fetch(address, { headers: { authorization: 'Bearer token' } });
    const page = (await response.json()) as { data: { name: string }[]; paging: { next?: string } };
    names.push(...page.data.map(({ name }) => name));
    address = page.paging.next;
  }
  expect(names).toEqual(TEMPLATES.map(({ name }) => name));
});

test('the handshake, and driving everything over HTTP', async () => {
  await start();
  expect(await sandbox.verifyWebhook()).toBe(true);
  const control = async (path: string, body: unknown) => {
    const response = await fetch(`${sandbox.url}/sandbox${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { http: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const written = await control('/patients/write', { from: PATIENT, name: 'Lucía', text: 'Hola' });
  expect(written).toMatchObject({ http: 200, body: { http: 200 } });
  await control('/faults', { kind: 'refuse', code: 130429 });
  expect((await send(text())).http).toBe(429);
  expect((await send(text())).http).toBe(200);
  const recorded = (await (await fetch(`${sandbox.url}/sandbox/requests`)).json()) as { requests: unknown[] };
  expect(recorded.requests).toHaveLength(1);
  expect((await control('/patients/write', { text: 'nobody' })).http).toBe(400);
});
