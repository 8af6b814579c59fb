/** What this PC shows of its own commands before the relay has said so, and what is left when the relay says no. */
import { toTimestamp, type Command, type CommandArguments, type CommandType } from '@recado/protocol';
import { beforeEach, describe, expect, test } from 'vitest';
import type { InboxRow } from '../../../shared/contract/index.ts';
import {
  agentId,
  buildAgent,
  buildCommand,
  buildConversation,
  buildMessage,
  buildPatient,
  buildQuery,
  buildSend,
  buildTag,
  buildTeam,
  conversationId,
  createTestStore,
  del,
  dumpMirror,
  messageId,
  MINUTE,
  NOON,
  put,
  tagId,
  teamId,
  type TestStore,
} from '../testing.ts';

let store: TestStore;
let number: number;

const clinic = {
  id: '01900000-0000-7000-8000-0000000000c1',
  name: 'Clínica Alameda',
  timeZone: 'Europe/Madrid',
  numbers: [],
};

beforeEach(() => {
  number = 0;
  store = createTestStore();
  store.write.setAgent({ agentId: agentId(1) });
  store.write.beginSnapshot({ seq: 0, expected: 0 });
  store.write.endSnapshot({ seq: 0 });
  store.write.applyChanges({
    changes: [
      put('clinic', 1, clinic),
      put('agent', 2, buildAgent(1, 'Marta')),
      put('agent', 3, buildAgent(2, 'Luis')),
      put('team', 4, buildTeam(1, 'Recepción')),
      put('tag', 5, buildTag(1, 'Ortodoncia')),
      put('tag', 6, buildTag(2, 'Urgente')),
      put('patient', 7, buildPatient(1)),
      put('conversation', 8, buildConversation(1, { unread: 2, tagIds: [tagId(1)], teamIds: [teamId(1)] })),
      put('conversation', 9, buildConversation(2, { tagIds: [tagId(2), tagId(1)] })),
      put('conversation', 10, buildConversation(3, { spam: true, unread: 1 })),
      put('conversation', 11, buildConversation(4, { closed: true, unread: 0 })),
      put('message', 12, buildMessage(1, 12)),
    ],
    next: 12,
  });
});

function enqueue<Type extends CommandType>(type: Type, args: CommandArguments<Type>): Command {
  number += 1;
  const command = buildCommand(number, type, args);
  store.write.enqueueCommands({ commands: [command], now: NOON });
  return command;
}
const refuse = (command: Command, code = 'stale') => {
  store.write.takeOutbox({ limit: 50, now: NOON });
  return store.write.recordOutboxResults({ results: [{ id: command.id, status: 'refused', code }] });
};
const row = (conversation = 1): InboxRow =>
  store.read
    .inboxPage({ query: buildQuery({ filter: 'all' }), before: null, limit: 50, now: NOON })
    .rows.find((each) => each.conversationId === conversationId(conversation))!;
const id = conversationId(1);

describe('a command is shown at once and gone when refused', () => {
  const commands: [string, CommandType, object, object][] = [
    ['close', 'conversation.close', { conversationId: id }, { facts: { closed: true, unread: 0 } }],
    ['mark as spam', 'conversation.markSpam', { conversationId: id }, { facts: { spam: true, unread: 0 } }],
    [
      'assign',
      'conversation.assign',
      { conversationId: id, agentIds: [agentId(2)], teamIds: [] },
      { assignees: [{ id: agentId(2), name: 'Luis' }] },
    ],
    ['tag', 'conversation.tag', { conversationId: id, tagIds: [tagId(2), tagId(1)] }, { tags: [{ name: 'Ortodoncia' }, { name: 'Urgente' }] }],
    ['untag', 'conversation.untag', { conversationId: id, tagIds: [tagId(1)] }, { tags: [] }],
    ['give to the bot', 'conversation.setBot', { conversationId: id, active: true }, { facts: { handler: 'bot' } }],
    ['block, where it is no spam', 'conversation.block', { conversationId: id }, { facts: { blockState: 'none' } }],
    ['pin', 'conversation.pin', { conversationId: id, pinned: true }, { pinned: true }],
    [
      'snooze',
      'conversation.snooze',
      { conversationId: id, until: toTimestamp(NOON + MINUTE) },
      { snoozedUntil: NOON + MINUTE },
    ],
    [
      'answer',
      'message.send',
      buildSend(1, 1, 'Buenos días').args,
      { assignees: [{ name: 'Marta' }], lastMessage: { text: 'Buenos días' }, unsent: 1 },
    ],
  ]; // prettier-ignore

  test.each(commands)('%s', (_name, type, args, shown) => {
    const before = dumpMirror(store);
    const command = enqueue(type, args as never);
    expect(row()).toMatchObject(shown);
    store.write.applyChanges({
      changes: [put('conversation', 20, buildConversation(1, { unread: 2, teamIds: [teamId(1)] }))],
      next: 20,
    });
    const { tags: _tags, ...others } = shown as { tags?: unknown };
    expect(row()).toMatchObject(others);
    refuse(command);
    store.write.applyChanges({
      changes: [
        put(
          'conversation',
          21,
          buildConversation(1, { unread: 2, tagIds: [tagId(1)], teamIds: [teamId(1)] }),
        ),
      ],
      next: 21,
    });
    const without = (dump: ReturnType<typeof dumpMirror>) => ({
      links: dump['links'],
      rows: dump['conversations']!.map((each) => ({ ...(each as object), version: 0 })),
    });
    expect(without(dumpMirror(store))).toEqual(without(before));
  });

  test('what was spam comes back with what arrived meanwhile', () => {
    enqueue('conversation.unmarkSpam', { conversationId: conversationId(3) });
    expect(row(3)).toMatchObject({ facts: { spam: false, closed: false, unread: 1 } });
  });

  test('reopened and unread', () => {
    enqueue('conversation.reopen', { conversationId: conversationId(4) });
    enqueue('conversation.markUnread', { conversationId: conversationId(4) });
    expect(row(4)).toMatchObject({ facts: { closed: false, unread: 1 } });
  });

  test('the first reply assigns nobody where the clinic does not want that, or somebody has it', () => {
    const settings = { assignOnFirstReply: false, readReceipts: 'never' as const };
    store.write.applyChanges({ changes: [put('clinic', 20, { ...clinic, settings })], next: 20 });
    store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
    expect(row().assignees).toEqual([]);
  });
});

describe('the first refusal', () => {
  test('is told once, with the patient it is about; reading is nobody’s decision', () => {
    const close = enqueue('conversation.close', { conversationId: id });
    const refused = { commandId: close.id, type: 'conversation.close', conversationId: id, code: 'stale' };
    expect(refuse(close).refused).toEqual([{ ...refused, displayName: 'Paciente 1' }]);
    expect(refuse(close).refused).toEqual([]);
    expect(store.database.all('select * from outbox')).toEqual([]);
    const read = enqueue('conversation.markRead', { conversationId: id, upToOrdinal: 12 });
    expect(refuse(read).refused).toEqual([]);
    store.write.enqueueCommands({ commands: [buildSend(9, 1)], now: NOON });
    expect(refuse(buildSend(9, 1)).refused).toEqual([]);
    expect(row()).toMatchObject({ failed: 1 });
  });
});

describe('a note', () => {
  const thread = () => store.read.threadPage({ conversationId: id, before: null, limit: 50 })!.items.at(-1)!;

  test('is in the thread at once, changes nothing else, and gives way to its message', () => {
    const before = row();
    enqueue('note.add', {
      messageId: messageId(77),
      conversationId: id,
      text: 'Llamar a su madre',
      mentionedAgentIds: [agentId(2)],
    });
    expect(row()).toEqual({ ...before, unsent: 1 });
    expect(thread()).toMatchObject({
      kind: 'note',
      direction: 'internal',
      text: 'Llamar a su madre',
      content: { mentionedAgentIds: [agentId(2)] },
      delivery: { state: 'queued', canDiscard: true },
    });
    const note = buildMessage(1, 30, { id: messageId(77), kind: 'note', direction: 'internal' });
    store.write.applyChanges({ changes: [put('message', 30, note)], next: 30 });
    expect(thread()).toMatchObject({ ordinal: 30, delivery: null });
    expect(store.database.all('select * from outbox')).toEqual([]);
  });

  test('refused, it is kept until somebody decides', () => {
    const args = { messageId: messageId(77), conversationId: id, text: 'x', mentionedAgentIds: [] };
    refuse(enqueue('note.add', args), 'agent_not_found');
    expect(thread().delivery).toMatchObject({ state: 'failed', canRetry: true, canDiscard: true });
    expect(store.write.discardMessage({ messageId: messageId(77) }).discarded).toBe(true);
  });
});

describe('tags, teams and settings', () => {
  const names = () => store.read.directory({}).tags.map(({ name }) => name);

  test('are known at once, in their order, and usable', () => {
    const create = enqueue('tag.create', { tagId: tagId(3), name: 'Árbol', color: '#112233' });
    enqueue('conversation.tag', { conversationId: id, tagIds: [tagId(3)] });
    expect(names()).toEqual(['Árbol', 'Ortodoncia', 'Urgente']);
    expect(row().tags.map(({ name }) => name)).toEqual(['Ortodoncia', 'Árbol']);
    expect(store.read.inboxCounts({ now: NOON }).tags[tagId(3)]).toEqual({ total: 1, unread: 1 });
    expect(refuse(create, 'name_taken')).toMatchObject({
      refused: [{ type: 'tag.create', conversationId: null, displayName: null, code: 'name_taken' }],
      changes: { reference: true },
    });
    expect(names()).toEqual(['Ortodoncia', 'Urgente']);
    expect(row().tags.map(({ name }) => name)).toEqual(['Ortodoncia']);
  });

  test('renamed and recoloured, over a newer word of the relay', () => {
    enqueue('tag.update', { tagId: tagId(1), name: 'Brackets' });
    store.write.applyChanges({
      changes: [put('tag', 30, { ...buildTag(1, 'Ortodoncia'), color: '#abcdef' })],
      next: 30,
    });
    expect(row().tags).toEqual([{ id: tagId(1), name: 'Brackets', color: '#abcdef' }]);
  });

  test('merged: rows, filters and counts follow, and come back when it is refused', () => {
    const before = dumpMirror(store);
    const merge = enqueue('tag.merge', { tagId: tagId(1), intoTagId: tagId(2) });
    expect(names()).toEqual(['Urgente']);
    expect([row(1), row(2)].map(({ tags }) => tags.map(({ name }) => name))).toEqual([
      ['Urgente'],
      ['Urgente'],
    ]);
    const query = buildQuery({ filter: 'all', tagIds: [tagId(2)] });
    expect(store.read.inboxMatch({ query, now: NOON })).toBe(2);
    expect(store.read.inboxCounts({ now: NOON }).tags).toEqual({ [tagId(2)]: { total: 2, unread: 2 } });
    expect(refuse(merge, 'tag_not_found').changes.reference).toBe(true);
    expect(dumpMirror(store)).toEqual(before);
  });

  test('merged: a conversation that gets the old tag meanwhile is merged, too, until all is in', () => {
    const merge = enqueue('tag.merge', { tagId: tagId(1), intoTagId: tagId(2) });
    const tagged = (conversation: number, tag: number) =>
      buildConversation(conversation, { tagIds: [tagId(tag)] });
    store.write.applyChanges({ changes: [put('conversation', 30, tagged(5, 1))], next: 30 });
    expect(row(5).tags.map(({ name }) => name)).toEqual(['Urgente']);
    store.write.takeOutbox({ limit: 1, now: NOON });
    store.write.recordOutboxResults({ results: [{ id: merge.id, status: 'applied', seq: 34 }] });
    expect(row(5).tags.map(({ name }) => name)).toEqual(['Urgente']);
    store.write.applyChanges({
      changes: [
        put('conversation', 31, tagged(1, 2)),
        put('conversation', 32, tagged(2, 2)),
        put('conversation', 33, tagged(5, 2)),
        del('tag', 34, tagId(1)),
      ],
      next: 34,
    });
    expect(store.database.all('select * from outbox')).toEqual([]);
    expect(store.database.all('select id from conversations where prediction_json is not null')).toEqual([]);
    expect(row(5).tags.map(({ name }) => name)).toEqual(['Urgente']);
  });

  test('a deleted team leaves its conversations to nobody', () => {
    expect(store.read.inboxCounts({ now: NOON }).unassigned.total).toBe(1);
    enqueue('team.delete', { teamId: teamId(1) });
    expect(store.read.directory({}).teams).toEqual([]);
    expect(store.read.inboxCounts({ now: NOON })).toMatchObject({ unassigned: { total: 2 }, teams: {} });
  });

  test('teams and settings change at once', () => {
    enqueue('team.create', { teamId: teamId(2), name: 'Gabinete', memberIds: [agentId(1)] });
    enqueue('team.update', { teamId: teamId(2), memberIds: [agentId(2)] });
    enqueue('clinic.updateSettings', { settings: { readReceipts: 'onReply' } });
    expect(store.read.directory({})).toMatchObject({
      teams: [{ name: 'Gabinete', memberIds: [agentId(2)] }, { name: 'Recepción' }],
      settings: { assignOnFirstReply: true, readReceipts: 'onReply' },
      agents: [
        { name: 'Luis', isMe: false },
        { name: 'Marta', isMe: true },
      ],
    });
  });
});

describe('an answer somebody else has given', () => {
  const answerAfter = (ordinal: number) => store.read.answerAfter({ conversationId: id, ordinal });
  const outbound = (ordinal: number, agent: number | null, status: 'sent' | 'failed' = 'sent') =>
    put('message', ordinal, buildMessage(1, ordinal, {
      direction: 'outbound', status, text: `respuesta ${ordinal}`,
      author: { kind: agent === null ? 'phone' : 'agent', agentId: agent === null ? null : agentId(agent), name: null },
    })); // prettier-ignore

  test('is the newest that went out after what the person saw, not one’s own', () => {
    store.write.applyChanges({
      changes: [outbound(20, 2), outbound(21, null), outbound(22, 1), outbound(23, 2, 'failed')],
      next: 23,
    });
    expect(answerAfter(12)).toEqual({ authorName: null, text: 'respuesta 21' });
    expect(answerAfter(21)).toBeNull();
    store.write.applyChanges({ changes: [outbound(24, 2)], next: 24 });
    expect(answerAfter(21)).toEqual({ authorName: 'Luis', text: 'respuesta 24' });
  });
});
