import { HOUR, newId, toTimestamp, type Id } from '@recado/protocol';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { SAMPLES } from '../../sandbox/media/samples.ts';
import { accept, refuse } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { outgoingOf } from '../../sandbox/testing/outgoing.ts';
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

const { callsOf, messageOf, other, send, until } = outgoingOf(
  () => inbox,
  () => patient,
);

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
