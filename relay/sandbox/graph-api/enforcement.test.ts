import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HOUR } from '@recado/protocol';
import {
  createStage,
  NUMBER,
  PATIENT,
  templateMessage,
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
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    const answer = await stage.send(body);
    expect({ code: answer.body.error?.code, http: answer.http }).toEqual({ code, http });
    expect(stage.sandbox.requests()).toEqual([]);
  });

  test('a wrong token, an unknown and an unregistered number', async () => {
    await stage.start({
      phoneNumbers: [
        { id: NUMBER, phone: '+34910000000', wabaId: WABA },
        { id: '7', phone: '+34910000007', wabaId: WABA, registered: false },
      ],
    });
    expect(await stage.send(text(), { token: 'other' })).toMatchObject({
      http: 401,
      body: { error: { code: 190 } },
    });
    expect(await stage.send(text(), { number: '8' })).toMatchObject({
      http: 400,
      body: { error: { code: 100 } },
    });
    expect(await stage.send(text(), { number: '7' })).toMatchObject({
      http: 400,
      body: { error: { code: 133010 } },
    });
  });

  test('free text from the 24th hour on', async () => {
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    stage.now += 24 * HOUR - 1;
    expect((await stage.send(text())).http).toBe(200);
    stage.now += 1;
    expect((await stage.send(text())).body.error?.code).toBe(131047);
  });

  test('a reaction does not open the window', async () => {
    await stage.start();
    const { id } = await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    stage.now += 23 * HOUR;
    await stage.sandbox.patientReacts({ from: PATIENT, to: id, emoji: '👍' });
    stage.now += 2 * HOUR;
    expect((await stage.send(text())).body.error?.code).toBe(131047);
  });

  test('more than 45 at once to one person, and one more each six seconds', async () => {
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    for (let count = 0; count < 45; count += 1) expect((await stage.send(text())).http).toBe(200);
    expect((await stage.send(text())).body.error?.code).toBe(131056);
    stage.now += 6_000;
    expect((await stage.send(text())).http).toBe(200);
    expect((await stage.send(text())).body.error?.code).toBe(131056);
  });

  test('more than the throughput in one second, in and out together', async () => {
    await stage.start({ limits: { throughputPerSecond: 3, pair: null } });
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    expect((await stage.send(text())).http).toBe(200);
    expect((await stage.send(text())).http).toBe(200);
    expect(await stage.send(text())).toMatchObject({ http: 429, body: { error: { code: 130429 } } });
    stage.now += 1_000;
    expect((await stage.send(text())).http).toBe(200);
  });

  test('somebody the clinic has blocked', async () => {
    await stage.start();
    await stage.sandbox.patientWrites({ from: PATIENT, text: 'Hola' });
    const block = async (method: string) =>
      fetch(`${stage.sandbox.url}/v25.0/${NUMBER}/block_users`, {
        method,
        headers: { authorization: 'Bearer token', 'content-type': 'application/json' },
        body: JSON.stringify({ messaging_product: 'whatsapp', block_users: [{ user: PATIENT }] }),
      });
    await block('POST');
    expect((await stage.send(text())).body.error?.code).toBe(130403);
    await block('DELETE');
    expect((await stage.send(text())).http).toBe(200);
  });
});
