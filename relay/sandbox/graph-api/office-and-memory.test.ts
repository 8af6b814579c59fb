import { afterEach, beforeEach, expect, test } from 'vitest';
import { SAMPLES } from '../media/samples.ts';
import { createStage, NUMBER, PATIENT, text, WABA, type Stage } from './testing/stage.ts';

let stage: Stage;
beforeEach(async () => {
  stage = await createStage();
});
afterEach(() => stage.close());

const graph = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${stage.sandbox.url}/v25.0/${path}`, {
    method,
    headers: { authorization: 'Bearer token', ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return { http: response.status, body: (await response.json()) as Record<string, unknown> };
};
const control = async (method: string, path: string, body?: object) => {
  const response = await fetch(`${stage.sandbox.url}/sandbox/${path}`, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
  return (await response.json()) as Record<string, unknown>;
};
const events = () =>
  stage.received.flatMap(({ body }) =>
    body.entry.flatMap(({ changes }) => changes.map(({ field, value }) => [field, value['event'] ?? null])),
  );

const NEW = {
  name: 'nueva',
  language: 'es',
  category: 'UTILITY',
  components: [
    { type: 'BODY', text: 'Hola {{1}}, le esperamos.', example: { body_text: [['Lucía']] } },
    { type: 'FOOTER', text: 'Clínica' },
  ],
};
const body = (bodyText: string, more: object = {}) => ({
  ...NEW,
  components: [{ type: 'BODY', text: bodyText, ...more }],
});

test('a template is submitted, reviewed by the control routes, and deleted', async () => {
  await stage.start();
  const created = await graph('POST', `${WABA}/message_templates`, NEW);
  expect(created).toMatchObject({ http: 200, body: { status: 'PENDING', category: 'UTILITY' } });
  expect(events()).toEqual([]);
  await control('POST', 'templates/review', { name: 'nueva', status: 'REJECTED', reason: 'PROMOTIONAL' });
  await control('POST', 'templates/review', { name: 'nueva', status: 'APPROVED', quality: 'GREEN' });
  expect(events()).toEqual([
    ['message_template_status_update', 'REJECTED'],
    ['message_template_status_update', 'APPROVED'],
    ['message_template_quality_update', null],
  ]);
  const { templates } = (await control('GET', 'templates')) as {
    templates: { name: string; status: string }[];
  };
  expect(templates.find(({ name }) => name === 'nueva')?.status).toBe('APPROVED');
  const again = await graph('POST', `${WABA}/message_templates`, NEW);
  expect(again.body).toMatchObject({ error: { error_subcode: 2388024 } });
  const id = created.body['id'] as string;
  expect((await graph('DELETE', `${WABA}/message_templates?name=nueva&hsm_id=${id}`)).http).toBe(200);
  expect((await graph('DELETE', `${WABA}/message_templates?name=nueva&hsm_id=${id}`)).http).toBe(400);
});

test('reviews come by themselves when a plan says so', async () => {
  await stage.start();
  await control('POST', 'templates/plan', { afterMs: 0, decision: 'REJECTED' });
  await graph('POST', `${WABA}/message_templates`, NEW);
  await stage.sandbox.idle();
  expect(events()).toEqual([['message_template_status_update', 'REJECTED']]);
});

test.each([
  ['begins with a variable', body('{{1}} hola a todos.', { example: { body_text: [['a']] } })],
  ['ends with a variable', body('Hola a {{1}}', { example: { body_text: [['a']] } })],
  ['has two in a row', body('Hola {{1}} {{2}} y adiós.', { example: { body_text: [['a', 'b']] } })],
  ['has no example', body('Hola {{1}} y adiós.')],
  ['has no body', { ...NEW, components: [{ type: 'FOOTER', text: 'Clínica' }] }],
  ['has an unknown part', { ...NEW, components: [...NEW.components, { type: 'LIMITED' }] }],
  [
    'shows an example nobody uploaded',
    {
      ...NEW,
      components: [
        { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['4::x'] } },
        ...NEW.components,
      ],
    },
  ],
  ['has a name of capitals', { ...NEW, name: 'Nueva' }],
  ['has a key of nobody', { ...NEW, colour: 'red' }],
])('a template that %s is refused', async (_name, template) => {
  await stage.start();
  expect((await graph('POST', `${WABA}/message_templates`, template)).http).toBe(400);
});

test('remembers only so much', async () => {
  await stage.start({
    limits: { throughputPerSecond: null, pair: null },
    statusPlan: { steps: [] },
    memory: { messages: 10, requests: 20, mediaBytes: 60_000, heldWebhooks: 5 },
  });
  const first = await stage.sandbox.patientWrites({ from: PATIENT, text: 'la primera' });
  for (let count = 0; count < 60; count += 1) await stage.send(text());
  expect(stage.sandbox.allRequests().length).toBeLessThanOrEqual(22);
  // The oldest message is forgotten, and a mark on it therefore refused.
  const mark = { messaging_product: 'whatsapp', status: 'read', message_id: first.id };
  expect((await stage.send(mark)).http).toBe(400);

  const sent = [];
  for (const sample of ['gums', 'xray', 'voice17', 'film'] as const) {
    sent.push(await stage.sandbox.patientWrites({ from: PATIENT, sample }));
  }
  const ids = stage.received.flatMap(({ body: webhook }) =>
    webhook.entry.flatMap(({ changes }) =>
      changes.flatMap(({ value }) =>
        ((value['messages'] ?? []) as Record<string, { id?: string }>[]).flatMap((message) =>
          ['image', 'audio', 'video'].flatMap((kind) => message[kind]?.id ?? []),
        ),
      ),
    ),
  );
  const found = await Promise.all(
    ids.map(async (id) => (await graph('GET', `${id}?phone_number_id=${NUMBER}`)).http),
  );
  expect(found).toEqual([400, 400, 200, 200]);

  stage.sandbox.holdWebhooks();
  for (let count = 0; count < 9; count += 1)
    await stage.sandbox.patientWrites({ from: PATIENT, text: `${count}` });
  expect(await stage.sandbox.releaseWebhooks()).toHaveLength(5);
});

test('tells what was not as Meta documents it', async () => {
  await stage.start();
  await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
  await stage.send(text());
  expect(stage.sandbox.invalidRequests()).toEqual([]);
  await stage.send(text({ colour: 'red' }));
  const { requests } = (await control('GET', 'requests/invalid')) as { requests: { invalid: string }[] };
  expect(requests.map(({ invalid }) => invalid)).toEqual([expect.stringContaining('colour')]);
});

test('serves the bytes of every sample', async () => {
  await stage.start();
  for (const [name, sample] of Object.entries(SAMPLES)) {
    await stage.sandbox.patientWrites({ from: PATIENT, sample: name as keyof typeof SAMPLES });
    const value = stage.received.at(-1)?.body.entry[0]?.changes[0]?.value;
    const [message] = (value?.['messages'] ?? []) as Record<string, { url: string; sha256: string }>[];
    const part = message?.[sample.kind];
    const answer = await fetch(part?.url ?? '', { headers: { authorization: 'Bearer token' } });
    expect(Buffer.from(await answer.arrayBuffer()).equals(sample.bytes)).toBe(true);
    expect(Buffer.from(part?.sha256 ?? '', 'base64').toString('hex')).toBe(sample.sha256);
  }
});
