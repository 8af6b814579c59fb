import { CONVERSATION_FILTERS, DAY, HOUR, isUnanswered, toTimestamp } from '@recado/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accept, refuse } from '../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox } from '../sandbox/testing/inbox.ts';
import { eventually } from '../sandbox/testing/relay-client.ts';

/** The rows of docs/conversation-states.md that begin with staff, as transitions.test.ts does for the others. */
let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

describe('staff write', () => {
  test('T10 free text in Con bot: people take over before the message leaves', async () => {
    const patient = await inbox.patientIn.bot();
    const held = inbox.graph.holdNextCall();
    const id = await patient.answered();
    const answer = await held;
    expect(await patient.filter()).toBe('received');
    const thread = await patient.thread();
    const takenOver = thread.findIndex(({ content }) => content.event?.code === 'taken_over_from_bot');
    expect(takenOver).toBeGreaterThan(-1);
    expect(takenOver).toBeLessThan(thread.findIndex((message) => message.id === id));
    answer();
    await patient.sent(id);
    expect(await patient.filter()).toBe('received');
  });

  test('T11 free text in Cerradas with an open window: to Recibidas, told as reopened by staff', async () => {
    const patient = await inbox.patientIn.closed();
    await patient.sent(await patient.answered());
    expect(await patient.filter()).toBe('received');
    expect(await patient.codes()).toContain('reopened_by_staff');
  });

  test.each(CONVERSATION_FILTERS)('T12 a template queued, in %s: unchanged', async (state) => {
    const patient = await inbox.patientIn[state]();
    const before = await patient.facts();
    await patient.queues('agent');
    expect(await patient.facts()).toEqual(before);
    expect(await patient.filter()).toBe(state);
  });

  test('T13 a template accepted in Caducadas: to Recibidas, free text stays locked', async () => {
    const patient = await inbox.patientIn.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect(await patient.composer()).toBe('templates');
    expect(isUnanswered(await patient.facts())).toBe(false);
  });

  test.each(['closed', 'bot'] as const)('T14 a template accepted, in %s: to Recibidas', async (state) => {
    const patient = await inbox.patientIn[state]();
    await patient.reported(await patient.queues('agent'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).handler).toBe('human');
  });

  test('T15 and 24 hours without an answer: to Caducadas', async () => {
    const patient = await inbox.patientIn.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    inbox.pass(DAY - 1_000);
    expect(await patient.filter()).toBe('received');
    inbox.pass(1_000);
    expect(await patient.filter()).toBe('expired');
  });

  test('T16 and the patient answers: free text for 24 hours', async () => {
    const patient = await inbox.patientIn.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    inbox.pass(HOUR);
    await patient.writes('Sí');
    expect(await patient.filter()).toBe('received');
    expect(await patient.composer()).toBe('free');
    expect((await patient.facts()).windowExpiresAt).toBe(inbox.now() + DAY);
  });

  test('T17 and it fails later: to Caducadas again, as if it had not been sent', async () => {
    const patient = await inbox.patientIn.expired();
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
    const patient = await inbox.patientIn.expired();
    await patient.reported(await patient.queues('agent'), 'sent');
    inbox.pass(HOUR);
    await patient.reported(await patient.queues('agent'), 'sent');
    expect(await patient.filter()).toBe('received');
    expect((await patient.facts()).lastInteractionAt).toBe(inbox.now());
  });

  test('T39 WhatsApp answers 131047: the window is closed at once', async () => {
    const patient = await inbox.patientIn.received();
    inbox.graph.answerWith(refuse(131_047));
    const id = await patient.answered();
    await eventually('the refusal', async () => (await patient.status(id)) === 'failed');
    inbox.graph.answerWith(accept);
    expect(await patient.filter()).toBe('received');
    expect(await patient.composer()).toBe('templates');
    expect((await patient.facts()).windowExpiresAt).toBe(inbox.now());
  });
});

describe('closing and opening', () => {
  test.each(['received', 'expired'] as const)('T21 close, in %s: to Cerradas, read', async (state) => {
    const patient = await inbox.patientIn[state]();
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
    const patient = await inbox.patientIn.received();
    const held = inbox.graph.holdNextCall();
    const first = await patient.answered('uno');
    const second = await patient.answered('dos');
    const template = await patient.queues('agent');
    const answer = await held;
    await patient.command('conversation.close');
    answer();
    await patient.sent(first);
    await patient.sent(second);
    await patient.reported(template, 'delivered');
    expect(await patient.filter()).toBe('closed');
    expect((await patient.codes()).filter((code) => code.startsWith('reopened'))).toEqual([]);
  });

  test('T22 close, in Con bot: to Cerradas, and the bot is out', async () => {
    const patient = await inbox.patientIn.bot();
    await patient.command('conversation.close');
    expect(await patient.filter()).toBe('closed');
    await patient.command('conversation.reopen');
    expect(await patient.filter()).toBe('received');
  });

  test('T23 Abrir conversación: where its clocks put it', async () => {
    const old = await inbox.patientIn.expired();
    const recent = await inbox.patientIn.closed();
    await old.command('conversation.close');
    await recent.command('conversation.reopen');
    await old.command('conversation.reopen');
    expect([await recent.filter(), await old.filter()]).toEqual(['received', 'expired']);
    expect((await recent.facts()).handler).toBe('human');
    expect((await recent.codes()).at(-1)).toBe('reopened');
  });

  test('T34 close on one PC while the patient writes: refused, and the other order reopens', async () => {
    const patient = await inbox.patientIn.received();
    const basedOn = await patient.version();
    await patient.writes('una cosa más');
    expect(await patient.command('conversation.close', {}, { basedOn })).toMatchObject({
      status: 'refused',
      code: 'stale',
    });
    expect(await patient.filter()).toBe('received');
    expect(await patient.codes()).toEqual([]);
    const seen = await patient.version();
    expect(await patient.command('conversation.close', {}, { basedOn: seen })).toMatchObject({
      status: 'applied',
    });
    await patient.writes('y otra');
    expect(await patient.filter()).toBe('received');
  });

  test('T35 the same for what was done offline, command by command', async () => {
    const patient = await inbox.patientIn.received();
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
    const patient = await inbox.patientIn[state]();
    await patient.command('conversation.markSpam');
    expect(await patient.filter()).toBe('spam');
    expect(await patient.facts()).toMatchObject({ handler: 'human', unread: 0 });
    expect((await patient.codes()).at(-1)).toBe('marked_spam');
  });

  test('T24 what still waits is cancelled; what is on its way goes', async () => {
    const patient = await inbox.patientIn.received();
    const held = inbox.graph.holdNextCall();
    const first = await patient.answered('uno');
    const second = await patient.answered('dos');
    const answer = await held;
    await patient.command('conversation.markSpam');
    expect(await patient.status(second)).toBe('cancelled');
    expect((await patient.conversation()).lastMessage).toMatchObject({ id: second, status: 'cancelled' });
    answer();
    await patient.sent(first);
    expect(await patient.status(second)).toBe('cancelled');
    expect(await patient.filter()).toBe('spam');
  });

  test('T25 unmark: the function decides; what came meanwhile is unread and reopens', async () => {
    const quiet = await inbox.patientIn.closed();
    await quiet.command('conversation.markSpam');
    await quiet.command('conversation.unmarkSpam');
    expect(await quiet.filter()).toBe('closed');
    const wrote = await inbox.patientIn.closed();
    await wrote.command('conversation.markSpam');
    await wrote.writes('uno');
    await wrote.writes('dos');
    await wrote.command('conversation.markRead', { upToOrdinal: 1e9 });
    await wrote.command('conversation.unmarkSpam');
    expect(await wrote.filter()).toBe('received');
    expect((await wrote.facts()).unread).toBe(2);
    expect((await wrote.codes()).slice(-2)).toEqual(['marked_spam', 'unmarked_spam']);
  });
});
