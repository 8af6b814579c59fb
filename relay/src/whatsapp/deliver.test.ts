import type { Entity, Session } from '@recado/protocol';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  accept,
  refuse,
  startFakeGraph,
  stayMute,
  type FakeGraph,
} from '../../sandbox/testing/fake-graph.ts';
import { createRelayClient, eventually, type RelayClient } from '../../sandbox/testing/relay-client.ts';
import { startTestRelay, type TestRelay, type TestRelayOptions } from '../../sandbox/testing/relay.ts';
import { inboundWebhook, statusWebhook, textPart } from '../../sandbox/testing/webhook-bodies.ts';

// Back-off and grace are real time here.
let graph: FakeGraph;
let relay: TestRelay;
let session: Session;
let client: RelayClient;
let conversation: Entity<'conversation'>;

async function start(options: TestRelayOptions = {}) {
  relay = await startTestRelay({ graphUrl: graph.url, ...options });
  session = await relay.signIn();
  client = createRelayClient(relay.url, session.token);
  await relay.postWebhook(inboundWebhook(relay.clinic.number, [textPart('wamid.IN1', 'Hola')]));
  conversation = await client.conversation();
}

/** The same clinic and session on a new process. */
async function restart(options: TestRelayOptions = {}) {
  const { databaseUrl, clinic } = relay;
  const first = relay;
  await first.stop();
  relay = await startTestRelay({ graphUrl: graph.url, ...options, databaseUrl, clinic });
  const { close } = relay;
  relay = {
    ...relay,
    async close() {
      await close();
      await first.close();
    },
  };
  client = createRelayClient(relay.url, session.token);
}

/** Sends a text and returns the message's id. */
async function sendText(text: string): Promise<string> {
  const command = client.sendCommand(conversation, text);
  const [result] = await client.send([command]);
  expect(result?.status).toBe('applied');
  return command.args['messageId'] as string;
}

const textsSent = () => graph.calls.map(({ body }) => body.text?.body);

beforeEach(async () => {
  graph = await startFakeGraph();
});
afterEach(async () => {
  await relay.close();
  await graph.close();
});

describe('a text', () => {
  test('leaves as Meta wants it, and is sent when Meta has it', async () => {
    await start();
    const id = await sendText('Sí, el lunes');
    await graph.called(1);
    expect(graph.calls[0]).toEqual({
      path: `/v25.0/${relay.clinic.number.phoneNumberId}/messages`,
      authorization: 'Bearer access-token-of-the-tests',
      body: {
        messaging_product: 'whatsapp',
        recipient_type: 'individual',
        to: '+34600111222',
        type: 'text',
        text: { body: 'Sí, el lunes', preview_url: false },
        biz_opaque_callback_data: id,
      },
    });
    const message = await client.message(id, ({ status }) => status === 'sent');
    expect(message.author).toEqual({ kind: 'agent', agentId: session.agent.id, name: 'Marta' });
    const after = await client.conversation(
      ({ lastMessageDirection }) => lastMessageDirection === 'outbound',
    );
    expect(after.lastMessage).toMatchObject({ id, status: 'sent' });
    expect(after.participants.map(({ agentId }) => agentId)).toEqual([session.agent.id]);
  });

  test('goes to the user id of a patient without a phone', async () => {
    await start();
    const { number } = relay.clinic;
    const person = { userId: 'ES.NOPHONE', name: 'Sin número' };
    await relay.postWebhook(inboundWebhook(number, [textPart('wamid.IN2', 'Hola')], person));
    conversation = await client.conversation(({ id }) => id !== conversation.id);
    await sendText('Buenos días');
    await graph.called(1);
    expect(graph.calls[0]?.body).toMatchObject({ recipient: 'ES.NOPHONE' });
    expect(graph.calls[0]?.body).not.toHaveProperty('to');
  });

  test('quotes the message it answers', async () => {
    await start();
    const quoted = (await client.all('message'))[0]?.id;
    const command = client.sendCommand(conversation, 'Sí');
    await client.send([{ ...command, args: { ...command.args, replyTo: quoted } }]);
    await graph.called(1);
    expect(graph.calls[0]?.body['context']).toEqual({ message_id: 'wamid.IN1' });
  });

  test('many in a row leave once each and in order', async () => {
    await start();
    const texts = Array.from({ length: 20 }, (_, index) => `número ${index}`);
    await client.send(texts.map((text) => client.sendCommand(conversation, text)));
    await graph.called(20);
    expect(textsSent()).toEqual(texts);
  });
});

describe('without an answer', () => {
  test('a send is unknown, holds back the next one, and is settled by a status: one call each', async () => {
    await start({ sendTimeoutMs: 150, unknownGraceMs: 60_000 });
    graph.answerWith(stayMute);
    const id = await sendText('primera');
    const next = await sendText('segunda');
    await client.message(id, ({ status }) => status === 'unknown');
    expect(textsSent()).toEqual(['primera']);

    graph.answerWith(accept);
    await relay.postWebhook(
      statusWebhook(relay.clinic.number, [
        { id: 'wamid.LATE', status: 'delivered', biz_opaque_callback_data: id },
      ]),
    );
    await client.message(id, ({ status }) => status === 'delivered');
    await client.message(next, ({ status }) => status === 'sent');
    expect(textsSent()).toEqual(['primera', 'segunda']);
    // From now on WhatsApp's own id is enough.
    await relay.postWebhook(statusWebhook(relay.clinic.number, [{ id: 'wamid.LATE', status: 'read' }]));
    await client.message(id, ({ status }) => status === 'read');
  });

  test('a status may be quicker than the answer', async () => {
    await start();
    let answerNow = () => {};
    graph.answerWith((call, response, index) => {
      answerNow = () => accept(call, response, index);
    });
    const id = await sendText('hola');
    await graph.called(1);
    const { number } = relay.clinic;
    await relay.postWebhook(statusWebhook(number, [{ id: 'wamid.OUT1', status: 'delivered' }]));
    answerNow();
    await client.message(id, ({ status }) => status === 'delivered');
    expect(graph.calls).toHaveLength(1);
  });

  test('the send is repeated only after the grace period', async () => {
    await start({ sendTimeoutMs: 100, unknownGraceMs: 1_500 });
    graph.answerWith(stayMute);
    const id = await sendText('hola');
    await client.message(id, ({ status }) => status === 'unknown');
    const unknownAt = performance.now();
    graph.answerWith(accept);
    await client.message(id, ({ status }) => status === 'sent');
    expect(performance.now() - unknownAt).toBeGreaterThan(1_000);
    expect(graph.calls).toHaveLength(2);
  });

  test('a process that dies during the call does not make a second message', async () => {
    await start({ sendTimeoutMs: 60_000 });
    graph.answerWith(stayMute);
    const id = await sendText('hola');
    await graph.called(1);
    // What a killed process leaves behind: an attempt without an end, older than any answer could be.
    const database = new pg.Client({ connectionString: relay.databaseUrl });
    await database.connect();
    await database.query(`begin; set local recado.scope = 'system'`);
    await database.query(`update outbound_attempts set started_at = started_at - interval '10 minutes'`);
    await database.query('commit');
    await database.end();
    const dying = relay.stop();
    graph.answerWith(accept);
    await eventually('the old process gone', async () => {
      await graph.close();
      return true;
    });
    await dying;
    graph = await startFakeGraph();
    await restart({ sendTimeoutMs: 1_000, unknownGraceMs: 60_000 });
    await client.message(id, ({ status }) => status === 'unknown');
    await relay.postWebhook(
      statusWebhook(relay.clinic.number, [{ id: 'wamid.A', status: 'sent', biz_opaque_callback_data: id }]),
    );
    await client.message(id, ({ status }) => status === 'sent');
    expect(graph.calls).toHaveLength(0);
  });
});

describe('refused by Meta', () => {
  test('a passing failure is tried again by itself', async () => {
    await start();
    graph.answerWith((call, response, index) =>
      (index === 0 ? refuse(131056, 429) : accept)(call, response, index),
    );
    const id = await sendText('hola');
    await client.message(id, ({ status }) => status === 'sent');
    expect(graph.calls).toHaveLength(2);
  });

  test('a final one keeps code and title, and a person may try again', async () => {
    await start();
    graph.answerWith(refuse(131026));
    const id = await sendText('hola');
    const failed = await client.message(id, ({ status }) => status === 'failed');
    expect(failed.error).toEqual({ code: '131026', title: '(#131026) refused' });

    graph.answerWith(accept);
    const { windowExpiresAt } = conversation;
    const retry = client.command('message.retry', {
      messageId: id,
      conversationId: conversation.id,
      notAfter: windowExpiresAt,
    });
    expect(await client.send([retry])).toMatchObject([{ status: 'applied' }]);
    const sent = await client.message(id, ({ status }) => status === 'sent');
    expect(sent.error).toBeNull();
    expect(await client.send([client.command('message.retry', retry.args)])).toMatchObject([
      { status: 'refused', code: 'not_retryable' },
    ]);
  });

  test('131047 closes the window for whatever waits behind', async () => {
    await start();
    graph.answerWith(refuse(131047));
    const [first, second] = [
      client.sendCommand(conversation, 'uno'),
      client.sendCommand(conversation, 'dos'),
    ];
    await client.send([first, second]);
    await client.message(first.args['messageId'] as string, ({ error }) => error?.code === '131047');
    await client.message(second.args['messageId'] as string, ({ error }) => error?.code === 'window_closed');
    expect(graph.calls).toHaveLength(1);
    const closed = await client.conversation();
    expect(Date.parse(closed.windowExpiresAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('WhatsApp out of reach: the message waits and leaves later, once', async () => {
    await start({ graphUrl: 'http://127.0.0.1:3/v25.0' });
    const id = await sendText('hola');
    await eventually('a try that could not connect', async () => {
      const { status } = await client.message(id);
      return status === 'queued';
    });
    await restart();
    await client.message(id, ({ status }) => status === 'sent');
    expect(graph.calls).toHaveLength(1);
  });
});

test('what a killed process had in hand leaves when the relay is back, without waiting for its job', async () => {
  await start({ graphUrl: 'http://127.0.0.1:3/v25.0' });
  const id = await sendText('hola');
  await relay.stop();
  const database = new pg.Client({ connectionString: relay.databaseUrl });
  await database.connect();
  await database.query('delete from pgboss.job');
  await database.end();
  await restart();
  await client.message(id, ({ status }) => status === 'sent');
  expect(graph.calls).toHaveLength(1);
});

test('a failure reported later takes the acceptance back, and told again after a retry changes nothing', async () => {
  await start();
  const id = await sendText('hola');
  await client.message(id, ({ status }) => status === 'sent');
  const failure = statusWebhook(relay.clinic.number, [
    {
      id: 'wamid.OUT1',
      status: 'failed',
      errors: [{ code: 131026, title: 'Undeliverable' }],
      biz_opaque_callback_data: id,
    },
  ]);
  await relay.postWebhook(failure);
  const failed = await client.message(id, ({ status }) => status === 'failed');
  expect(failed.error).toEqual({ code: '131026', title: 'Undeliverable' });
  const { lastInteractionAt } = await client.conversation();
  const inbound = (await client.all('message')).find(({ direction }) => direction === 'inbound');
  expect(lastInteractionAt).toBe(inbound?.receivedAt);

  await client.send([
    client.command('message.retry', {
      messageId: id,
      conversationId: conversation.id,
      notAfter: conversation.windowExpiresAt,
    }),
  ]);
  await relay.postWebhook(failure);
  await client.message(id, ({ status }) => status === 'sent');
  expect(graph.calls).toHaveLength(2);
});
