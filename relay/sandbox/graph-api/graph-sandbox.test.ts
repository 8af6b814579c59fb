import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { metaJson, webhookSignature } from './index.ts';
import {
  createStage,
  NUMBER,
  PATIENT,
  SECRET,
  templateMessage,
  TEMPLATES,
  text,
  urlButton,
  WABA,
  words,
  type Stage,
} from './testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await createStage();
});
afterEach(() => stage.close());

test('a number without plus goes to somebody else', async () => {
  await stage.start();
  await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
  const asTyped = await stage.send(text({ to: '34600111222' }));
  expect(asTyped.body.error?.code).toBe(131047);
  const withTemplate = await stage.send({
    ...templateMessage('recordatorio', [words('a', 'b'), urlButton]),
    to: '34600111222',
  });
  expect(withTemplate.http).toBe(200);
  await stage.sandbox.idle();
  expect(stage.statuses().map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([
    ['failed', 131026],
  ]);
  expect((await stage.send(text({ to: '600111222' }))).http).toBe(200);
});

test('a person without a number is reached by user id', async () => {
  await stage.start();
  stage.sandbox.registerUser({
    userId: 'ES.90000000000000000001',
    phone: null,
    username: 'lola.s',
    name: 'Lola',
  });
  await stage.sandbox.patientWrites({ from: 'ES.90000000000000000001', text: 'Hola' });
  const [inbound] = stage.received.map((webhook) => webhook.body.entry[0]?.changes[0]?.value);
  expect(inbound).toMatchObject({
    contacts: [{ user_id: 'ES.90000000000000000001', profile: { username: 'lola.s' } }],
  });
  expect(inbound?.['messages']).toEqual([
    expect.not.objectContaining({ from: expect.anything() as unknown }),
  ]);
  const answer = await stage.send(text({ to: undefined, recipient: 'ES.90000000000000000001' }));
  expect(answer.body).toMatchObject({ contacts: [{ user_id: 'ES.90000000000000000001' }] });
});

test('webhooks are signed over the escaped bytes', async () => {
  await stage.start();
  await stage.sandbox.patientWrites({ from: PATIENT, text: '¿Mañana? 👍 a/b' });
  const [webhook] = stage.received;
  expect(webhook?.raw.toString()).toContain('\\u00bfMa\\u00f1ana? \\ud83d\\udc4d a\\/b');
  expect(webhook?.raw.every((byte) => byte < 0x80)).toBe(true);
  expect(webhook?.signature).toBe(webhookSignature(SECRET, webhook?.raw ?? ''));
  expect(webhook?.signature).not.toBe(webhookSignature(SECRET, JSON.stringify(webhook?.body)));
  expect(JSON.parse(metaJson({ text: 'á "b" \n ñ/' }))).toEqual({ text: 'á "b" \n ñ/' });
});

describe('statuses', () => {
  test('echo the callback data, in order', async () => {
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    const answer = await stage.send(text({ biz_opaque_callback_data: 'our-id' }));
    await stage.sandbox.idle();
    expect(stage.statuses().map(({ status }) => status)).toEqual(['sent', 'delivered', 'read']);
    expect(stage.statuses().every((status) => status.biz_opaque_callback_data === 'our-id')).toBe(true);
    expect(new Set(stage.statuses().map(({ id }) => id))).toEqual(new Set([answer.body.messages?.[0]?.id]));
  });

  test('out of order, twice, and before the answer', async () => {
    await stage.start({
      statusPlan: {
        steps: [
          { status: 'read', afterMs: 0 },
          { status: 'sent', afterMs: 0 },
        ],
        copies: 2,
        beforeAnswer: true,
      },
    });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    await stage.send(text());
    expect(stage.statuses().map(({ status }) => status)).toEqual(['read', 'read', 'sent', 'sent']);
  });

  test('a failure asked for', async () => {
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    stage.sandbox.faults.add({ kind: 'failDelivery', code: 131049 });
    expect((await stage.send(text())).http).toBe(200);
    await stage.sandbox.idle();
    expect(stage.statuses().map(({ status, errors }) => [status, errors?.[0]?.code])).toEqual([
      ['failed', 131049],
    ]);
  });
});

describe('faults', () => {
  test('refusal, gateway page, broken connections', async () => {
    await stage.start({ statusPlan: { steps: [{ status: 'sent', afterMs: 0 }] } });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    stage.sandbox.faults.add({ kind: 'refuse', code: 131016, times: 2 });
    expect(await stage.send(text())).toMatchObject({ http: 500, body: { error: { code: 131016 } } });
    expect((await stage.send(text())).http).toBe(500);
    stage.sandbox.faults.add({ kind: 'resetBeforeAcceptance' });
    await expect(stage.send(text())).rejects.toThrow();
    expect(stage.sandbox.requests()).toEqual([]);
    stage.sandbox.faults.add({ kind: 'resetAfterAcceptance' });
    await expect(stage.send(text())).rejects.toThrow();
    expect(stage.sandbox.requests()).toHaveLength(1);
    stage.sandbox.faults.add({ kind: 'timeoutAfterAcceptance' });
    const response = fetch(`${stage.sandbox.url}/v25.0/${NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
      body: JSON.stringify(text()),
      signal: AbortSignal.timeout(200),
    });
    await expect(response).rejects.toThrow();
    await stage.sandbox.idle();
    expect(stage.statuses().map(({ status }) => status)).toEqual(['sent', 'sent']);
    expect(stage.sandbox.faults.list()).toEqual([]);
  });

  test('webhooks: again until 200, dropped, twice, reversed, in one body', async () => {
    await stage.start();
    stage.answers = [500, 503, 200];
    const first = await stage.sandbox.patientWrites({ from: PATIENT, text: 'uno' });
    expect(first.http).toBe(500);
    await stage.sandbox.idle();
    expect(stage.received).toHaveLength(3);
    expect(new Set(stage.received.map(({ raw }) => raw.toString())).size).toBe(1);

    stage.sandbox.faults.add({ kind: 'dropWebhook' });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'dos' });
    expect(stage.received).toHaveLength(3);
    stage.sandbox.faults.add({ kind: 'duplicateWebhook' });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'tres' });
    expect(stage.received).toHaveLength(5);

    stage.sandbox.holdWebhooks();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'cuatro' });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'cinco' });
    await stage.sandbox.releaseWebhooks('reversed');
    expect(stage.received.slice(5).map(({ raw }) => /cuatro|cinco/.exec(raw.toString())?.[0])).toEqual([
      'cinco',
      'cuatro',
    ]);
    stage.sandbox.holdWebhooks();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'seis' });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'siete' });
    await stage.sandbox.releaseWebhooks('batched');
    expect(stage.received).toHaveLength(8);
    expect(stage.received[7]?.body.entry).toHaveLength(2);
  });
});

describe('media', () => {
  const upload = async (type: string, size: number) => {
    const form = new FormData();
    form.set('messaging_product', 'whatsapp');
    form.set('file', new Blob([new Uint8Array(size)], { type }), 'file');
    const response = await fetch(`${stage.sandbox.url}/v25.0/${NUMBER}/media`, {
      method: 'POST',
      headers: { authorization: 'Bearer token' },
      body: form,
    });
    return (await response.json()) as { id?: string; error?: { code: number } };
  };
  const get = (address: string, token = 'token') =>
    fetch(address, { headers: { authorization: `Bearer ${token}` } });

  test('upload, address for five minutes, download with token, delete', async () => {
    await stage.start();
    const { id } = await upload('image/png', 100);
    const described = (await (await get(`${stage.sandbox.url}/v25.0/${id}`)).json()) as { url: string };
    expect((await get(described.url)).status).toBe(200);
    expect((await get(described.url, 'other')).status).toBe(401);
    stage.now += 300_000;
    expect((await get(described.url)).status).toBe(404);
    const removed = await fetch(`${stage.sandbox.url}/v25.0/${id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer token' },
    });
    expect(await removed.json()).toEqual({ success: true });
    expect((await get(`${stage.sandbox.url}/v25.0/${id}`)).status).toBe(400);
  });

  test('131053 for kinds and sizes WhatsApp does not take', async () => {
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    expect((await upload('audio/webm', 10)).error?.code).toBe(131053);
    expect((await upload('image/png', 5 * 1_048_576 + 1)).error?.code).toBe(131053);
    const { id } = await upload('application/pdf', 10);
    const image = text({ type: 'image', text: undefined, image: { id } });
    expect((await stage.send(image)).body.error?.code).toBe(131053);
    const document = text({ type: 'document', text: undefined, document: { id, filename: 'a.pdf' } });
    expect((await stage.send(document)).http).toBe(200);
  });
});

test('templates are listed page by page', async () => {
  await stage.start();
  const names: string[] = [];
  let address: string | undefined =
    `${stage.sandbox.url}/v25.0/${WABA}/message_templates?limit=2&fields=name`;
  while (address) {
    const response = await fetch(address, { headers: { authorization: 'Bearer token' } });
    const page = (await response.json()) as { data: { name: string }[]; paging: { next?: string } };
    names.push(...page.data.map(({ name }) => name));
    address = page.paging.next;
  }
  expect(names).toEqual(TEMPLATES.map(({ name }) => name));
});

test('the handshake, and driving everything over HTTP', async () => {
  await stage.start();
  expect(await stage.sandbox.verifyWebhook()).toBe(true);
  const control = async (path: string, body: unknown) => {
    const response = await fetch(`${stage.sandbox.url}/sandbox${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return { http: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const written = await control('/patients/write', { from: PATIENT, name: 'Lucía', text: 'Hola' });
  expect(written).toMatchObject({ http: 200, body: { http: 200 } });
  await control('/faults', { kind: 'refuse', code: 130429 });
  expect((await stage.send(text())).http).toBe(429);
  expect((await stage.send(text())).http).toBe(200);
  const recorded = (await (await fetch(`${stage.sandbox.url}/sandbox/requests`)).json()) as {
    requests: unknown[];
  };
  expect(recorded.requests).toHaveLength(1);
  expect((await control('/patients/write', { text: 'nobody' })).http).toBe(400);
});
