import { DAY, newId, toTimestamp, type Entity } from '@recado/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import { startTestRelay } from '../../sandbox/testing/relay.ts';
import { startTestWhatsapp, type TestWhatsapp } from '../../sandbox/testing/whatsapp.ts';

/** T26 of docs/conversation-states.md: blocking at WhatsApp itself, by a relay and WhatsApp's stand-in. */
const PHONE = '+34600700001';
let relayNow: number;
let sandboxNow: number;
let whatsapp: TestWhatsapp;
beforeEach(async () => {
  relayNow = Math.floor(Date.now() / 1_000) * 1_000;
  sandboxNow = relayNow;
  whatsapp = await startTestWhatsapp({
    relay: { clock: { now: () => relayNow } },
    sandbox: { clock: () => sandboxNow },
  });
  await whatsapp.sandbox.patientWrites({ from: PHONE, text: 'Compra ya' });
});
afterEach(() => whatsapp.close());

const conversation = () => whatsapp.conversationWith(PHONE);
const act = async (what: string) =>
  whatsapp.command(`conversation.${what}`, { conversationId: (await conversation()).id });
const isAs = (blockState: Entity<'conversation'>['blockState']) =>
  eventually(blockState, async () => (await conversation()).blockState === blockState);

async function lines() {
  const messages = (await whatsapp.client.all('message')).sort((a, b) => a.ordinal - b.ordinal);
  return messages.flatMap(({ content, author }) =>
    content.event ? { ...content.event, by: author.name } : [],
  );
}

/** Whom WhatsApp has blocked for the clinic. */
async function blockedAtWhatsapp(): Promise<string[]> {
  const response = await fetch(`${whatsapp.sandbox.url}/v25.0/200000000000002/block_users`, {
    headers: { authorization: 'Bearer access-token-of-the-tests' },
  });
  return ((await response.json()) as { data: { user_id: string }[] }).data.map(({ user_id }) => user_id);
}

async function writeFreely(): Promise<string> {
  const { id, windowExpiresAt } = await conversation();
  return whatsapp.command('message.send', {
    messageId: newId(),
    conversationId: id,
    text: 'Hola',
    notAfter: windowExpiresAt,
  });
}

describe('T26 Bloquear en WhatsApp', () => {
  test('in Spam, window open: pending until WhatsApp has done it, then told by name; and back', async () => {
    await act('markSpam');
    expect(await act('block')).toBe('applied');
    await isAs('blocked');
    expect(await blockedAtWhatsapp()).toHaveLength(1);
    expect((await lines()).at(-1)).toEqual({ code: 'blocked', by: 'Marta' });
    expect(await act('block')).toBe('applied');

    await act('unmarkSpam');
    expect(await writeFreely()).toBe('conversation_blocked');
    expect(await act('unblock')).toBe('applied');
    await isAs('none');
    expect(await blockedAtWhatsapp()).toEqual([]);
    expect((await lines()).map(({ code }) => code)).toEqual([
      'marked_spam',
      'blocked',
      'unmarked_spam',
      'unblocked',
    ]);
    expect(await writeFreely()).toBe('applied');
  });

  test('is refused where it is no spam, and after the window', async () => {
    expect(await act('block')).toBe('not_blockable');
    await act('markSpam');
    relayNow += DAY;
    expect(await act('block')).toBe('not_blockable');
    expect((await conversation()).blockState).toBe('none');
  });

  test('that WhatsApp refuses for this number is taken back, with its code', async () => {
    await act('markSpam');
    sandboxNow += DAY;
    await act('block');
    await eventually('the refusal', async () => (await lines()).at(-1)?.code === 'block_failed');
    expect((await lines()).at(-1)).toEqual({ code: 'block_failed', reason: '139102', by: 'Marta' });
    expect((await conversation()).blockState).toBe('none');
    expect(await blockedAtWhatsapp()).toEqual([]);
  });

  test('is tried again while WhatsApp cannot, and given up after half an hour', async () => {
    await act('markSpam');
    whatsapp.sandbox.faults.add({ kind: 'refuseBlock', code: 131_016 });
    await act('block');
    expect((await conversation()).blockState).toBe('blocking');
    await isAs('blocked');
    whatsapp.sandbox.faults.add({ kind: 'refuseBlock', code: 131_016, times: 1_000 });
    await act('unblock');
    relayNow += 31 * 60_000;
    await isAs('blocked');
    expect((await lines()).map(({ code }) => code)).toEqual(['marked_spam', 'blocked', 'unblock_failed']);
  });

  test('is nothing when it is taken back before it has left', async () => {
    await act('markSpam');
    const args = { conversationId: (await conversation()).id };
    const { client } = whatsapp;
    await client.send([
      client.command('conversation.block', args),
      client.command('conversation.unblock', args),
    ]);
    expect((await conversation()).blockState).toBe('none');
    await act('block');
    await isAs('blocked');
    expect((await lines()).map(({ code }) => code)).toEqual(['marked_spam', 'blocked']);
  });

  test('is asked once by several processes, and ends as people last wanted it', async () => {
    const other = await startTestRelay({
      databaseUrl: whatsapp.relay.databaseUrl,
      graphUrl: `${whatsapp.sandbox.url}/v25.0`,
      clock: { now: () => relayNow },
    });
    await act('markSpam');
    await act('block');
    await act('unblock');
    await act('block');
    await isAs('blocked');
    expect(await blockedAtWhatsapp()).toHaveLength(1);
    expect((await lines()).filter(({ code }) => code === 'blocked').length).toBeGreaterThan(0);
    await other.close();
  });

  test('a block made elsewhere is learned when a message is refused for it, and can be undone', async () => {
    await fetch(`${whatsapp.sandbox.url}/v25.0/200000000000002/block_users`, {
      method: 'POST',
      headers: { authorization: 'Bearer access-token-of-the-tests', 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', block_users: [{ user: PHONE }] }),
    });
    expect(await writeFreely()).toBe('applied');
    await isAs('blocked');
    await act('unblock');
    await isAs('none');
    expect(await blockedAtWhatsapp()).toEqual([]);
  });

  test('the window moves on meanwhile without a trace of the block in the clocks', async () => {
    await act('markSpam');
    const before = await conversation();
    await act('block');
    await isAs('blocked');
    const { lastInteractionAt, windowExpiresAt, spam, closed, unread } = await conversation();
    expect({ lastInteractionAt, windowExpiresAt, spam, closed, unread }).toEqual({
      lastInteractionAt: before.lastInteractionAt,
      windowExpiresAt: toTimestamp(relayNow + DAY),
      spam: true,
      closed: before.closed,
      unread: before.unread,
    });
  });
});
