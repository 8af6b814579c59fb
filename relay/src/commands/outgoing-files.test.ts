import { HOUR, newId } from '@recado/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLES, type SampleFile } from '../../sandbox/media/samples.ts';
import { accept, refuse } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { outgoingOf, sampleWith } from '../../sandbox/testing/outgoing.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';

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
afterEach(() => inbox.graph.refuseUploads(null));

const { callOf, callsOf, messageOf, other, send, until } = outgoingOf(
  () => inbox,
  () => patient,
);

const DAY_AHEAD = 24 * HOUR;

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
