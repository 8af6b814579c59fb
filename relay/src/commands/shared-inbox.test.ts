import { DAY, HOUR, newId, toTimestamp, type Command } from '@recado/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { accept, refuse } from '../../sandbox/testing/fake-graph.ts';
import { startTestInbox, type TestInbox, type TestPatient } from '../../sandbox/testing/inbox.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

const color = '#336699';
let names = 0;
const freshName = (what: string) => `${what} ${(names += 1)}`;
/** One command of Marta's; its result. */
const send = async (type: string, args: Record<string, unknown>, by = inbox.marta) =>
  (await by.send([by.command(type, args)]))[0];
async function newTag(name = freshName('Etiqueta')) {
  const tagId = newId();
  expect(await send('tag.create', { tagId, name, color })).toMatchObject({ status: 'applied' });
  return tagId;
}
async function newTeam(name = freshName('Grupo'), memberIds: string[] = []) {
  const teamId = newId();
  expect(await send('team.create', { teamId, name, memberIds })).toMatchObject({ status: 'applied' });
  return teamId;
}
const latest = async (entity: string, id: string) =>
  (await inbox.marta.allChanges()).filter((change) => change.entity === entity && change.id === id).at(-1);
const head = async () => (await inbox.marta.changes(0)).head;
/** Blue ticks WhatsApp was asked for. */
const receipts = () =>
  inbox.graph.calls.flatMap(({ body }) => (body['status'] === 'read' ? [body['message_id']] : []));

describe('told twice', () => {
  /** A way to give each command, and the codes of the lines it must leave, once. */
  const COMMANDS: [string, (patient: TestPatient) => Promise<Record<string, unknown>>, string[]][] = [
    ['note.add', async () => ({ messageId: newId(), text: 'nota' }), []],
    ['conversation.close', async () => ({}), ['closed']],
    ['conversation.reopen', async (patient) => (await patient.command('conversation.close'), {}), ['closed', 'reopened']],
    ['conversation.markSpam', async () => ({}), ['marked_spam']],
    ['conversation.unmarkSpam', async (patient) => (await patient.command('conversation.markSpam'), {}), ['marked_spam', 'unmarked_spam']],
    ['conversation.assign', async () => ({ agentIds: [inbox.agentIds[1]] }), ['assigned']],
    ['conversation.unassign', async (patient) => {
      await patient.command('conversation.assign', { agentIds: inbox.agentIds });
      return { agentIds: [inbox.agentIds[1]] };
    }, ['assigned', 'unassigned']],
    ['conversation.tag', async () => ({ tagIds: [await newTag()] }), ['tagged']],
    ['conversation.untag', async (patient) => {
      const tagIds = [await newTag()];
      await patient.command('conversation.tag', { tagIds });
      return { tagIds };
    }, ['tagged', 'untagged']],
    ['conversation.markUnread', async (patient) => (await patient.command('conversation.markRead', { upToOrdinal: 1e9 }), {}), []],
    ['conversation.setBot', async () => ({ active: true }), ['bot_activated']],
    ['conversation.pin', async () => ({ pinned: true }), ['pinned']],
    ['conversation.snooze', async () => ({ until: toTimestamp(inbox.now() + DAY) }), ['snoozed']],
    ['tag.create', async () => ({ tagId: newId(), name: freshName('Etiqueta'), color }), []],
    ['tag.update', async () => ({ tagId: await newTag(), name: freshName('Otra') }), []],
    ['tag.merge', async () => ({ tagId: await newTag(), intoTagId: await newTag() }), []],
    ['tag.delete', async () => ({ tagId: await newTag() }), []],
    ['team.create', async () => ({ teamId: newId(), name: freshName('Grupo'), memberIds: inbox.agentIds }), []],
    ['team.update', async () => ({ teamId: await newTeam(), memberIds: inbox.agentIds }), []],
    ['team.delete', async () => ({ teamId: await newTeam() }), []],
    ['clinic.updateSettings', async () => ({ settings: { readReceipts: 'never' } }), []],
  ]; // prettier-ignore

  test.each(COMMANDS)(
    '%s has its effect once, and done once more by itself changes nothing',
    async (type, prepare, lines) => {
      const patient = await inbox.patientIn.received();
      const { id: conversationId } = await patient.conversation();
      const args = { conversationId, ...(await prepare(patient)) };
      const command: Command = inbox.marta.command(type, args);
      const [first] = await inbox.marta.send([command]);
      expect(first).toMatchObject({ status: 'applied', seq: expect.any(Number) });
      const after = await head();
      expect(await inbox.marta.send([command, command])).toEqual([first, first]);
      expect(await head()).toBe(after);
      expect(await patient.codes()).toEqual(lines);
      // Another command that wants the same: what is so already needs nothing, what was made once is not made again.
      const again = await send(type, args, inbox.marta);
      expect(again?.seq).toBeUndefined();
      expect(await head()).toBe(after);
      await send('clinic.updateSettings', { settings: { readReceipts: 'onRead' } });
    },
  );
});

describe('refusals', () => {
  test.each([
    ['conversation.assign', { agentIds: [newId()] }, 'agent_not_found'],
    ['conversation.assign', { teamIds: [newId()] }, 'team_not_found'],
    ['conversation.tag', { tagIds: [newId()] }, 'tag_not_found'],
    ['note.add', { messageId: newId(), text: 'x', mentionedAgentIds: [newId()] }, 'agent_not_found'],
    ['note.add', { messageId: newId(), text: '\0' }, 'invalid_arguments'],
    ['tag.update', { tagId: newId(), name: 'x' }, 'tag_not_found'],
    ['tag.merge', { tagId: newId(), intoTagId: newId() }, 'tag_not_found'],
    ['tag.delete', { tagId: newId() }, 'tag_not_found'],
    ['team.create', { teamId: newId(), name: 'Nadie', memberIds: [newId()] }, 'agent_not_found'],
    ['team.update', { teamId: newId(), name: 'x' }, 'team_not_found'],
    ['team.delete', { teamId: newId() }, 'team_not_found'],
  ])('%s of somebody or something unknown: %#', async (type, args, code) => {
    const patient = await inbox.patientIn.received();
    const before = await head();
    expect(await patient.command(type, args)).toMatchObject({ status: 'refused', code });
    expect(await head()).toBe(before);
  });

  test.each(['close', 'reopen', 'markSpam', 'unmarkSpam', 'assign', 'unassign', 'markUnread'])(
    'conversation.%s of an unknown conversation',
    async (name) => {
      expect(await send(`conversation.${name}`, { conversationId: newId() })).toMatchObject({
        code: 'conversation_not_found',
      });
    },
  );

  test('settings are the administrators’ to change', async () => {
    const settings = { assignOnFirstReply: false };
    expect(await send('clinic.updateSettings', { settings }, inbox.david)).toMatchObject({
      code: 'forbidden',
    });
    await send('clinic.updateSettings', { settings });
    const clinic = (await inbox.david.all('clinic')).at(-1);
    expect(clinic?.settings).toMatchObject({ assignOnFirstReply: false, readReceipts: 'onRead' });
    await send('clinic.updateSettings', { settings: { assignOnFirstReply: true } });
  });
});

describe('names', () => {
  test('are one to a clinic, whatever their case and accents', async () => {
    const tagId = await newTag('Revisión');
    expect(await send('tag.create', { tagId: newId(), name: ' REVISION ', color })).toMatchObject({
      code: 'name_taken',
    });
    const other = await newTag('Facturación');
    expect(await send('tag.update', { tagId: other, name: 'revision' })).toMatchObject({
      code: 'name_taken',
    });
    // Its own name in other letters is no clash, nor is a team's.
    expect(await send('tag.update', { tagId, name: 'REVISIÓN' })).toMatchObject({ status: 'applied' });
    const teamId = await newTeam('Revisión');
    expect(await send('team.create', { teamId: newId(), name: 'revisión', memberIds: [] })).toMatchObject({
      code: 'name_taken',
    });
    await send('team.delete', { teamId });
    await newTeam('revisión');
  });
});

describe('what conversations carry', () => {
  test('a merged tag is replaced, a deleted one taken away, each conversation with its own change', async () => {
    const [from, into, other] = [await newTag(), await newTag(), await newTag()];
    const carriers = [
      [[from], [into]],
      [
        [other, from],
        [other, into],
      ],
      [[into, from], [into]],
      [[other], [other]],
    ] as const;
    const patients: TestPatient[] = [];
    for (const [tagIds] of carriers) {
      const patient = await inbox.patientIn.received();
      await patient.command('conversation.tag', { tagIds });
      patients.push(patient);
    }
    const before = await Promise.all(patients.map((patient) => patient.version()));
    expect(await send('tag.merge', { tagId: from, intoTagId: into })).toMatchObject({ status: 'applied' });
    for (const [index, patient] of patients.entries()) {
      expect((await patient.conversation()).tagIds).toEqual(carriers[index]?.[1]);
    }
    const after = await Promise.all(patients.map((patient) => patient.version()));
    expect(after.map((version, index) => version > (before[index] ?? 0))).toEqual([true, true, true, false]);
    expect(new Set(after).size).toBe(4);
    expect(await latest('tag', from)).toMatchObject({ op: 'del' });

    await send('tag.delete', { tagId: into });
    expect(await Promise.all(patients.map(async (patient) => (await patient.conversation()).tagIds))).toEqual(
      [[], [other], [], [other]],
    );
    expect(await patients[0]?.command('conversation.tag', { tagIds: [from] })).toMatchObject({
      code: 'tag_not_found',
    });
  });

  test('a deleted team leaves no conversation assigned to it', async () => {
    const teamId = await newTeam(undefined, inbox.agentIds);
    const patient = await inbox.patientIn.received();
    await patient.command('conversation.assign', { teamIds: [teamId], agentIds: inbox.agentIds });
    expect((await patient.lines()).at(-1)).toEqual({
      code: 'assigned',
      agentIds: inbox.agentIds,
      teamIds: [teamId],
    });
    await send('team.delete', { teamId });
    expect(await patient.conversation()).toMatchObject({ teamIds: [], assigneeIds: inbox.agentIds });
    expect(await latest('team', teamId)).toMatchObject({ op: 'del' });
  });

  test('a line names only whom it concerns', async () => {
    const patient = await inbox.patientIn.received();
    const [marta, david] = inbox.agentIds;
    await patient.command('conversation.assign', { agentIds: [marta] });
    await patient.command('conversation.assign', { agentIds: [marta, david, david] });
    expect((await patient.lines()).at(-1)).toEqual({ code: 'assigned', agentIds: [david] });
    expect((await patient.conversation()).assigneeIds).toEqual([marta, david]);
  });
});

test('a note is seen by staff only and names whom it is for', async () => {
  const patient = await inbox.patientIn.expired();
  const before = await patient.conversation();
  const messageId = newId();
  const mentionedAgentIds = [inbox.agentIds[1]];
  await patient.command('note.add', { messageId, text: ' @David llámala ', mentionedAgentIds });
  expect((await patient.thread()).at(-1)).toMatchObject({
    id: messageId,
    kind: 'note',
    direction: 'internal',
    text: '@David llámala',
    content: { mentionedAgentIds },
    author: { kind: 'agent', name: 'Marta' },
    status: null,
  });
  const after = await patient.conversation();
  expect(after.participants).toMatchObject([{ agentId: inbox.agentIds[0] }]);
  expect({ ...after, participants: [] }).toEqual({ ...before, participants: [] });
  expect(inbox.graph.calls.some(({ body }) => body.text?.body.includes('llámala'))).toBe(false);
});

describe('answering', () => {
  test('the first to answer is assigned, where nobody is and the clinic wants it', async () => {
    const patient = await inbox.patientIn.received();
    await patient.answered('soy David', inbox.david);
    expect((await patient.conversation()).assigneeIds).toEqual([inbox.agentIds[1]]);
    expect(await patient.lines()).toEqual([
      { code: 'assigned', agentIds: [inbox.agentIds[1]], reason: 'first_reply' },
    ]);
    await patient.answered('y yo Marta');
    expect((await patient.conversation()).assigneeIds).toEqual([inbox.agentIds[1]]);

    await send('clinic.updateSettings', { settings: { assignOnFirstReply: false } });
    const other = await inbox.patientIn.received();
    await other.answered();
    expect((await other.conversation()).assigneeIds).toEqual([]);
    await send('clinic.updateSettings', { settings: { assignOnFirstReply: true } });
  });

  test('is refused when somebody else has answered since, and only then', async () => {
    const patient = await inbox.patientIn.received();
    const seen = (await patient.thread()).at(-1)?.ordinal ?? 0;
    const answer = async (by: typeof inbox.marta, unlessAnsweredAfter: number | null) => {
      const command = by.sendCommand(await patient.conversation(), 'respuesta');
      const [result] = await by.send([{ ...command, args: { ...command.args, unlessAnsweredAfter } }]);
      return result?.code ?? 'applied';
    };
    await patient.command('note.add', { messageId: newId(), text: 'no es una respuesta' });
    expect(await answer(inbox.david, seen)).toBe('applied');
    expect(await answer(inbox.david, seen)).toBe('applied');
    expect(await answer(inbox.marta, seen)).toBe('answered_meanwhile');
    expect(await answer(inbox.marta, null)).toBe('applied');
    const newest = (await patient.thread()).at(-1)?.ordinal ?? 0;
    expect(await answer(inbox.david, newest)).toBe('applied');
  });
});

describe('put off', () => {
  test('comes back at its time, with a line', async () => {
    const patient = await inbox.patientIn.received();
    const until = toTimestamp(inbox.now() + HOUR);
    await patient.command('conversation.snooze', { until });
    expect((await patient.conversation()).snoozedUntil).toBe(until);
    expect((await patient.lines()).at(-1)).toEqual({ code: 'snoozed', until });
    inbox.pass(HOUR);
    await eventually('it is back', async () => (await patient.conversation()).snoozedUntil === null);
    expect((await patient.thread()).at(-1)).toMatchObject({
      author: { kind: 'relay' },
      content: { event: { code: 'unsnoozed' } },
    });
  });

  test('comes back with the patient’s message, without one; a moment that has passed is none', async () => {
    const patient = await inbox.patientIn.received();
    await patient.command('conversation.snooze', { until: toTimestamp(inbox.now()) });
    expect(await patient.codes()).toEqual([]);
    await patient.command('conversation.snooze', { until: toTimestamp(inbox.now() + HOUR) });
    await patient.writes();
    expect((await patient.conversation()).snoozedUntil).toBeNull();
    // Put off once more, further: the first moment means nothing any more.
    await patient.command('conversation.snooze', { until: toTimestamp(inbox.now() + 3 * HOUR) });
    const witness = await inbox.patientIn.received();
    await witness.command('conversation.snooze', { until: toTimestamp(inbox.now() + HOUR) });
    inbox.pass(2 * HOUR);
    await eventually('the witness is back', async () => (await witness.conversation()).snoozedUntil === null);
    expect((await patient.conversation()).snoozedUntil).not.toBeNull();
    expect(await patient.codes()).toEqual(['snoozed', 'snoozed']);
  });
});

describe('blue ticks', () => {
  test('when a person has read, for the newest message they saw, once', async () => {
    const patient = inbox.newPatient();
    await patient.writes('uno');
    const seen = await patient.writes('dos');
    const upToOrdinal = (await patient.thread()).at(-1)?.ordinal;
    const unseen = await patient.writes('tres');
    await patient.command('conversation.markRead', { upToOrdinal });
    await eventually('blue ticks', async () => receipts().includes(seen));
    await patient.command('conversation.markRead', { upToOrdinal });
    await patient.command('conversation.markRead', { upToOrdinal: 1e9, silent: true });
    expect((await patient.facts()).unread).toBe(0);
    // Receipts go one after the other: when this one has gone, so would have any other.
    const witness = inbox.newPatient();
    const later = await witness.writes();
    await witness.command('conversation.markRead', { upToOrdinal: 1e9 });
    await eventually('more blue ticks', async () => receipts().includes(later));
    expect(receipts()).not.toContain(unseen);
    expect(receipts().filter((wamid) => wamid === seen)).toHaveLength(1);
    const call = inbox.graph.calls.find(({ body }) => body['message_id'] === seen);
    expect(call).toMatchObject({
      path: `/v25.0/${inbox.relay.clinic.number.phoneNumberId}/messages`,
      body: { messaging_product: 'whatsapp', status: 'read', message_id: seen },
    });
  });

  test('when the clinic answers, where it wants that; never where it does not, and never in spam', async () => {
    await send('clinic.updateSettings', { settings: { readReceipts: 'onReply' } });
    const answered = inbox.newPatient();
    const last = await answered.writes();
    await answered.command('conversation.markRead', { upToOrdinal: 1e9 });
    await answered.sent(await answered.answered());
    await eventually('blue ticks', async () => receipts().includes(last));

    await send('clinic.updateSettings', { settings: { readReceipts: 'never' } });
    const never = inbox.newPatient();
    const untold = await never.writes();
    await never.command('conversation.markRead', { upToOrdinal: 1e9 });
    await never.sent(await never.answered());
    await send('clinic.updateSettings', { settings: { readReceipts: 'onRead' } });

    const spam = await inbox.patientIn.spam();
    const ignored = await spam.writes();
    await spam.command('conversation.markRead', { upToOrdinal: 1e9 });
    const witness = inbox.newPatient();
    const told = await witness.writes();
    await witness.command('conversation.markRead', { upToOrdinal: 1e9 });
    await eventually('blue ticks', async () => receipts().includes(told));
    expect(receipts()).not.toContain(untold);
    expect(receipts()).not.toContain(ignored);
  });

  test('a refusal of WhatsApp holds nothing up', async () => {
    inbox.graph.answerWith((call, response, index) =>
      call.body['status'] === 'read' ? refuse(100)(call, response, index) : accept(call, response, index),
    );
    const patient = await inbox.patientIn.received();
    expect(await patient.command('conversation.markRead', { upToOrdinal: 1e9 })).toMatchObject({
      status: 'applied',
    });
    await patient.sent(await patient.answered());
    inbox.graph.answerWith(accept);
  });
});
