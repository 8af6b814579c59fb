import { newId, toTimestamp, type Entity } from '@recado/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startFakeGraph, type FakeGraph } from '../../sandbox/testing/fake-graph.ts';
import { createRelayClient, webhookOutcome, type RelayClient } from '../../sandbox/testing/relay-client.ts';
import { createTestClinic, signIn, startTestRelay, type TestRelay } from '../../sandbox/testing/relay.ts';
import { inboundWebhook, textPart, unixTime } from '../../sandbox/testing/webhook-bodies.ts';
import { createDatabase } from '../db/database.ts';

let now: number;
let graph: FakeGraph;
let relay: TestRelay;
let client: RelayClient;
let conversation: Entity<'conversation'>;

const inbound = async (wamid: string, text: string, sentAt = now) => {
  const body = inboundWebhook(relay.clinic.number, [textPart(wamid, text, { timestamp: unixTime(sentAt) })]);
  await webhookOutcome(relay.url, await relay.postWebhook(body));
};

/** Changes the conversation as later commands will: closed, spam, with the bot. */
async function setConversation(sql: string) {
  const database = createDatabase({ url: relay.databaseUrl, poolSize: 1 });
  await database.inClinic(relay.clinic.id, (connection) =>
    connection.query(`update conversations set ${sql}`),
  );
  await database.close();
}

beforeEach(async () => {
  now = Date.now();
  graph = await startFakeGraph();
  relay = await startTestRelay({ graphUrl: graph.url, clock: { now: () => now } });
  const { token } = await relay.signIn();
  client = createRelayClient(relay.url, token);
  await inbound('wamid.1', 'Hola');
  conversation = await client.conversation();
});
afterEach(async () => {
  await relay.close();
  await graph.close();
});

describe('exactly once', () => {
  test('a repeat, at the same time or later, gets the first result and sends nothing', async () => {
    const command = client.sendCommand(conversation, 'una vez');
    const answers = await Promise.all(Array.from({ length: 5 }, () => client.send([command, command])));
    const later = await client.send([command]);
    const results = [...answers.flat(), ...later];
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(results[0]).toMatchObject({ id: command.id, status: 'applied', seq: expect.any(Number) });
    await client.message(command.args['messageId'] as string, ({ status }) => status === 'sent');
    expect(graph.calls).toHaveLength(1);
  });

  test('the same message under another command is refused', async () => {
    const messageId = newId();
    const results = await client.send([
      client.sendCommand(conversation, 'uno', messageId),
      client.sendCommand(conversation, 'dos', messageId),
    ]);
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'refused', code: 'invalid_arguments' }]);
    await graph.called(1);
  });

  test('a refusal is remembered too: later it is still refused', async () => {
    const command = { ...client.sendCommand(conversation, 'hola'), args: { messageId: 'no id' } };
    const first = await client.send([command]);
    expect(first).toMatchObject([{ status: 'refused', code: 'invalid_arguments' }]);
    expect(await client.send([{ ...command, args: client.sendCommand(conversation, 'x').args }])).toEqual(
      first,
    );
  });
});

test('refused ones hold up none of the others', async () => {
  const results = await client.send([
    client.command('conversation.teleport', {}),
    client.command('toString', {}),
    client.command('message.send', { text: 'no address' }),
    client.command('conversation.markRead', { conversationId: newId(), upToOrdinal: 1 }),
    client.sendCommand({ ...conversation, id: newId() }, 'nobody'),
    client.command('message.retry', {
      messageId: newId(),
      conversationId: conversation.id,
      notAfter: conversation.windowExpiresAt,
    }),
    client.sendCommand(conversation, 'sí'),
  ]);
  expect(results.map(({ code }) => code ?? 'applied')).toEqual([
    'unknown_command',
    'unknown_command',
    'invalid_arguments',
    'conversation_not_found',
    'conversation_not_found',
    'message_not_found',
    'applied',
  ]);
});

test('a text PostgreSQL would refuse is cleaned, not lost', async () => {
  const command = client.sendCommand(conversation, 'a\0b\ud800c');
  expect(await client.send([command])).toMatchObject([{ status: 'applied' }]);
  expect(await client.message(command.args['messageId'] as string)).toMatchObject({ text: 'ab\ufffdc' });
});

describe('the window', () => {
  test('is closed from the very moment it ends, by the relay’s clock', async () => {
    const end = Date.parse(conversation.windowExpiresAt ?? '');
    now = end - 1;
    expect(await client.send([client.sendCommand(conversation, 'a tiempo')])).toMatchObject([
      { status: 'applied' },
    ]);
    await graph.called(1);
    now = end;
    expect(await client.send([client.sendCommand(conversation, 'tarde')])).toMatchObject([
      { status: 'refused', code: 'window_closed' },
    ]);
  });

  test('a newer window does not revive what was meant for the old one', async () => {
    const old = client.sendCommand(conversation, 'para ayer');
    now += 25 * 3_600_000;
    await inbound('wamid.2', 'Hola otra vez');
    expect(await client.send([old])).toMatchObject([{ status: 'refused', code: 'window_closed' }]);
    expect(graph.calls).toHaveLength(0);
  });

  test('an answer that came 30 hours late is received but opens nothing', async () => {
    now += 31 * 3_600_000;
    await inbound('wamid.2', 'tarde', now - 30 * 3_600_000);
    const late = await client.conversation(({ unread }) => unread === 2);
    expect(Date.parse(late.lastInteractionAt ?? '')).toBe(now);
    const open = { ...late, windowExpiresAt: toTimestamp(now + 3_600_000) };
    expect(await client.send([client.sendCommand(open, 'x')])).toMatchObject([{ code: 'window_closed' }]);
  });
});

describe('sending changes the conversation', () => {
  test.each([
    ['closed: reopened', 'closed = true', 'reopened_by_staff'],
    ['with the bot: taken over', `handler = 'bot'`, 'taken_over_from_bot'],
  ])('%s', async (_what, sql, line) => {
    await setConversation(sql);
    await client.send([client.sendCommand(conversation, 'aquí estamos')]);
    const after = await client.conversation(({ participants }) => participants.length > 0);
    expect(after).toMatchObject({ closed: false, handler: 'human' });
    const system = (await client.all('message')).find(({ kind }) => kind === 'system');
    expect(system).toMatchObject({
      direction: 'internal',
      text: null,
      content: { event: { code: line } },
      author: { kind: 'agent', name: 'Marta' },
    });
  });

  test('spam: nothing may be sent', async () => {
    await setConversation('spam = true');
    expect(await client.send([client.sendCommand(conversation, 'x')])).toMatchObject([
      { code: 'conversation_is_spam' },
    ]);
  });

  test('a patient who writes to a closed one reopens it, and the thread says so', async () => {
    await setConversation('closed = true');
    await inbound('wamid.2', 'Una cosa más');
    expect(await client.conversation(({ closed }) => !closed)).toMatchObject({ unread: 2, handler: 'human' });
    const thread = (await client.all('message')).sort((a, b) => a.ordinal - b.ordinal);
    expect(thread.map(({ kind, text, content }) => [kind, content.event?.code ?? text])).toEqual([
      ['text', 'Hola'],
      ['system', 'reopened_by_patient'],
      ['text', 'Una cosa más'],
    ]);
    expect((await client.conversation()).lastMessage?.text).toBe('Una cosa más');
  });
});

test('reading goes up to a message; what came after stays unread', async () => {
  await inbound('wamid.2', 'dos');
  await inbound('wamid.3', 'tres');
  const messages = (await client.all('message')).sort((a, b) => a.ordinal - b.ordinal);
  const read = (upToOrdinal = 0) =>
    client.send([client.command('conversation.markRead', { conversationId: conversation.id, upToOrdinal })]);
  expect((await read(messages[1]?.ordinal))[0]?.seq).toBeGreaterThan(0);
  expect((await client.conversation()).unread).toBe(1);
  // Nothing to do is no change.
  expect(await read(messages[0]?.ordinal)).toMatchObject([{ status: 'applied' }]);
  expect((await client.conversation()).unread).toBe(1);
  await read(messages[2]?.ordinal);
  expect((await client.conversation()).unread).toBe(0);
});

test('another clinic’s conversation does not exist', async () => {
  const other = await createTestClinic(relay.databaseUrl);
  const { token } = await signIn(relay.url, other.agents[0] ?? { email: '', password: '' });
  const stranger = createRelayClient(relay.url, token);
  const results = await stranger.send([
    stranger.sendCommand(conversation, 'intruso'),
    stranger.command('conversation.markRead', { conversationId: conversation.id, upToOrdinal: 99 }),
  ]);
  expect(results).toMatchObject([{ code: 'conversation_not_found' }, { code: 'conversation_not_found' }]);
  expect((await client.conversation()).unread).toBe(1);
});
