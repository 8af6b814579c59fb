import { newId, type Entity } from '@recado/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { GraphTemplate } from '../../sandbox/graph-api/index.ts';
import { SAMPLES } from '../../sandbox/media/samples.ts';
import { createRelayClient, eventually } from '../../sandbox/testing/relay-client.ts';
import { startTestWhatsapp, type TestWhatsapp } from '../../sandbox/testing/whatsapp.ts';

let whatsapp: TestWhatsapp;
const many: GraphTemplate[] = Array.from({ length: 230 }, (_, index) => ({
  id: String(500_000_000_000 + index),
  name: `recordatorio_${index}`,
  language: index % 2 === 0 ? 'es' : 'en',
  status: 'APPROVED',
  category: 'UTILITY',
  parameter_format: 'POSITIONAL',
  components: [{ type: 'BODY', text: 'Hola {{1}}, su cita es mañana.' }],
  quality_score: { score: 'GREEN' },
  rejected_reason: 'NONE',
}));

beforeAll(async () => {
  whatsapp = await startTestWhatsapp({
    sandbox: { templates: { '100000000000001': many } },
    relay: { agentNames: ['Marta', 'David'] } as object,
  });
});
afterAll(() => whatsapp.close());
beforeEach(() => whatsapp.sandbox.planReviews({ afterMs: null }));

let made = 0;
const BODY = {
  type: 'BODY',
  text: 'Hola {{1}}, le escribimos de la clínica: {{2}} Quedamos a su disposición.',
  example: { body_text: [['Lucía', 'su férula ha llegado.']] },
};
/** Asks for a template; its id, its name, and the command's result. */
async function create(more: Record<string, unknown> = {}) {
  made += 1;
  const args = {
    templateId: newId(),
    name: `nueva_${made}`,
    language: 'es',
    category: 'UTILITY',
    parameterFormat: 'POSITIONAL',
    components: [BODY],
    headerMedia: null,
    ...more,
  };
  return { ...args, result: await whatsapp.command('template.create', args) };
}
const is =
  (status: string) =>
  (template: Entity<'template'>): boolean =>
    template.status === status;
const atMeta = (name: string) => whatsapp.sandbox.templates().find((template) => template.name === name);

test('a newly connected number brings its templates, all pages of them', async () => {
  const all = await eventually('every template', async () => {
    const templates = await whatsapp.client.all('template');
    return templates.length >= 230 && templates;
  });
  expect(all.find(({ name }) => name === 'recordatorio_229')).toMatchObject({
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    quality: 'GREEN',
    rejectionReason: null,
    hidden: false,
    parameterFormat: 'POSITIONAL',
    components: [{ type: 'BODY', text: 'Hola {{1}}, su cita es mañana.' }],
  });
});

describe('a new template', () => {
  test('waits for its review, and its approval arrives by itself', async () => {
    const { name, templateId, result } = await create();
    expect(result).toBe('applied');
    const pending = await whatsapp.template(name, is('PENDING'));
    expect(pending.id).toBe(templateId);
    expect(atMeta(name)).toMatchObject({
      status: 'PENDING',
      parameter_format: 'POSITIONAL',
      components: [BODY],
    });
    await whatsapp.sandbox.reviewTemplate({ name, status: 'APPROVED' });
    await whatsapp.template(name, is('APPROVED'));
  });

  test('that is rejected says why', async () => {
    whatsapp.sandbox.planReviews({ afterMs: 0, decision: 'REJECTED', reason: 'PROMOTIONAL' });
    const { name } = await create();
    const rejected = await whatsapp.template(name, is('REJECTED'));
    expect(rejected.rejectionReason).toBe('PROMOTIONAL');
  });

  test('with a picture in its header shows Meta an example of it', async () => {
    const headerMedia = await whatsapp.client.upload(SAMPLES.plan);
    const { name, result } = await create({
      components: [{ type: 'HEADER', format: 'IMAGE' }, BODY],
      headerMedia,
    });
    expect(result).toBe('applied');
    await whatsapp.template(name, is('PENDING'));
    const header = atMeta(name)?.components.find(({ type }) => type === 'HEADER');
    expect(header).toMatchObject({
      format: 'IMAGE',
      example: { header_handle: [expect.stringMatching(/^4::/)] },
    });
  });

  test('Meta does not take has failed with Meta’s words, and its name is free again', async () => {
    whatsapp.sandbox.faults.clear();
    // Meta knows it already, and the relay does not yet.
    const name = 'desconocida_aqui';
    many.push({ ...(many[0] as GraphTemplate), id: '7', name: 'otra' });
    await fetch(`${whatsapp.sandbox.url}/v25.0/${whatsapp.wabaId}/message_templates`, {
      method: 'POST',
      headers: { authorization: 'Bearer access-token-of-the-tests', 'content-type': 'application/json' },
      body: JSON.stringify({ name, language: 'es', category: 'UTILITY', components: [BODY] }),
    });
    const { result, templateId } = await create({ name });
    expect(result).toBe('applied');
    // An earlier try whose answer was lost would look the same: it is taken for ours.
    const adopted = await whatsapp.template(name, is('PENDING'));
    expect(adopted.id).toBe(templateId);
  });

  const refusals: [string, Record<string, unknown>, string][] = [
    [
      'that begins with a variable',
      { components: [{ ...BODY, text: '{{1}}, hola {{2}} y adiós.' }] },
      'invalid_arguments',
    ],
    ['without examples', { components: [{ type: 'BODY', text: BODY.text }] }, 'invalid_arguments'],
    ['without a body', { components: [{ type: 'FOOTER', text: 'Clínica' }] }, 'invalid_arguments'],
    [
      'with a picture nobody chose',
      { components: [{ type: 'HEADER', format: 'IMAGE' }, BODY] },
      'invalid_arguments',
    ],
    ['of a known name', { name: 'recordatorio_0' }, 'name_taken'],
  ];
  test.each(refusals)('%s is refused', async (_name, more, code) => {
    await whatsapp.template('recordatorio_0');
    expect((await create(more)).result).toBe(code);
  });

  test('with a file that is not here is refused', async () => {
    const headerMedia = { ...SAMPLES.gums, bytes: undefined, mediaId: newId() };
    const more = { components: [{ type: 'HEADER', format: 'IMAGE' }, BODY], headerMedia };
    expect((await create(more)).result).toBe('media_not_found');
  });
});

describe('what Meta decides arrives at once', () => {
  test.each([
    [
      'a pause',
      { status: 'PAUSED' as const, reason: 'Muchos bloqueos' },
      { status: 'PAUSED', rejectionReason: 'Muchos bloqueos' },
    ],
    ['its end', { status: 'REINSTATED' as const }, { status: 'APPROVED', rejectionReason: null }],
    [
      'a warning, which is no status',
      { status: 'FLAGGED' as const, quality: 'RED' as const },
      { status: 'APPROVED', quality: 'RED' },
    ],
    ['another category', { category: 'MARKETING' as const }, { category: 'MARKETING' }],
    ['the end', { status: 'DISABLED' as const }, { status: 'DISABLED' }],
  ])('%s', async (_name, review, expected) => {
    const name = 'recordatorio_2';
    await whatsapp.template(name);
    await whatsapp.sandbox.reviewTemplate({ name, ...review });
    const found = await whatsapp.template(name, (template) =>
      Object.entries(expected).every(([key, value]) => template[key as 'status'] === value),
    );
    expect(found).toMatchObject(expected);
  });

  test('a template made elsewhere appears, and one deleted there goes', async () => {
    const gone = await whatsapp.template('recordatorio_4');
    await whatsapp.sandbox.reviewTemplate({ name: 'recordatorio_4', status: 'DELETED' });
    await eventually('it is gone', async () =>
      (await whatsapp.client.allChanges()).some(({ op, id }) => op === 'del' && id === gone.id),
    );
    const name = 'hecha_en_meta';
    await fetch(`${whatsapp.sandbox.url}/v25.0/${whatsapp.wabaId}/message_templates`, {
      method: 'POST',
      headers: { authorization: 'Bearer access-token-of-the-tests', 'content-type': 'application/json' },
      body: JSON.stringify({ name, language: 'es', category: 'UTILITY', components: [BODY] }),
    });
    await whatsapp.sandbox.reviewTemplate({ name, status: 'APPROVED' });
    await whatsapp.template(name, is('APPROVED'));
  });
});

test('a deleted template is deleted at Meta, in its language', async () => {
  const { id } = await whatsapp.template('recordatorio_6');
  expect(await whatsapp.command('template.delete', { templateId: id })).toBe('applied');
  await eventually('the change', async () =>
    (await whatsapp.client.allChanges()).some((change) => change.op === 'del' && change.id === id),
  );
  expect(atMeta('recordatorio_6')).toBeUndefined();
  expect(await whatsapp.command('template.delete', { templateId: id })).toBe('template_not_found');
});

test('hiding is the clinic’s own affair, and survives what Meta says', async () => {
  const name = 'recordatorio_8';
  const { id: templateId } = await whatsapp.template(name);
  expect(await whatsapp.command('template.hide', { templateId, hidden: true })).toBe('applied');
  await whatsapp.sandbox.reviewTemplate({ name, quality: 'YELLOW' });
  await whatsapp.template(name, ({ hidden, quality }) => hidden && quality === 'YELLOW');
});

test('only administrators manage templates', async () => {
  const david = whatsapp.relay.clinic.agents[1];
  const { token } = await whatsapp.relay.signIn(david);
  const client = createRelayClient(whatsapp.relay.url, token);
  const { id: templateId } = await whatsapp.template('recordatorio_10');
  const { result: _result, ...args } = { ...(await create()), templateId: newId(), name: 'de_david' };
  const results = await client.send([
    client.command('template.create', args),
    client.command('template.delete', { templateId }),
    client.command('template.hide', { templateId, hidden: true }),
  ]);
  expect(results.map(({ code }) => code)).toEqual(['forbidden', 'forbidden', 'forbidden']);
});

test('a template with a file in its header goes through WhatsApp’s own checks', async () => {
  whatsapp.sandbox.planReviews({ afterMs: 0 });
  const sample = await whatsapp.client.upload(SAMPLES.quote);
  const { name, templateId } = await create({
    parameterFormat: 'NAMED',
    components: [
      { type: 'HEADER', format: 'DOCUMENT' },
      {
        type: 'BODY',
        text: 'Hola {{nombre}}, le escribimos de la clínica: {{motivo}} Quedamos a su disposición.',
        example: {
          body_text_named_params: [
            { param_name: 'nombre', example: 'Lucía' },
            { param_name: 'motivo', example: 'su presupuesto.' },
          ],
        },
      },
      {
        type: 'BUTTONS',
        buttons: [
          {
            type: 'URL',
            text: 'Ver',
            url: 'https://clinica.example/{{1}}',
            example: ['https://clinica.example/a'],
          },
        ],
      },
    ],
    headerMedia: sample,
  });
  await whatsapp.template(name, is('APPROVED'));
  const conversationId = newId();
  await whatsapp.command('conversation.start', {
    conversationId,
    patientId: newId(),
    phone: '+34600999111',
    name: null,
    numberId: whatsapp.relay.clinic.number.phoneNumberId,
  });
  const messageId = newId();
  const values = {
    header: {},
    body: { nombre: 'Nora', motivo: 'aquí tiene su presupuesto.' },
    buttons: { '0': 'p/123' },
  };
  const sent = { messageId, conversationId, media: sample, template: { templateId, values }, notAfter: null };
  expect(await whatsapp.command('message.send', sent)).toBe('applied');
  const message = await whatsapp.message(({ id, status }) => id === messageId && status === 'read');
  expect(message.text).toBe(
    'Hola Nora, le escribimos de la clínica: aquí tiene su presupuesto. Quedamos a su disposición.',
  );
  expect(message.content.media?.fileName).toBe('presupuesto-2026.pdf');
});
