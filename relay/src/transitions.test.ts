import {
  BOT_SILENCE_MS,
  CONVERSATION_FILTERS,
  countsInBadge,
  DAY,
  HOUR,
  isBotSilent,
  isUnanswered,
  toTimestamp,
  type ConversationFilter,
} from '@recado/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestInbox, type TestInbox, type TestPatient } from '../sandbox/testing/inbox.ts';
import { eventually } from '../sandbox/testing/relay-client.ts';

/**
 * The transition table of docs/conversation-states.md, row by row, against a real relay; what staff begin is in
 * transitions-by-staff.test.ts.
 */
let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

const reaction = (wamid: string, emoji = '👍') => ({
  id: `wamid.R${wamid}${inbox.now()}`,
  type: 'reaction',
  reaction: { message_id: wamid, emoji },
});

test.each(CONVERSATION_FILTERS)('a patient can be %s', async (state) => {
  const patient = await inbox.patientIn[state]();
  expect(await patient.filter()).toBe(state);
});

describe('the patient writes', () => {
  test('T1 in Recibidas: stays, to the top, unread, and the window restarts', async () => {
    const patient = await inbox.patientIn.received();
    inbox.pass(HOUR);
    const other = await inbox.patientIn.received();
    inbox.pass(HOUR);
    await patient.writes();
    expect(await patient.filter()).toBe('received');
    const { unread, windowExpiresAt, lastActivityAt } = await patient.conversation();
    expect({ unread, windowExpiresAt, lastActivityAt }).toEqual({
      unread: 2,
      windowExpiresAt: toTimestamp(inbox.now() + DAY),
      lastActivityAt: toTimestamp(inbox.now()),
    });
    expect(lastActivityAt > (await other.conversation()).lastActivityAt).toBe(true);
    expect(await patient.codes()).toEqual([]);
  });

  test('T2 in Caducadas: to Recibidas, unread, free text unlocked', async () => {
    const patient = await inbox.patientIn.expired();
    expect(await patient.composer()).toBe('templates');
    await patient.writes();
    expect(await patient.filter()).toBe('received');
    expect(await patient.composer()).toBe('free');
    expect((await patient.facts()).unread).toBe(2);
  });

  test('T3 in Cerradas: to Recibidas and to people; assignees and tags stay, nobody greets', async () => {
    const patient = await inbox.patientIn.received();
    const tagId = crypto.randomUUID();
    await inbox.marta.send([inbox.marta.command('tag.create', { tagId, name: 'T3', color: '#112233' })]);
    await patient.command('conversation.assign', { agentIds: [inbox.agentIds[1]] });
    await patient.command('conversation.tag', { tagIds: [tagId] });
    await patient.command('conversation.close');
    await patient.writes();
    expect(await patient.filter()).toBe('received');
    expect(await patient.conversation()).toMatchObject({
      handler: 'human',
      unread: 1,
      assigneeIds: [inbox.agentIds[1]],
      tagIds: [tagId],
    });
    expect(await patient.codes()).toEqual(['assigned', 'tagged', 'closed', 'reopened_by_patient']);
    expect((await patient.thread()).filter(({ direction }) => direction === 'outbound')).toEqual([]);
  });

  test('T4 in Con bot: stays with the bot, the window restarts', async () => {
    const patient = await inbox.patientIn.bot();
    inbox.pass(HOUR);
    await patient.writes();
    expect(await patient.filter()).toBe('bot');
    const facts = await patient.facts();
    expect(facts.windowExpiresAt).toBe(inbox.now() + DAY);
    expect(countsInBadge(facts)).toBe(false);
  });

  test('T5 in Spam: stays, kept in silence', async () => {
    const patient = await inbox.patientIn.spam();
    inbox.pass(HOUR);
    await patient.writes('compra ya');
    expect(await patient.filter()).toBe('spam');
    const facts = await patient.facts();
    expect(facts.windowExpiresAt).toBe(inbox.now() + DAY);
    expect(countsInBadge(facts)).toBe(false);
    expect((await patient.thread()).at(-1)?.text).toBe('compra ya');
    expect(await patient.codes()).toEqual(['marked_spam']);
  });

  test.each([
    ['T6', 'received', 'received'],
    ['T6', 'bot', 'bot'],
    ['T7', 'expired', 'received'],
    ['T8', 'closed', 'closed'],
    ['T8', 'spam', 'spam'],
  ] as const)('%s only a reaction, in %s: then in %s', async (_row, state, then) => {
    const patient = await inbox.patientIn[state]();
    const lines = await patient.codes();
    const target = `wamid.T678.${state}`;
    await patient.writes('Vale', { wamid: target });
    if (state === 'closed') await patient.command('conversation.close');
    const before = await patient.facts();
    inbox.pass(state === 'expired' ? 30 * HOUR : HOUR);
    await patient.sends(reaction(target));
    expect(await patient.filter()).toBe(then);
    const after = await patient.facts();
    expect(after.windowExpiresAt).toBe(inbox.now() + DAY);
    expect(after.unread).toBe(before.unread);
    expect((await patient.thread()).find(({ reactions }) => reactions.length > 0)?.reactions).toHaveLength(1);
    if (state !== 'closed') expect(await patient.codes()).toEqual(lines);
  });

  test('T36 delivered 30 hours late: in Recibidas by receipt, the window by when it was sent', async () => {
    const patient = inbox.newPatient();
    await patient.writes('tarde', { sentAt: inbox.now() - 30 * HOUR });
    expect(await patient.filter()).toBe('received');
    expect(await patient.composer()).toBe('templates');
    expect((await patient.facts()).unread).toBe(1);
    const [message] = await patient.thread();
    expect(Date.parse(message?.receivedAt ?? '') - Date.parse(message?.sentAt ?? '')).toBe(30 * HOUR);
  });

  test('T37 the same webhook again: nothing changes', async () => {
    const patient = inbox.newPatient();
    const wamid = await patient.writes();
    const version = await patient.version();
    inbox.pass(HOUR);
    await patient.writes('Hola', { wamid });
    expect(await patient.version()).toBe(version);
    expect(await patient.thread()).toHaveLength(1);
  });

  test.each(CONVERSATION_FILTERS)('T38 edits and deletes, in %s: unchanged', async (state) => {
    const patient = await inbox.patientIn[state]();
    const target = `wamid.T38.${state}`;
    await patient.writes('Hloa', { wamid: target });
    if (state === 'closed') await patient.command('conversation.close');
    const before = await patient.facts();
    const filter = await patient.filter();
    inbox.pass(60_000);
    await patient.sends({
      id: `${target}.E`,
      type: 'edit',
      edit: { original_message_id: target, message: { type: 'text', text: { body: 'Hola' } } },
    });
    await patient.sends({ id: `${target}.D`, type: 'revoke', revoke: { original_message_id: target } });
    expect(await patient.facts()).toEqual(before);
    expect(await patient.filter()).toBe(filter);
    const marked = (await patient.thread()).find(({ revokedAt }) => revokedAt !== null);
    expect(marked).toMatchObject({ text: 'Hola', edits: [{ text: 'Hloa' }] });
  });
});

describe('time passes', () => {
  test('T19 the window ends: still Recibidas when the clinic spoke last, Caducadas when the patient did', async () => {
    const alone = await inbox.patientIn.received();
    const answered = await inbox.patientIn.received();
    inbox.pass(HOUR);
    await answered.sent(await answered.answered());
    inbox.pass(23 * HOUR);
    expect(await alone.filter()).toBe('expired');
    expect(isUnanswered(await alone.facts())).toBe(true);
    expect(await answered.filter()).toBe('received');
    expect(await answered.composer()).toBe('templates');
  });

  test('T20 24 hours of silence: to Caducadas', async () => {
    const patient = await inbox.patientIn.received();
    inbox.pass(HOUR);
    await patient.sent(await patient.answered());
    inbox.pass(DAY);
    expect(await patient.filter()).toBe('expired');
  });
});

describe('the bot', () => {
  test('T9 hands over: to Recibidas, what was unread stays so', async () => {
    const patient = await inbox.patientIn.bot();
    await patient.writes('quiero hablar con alguien');
    await patient.happens({ type: 'botHandedOver' }, { code: 'bot_handed_over' });
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).unread).toBe(2);
    expect((await patient.thread()).at(-1)).toMatchObject({ author: { kind: 'relay' } });
  });

  test.each(['closed', 'expired'] as const)(
    'T27 its message is accepted, in %s: to Con bot',
    async (state) => {
      const patient = await inbox.patientIn[state]();
      await patient.reported(await patient.queues('bot'), 'sent');
      expect(await patient.filter()).toBe('bot');
    },
  );

  test('T27 its message is accepted in a new conversation: to Con bot', async () => {
    const patient = inbox.newPatient();
    const id = await patient.queues('bot');
    expect(await patient.filter()).toBe('expired');
    await patient.reported(id, 'sent');
    expect(await patient.filter()).toBe('bot');
    expect(await patient.composer()).toBe('templates');
  });

  test('T28 its message is accepted while people talk: stays in Recibidas', async () => {
    const patient = await inbox.patientIn.received();
    await patient.reported(await patient.queues('bot'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).handler).toBe('human');
  });

  const ended = (patient: TestPatient, filter: ConversationFilter) =>
    eventually('the session has ended', async () => (await patient.filter()) === filter);

  test('T29 its session ends with everything handled: to Cerradas', async () => {
    const patient = await inbox.patientIn.bot();
    await patient.writes('Sí');
    inbox.pass(1_000);
    await patient.reported(await patient.queues('bot', 'text'), 'sent');
    inbox.pass(DAY - 1_000);
    expect(await patient.filter()).toBe('bot');
    inbox.pass(1_000);
    await ended(patient, 'closed');
    expect((await patient.facts()).unread).toBe(0);
    expect((await patient.lines()).at(-1)).toEqual({ code: 'bot_closed' });
  });

  test('T30 its session ends with a message unhandled: to Recibidas, unread', async () => {
    const patient = inbox.newPatient();
    await patient.reported(await patient.queues('bot'), 'sent');
    inbox.pass(DAY - 60_000);
    await patient.writes('¿Puedo ir a otra hora?');
    // The reminder is a day old, but the bot may still be about to answer.
    inbox.pass(BOT_SILENCE_MS - 1_000);
    await inbox.endBotSessions();
    expect(await patient.filter()).toBe('bot');
    inbox.pass(1_000);
    await ended(patient, 'received');
    expect(await patient.facts()).toMatchObject({ unread: 1, handler: 'human' });
    expect(await patient.lines()).toEqual([{ code: 'bot_handed_over' }]);
  });

  test('T31 a reminder nobody answered: to Cerradas, with the reason', async () => {
    const patient = inbox.newPatient();
    await patient.reported(await patient.queues('bot'), 'sent');
    inbox.pass(DAY - 1_000);
    await inbox.endBotSessions();
    expect(await patient.filter()).toBe('bot');
    inbox.pass(1_000);
    await ended(patient, 'closed');
    expect(await patient.lines()).toEqual([{ code: 'bot_closed', reason: 'no_answer' }]);
    await patient.writes('Perdón, no lo había visto');
    expect(await patient.filter()).toBe('received');
  });

  test('T31 a second reminder starts the session anew, and processes that look at once end it once', async () => {
    const patient = inbox.newPatient();
    await patient.reported(await patient.queues('bot'), 'sent');
    inbox.pass(20 * HOUR);
    await patient.reported(await patient.queues('bot'), 'sent');
    inbox.pass(20 * HOUR);
    await inbox.endBotSessions();
    expect(await patient.filter()).toBe('bot');
    inbox.pass(4 * HOUR);
    await Promise.all([inbox.endBotSessions(), inbox.endBotSessions(), inbox.endBotSessions()]);
    expect(await patient.filter()).toBe('closed');
    expect(await patient.lines()).toEqual([{ code: 'bot_closed', reason: 'no_answer' }]);
  });

  test('T31 what a patient answered an earlier reminder is no answer to this one', async () => {
    const patient = inbox.newPatient();
    await patient.reported(await patient.queues('bot'), 'sent');
    await patient.writes('Sí');
    await patient.command('conversation.close');
    await patient.reported(await patient.queues('bot'), 'sent');
    inbox.pass(DAY);
    await ended(patient, 'closed');
    expect((await patient.lines()).at(-1)).toEqual({ code: 'bot_closed', reason: 'no_answer' });
  });

  test('T31b the patient wrote and the bot is silent: stays in Con bot, flagged after ten minutes', async () => {
    const patient = await inbox.patientIn.bot();
    await patient.writes('¿Hola?');
    inbox.pass(BOT_SILENCE_MS - 1);
    expect(isBotSilent(await patient.facts(), inbox.now())).toBe(false);
    inbox.pass(1);
    expect(isBotSilent(await patient.facts(), inbox.now())).toBe(true);
    expect(await patient.filter()).toBe('bot');
    await patient.reported(await patient.queues('bot', 'text'), 'sent');
    inbox.pass(HOUR);
    expect(isBotSilent(await patient.facts(), inbox.now())).toBe(false);
  });

  test.each(['received', 'expired'] as const)('T32 Activar bot, in %s: to Con bot', async (state) => {
    const patient = await inbox.patientIn[state]();
    await patient.command('conversation.setBot', { active: true });
    expect(await patient.filter()).toBe('bot');
    await patient.command('conversation.setBot', { active: false });
    expect(await patient.filter()).toBe(state);
    expect((await patient.codes()).slice(-2)).toEqual(['bot_activated', 'bot_paused']);
  });
});

test.each(CONVERSATION_FILTERS)(
  'T33 assign, tag, note, read, pin, put off, in %s: unchanged',
  async (state) => {
    const patient = await inbox.patientIn[state]();
    const tagId = crypto.randomUUID();
    await inbox.marta.send([
      inbox.marta.command('tag.create', { tagId, name: `T33 ${state}`, color: '#112233' }),
    ]);
    const before = await patient.facts();
    inbox.pass(1_000);
    const results = [
      await patient.command('conversation.assign', { agentIds: inbox.agentIds }),
      await patient.command('conversation.unassign', { agentIds: inbox.agentIds }),
      await patient.command('conversation.tag', { tagIds: [tagId] }),
      await patient.command('conversation.untag', { tagIds: [tagId] }),
      await patient.command('note.add', { messageId: crypto.randomUUID(), text: 'Llamar a su madre' }),
      await patient.command('conversation.pin', { pinned: true }),
      await patient.command('conversation.snooze', { until: toTimestamp(inbox.now() + DAY) }),
      await patient.command('conversation.snooze', { until: null }),
      await patient.command('conversation.markRead', { upToOrdinal: 1e9 }),
      await patient.command('conversation.markUnread'),
    ];
    expect(results.map((result) => result?.status)).toEqual(results.map(() => 'applied'));
    expect(await patient.filter()).toBe(state);
    expect(await patient.facts()).toEqual({ ...before, unread: 1 });
    expect((await patient.codes()).slice(-7)).toEqual([
      'assigned',
      'unassigned',
      'tagged',
      'untagged',
      'pinned',
      'snoozed',
      'unsnoozed',
    ]);
  },
);
