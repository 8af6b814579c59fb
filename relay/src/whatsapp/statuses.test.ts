import { MESSAGE_STATUSES, nextMessageStatus, type Entity, type MessageStatus } from '@recado/protocol';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { accept, startFakeGraph, type FakeGraph } from '../../sandbox/testing/fake-graph.ts';
import { createRelayClient, webhookOutcome, type RelayClient } from '../../sandbox/testing/relay-client.ts';
import { startTestRelay, type TestRelay } from '../../sandbox/testing/relay.ts';
import { inboundWebhook, statusWebhook, textPart } from '../../sandbox/testing/webhook-bodies.ts';

let graph: FakeGraph;
let relay: TestRelay;
let client: RelayClient;
let conversation: Entity<'conversation'>;
beforeAll(async () => {
  graph = await startFakeGraph();
  relay = await startTestRelay({ graphUrl: graph.url });
  const { token } = await relay.signIn();
  client = createRelayClient(relay.url, token);
  await relay.postWebhook(inboundWebhook(relay.clinic.number, [textPart('wamid.IN', 'Hola')]));
  conversation = await client.conversation();
});
afterAll(async () => {
  await relay.close();
  await graph.close();
});

const report = (wamid: string, status: MessageStatus) =>
  statusWebhook(relay.clinic.number, [
    { id: wamid, status, ...(status === 'failed' ? { errors: [{ code: 131026, title: 'x' }] } : {}) },
  ]);
const settled = async (body: object) => {
  await webhookOutcome(relay.url, await relay.postWebhook(body));
};

test('receipts in any order, repeated, before or after the send returns, end in the best one', async () => {
  const reported = fc.constantFrom<MessageStatus>('sent', 'delivered', 'read', 'played', 'failed');
  await fc.assert(
    fc.asyncProperty(
      fc.array(reported, { maxLength: 3 }),
      fc.array(reported, { maxLength: 4 }),
      async (early, late) => {
        const wamid = `wamid.OUT${graph.calls.length + 1}`;
        // The send has not returned yet: Meta reports on a message the relay does not know by that id.
        for (const status of early) await settled(report(wamid, status));
        const command = client.sendCommand(conversation, 'hola');
        const id = command.args['messageId'] as string;
        await client.send([command]);
        const sent = await client.message(id, ({ status }) => status !== 'queued');
        for (const status of late) await settled(report(wamid, status));
        // `failed` may leave the message failed before the rest of the held ones were applied: ask once more.
        expect(sent.status).not.toBe('unknown');
        const expected = [...early, ...late].reduce(nextMessageStatus, 'sent');
        const message = await client.message(id);
        expect(message.status).toBe(expected);
        expect(message.error === null).toBe(expected !== 'failed');
      },
    ),
    { numRuns: 25 },
  );
});

test('a failure reported before our call is answered keeps its reason', async () => {
  const failed = (id: string, wamid: string) =>
    statusWebhook(relay.clinic.number, [
      {
        id: wamid,
        status: 'failed',
        biz_opaque_callback_data: id,
        errors: [{ code: 131026, title: 'Message undeliverable' }],
      },
    ]);
  graph.answerWith((call, response, index) => {
    const report = failed(call.body.biz_opaque_callback_data ?? '', `wamid.OUT${index + 1}`);
    void settled(report).then(() => accept(call, response, index));
  });
  const command = client.sendCommand(conversation, 'hola');
  await client.send([command]);
  const id = command.args['messageId'] as string;
  await client.message(id, ({ status }) => status === 'failed');
  graph.answerWith(accept);
  // Sent behind it in the same conversation, so the answer to the first has been dealt with.
  const next = client.sendCommand(conversation, 'otra');
  await client.send([next]);
  await client.message(next.args['messageId'] as string, ({ status }) => status === 'sent');
  expect(await client.message(id)).toMatchObject({ status: 'failed', error: { code: '131026' } });
});

test('the list’s row follows the status of its last message', async () => {
  const command = client.sendCommand(conversation, 'la última');
  const id = command.args['messageId'] as string;
  await client.send([command]);
  await client.message(id, ({ status }) => status === 'sent');
  const wamid = `wamid.OUT${graph.calls.length}`;
  for (const status of MESSAGE_STATUSES.filter((word) => word === 'delivered' || word === 'read')) {
    await settled(report(wamid, status));
    expect((await client.conversation()).lastMessage).toMatchObject({ id, status });
  }
});
