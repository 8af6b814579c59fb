import { HOUR, newId, type Id, type Template, type TemplateValues } from '@recado/protocol';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLES, type SampleFile } from '../../sandbox/media/samples.ts';
import { accept, refuse } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { outgoingOf } from '../../sandbox/testing/outgoing.ts';
import { saveTemplate, type TemplateRow } from '../templates/templates.ts';

// Files travel, and scheduled messages are looked for once a second.
let inbox: TestInbox;
let patient: TestPatient;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());
beforeEach(async () => {
  inbox.graph.answerWith(accept);
  patient = await inbox.patientIn.received();
});

const { callOf, callsOf, other, send, until } = outgoingOf(
  () => inbox,
  () => patient,
);

describe('a template', () => {
  const NO_VALUES: TemplateValues = { header: {}, body: {}, buttons: {} };

  /** A template of the clinic. */
  async function template(components: Template['components'], more: Partial<TemplateRow> = {}): Promise<Id> {
    const id = newId();
    const { id: clinicId, number } = inbox.relay.clinic;
    await inbox.database.inClinic(clinicId, (client) =>
      saveTemplate(client, clinicId, {
        id,
        wabaId: number.wabaId,
        graphId: `5${id.slice(-6)}`,
        name: `t_${id.replaceAll('-', '')}`,
        language: 'es',
        category: 'UTILITY',
        status: 'APPROVED',
        components,
        parameterFormat: 'POSITIONAL',
        quality: 'UNKNOWN',
        rejectionReason: null,
        hidden: false,
        headerMedia: null,
        task: null,
        ...more,
      }),
    );
    return id;
  }
  const sendTemplate = (templateId: Id, values: Partial<TemplateValues> = {}, more: object = {}) =>
    send({ template: { templateId, values: { ...NO_VALUES, ...values } }, notAfter: null, ...more });

  const BODY = { type: 'BODY', text: 'Hola {{1}}, su cita es el {{2}} con nosotros.' };
  const body = { body: { '1': 'Lucía', '2': 'lunes' } };
  const bodyParameters = {
    type: 'body',
    parameters: [
      { type: 'text', text: 'Lucía' },
      { type: 'text', text: 'lunes' },
    ],
  };
  const cases: [
    string,
    Template['components'],
    Partial<TemplateValues>,
    object[] | undefined,
    { more?: Partial<TemplateRow>; file?: SampleFile; shown?: object },
  ][] = [
    ['without variables', [{ type: 'BODY', text: 'Le esperamos.' }], {}, undefined, {}],
    ['with numbered ones', [BODY], body, [bodyParameters], {}],
    [
      'with named ones',
      [{ type: 'BODY', text: 'Hola {{nombre}}, {{motivo}}. Un saludo.' }],
      { body: { nombre: 'Lucía', motivo: 'su férula ha llegado' } },
      [
        {
          type: 'body',
          parameters: [
            { type: 'text', parameter_name: 'nombre', text: 'Lucía' },
            { type: 'text', parameter_name: 'motivo', text: 'su férula ha llegado' },
          ],
        },
      ],
      { more: { parameterFormat: 'NAMED' } },
    ],
    [
      'with a header of words, a footer and buttons',
      [
        { type: 'HEADER', format: 'TEXT', text: 'Cita {{1}}' },
        BODY,
        { type: 'FOOTER', text: 'Clínica Alameda' },
        {
          type: 'BUTTONS',
          buttons: [
            { type: 'QUICK_REPLY', text: 'Confirmar' },
            { type: 'URL', text: 'Ver cita', url: 'https://clinica.example/c/{{1}}' },
            { type: 'PHONE_NUMBER', text: 'Llamar', phone_number: '+34910000000' },
          ],
        },
      ],
      { ...body, header: { '1': 'confirmada' }, buttons: { '1': 'a1b2' } },
      [
        { type: 'header', parameters: [{ type: 'text', text: 'confirmada' }] },
        bodyParameters,
        { type: 'button', sub_type: 'url', index: '1', parameters: [{ type: 'text', text: 'a1b2' }] },
      ],
      {
        shown: {
          header: 'Cita confirmada',
          footer: 'Clínica Alameda',
          buttons: [
            { type: 'QUICK_REPLY', text: 'Confirmar' },
            { type: 'URL', text: 'Ver cita' },
            { type: 'PHONE_NUMBER', text: 'Llamar' },
          ],
        },
      },
    ],
    [
      'with a code to copy',
      [
        { type: 'BODY', text: 'Su descuento.' },
        { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copiar' }] },
      ],
      { buttons: { '0': 'SONRISA10' } },
      [
        {
          type: 'button',
          sub_type: 'copy_code',
          index: '0',
          parameters: [{ type: 'coupon_code', coupon_code: 'SONRISA10' }],
        },
      ],
      {},
    ],
    [
      'with a form',
      [
        { type: 'BODY', text: 'Rellene el formulario.' },
        { type: 'BUTTONS', buttons: [{ type: 'FLOW', text: 'Abrir' }] },
      ],
      {},
      [
        {
          type: 'button',
          sub_type: 'flow',
          index: '0',
          parameters: [{ type: 'action', action: { flow_token: 'unused' } }],
        },
      ],
      {},
    ],
    ...(
      [
        ['IMAGE', SAMPLES.plan, (id: string) => ({ type: 'image', image: { id } })],
        ['VIDEO', SAMPLES.film, (id: string) => ({ type: 'video', video: { id } })],
        [
          'DOCUMENT',
          SAMPLES.quote,
          (id: string) => ({ type: 'document', document: { id, filename: 'presupuesto-2026.pdf' } }),
        ],
      ] as const
    ).map(
      ([format, file, parameter]): [
        string,
        Template['components'],
        Partial<TemplateValues>,
        object[],
        { file: SampleFile },
      ] => [
        `with a header of kind ${format}`,
        [{ type: 'HEADER', format }, BODY],
        body,
        [{ type: 'header', parameters: [parameter('FILE')] }, bodyParameters],
        { file },
      ],
    ),
  ];

  test.each(cases)(
    '%s goes as Meta wants it, and is shown as the patient sees it',
    async (_name, components, values, expected, { more, file, shown }) => {
      inbox.pass(30 * HOUR);
      const templateId = await template(components, more);
      const media = file ? await other(file) : null;
      const { messageId, result } = await sendTemplate(templateId, values, { media });
      expect(result).toBe('applied');
      const message = await until(messageId, 'sent');
      const sent = callOf(messageId) as {
        template: { components?: object[]; name: string; language: object };
      };
      const uploaded = inbox.graph.uploads.at(-1)?.id ?? '';
      expect(
        JSON.parse(JSON.stringify(sent.template.components ?? null).replaceAll(uploaded || '-', 'FILE')),
      ).toEqual(expected ?? null);
      expect(sent.template.language).toEqual({ code: 'es' });
      expect(message.kind).toBe('template');
      expect(message.text).not.toMatch(/\{\{/);
      expect(message.content.template).toMatchObject(shown ?? { header: null });
      expect(message.content.media?.id).toBe(media?.mediaId);
      // Whatever the window says; and it stays closed for anything else.
      expect(await patient.filter()).toBe('received');
      expect(await patient.composer()).toBe('templates');
    },
  );

  const notSendable: [string, Partial<TemplateRow>, string][] = [
    ...[
      'PENDING',
      'REJECTED',
      'PAUSED',
      'DISABLED',
      'SUBMITTING',
      'FAILED',
      'PENDING_DELETION',
      'OF_TOMORROW',
    ].map((status): [string, Partial<TemplateRow>, string] => [status, { status }, 'template_not_sendable']),
    ['of another account', { wabaId: 'elsewhere' }, 'template_not_sendable'],
  ];
  test.each(notSendable)('that is %s is refused', async (_name, more, code) => {
    const templateId = await template([{ type: 'BODY', text: 'Hola.' }], more);
    expect((await sendTemplate(templateId)).result).toBe(code);
  });

  const invalid: [string, Template['components'], Partial<TemplateValues>][] = [
    ['a missing value', [BODY], { body: { '1': 'Lucía' } }],
    ['an empty value', [BODY], { body: { '1': ' ', '2': 'lunes' } }],
    ['a line break', [BODY], { body: { '1': 'Lu\ncía', '2': 'lunes' } }],
    ['a tab', [BODY], { body: { '1': 'Lu\tcía', '2': 'lunes' } }],
    ['five spaces', [BODY], { body: { '1': 'Lu     cía', '2': 'lunes' } }],
    ['too long a text', [BODY], { body: { '1': 'a'.repeat(1_000), '2': 'lunes' } }],
    ['a missing file', [{ type: 'HEADER', format: 'IMAGE' }, BODY], body],
    [
      'a missing end of an address',
      [BODY, { type: 'BUTTONS', buttons: [{ type: 'URL', text: 'Ver', url: 'https://c.example/{{1}}' }] }],
      body,
    ],
  ];
  test.each(invalid)('with %s is refused', async (_name, components, values) => {
    expect((await sendTemplate(await template(components), values)).result).toBe('template_values_invalid');
  });

  test('with a file of the wrong kind, or none asked for, is refused', async () => {
    const media = await other(SAMPLES.quote);
    const image = await template([{ type: 'HEADER', format: 'IMAGE' }, BODY]);
    expect((await sendTemplate(image, body, { media })).result).toBe('template_values_invalid');
    expect((await sendTemplate(await template([BODY]), body, { media })).result).toBe(
      'template_values_invalid',
    );
    expect((await sendTemplate(newId(), body)).result).toBe('template_not_found');
  });

  test('goes to somebody in a closed conversation and reopens it only when WhatsApp has it (T12, T14)', async () => {
    await patient.command('conversation.close');
    const held = inbox.graph.holdNextCall();
    const { messageId } = await sendTemplate(await template([{ type: 'BODY', text: 'Hola.' }]));
    const acceptNow = await held;
    expect(await patient.filter()).toBe('closed');
    acceptNow();
    await until(messageId, 'sent');
    expect(await patient.filter()).toBe('received');
  });

  test('that failed goes again with its values, and not once the template has changed', async () => {
    inbox.graph.answerWith(refuse(131026));
    const templateId = await template([BODY]);
    const { messageId } = await sendTemplate(templateId, body);
    await until(messageId, 'failed');
    inbox.graph.answerWith(accept);
    const retry = () => patient.command('message.retry', { messageId, notAfter: null });
    const { id: clinicId } = inbox.relay.clinic;
    const nowIs = (status: string) =>
      inbox.database.inClinic(clinicId, (client) =>
        client.query('update templates set status = $2 where id = $1', [templateId, status]),
      );
    await nowIs('PAUSED');
    expect(await retry()).toMatchObject({ code: 'template_not_sendable' });
    await nowIs('APPROVED');
    expect(await retry()).toMatchObject({ status: 'applied' });
    await until(messageId, 'sent');
    expect(callsOf(messageId)).toBe(2);
  });

  test('in spam is refused', async () => {
    await patient.command('conversation.markSpam');
    const templateId = await template([{ type: 'BODY', text: 'Hola.' }]);
    expect((await sendTemplate(templateId)).result).toBe('conversation_is_spam');
  });
});
