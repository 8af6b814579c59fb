import { composerMode, countsInBadge, DAY, HOUR, isUnanswered, toTimestamp } from '@recado/protocol';
import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { accept, refuse } from '../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../sandbox/testing/inbox.ts';
import { eventually } from '../sandbox/testing/relay-client.ts';

/**
 * The transition table of docs/conversation-states.md, row by row, against a real relay. Not here: T26, which needs
 * WhatsApp's blocking, and T31b, a flag the app works out from what it has.
 */
vi.setConfig({ testTimeout: 30_000, hookTimeout: 60_000 });

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

const codes = async (patient: TestPatient) => (await patient.lines()).map(({ code }) => code);
const composer = async (patient: TestPatient) => composerMode(await patient.facts(), inbox.now());
const reaction = (wamid: string, emoji = '👍') => ({
  id: `wamid.R${wamid}${inbox.now()}`,
  type: 'reaction',
  reaction: { message_id: wamid, emoji },
});
const status = async (patient: TestPatient, id: string) =>
  (await patient.thread()).find((message) => message.id === id)?.status;
const sent = (patient: TestPatient, id: string) =>
  eventually('the message was sent', async () => (await status(patient, id)) === 'sent');

/** A patient in each filter, who wrote a moment ago, and 30 hours ago in the expired one. */
const STATES = {
  async received() {
    const patient = inbox.newPatient();
    await patient.writes();
    return patient;
  },
  async expired() {
    const patient = inbox.newPatient();
    await patient.writes();
    inbox.pass(30 * HOUR);
    return patient;
  },
  async closed() {
    const patient = await STATES.received();
    await patient.command('conversation.close');
    return patient;
  },
  async bot() {
    const patient = await STATES.received();
    await patient.command('conversation.setBot', { active: true });
    return patient;
  },
  async spam() {
    const patient = await STATES.received();
    await patient.command('conversation.markSpam');
    return patient;
  },
};
const EVERY_STATE = Object.keys(STATES) as (keyof typeof STATES)[];

test.each(EVERY_STATE)('a patient can be %s', async (state) => {
  const patient = await STATES[state]();
  expect(await patient.filter()).toBe(state);
});

/** Takes the next call to WhatsApp and answers it when told. */
async function holdNextCall() {
  const held = new Promise<() => void>((resolve) => {
    inbox.graph.answerWith((call, response: ServerResponse, index) => {
      inbox.graph.answerWith(accept);
      resolve(() => accept(call, response, index));
    });
  });
  return held;
}

describe('the patient writes', () => {
  test('T1 in Recibidas: stays, to the top, unread, and the window restarts', async () => {
    const patient = await STATES.received();
    inbox.pass(HOUR);
    const other = await STATES.received();
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
    expect(await codes(patient)).toEqual([]);
  });

  test('T2 in Caducadas: to Recibidas, unread, free text unlocked', async () => {
    const patient = await STATES.expired();
    expect(await composer(patient)).toBe('templates');
    await patient.writes();
    expect(await patient.filter()).toBe('received');
    expect(await composer(patient)).toBe('free');
    expect((await patient.facts()).unread).toBe(2);
  });

  test('T3 in Cerradas: to Recibidas and to people; assignees and tags stay, nobody greets', async () => {
    const patient = await STATES.received();
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
    expect(await codes(patient)).toEqual(['assigned', 'tagged', 'closed', 'reopened_by_patient']);
    expect((await patient.thread()).filter(({ direction }) => direction === 'outbound')).toEqual([]);
  });

  test('T4 in Con bot: stays with the bot, the window restarts', async () => {
    const patient = await STATES.bot();
    inbox.pass(HOUR);
    await patient.writes();
    expect(await patient.filter()).toBe('bot');
    const facts = await patient.facts();
    expect(facts.windowExpiresAt).toBe(inbox.now() + DAY);
    expect(countsInBadge(facts)).toBe(false);
  });

  test('T5 in Spam: stays, kept in silence', async () => {
    const patient = await STATES.spam();
    inbox.pass(HOUR);
    await patient.writes('compra ya');
    expect(await patient.filter()).toBe('spam');
    const facts = await patient.facts();
    expect(facts.windowExpiresAt).toBe(inbox.now() + DAY);
    expect(countsInBadge(facts)).toBe(false);
    expect((await patient.thread()).at(-1)?.text).toBe('compra ya');
    expect(await codes(patient)).toEqual(['marked_spam']);
  });

  test.each([
    ['T6', 'received', 'received'],
    ['T6', 'bot', 'bot'],
    ['T7', 'expired', 'received'],
    ['T8', 'closed', 'closed'],
    ['T8', 'spam', 'spam'],
  ] as const)('%s only a reaction, in %s: then in %s', async (_row, state, then) => {
    const patient = await STATES[state]();
    const lines = await codes(patient);
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
    if (state !== 'closed') expect(await codes(patient)).toEqual(lines);
  });

  test('T36 delivered 30 hours late: in Recibidas by receipt, the window by when it was sent', async () => {
    const patient = inbox.newPatient();
    await patient.writes('tarde', { sentAt: inbox.now() - 30 * HOUR });
    expect(await patient.filter()).toBe('received');
    expect(await composer(patient)).toBe('templates');
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

  test.each(EVERY_STATE)('T38 edits and deletes, in %s: unchanged', async (state) => {
    const patient = await STATES[state]();
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

describe('staff write', () => {
  test('T10 free text in Con bot: people take over before the message leaves', async () => {
    const patient = await STATES.bot();
    const held = holdNextCall();
    const id = await patient.answered();
    const answer = await held;
    expect(await patient.filter()).toBe('received');
    const thread = await patient.thread();
    const takenOver = thread.findIndex(({ content }) => content.event?.code === 'taken_over_from_bot');
    expect(takenOver).toBeGreaterThan(-1);
    expect(takenOver).toBeLessThan(thread.findIndex((message) => message.id === id));
    answer();
    await sent(patient, id);
    expect(await patient.filter()).toBe('received');
  });

  test('T11 free text in Cerradas with an open window: to Recibidas, told as reopened by staff', async () => {
    const patient = await STATES.closed();
    await sent(patient, await patient.answered());
    expect(await patient.filter()).toBe('received');
    expect(await codes(patient)).toContain('reopened_by_staff');
  });

  test.each(EVERY_STATE)('T12 a template queued, in %s: unchanged', async (state) => {
    const patient = await STATES[state]();
    const before = await patient.facts();
    await patient.queues('agent');
    expect(await patient.facts()).toEqual(before);
    expect(await patient.filter()).toBe(state);
  });

  test('T13 a template accepted in Caducadas: to Recibidas, free text stays locked', async () => {
    const patient = await STATES.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect(await composer(patient)).toBe('templates');
    expect(isUnanswered(await patient.facts())).toBe(false);
  });

  test.each(['closed', 'bot'] as const)('T14 a template accepted, in %s: to Recibidas', async (state) => {
    const patient = await STATES[state]();
    await patient.reported(await patient.queues('agent'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).handler).toBe('human');
  });

  test('T15 and 24 hours without an answer: to Caducadas', async () => {
    const patient = await STATES.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    inbox.pass(DAY - 1_000);
    expect(await patient.filter()).toBe('received');
    inbox.pass(1_000);
    expect(await patient.filter()).toBe('expired');
  });

  test('T16 and the patient answers: free text for 24 hours', async () => {
    const patient = await STATES.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    inbox.pass(HOUR);
    await patient.writes('Sí');
    expect(await patient.filter()).toBe('received');
    expect(await composer(patient)).toBe('free');
    expect((await patient.facts()).windowExpiresAt).toBe(inbox.now() + DAY);
  });

  test('T17 and it fails later: to Caducadas again, as if it had not been sent', async () => {
    const patient = await STATES.expired();
    const before = await patient.facts();
    const id = await patient.queues('agent');
    await patient.reported(id, 'sent');
    expect(await patient.filter()).toBe('received');
    await patient.reported(id, 'failed', 131_049);
    expect(await patient.filter()).toBe('expired');
    expect((await patient.facts()).lastInteractionAt).toBe(before.lastInteractionAt);
    expect((await patient.thread()).at(-1)).toMatchObject({ status: 'failed', error: { code: '131049' } });
  });

  test('T18 a second template while waiting: stays in Recibidas', async () => {
    const patient = await STATES.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    inbox.pass(HOUR);
    await patient.reported(await patient.queues('agent'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).lastInteractionAt).toBe(inbox.now());
  });

  test('T39 WhatsApp answers 131047: the window is closed at once', async () => {
    const patient = await STATES.received();
    inbox.graph.answerWith(refuse(131_047));
    const id = await patient.answered();
    await eventually('the refusal', async () => (await status(patient, id)) === 'failed');
    inbox.graph.answerWith(accept);
    expect(await patient.filter()).toBe('received');
    expect(await composer(patient)).toBe('templates');
    expect((await patient.facts()).windowExpiresAt).toBe(inbox.now());
  });
});

describe('time passes', () => {
  test('T19 the window ends: still Recibidas when the clinic spoke last, Caducadas when the patient did', async () => {
    const alone = await STATES.received();
    const answered = await STATES.received();
    inbox.pass(HOUR);
    await sent(answered, await answered.answered());
    inbox.pass(23 * HOUR);
    expect(await alone.filter()).toBe('expired');
    expect(isUnanswered(await alone.facts())).toBe(true);
    expect(await answered.filter()).toBe('received');
    expect(await composer(answered)).toBe('templates');
  });

  test('T20 24 hours of silence: to Caducadas', async () => {
    const patient = await STATES.received();
    inbox.pass(HOUR);
    await sent(patient, await patient.answered());
    inbox.pass(DAY);
    expect(await patient.filter()).toBe('expired');
  });
});

describe('closing and opening', () => {
  test.each(['received', 'expired'] as const)('T21 close, in %s: to Cerradas, read', async (state) => {
    const patient = await STATES[state]();
    expect(await patient.command('conversation.close')).toMatchObject({ status: 'applied' });
    expect(await patient.filter()).toBe('closed');
    expect((await patient.facts()).unread).toBe(0);
    expect((await patient.thread()).at(-1)).toMatchObject({
      kind: 'system',
      text: null,
      author: { kind: 'agent', name: 'Marta', agentId: inbox.agentIds[0] },
      content: { event: { code: 'closed' } },
      sentAt: toTimestamp(inbox.now()),
    });
  });

  test('T21 what was sent before the close still goes, and does not reopen', async () => {
    const patient = await STATES.received();
    const held = holdNextCall();
    const first = await patient.answered('uno');
    const second = await patient.answered('dos');
    const template = await patient.queues('agent');
    const answer = await held;
    await patient.command('conversation.close');
    answer();
    await sent(patient, first);
    await sent(patient, second);
    await patient.reported(template, 'delivered');
    expect(await patient.filter()).toBe('closed');
    expect((await codes(patient)).filter((code) => code.startsWith('reopened'))).toEqual([]);
  });

  test('T22 close, in Con bot: to Cerradas, and the bot is out', async () => {
    const patient = await STATES.bot();
    await patient.command('conversation.close');
    expect(await patient.filter()).toBe('closed');
    await patient.command('conversation.reopen');
    expect(await patient.filter()).toBe('received');
  });

  test('T23 Abrir conversación: where its clocks put it', async () => {
    const old = await STATES.expired();
    const recent = await STATES.closed();
    await old.command('conversation.close');
    await recent.command('conversation.reopen');
    await old.command('conversation.reopen');
    expect([await recent.filter(), await old.filter()]).toEqual(['received', 'expired']);
    expect((await recent.facts()).handler).toBe('human');
    expect((await codes(recent)).at(-1)).toBe('reopened');
  });

  test('T34 close on one PC while the patient writes: refused, and the other order reopens', async () => {
    const patient = await STATES.received();
    const basedOn = await patient.version();
    await patient.writes('una cosa más');
    expect(await patient.command('conversation.close', {}, { basedOn })).toMatchObject({
      status: 'refused',
      code: 'stale',
    });
    expect(await patient.filter()).toBe('received');
    expect(await codes(patient)).toEqual([]);
    const seen = await patient.version();
    expect(await patient.command('conversation.close', {}, { basedOn: seen })).toMatchObject({
      status: 'applied',
    });
    await patient.writes('y otra');
    expect(await patient.filter()).toBe('received');
  });

  test('T35 the same for what was done offline, command by command', async () => {
    const patient = await STATES.received();
    const basedOn = await patient.version();
    await patient.writes('mientras no había red');
    const agentIds = [inbox.agentIds[1]];
    const late = async (type: string, args = {}) =>
      (await patient.command(type, args, { basedOn }))?.code ?? 'applied';
    expect(await late('conversation.markSpam')).toBe('stale');
    expect(await late('conversation.assign', { agentIds })).toBe('stale');
    expect(await late('conversation.close')).toBe('stale');
    expect(await late('conversation.pin', { pinned: true })).toBe('applied');
    expect(await late('conversation.unassign', { agentIds })).toBe('applied');
    // Something other than the patient's words since then is no reason to refuse.
    expect(
      (await patient.command('conversation.assign', { agentIds }, { basedOn: basedOn + 2 }))?.status,
    ).toBe('applied');
  });
});

describe('spam', () => {
  test.each(['received', 'expired', 'closed', 'bot'] as const)('T24 mark, in %s: to Spam', async (state) => {
    const patient = await STATES[state]();
    await patient.command('conversation.markSpam');
    expect(await patient.filter()).toBe('spam');
    expect(await patient.facts()).toMatchObject({ handler: 'human', unread: 0 });
    expect((await codes(patient)).at(-1)).toBe('marked_spam');
  });

  test('T24 what still waits is cancelled; what is on its way goes', async () => {
    const patient = await STATES.received();
    const held = holdNextCall();
    const first = await patient.answered('uno');
    const second = await patient.answered('dos');
    const answer = await held;
    await patient.command('conversation.markSpam');
    expect(await status(patient, second)).toBe('cancelled');
    expect((await patient.conversation()).lastMessage).toMatchObject({ id: second, status: 'cancelled' });
    answer();
    await sent(patient, first);
    expect(await status(patient, second)).toBe('cancelled');
    expect(await patient.filter()).toBe('spam');
  });

  test('T25 unmark: the function decides; what came meanwhile is unread and reopens', async () => {
    const quiet = await STATES.closed();
    await quiet.command('conversation.markSpam');
    await quiet.command('conversation.unmarkSpam');
    expect(await quiet.filter()).toBe('closed');
    const wrote = await STATES.closed();
    await wrote.command('conversation.markSpam');
    await wrote.writes('uno');
    await wrote.writes('dos');
    await wrote.command('conversation.markRead', { upToOrdinal: 1e9 });
    await wrote.command('conversation.unmarkSpam');
    expect(await wrote.filter()).toBe('received');
    expect((await wrote.facts()).unread).toBe(2);
    expect((await codes(wrote)).slice(-2)).toEqual(['marked_spam', 'unmarked_spam']);
  });
});

describe('the bot', () => {
  test('T9 hands over: to Recibidas, what was unread stays so', async () => {
    const patient = await STATES.bot();
    await patient.writes('quiero hablar con alguien');
    await patient.happens({ type: 'botHandedOver' }, { code: 'bot_handed_over' });
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).unread).toBe(2);
    expect((await patient.thread()).at(-1)).toMatchObject({ author: { kind: 'relay' } });
  });

  test.each(['closed', 'expired'] as const)(
    'T27 its message is accepted, in %s: to Con bot',
    async (state) => {
      const patient = await STATES[state]();
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
    expect(await composer(patient)).toBe('templates');
  });

  test('T28 its message is accepted while people talk: stays in Recibidas', async () => {
    const patient = await STATES.received();
    await patient.reported(await patient.queues('bot'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).handler).toBe('human');
  });

  test('T29 its session ends with everything handled: to Cerradas', async () => {
    const patient = await STATES.bot();
    await patient.happens({ type: 'botEnded', unhandled: false }, { code: 'bot_closed' });
    expect(await patient.filter()).toBe('closed');
    expect((await patient.facts()).unread).toBe(0);
  });

  test('T30 its session ends with a message unhandled: to Recibidas, unread', async () => {
    const patient = await STATES.bot();
    await patient.happens({ type: 'botEnded', unhandled: true }, { code: 'bot_handed_over' });
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).unread).toBe(1);
  });

  test('T31 a reminder nobody answered: to Cerradas, with the reason', async () => {
    const patient = inbox.newPatient();
    await patient.reported(await patient.queues('bot'), 'sent');
    inbox.pass(DAY);
    expect(await patient.filter()).toBe('bot');
    await patient.happens(
      { type: 'botEnded', unhandled: false },
      { code: 'bot_closed', reason: 'no_answer' },
    );
    expect(await patient.filter()).toBe('closed');
    expect(await patient.lines()).toEqual([{ code: 'bot_closed', reason: 'no_answer' }]);
  });

  test.each(['received', 'expired'] as const)('T32 Activar bot, in %s: to Con bot', async (state) => {
    const patient = await STATES[state]();
    await patient.command('conversation.setBot', { active: true });
    expect(await patient.filter()).toBe('bot');
    await patient.command('conversation.setBot', { active: false });
    expect(await patient.filter()).toBe(state);
    expect((await codes(patient)).slice(-2)).toEqual(['bot_activated', 'bot_paused']);
  });
});

test.each(EVERY_STATE)('T33 assign, tag, note, read, pin, put off, in %s: unchanged', async (state) => {
  const patient = await STATES[state]();
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
  expect((await codes(patient)).slice(-7)).toEqual([
    'assigned',
    'unassigned',
    'tagged',
    'untagged',
    'pinned',
    'snoozed',
    'unsnoozed',
  ]);
});
