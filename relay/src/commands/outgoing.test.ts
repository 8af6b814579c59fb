import {
  HOUR,
  newId,
  toTimestamp,
  type Entity,
  type Id,
  type Template,
  type TemplateValues,
} from '@recado/protocol';
import { createHash } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { SAMPLES, type SampleFile } from '../../sandbox/media/samples.ts';
import { accept, refuse } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import { saveTemplate, type TemplateRow } from '../templates/templates.ts';

// Files travel, and scheduled messages are looked for once a second.
vi.setConfig({ testTimeout: 30_000 });

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
afterEach(() => inbox.graph.refuseUploads(null));

const DAY_AHEAD = 24 * HOUR;

/** Sends as Marta; the command's result and the message's id. */
async function send(args: Record<string, unknown>, of = patient) {
  const { windowExpiresAt } = await of.conversation();
  const messageId = newId();
  const result = await of.command('message.send', { messageId, notAfter: windowExpiresAt, ...args });
  return { messageId, result: result?.status === 'refused' ? result.code : result?.status };
}

const messageOf = async (id: Id, of = patient) => (await of.thread()).find((message) => message.id === id);
function until(id: Id, status: string, of = patient): Promise<Entity<'message'>> {
  return eventually(`the message is ${status}`, async () => {
    const message = await messageOf(id, of);
    return message?.status === status && message;
  });
}

/** The body of the call that carried a message. */
const callOf = (id: Id) => inbox.graph.calls.find(({ body }) => body.biz_opaque_callback_data === id)?.body;
const callsOf = (id: Id) =>
  inbox.graph.calls.filter(({ body }) => body.biz_opaque_callback_data === id).length;

let copies = 0;
/** The same file with other bytes, so that no other test has uploaded it. */
function other(sample: SampleFile): Promise<Omit<SampleFile, 'bytes'>> {
  copies += 1;
  const bytes = Buffer.concat([sample.bytes, Buffer.from(`\n% ${copies}\n`)]);
  return inbox.marta.upload({ ...sampleWith(sample, bytes), mediaId: newId() });
}
function sampleWith(sample: SampleFile, bytes: Buffer): SampleFile {
  return { ...sample, bytes, sizeBytes: bytes.length, sha256: hash(bytes) };
}
const hash = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');

describe('a file', () => {
  const cases: [string, SampleFile, string | null, (id: string) => object][] = [
    ['image', SAMPLES.gums, 'Así queda', (id) => ({ type: 'image', image: { id, caption: 'Así queda' } })],
    ['image without words', SAMPLES.plan, null, (id) => ({ type: 'image', image: { id } })],
    ['film', SAMPLES.film, 'Mire', (id) => ({ type: 'video', video: { id, caption: 'Mire' } })],
    [
      'document',
      SAMPLES.quote,
      'El presupuesto',
      (id) => ({
        type: 'document',
        document: { id, filename: 'presupuesto-2026.pdf', caption: 'El presupuesto' },
      }),
    ],
    ['voice note', SAMPLES.voice6, null, (id) => ({ type: 'audio', audio: { id, voice: true } })],
    [
      'sound that is no voice note',
      { ...SAMPLES.voice17, voice: false },
      null,
      (id) => ({ type: 'audio', audio: { id } }),
    ],
    ['sticker', SAMPLES.sticker, null, (id) => ({ type: 'sticker', sticker: { id } })],
  ];
  test.each(cases)(
    '%s goes to WhatsApp, and is in the thread as it was measured',
    async (_name, sample, text, body) => {
      const uploads = inbox.graph.uploads.length;
      const media = await other(sample);
      const { messageId, result } = await send({ text, media });
      expect(result).toBe('applied');
      const message = await until(messageId, 'sent');
      const upload = inbox.graph.uploads[uploads];
      expect(callOf(messageId)).toEqual({
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: `+${patient.person.waId}`,
        biz_opaque_callback_data: messageId,
        ...body(upload?.id ?? ''),
      });
      const file = upload?.form.get('file') as File;
      expect(Buffer.from(await file.arrayBuffer()).equals(await inbox.marta.download(media.mediaId))).toBe(
        true,
      );
      expect([file.name, file.type, upload?.form.get('messaging_product')]).toEqual([
        sample.fileName,
        sample.mimeType,
        'whatsapp',
      ]);
      const { mediaId, kind, fileName, ...measured } = media;
      expect(message).toMatchObject({
        kind,
        text,
        content: { media: { id: mediaId, fileName, ...measured } },
      });
    },
  );

  test('is given to WhatsApp once, for whatever messages it is in, and again when a month has passed', async () => {
    const uploads = inbox.graph.uploads.length;
    const media = await other(SAMPLES.quote);
    const first = await send({ media });
    await until(first.messageId, 'sent');
    const elsewhere = await inbox.patientIn.received();
    const second = await send({ media }, elsewhere);
    await until(second.messageId, 'sent', elsewhere);
    expect(inbox.graph.uploads.length - uploads).toBe(1);
    inbox.pass(30 * DAY_AHEAD);
    await patient.writes();
    const third = await send({ media });
    await until(third.messageId, 'sent');
    expect(inbox.graph.uploads.length - uploads).toBe(2);
  });

  test('WhatsApp has lost is uploaded once more, and only once', async () => {
    const media = await other(SAMPLES.quote);
    await until((await send({ media })).messageId, 'sent');
    const uploads = inbox.graph.uploads.length;
    inbox.graph.answerWith((call, response, index) =>
      ((call.body['document'] as { id: string } | undefined)?.id === `media-${uploads}`
        ? refuse(100)
        : accept)(call, response, index),
    );
    const { messageId } = await send({ media });
    await until(messageId, 'sent');
    expect(inbox.graph.uploads.length - uploads).toBe(1);
    inbox.graph.answerWith(refuse(131053));
    const refusedOne = await other(SAMPLES.quote);
    const { messageId: third } = await send({ media: refusedOne });
    expect((await until(third, 'failed')).error?.code).toBe('131053');
    expect(callsOf(third)).toBe(1);
  });

  test('that WhatsApp does not take fails with its reason, and can be tried again', async () => {
    inbox.graph.refuseUploads(131053);
    const { messageId } = await send({ media: await other(SAMPLES.gums) });
    expect((await until(messageId, 'failed')).error?.code).toBe('131053');
    expect(callsOf(messageId)).toBe(0);
    inbox.graph.refuseUploads(null);
    const { windowExpiresAt: notAfter } = await patient.conversation();
    expect(await patient.command('message.retry', { messageId, notAfter })).toMatchObject({
      status: 'applied',
    });
    await until(messageId, 'sent');
  });

  test('whose upload fails in passing is uploaded again by itself, and sent once', async () => {
    inbox.graph.refuseUploads(131016, 500);
    const uploads = inbox.graph.uploads.length;
    const { messageId } = await send({ media: await other(SAMPLES.gums) });
    await eventually('a refused upload', async () => (await messageOf(messageId))?.status === 'queued');
    inbox.graph.refuseUploads(null);
    inbox.pass(5_000);
    await until(messageId, 'sent');
    expect([inbox.graph.uploads.length - uploads, callsOf(messageId)]).toEqual([1, 1]);
  });

  const refusals: [string, (media: Omit<SampleFile, 'bytes'>) => Record<string, unknown>, string][] = [
    ['nobody has brought', (media) => ({ media: { ...media, mediaId: newId() } }), 'media_not_found'],
    ['with another hash', (media) => ({ media: { ...media, sha256: 'ab'.repeat(32) } }), 'invalid_arguments'],
    ['of another kind', (media) => ({ media: { ...media, kind: 'image' } }), 'invalid_arguments'],
    ['with too long a caption', (media) => ({ media, text: 'a'.repeat(1_025) }), 'invalid_arguments'],
  ];
  test.each(refusals)('%s is refused', async (_name, args, code) => {
    expect((await send(args(await other(SAMPLES.quote)))).result).toBe(code);
  });

  test('with words WhatsApp would not show is refused', async () => {
    expect((await send({ media: await other(SAMPLES.voice6), text: 'hola' })).result).toBe(
      'invalid_arguments',
    );
  });

  test('half brought is not there yet', async () => {
    const { bytes: _bytes, ...media } = sampleWith(
      SAMPLES.gums,
      Buffer.concat([SAMPLES.gums.bytes, Buffer.from('half')]),
    );
    await fetch(`${inbox.relay.url}/v1/media`, {
      method: 'POST',
      headers: { ...inbox.marta.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...media, id: newId() }),
    });
    expect((await send({ media })).result).toBe('media_not_found');
  });
});

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

describe('taking back', () => {
  const cancel = async (messageId: Id) => {
    const result = await patient.command('message.cancel', { messageId });
    return result?.status === 'refused' ? result.code : result?.status;
  };

  test('what waits behind another one: it never leaves, and the row shows what was said before', async () => {
    const acceptHeld = inbox.graph.holdNextCall();
    const first = await patient.answered('primera');
    const acceptNow = await acceptHeld;
    const second = await patient.answered('segunda');
    expect(await cancel(second)).toBe('applied');
    expect(await cancel(second)).toBe('applied');
    expect((await patient.conversation()).lastMessage?.id).toBe(first);
    // The first one is on its way: nobody can say whether it is still here.
    expect(await cancel(first)).toBe('too_late');
    acceptNow();
    await until(first, 'sent');
    expect(await patient.status(second)).toBe('cancelled');
    expect(callsOf(second)).toBe(0);
    expect(await cancel(first)).toBe('too_late');
  });

  test('races with the call, and either wins', async () => {
    for (let round = 0; round < 8; round += 1) {
      const id = await patient.answered(`vuelta ${round}`);
      const taken = await cancel(id);
      const status = taken === 'applied' ? 'cancelled' : 'sent';
      await until(id, status);
      expect(callsOf(id)).toBe(taken === 'applied' ? 0 : 1);
    }
  });

  test('a file that is still being uploaded', async () => {
    inbox.graph.refuseUploads(131016, 500);
    const { messageId } = await send({ media: await other(SAMPLES.gums) });
    expect(await cancel(messageId)).toBe('applied');
    inbox.graph.refuseUploads(null);
    inbox.pass(60_000);
    const next = await patient.answered('otra cosa');
    await until(next, 'sent');
    expect(callsOf(messageId)).toBe(0);
  });

  test('nothing of others', async () => {
    const stranger = await inbox.patientIn.received();
    const id = await stranger.answered('hola');
    expect(await cancel(id)).toBe('message_not_found');
    expect(await cancel(newId())).toBe('message_not_found');
    const inbound = (await patient.thread()).find(({ direction }) => direction === 'inbound');
    expect(await cancel(inbound?.id ?? '')).toBe('message_not_found');
  });
});

describe('put off', () => {
  const later = (ms: number) => toTimestamp(inbox.now() + ms);

  test('it says nothing until its time, and then goes as if it were written then', async () => {
    await patient.command('conversation.close');
    const before = await patient.facts();
    const sendAt = later(2 * HOUR);
    const { messageId, result } = await send({ text: 'Buenos días', sendAt });
    expect(result).toBe('applied');
    expect(await messageOf(messageId)).toMatchObject({ status: 'scheduled', sendAt });
    expect(await patient.facts()).toEqual(before);
    expect((await patient.conversation()).lastMessage?.id).not.toBe(messageId);
    inbox.pass(2 * HOUR);
    const sent = await until(messageId, 'sent');
    expect(sent.sentAt).toBe(toTimestamp(inbox.now()));
    expect(await patient.filter()).toBe('received');
    expect(await patient.codes()).toContain('reopened_by_staff');
    expect((await patient.conversation()).lastMessage?.id).toBe(messageId);
  });

  test('it is not sent when the window is closed by then', async () => {
    const { messageId } = await send({ text: 'tarde', sendAt: later(25 * HOUR) });
    inbox.pass(25 * HOUR);
    const failed = await until(messageId, 'failed');
    expect(failed.error?.code).toBe('window_closed');
    expect(callsOf(messageId)).toBe(0);
    expect(await patient.filter()).toBe('expired');
  });

  test('it is sent when the patient has written meanwhile', async () => {
    const { messageId } = await send({ text: 'a tiempo', sendAt: later(25 * HOUR) });
    inbox.pass(20 * HOUR);
    await patient.writes();
    inbox.pass(5 * HOUR);
    await until(messageId, 'sent');
  });

  test('it can be taken back, and spam takes it back', async () => {
    const { messageId } = await send({ text: 'no', sendAt: later(HOUR) });
    expect(await patient.command('message.cancel', { messageId })).toMatchObject({ status: 'applied' });
    const spam = await send({ text: 'tampoco', sendAt: later(HOUR) });
    await patient.command('conversation.markSpam');
    await until(spam.messageId, 'cancelled');
    inbox.pass(2 * HOUR);
    const other = await inbox.patientIn.received();
    await until(await other.answered('hola'), 'sent', other);
    expect([callsOf(messageId), callsOf(spam.messageId)]).toEqual([0, 0]);
    expect(await patient.status(messageId)).toBe('cancelled');
  });

  test('to a moment that has passed, it goes now', async () => {
    const { messageId } = await send({ text: 'ya', sendAt: toTimestamp(inbox.now() - 1) });
    expect((await messageOf(messageId))?.sendAt).toBeNull();
    await until(messageId, 'sent');
  });
});

describe('a reaction', () => {
  async function react(emoji: string | null, messageId?: Id) {
    const target =
      messageId ?? (await patient.thread()).find(({ direction }) => direction === 'inbound')?.id ?? '';
    const { windowExpiresAt: notAfter } = await patient.conversation();
    const result = await patient.command('message.react', { messageId: target, emoji, notAfter });
    return { target, result: result?.status === 'refused' ? result.code : result?.status };
  }
  const sentReactions = (target: Id) =>
    inbox.graph.calls
      .filter(({ body }) => body.biz_opaque_callback_data === `reaction:${target}`)
      .map(({ body }) => body['reaction'] as { message_id: string; emoji: string });
  const shown = async (id: Id) => (await messageOf(id))?.reactions.map(({ by, emoji }) => [by, emoji]);

  test('is shown and sent, changes, and is taken away', async () => {
    const wamid = await patient.writes('¿Confirmo?');
    const target = (await patient.thread()).at(-1)?.id ?? '';
    const facts = await patient.facts();
    expect((await react('👍', target)).result).toBe('applied');
    expect(await shown(target)).toEqual([['clinic', '👍']]);
    await eventually('the reaction', async () => sentReactions(target).length === 1);
    expect(sentReactions(target)).toEqual([{ message_id: wamid, emoji: '👍' }]);
    await react('👍', target);
    await react('❤️', target);
    await eventually('the other reaction', async () => sentReactions(target).length === 2);
    await react(null, target);
    await eventually('its end', async () => sentReactions(target).length === 3);
    expect(sentReactions(target).at(-1)).toEqual({ message_id: wamid, emoji: '' });
    expect(await shown(target)).toEqual([]);
    // No message: nothing about the conversation moves.
    expect(await patient.facts()).toEqual(facts);
  });

  test('WhatsApp does not take is not shown', async () => {
    await react('👍');
    const { target } = await react('👍');
    await eventually('the reaction', async () => sentReactions(target).length === 1);
    inbox.graph.answerWith(refuse(131009));
    await react('🎉', target);
    await eventually('as before', async () => (await shown(target))?.[0]?.[1] === '👍');
    inbox.graph.answerWith(refuse(131047));
    await react('🎉', target);
    await eventually('the window closed', async () => (await patient.composer()) === 'templates');
    await eventually('as before', async () => (await shown(target))?.[0]?.[1] === '👍');
    expect((await react('🎉', target)).result).toBe('window_closed');
  });

  test('is refused where nothing may be said, and to what WhatsApp has not', async () => {
    const { target } = await react('👍');
    expect((await react('👍', newId())).result).toBe('message_not_found');
    const { messageId } = await send({ text: 'luego', sendAt: toTimestamp(inbox.now() + HOUR) });
    expect((await react('👍', messageId)).result).toBe('message_not_found');
    await patient.command('conversation.markSpam');
    expect((await react('❤️', target)).result).toBe('conversation_is_spam');
  });
});

describe('a conversation with a new number', () => {
  const start = async (phone: string, more: object = {}) => {
    const args = {
      conversationId: newId(),
      patientId: newId(),
      phone,
      name: 'Nora Nueva',
      numberId: inbox.relay.clinic.number.phoneNumberId,
      ...more,
    };
    const [result] = await inbox.marta.send([inbox.marta.command('conversation.start', args)]);
    return { args, result: result?.status === 'refused' ? result.code : result?.status };
  };

  test('begins with templates only, and the patient’s answer finds it', async () => {
    const { args, result } = await start('+34600999001');
    expect(result).toBe('applied');
    const find = async () =>
      (await inbox.marta.all('conversation')).find(({ id }) => id === args.conversationId);
    expect(await find()).toMatchObject({
      patientId: args.patientId,
      windowExpiresAt: null,
      lastMessage: null,
    });
    const patients = await inbox.marta.all('patient');
    expect(patients.find(({ id }) => id === args.patientId)).toMatchObject({
      name: 'Nora Nueva',
      phone: '+34600999001',
    });
    const [text] = await inbox.marta.send([
      inbox.marta.command('message.send', {
        messageId: newId(),
        conversationId: args.conversationId,
        text: 'hola',
        notAfter: toTimestamp(inbox.now() + HOUR),
      }),
    ]);
    expect(text).toMatchObject({ code: 'window_closed' });
    expect((await start('+34600999001')).result).toBe('conversation_exists');

    const newcomer = inbox.patientOf({ waId: '34600999001', name: 'Nora' });
    await newcomer.writes('Hola, soy yo');
    expect((await find())?.unread).toBe(1);
  });

  test('is with the patient who has that number', async () => {
    const { waId } = patient.person;
    expect((await start(`+${waId}`)).result).toBe('conversation_exists');
  });

  test.each([
    ['a number of nobody', { phone: '+34999' }],
    ['another clinic’s number', { numberId: '999' }],
  ])('is refused for %s', async (_name, more) => {
    expect((await start('+34600999002', more)).result).toBe('invalid_arguments');
  });

  test('is refused for ids that are taken', async () => {
    const { id: conversationId, patientId } = await patient.conversation();
    expect((await start('+34600999003', { conversationId })).result).toBe('invalid_arguments');
    expect((await start('+34600999003', { patientId })).result).toBe('invalid_arguments');
  });
});
