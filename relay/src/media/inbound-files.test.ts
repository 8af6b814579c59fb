import { DAY } from '@recado/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SAMPLES } from '../../sandbox/media/samples.ts';
import { startTestWhatsapp, type TestWhatsapp } from '../../sandbox/testing/whatsapp.ts';
import { isTrustedHost } from './inbound-files.ts';

let whatsapp: TestWhatsapp;
let now = Date.now();
beforeAll(async () => {
  whatsapp = await startTestWhatsapp({
    sandbox: { clock: () => now },
    relay: { clock: { now: () => now } },
  });
});
afterAll(() => whatsapp.close());

const PATIENT = '+34600111222';
const knownMessages = async () => new Set((await whatsapp.client.all('message')).map(({ id }) => id));

/** Lets the patient send a file; its message once the relay has the bytes, or knows that there are none. */
async function receives(sample: keyof typeof SAMPLES, caption?: string) {
  const before = await knownMessages();
  await whatsapp.sandbox.patientWrites({
    from: PATIENT,
    sample,
    ...(caption === undefined ? {} : { caption }),
  });
  return whatsapp.message(({ id, content: { media } }) => {
    return !before.has(id) && media !== undefined && (media.id !== null || media.failure !== null);
  });
}

test.each(Object.keys(SAMPLES) as (keyof typeof SAMPLES)[])(
  '%s arrives with its bytes and measures',
  async (name) => {
    const sample = SAMPLES[name];
    const message = await receives(name, sample.kind === 'image' ? 'Mire esto' : undefined);
    const { media } = message.content;
    expect(message.kind).toBe(sample.kind);
    expect(media).toMatchObject({
      mimeType: sample.mimeType,
      sizeBytes: sample.sizeBytes,
      sha256: sample.sha256,
      voice: sample.voice,
      failure: null,
    });
    if (sample.kind === 'image') expect(media).toMatchObject({ width: sample.width, height: sample.height });
    if (sample.kind === 'audio')
      expect(Math.round((media?.durationMs ?? 0) / 1_000)).toBe((sample.durationMs ?? 0) / 1_000);
    expect((await whatsapp.client.download(media?.id ?? '')).equals(sample.bytes)).toBe(true);
  },
);

describe('a file that does not come at once', () => {
  test('is asked for again', async () => {
    whatsapp.sandbox.faults.add({ kind: 'loseDownload', times: 2 });
    const { content } = await receives('gums');
    expect(content.media).toMatchObject({ failure: null, sha256: SAMPLES.gums.sha256 });
  });

  test('or with other bytes than announced, is asked for again', async () => {
    whatsapp.sandbox.faults.add({ kind: 'corruptDownload', times: 2 });
    const { content } = await receives('plan');
    expect(content.media).toMatchObject({ failure: null, sha256: SAMPLES.plan.sha256 });
  });

  test('and never with the right bytes, is given up', async () => {
    whatsapp.sandbox.faults.add({ kind: 'corruptDownload', times: 20 });
    const { content } = await receives('sticker');
    expect(content.media).toMatchObject({ failure: 'refused', id: null });
    whatsapp.sandbox.faults.clear();
  });

  test('and is gone at Meta, says so', async () => {
    const before = await knownMessages();
    const message = {
      type: 'image',
      image: { id: '42', mime_type: 'image/jpeg', sha256: Buffer.alloc(32).toString('base64') },
    };
    await whatsapp.sandbox.patientWrites({ from: PATIENT, message });
    const lost = await whatsapp.message(
      ({ id, content }) => !before.has(id) && (content.media?.failure ?? null) !== null,
    );
    expect(lost.content.media?.failure).toBe('expired');
  });

  test('and not within a week, is given up', async () => {
    whatsapp.sandbox.faults.add({ kind: 'loseDownload', times: 100 });
    const before = await knownMessages();
    await whatsapp.sandbox.patientWrites({ from: PATIENT, sample: 'gums' });
    const waiting = await whatsapp.message(
      ({ id, content }) => !before.has(id) && content.media !== undefined,
    );
    now += 8 * DAY;
    const lost = await whatsapp.message(
      ({ id, content }) => id === waiting.id && (content.media?.failure ?? null) !== null,
    );
    expect(lost.content.media?.failure).toBe('expired');
    whatsapp.sandbox.faults.clear();
  });
});

test('what pretends to be a picture is kept as bytes', async () => {
  const before = await knownMessages();
  const page = Buffer.from('<html><script>alert(1)</script></html>');
  await whatsapp.sandbox.patientWrites({
    from: PATIENT,
    media: { kind: 'image', mimeType: 'image/jpeg', base64: page.toString('base64') },
  });
  const { content } = await whatsapp.message(
    ({ id, content }) => !before.has(id) && (content.media?.id ?? null) !== null,
  );
  expect(content.media?.mimeType).toBe('application/octet-stream');
  const answer = await fetch(`${whatsapp.relay.url}/v1/media/${content.media?.id}`, {
    headers: whatsapp.client.headers,
  });
  expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  await answer.arrayBuffer();
});

test('an edited caption leaves the file where it is', async () => {
  const before = await knownMessages();
  const { id: wamid } = await whatsapp.sandbox.patientWrites({
    from: PATIENT,
    sample: 'xray',
    caption: 'antes',
  });
  const message = await whatsapp.message(
    ({ id, content }) => !before.has(id) && (content.media?.id ?? null) !== null,
  );
  const image = { id: '43', mime_type: 'image/jpeg', sha256: '', caption: 'después' };
  await whatsapp.sandbox.patientWrites({
    from: PATIENT,
    message: { type: 'edit', edit: { original_message_id: wamid, message: { type: 'image', image } } },
  });
  const edited = await whatsapp.message(({ id, text }) => id === message.id && text === 'después');
  expect(edited.content.media).toEqual(message.content.media);
});

test.each([
  ['https://lookaside.fbsbx.com/whatsapp/1', true],
  ['https://media.whatsapp.net/x', true],
  ['https://a.b.whatsapp.net/x', true],
  ['http://lookaside.fbsbx.com/x', false],
  ['https://lookaside.fbsbx.com.evil.example/x', false],
  ['https://evilwhatsapp.net/x', false],
  ['https://whatsapp.net.evil.example/x', false],
  ['https://user@evil.example/lookaside.fbsbx.com', false],
  ['http://127.0.0.1:9/v25.0/x', true],
  ['http://127.0.0.1:90/x', false],
  ['file:///etc/passwd', false],
  ['no address', false],
])('%s may be given the token: %s', (url, expected) => {
  const trusted = {
    graphUrl: 'http://127.0.0.1:9/v25.0',
    mediaHosts: ['lookaside.fbsbx.com', '*.whatsapp.net'],
  };
  expect(isTrustedHost(url, trusted)).toBe(expected);
});
