import { Checksums, newId, type CommandArguments, type Entity, type OpeningHours } from '@recado/protocol';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestInbox, type TestInbox } from '../../sandbox/testing/inbox.ts';
import { eventually, type RelayClient } from '../../sandbox/testing/relay-client.ts';
import { openStream } from '../../sandbox/testing/stream.ts';

let inbox: TestInbox;
beforeAll(async () => {
  inbox = await startTestInbox();
});
afterAll(() => inbox.close());

type Reply = CommandArguments<'quickReply.create'>;
let replies = 0;
/** One nobody has yet; everybody's unless it says otherwise. */
function reply(parts: Partial<Reply> = {}): Reply {
  replies += 1;
  return {
    quickReplyId: newId(),
    shortcut: `atajo${replies}`,
    text: 'Le esperamos.',
    media: null,
    ownerAgentId: null,
    ...parts,
  };
}
const media: NonNullable<Reply['media']> = {
  mediaId: newId(),
  kind: 'document',
  mimeType: 'application/pdf',
  fileName: 'preparación.pdf',
  sizeBytes: 12_345,
  sha256: 'a'.repeat(64),
  voice: false,
  width: null,
  height: null,
  durationMs: null,
  waveform: null,
};
const send = async (by: RelayClient, type: string, args: Record<string, unknown>) =>
  (await by.send([by.command(type, args)]))[0];
async function create(by: RelayClient, parts: Partial<Reply> = {}): Promise<Reply> {
  const args = reply(parts);
  expect(await send(by, 'quickReply.create', args)).toMatchObject({ status: 'applied' });
  return args;
}
const marta = () => inbox.marta;
const david = () => inbox.david;
const davidId = () => inbox.agentIds[1] ?? '';
const find = async (by: RelayClient, id: string): Promise<Entity<'quickReply'> | undefined> =>
  (await by.all('quickReply')).find((each) => each.id === id);

describe('quick replies', () => {
  test('everybody’s are an administrator’s to write, change and delete; everybody has them', async () => {
    const made = await create(marta(), { media });
    expect(await find(david(), made.quickReplyId)).toEqual({
      id: made.quickReplyId,
      shortcut: made.shortcut,
      text: made.text,
      ownerAgentId: null,
      media,
    });
    for (const [type, args] of [
      ['quickReply.create', reply()],
      ['quickReply.update', { quickReplyId: made.quickReplyId, text: 'otro' }],
      ['quickReply.delete', { quickReplyId: made.quickReplyId }],
    ] as const) {
      expect(await send(david(), type, args)).toMatchObject({ status: 'refused', code: 'forbidden' });
    }
    const update = { quickReplyId: made.quickReplyId, shortcut: 'nuevo', media: null };
    expect(await send(marta(), 'quickReply.update', update)).toMatchObject({ status: 'applied' });
    expect(await find(david(), made.quickReplyId)).toMatchObject({
      shortcut: 'nuevo',
      text: made.text,
      media: null,
    });
    const again = await send(marta(), 'quickReply.update', update);
    expect(again).toEqual({ id: again?.id, status: 'applied' });
    await send(marta(), 'quickReply.delete', { quickReplyId: made.quickReplyId });
    const last = (await david().allChanges()).filter(({ id }) => id === made.quickReplyId);
    expect(last.map(({ op }) => op)).toEqual(['del']);
  });

  test('an agent’s own is written by nobody else, but an administrator may take it away', async () => {
    const own = await create(david(), { ownerAgentId: davidId() });
    expect(await send(marta(), 'quickReply.create', reply({ ownerAgentId: davidId() }))).toMatchObject({
      code: 'forbidden',
    });
    expect(
      await send(david(), 'quickReply.update', { quickReplyId: own.quickReplyId, text: 'mejor' }),
    ).toMatchObject({ status: 'applied' });
    expect(await find(david(), own.quickReplyId)).toMatchObject({ text: 'mejor', ownerAgentId: davidId() });
    const others = await create(marta(), { ownerAgentId: inbox.agentIds[0] ?? '' });
    expect(
      await send(david(), 'quickReply.update', { quickReplyId: others.quickReplyId, text: 'x' }),
    ).toMatchObject({ code: 'forbidden' });
    expect(await send(marta(), 'quickReply.delete', { quickReplyId: own.quickReplyId })).toMatchObject({
      status: 'applied',
    });
    expect((await david().allChanges()).filter(({ id }) => id === own.quickReplyId).at(-1)?.op).toBe('del');
  });

  test('a shortcut is there once for whoever sees it, in whatever letters', async () => {
    const made = await create(marta(), { shortcut: 'Dirección' });
    for (const parts of [
      { shortcut: 'direccion' },
      { shortcut: 'DIRECCIÓN', ownerAgentId: inbox.agentIds[0] ?? '' },
    ]) {
      expect(await send(marta(), 'quickReply.create', reply(parts))).toMatchObject({ code: 'name_taken' });
    }
    expect(
      await send(david(), 'quickReply.create', reply({ shortcut: 'direccion', ownerAgentId: davidId() })),
    ).toMatchObject({ code: 'name_taken' });
    // What somebody keeps for themselves is in nobody else's way, and is not given away by a refusal.
    await create(david(), { shortcut: 'firma', ownerAgentId: davidId() });
    await create(marta(), { shortcut: 'firma', ownerAgentId: inbox.agentIds[0] ?? '' });
    expect(
      await send(david(), 'quickReply.create', reply({ shortcut: 'FIRMA', ownerAgentId: davidId() })),
    ).toMatchObject({ code: 'name_taken' });
    expect(
      await send(marta(), 'quickReply.update', { quickReplyId: made.quickReplyId, shortcut: 'DIRECCIÓN' }),
    ).toMatchObject({ status: 'applied' });
  });

  test('refusals: one nobody has, an id that is taken, nothing to send, a shortcut of two words', async () => {
    const made = await create(marta());
    for (const type of ['quickReply.update', 'quickReply.delete']) {
      expect(await send(marta(), type, { quickReplyId: newId() })).toMatchObject({
        code: 'quick_reply_not_found',
      });
    }
    for (const wrong of [
      reply({ quickReplyId: made.quickReplyId }),
      reply({ text: ' ' }),
      reply({ shortcut: 'dos palabras' }),
    ]) {
      expect(await send(marta(), 'quickReply.create', wrong)).toMatchObject({ code: 'invalid_arguments' });
    }
    expect(
      await send(marta(), 'quickReply.update', { quickReplyId: made.quickReplyId, text: '' }),
    ).toMatchObject({ code: 'invalid_arguments' });
    expect((await create(marta(), { text: '', media })).text).toBe('');
  });

  test('what an agent keeps for themselves reaches nobody else: changes, stream, snapshot, checksums', async () => {
    const read = async (by: RelayClient, path: string) =>
      (await fetch(`${inbox.relay.url}/v1${path}`, { headers: by.headers })).text();
    const sums = async (by: RelayClient) =>
      Checksums.parse(JSON.parse(await read(by, '/checksums'))).entities['quickReply'];
    const [before, { head }] = [await sums(marta()), await marta().changes()];
    const streams = await Promise.all(
      [marta(), david()].map(({ headers }) => openStream(inbox.relay.url, { headers, after: head })),
    );
    const own = await create(david(), { text: 'MARKER para mí', ownerAgentId: davidId() });
    const common = await create(marta());
    await eventually('both on the stream', async () =>
      streams.every(({ events }) => events.some(({ data }) => data['id'] === common.quickReplyId)),
    );
    // Somebody who comes after and catches up from there.
    const late = await openStream(inbox.relay.url, { headers: marta().headers, after: head });
    await eventually('caught up', async () => late.events.some(({ event }) => event === 'ping'));
    const texts = [
      await read(marta(), `/changes?after=${head}`),
      await read(marta(), '/snapshot'),
      JSON.stringify(streams[0]?.events),
      JSON.stringify(late.events),
    ];
    for (const text of texts) {
      expect(text).toContain(common.quickReplyId);
      expect(text).not.toContain(own.quickReplyId);
      expect(text).not.toContain('MARKER');
    }
    const mine = [
      await read(david(), `/changes?after=${head}`),
      await read(david(), '/snapshot'),
      JSON.stringify(streams[1]?.events),
    ];
    for (const text of mine) expect(text).toContain('MARKER para mí');
    expect((await sums(marta()))?.count).toBe((before?.count ?? 0) + 1);
    const snapshotHead = async (by: RelayClient) =>
      (JSON.parse((await read(by, '/snapshot')).split('\n')[0] ?? '') as { counts: Record<string, number> })
        .counts['quickReply'];
    for (const by of [marta(), david()]) {
      expect(await snapshotHead(by)).toBe((await sums(by))?.count);
      expect((await by.all('quickReply')).length).toBe((await sums(by))?.count);
    }
    await Promise.all([...streams, late].map((stream) => stream.close()));
  });
});

describe('opening hours', () => {
  const hours: OpeningHours = {
    weekly: [
      { weekday: 1, from: '09:00', to: '14:00' },
      { weekday: 1, from: '16:00', to: '24:00' },
    ],
    closedDays: ['2026-12-25'],
  };
  const settings = async (by: RelayClient) => (await by.all('clinic'))[0]?.settings;
  const change = (part: object, by = marta()) => send(by, 'clinic.updateSettings', { settings: part });

  test('are the clinic’s, said or taken back by an administrator; the other settings stay', async () => {
    expect(await settings(david())).toMatchObject({ openingHours: null, assignOnFirstReply: true });
    expect(await change({ openingHours: hours }, david())).toMatchObject({ code: 'forbidden' });
    expect(await change({ openingHours: hours })).toMatchObject({ status: 'applied' });
    expect(await settings(david())).toMatchObject({
      assignOnFirstReply: true,
      readReceipts: 'onRead',
      openingHours: hours,
    });
    await change({ readReceipts: 'never' });
    expect(await settings(david())).toMatchObject({ readReceipts: 'never', openingHours: hours });
    const again = await change({ openingHours: hours });
    expect(again).toEqual({ id: again?.id, status: 'applied' });
    await change({ openingHours: null, readReceipts: 'onRead' });
    expect(await settings(david())).toMatchObject({ openingHours: null });
  });

  test.each([
    { weekly: [{ weekday: 8, from: '09:00', to: '10:00' }], closedDays: [] },
    { weekly: [{ weekday: 1, from: '10:00', to: '10:00' }], closedDays: [] },
    { weekly: [{ weekday: 1, from: '9:00', to: '10:00' }], closedDays: [] },
    { weekly: [], closedDays: ['2026-02-30'] },
    {},
  ])('%j make no sense', async (wrong) => {
    expect(await change({ openingHours: wrong })).toMatchObject({ code: 'invalid_arguments' });
  });
});
