/** Two PCs of one clinic, each with its own agent, over a real relay: what one does the other sees. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Action, InboxRow } from '../../shared/contract/index.ts';
import { buildQuery } from '../store/testing.ts';
import { createProfile, startApp, type TestApp, type TestProfile } from '../testing/app.ts';
import { createClinicWorld, JAVIER, LUCIA, type ClinicWorld } from '../testing/clinic-world.ts';
import { createFaultProxy, type FaultProxy } from '../testing/fault-proxy.ts';

// Two cores shared with a PostgreSQL and a relay: what takes a second alone may take many.
let world: ClinicWorld;
let profiles: TestProfile[];
/** Each PC has its own way to the relay, so that one can be offline alone. */
let luisProxy: FaultProxy;
let marta: TestApp;
let luis: TestApp;

beforeEach(async () => {
  world = await createClinicWorld({ agentNames: ['Marta', 'Luis'] });
  luisProxy = await createFaultProxy(world.relay().url);
  profiles = await Promise.all([createProfile(), createProfile()]);
  await world.patientWrites('Hola', LUCIA);
  [marta, luis] = (await Promise.all(
    [world.url, luisProxy.url].map(async (relayUrl, index) => {
      const app = await startApp(profiles[index]!);
      const { email, password } = world.agents[index]!;
      await app.ask('session.signIn', { relayUrl, email, password });
      await app.until(() => app.state().sync.phase === 'live');
      return app;
    }),
  )) as [TestApp, TestApp];
});

afterEach(async () => {
  await Promise.all([marta.close(), luis.close()]);
  await luisProxy.close();
  await world.close();
  for (const profile of profiles) await profile.remove();
});

const rows = async (app: TestApp) =>
  (await app.ask('inbox.page', { query: buildQuery({ filter: 'all' }), before: null, limit: 200 })).rows;

/** The row of a patient once it looks as asked. */
const rowOf = (app: TestApp, looks: (row: InboxRow) => boolean = () => true, patient = LUCIA) =>
  app.until(async () => (await rows(app)).find((row) => row.displayName === patient.name && looks(row)));

const act = (app: TestApp, conversationId: string, action: Action, confirmed = true) =>
  app.ask('conversation.act', { target: { conversationIds: [conversationId] }, action, confirmed });

const textOf = (app: TestApp, conversationId: string, text: string) =>
  app.until(async () =>
    (await app.ask('thread.page', { conversationId, before: null, limit: 200 })).items.find(
      (item) => item.text === text,
    ),
  );

const goOffline = async (app: TestApp, proxy: FaultProxy) => {
  await proxy.goOffline();
  await app.until(() => app.state().sync.phase === 'offline');
};
const comeBack = async (app: TestApp, proxy: FaultProxy) => {
  await proxy.goOnline();
  app.core.wake('network');
  await app.until(() => app.state().sync.phase === 'live' && app.state().sync.unsent === 0);
};
const idOf = async (app: TestApp) => (await rowOf(app)).conversationId;
const agentIdOf = (index: number) => world.agents[index]!.id;

/** Facts, belonging and place of every row, as both must come to see them. */
const look = async (app: TestApp) =>
  (await rows(app)).map(({ assignees, tags, unsent: _unsent, hasDraft: _hasDraft, lastMessage, ...row }) => ({
    ...row,
    assignees: assignees.map(({ id }) => id),
    tags: tags.map(({ id }) => id),
    lastText: lastMessage?.text,
  }));

async function endTheSame() {
  await marta.until(() => marta.state().sync.unsent === 0);
  await luis.until(() => luis.state().sync.unsent === 0);
  await luis.until(async () => JSON.stringify(await look(luis)) === JSON.stringify(await look(marta)));
  const counts = await Promise.all([marta, luis].map((app) => app.ask('inbox.counts', {})));
  expect(counts[0]!.filters).toEqual(counts[1]!.filters);
  expect(counts[0]!.tags).toEqual(counts[1]!.tags);
}

describe('what one does the other sees', () => {
  it('assigning, tagging with a new tag, pinning and putting off', async () => {
    const conversationId = await idOf(marta);
    const { tagId } = await marta.ask('tag.create', { name: 'Ortodoncia', color: '#336699' });
    await act(marta, conversationId, { type: 'tag', tagIds: [tagId] });
    await act(marta, conversationId, { type: 'assign', agentIds: [agentIdOf(1)], teamIds: [] });
    await act(marta, conversationId, { type: 'pin', pinned: true });
    const row = await rowOf(luis, ({ pinned }) => pinned);
    expect(row).toMatchObject({ tags: [{ id: tagId, name: 'Ortodoncia' }], assignees: [{ name: 'Luis' }] });
    expect((await luis.ask('directory.get', {})).tags).toEqual([
      { id: tagId, name: 'Ortodoncia', color: '#336699' },
    ]);
    expect((await luis.ask('inbox.counts', {})).assignedToMe.total).toBe(1);
    await act(luis, conversationId, { type: 'snooze', until: Date.now() + 3_600_000 });
    await rowOf(marta, ({ snoozedUntil }) => snoozedUntil !== null);
    await endTheSame();
  });

  it('a note with a mention, and a group with its members', async () => {
    const conversationId = await idOf(luis);
    const { messageId } = await luis.ask('note.add', {
      conversationId,
      text: 'Ojo: alérgica al látex',
      mentionedAgentIds: [agentIdOf(0)],
    });
    const note = await marta.until(async () =>
      (await marta.ask('thread.page', { conversationId, before: null, limit: 50 })).items.find(
        (item) => item.messageId === messageId,
      ),
    );
    expect(note).toMatchObject({
      kind: 'note',
      author: { name: 'Luis' },
      content: { mentionedAgentIds: [agentIdOf(0)] },
    });
    const { teamId } = await luis.ask('team.create', { name: 'Recepción', memberIds: [agentIdOf(0)] });
    await act(luis, conversationId, { type: 'assign', agentIds: [], teamIds: [teamId] });
    await marta.until(async () => (await marta.ask('inbox.counts', {})).teams[teamId]?.total === 1);
    await luis.ask('team.delete', { teamId });
    await marta.until(async () => (await marta.ask('inbox.counts', {})).unassigned.total === 1);
    await endTheSame();
  });

  it('merging and deleting tags', async () => {
    const conversationId = await idOf(marta);
    const create = (name: string) => marta.ask('tag.create', { name, color: '#336699' });
    const [first, second] = [await create('Orto'), await create('Ortodoncia')];
    await act(marta, conversationId, { type: 'tag', tagIds: [first.tagId] });
    await rowOf(luis, ({ tags }) => tags.length === 1);
    await luis.ask('tag.merge', { tagId: first.tagId, intoTagId: second.tagId });
    expect(await rowOf(luis)).toMatchObject({ tags: [{ name: 'Ortodoncia' }] });
    await rowOf(marta, ({ tags }) => tags[0]?.name === 'Ortodoncia');
    await marta.ask('tag.delete', { tagId: second.tagId });
    await rowOf(luis, ({ tags }) => tags.length === 0);
    await endTheSame();
  });

  it('names are taken once, settings are the administrator’s', async () => {
    await marta.ask('tag.create', { name: 'Urgente', color: '#336699' });
    await luis.until(async () => (await luis.ask('directory.get', {})).tags.length === 1);
    const again = { name: '  urgente ', color: '#112233' };
    expect(await luis.call('tag.create', again)).toMatchObject({ error: { code: 'name_taken' } });
    const settings = { assignOnFirstReply: false };
    expect(await luis.call('clinic.updateSettings', { settings })).toMatchObject({
      error: { code: 'forbidden' },
    });
    await marta.ask('clinic.updateSettings', { settings });
    await luis.until(async () => !(await luis.ask('directory.get', {})).settings.assignOnFirstReply);
  });

  it('who is looking and who is writing, both ways, until they go', async () => {
    const conversationId = await idOf(marta);
    await marta.ask('presence.set', { conversationId, isWriting: false });
    await luis.until(() => luis.events.presence.at(-1)?.others.length === 1);
    expect(luis.events.presence.at(-1)?.others).toEqual([
      { conversationId, agentId: agentIdOf(0), name: 'Marta', state: 'viewing' },
    ]);
    await luis.ask('presence.set', { conversationId, isWriting: true });
    await marta.until(() => marta.events.presence.at(-1)?.others[0]?.state === 'writing');
    expect((await marta.ask('app.state', {})).presence).toMatchObject([{ name: 'Luis', state: 'writing' }]);
    await luis.ask('presence.set', { conversationId: null, isWriting: false });
    await marta.until(() => marta.events.presence.at(-1)?.others.length === 0);
    await luisProxy.goOffline();
    await luis.until(() => luis.events.presence.at(-1)?.others.length === 0);
  });
});

describe('what is shown at once', () => {
  it('is what the relay makes of it, whatever is done', async () => {
    const conversationId = await idOf(luis);
    const { tagId } = await luis.ask('tag.create', { name: 'Ortodoncia', color: '#336699' });
    const { teamId } = await luis.ask('team.create', { name: 'Gabinete', memberIds: [] });
    const belonging = async (app: TestApp) => {
      const { facts, assignees, tags, teams, pinned, snoozedUntil } = await app.ask('conversation.get', {
        conversationId,
      });
      // When WhatsApp accepts what is sent, no PC can know.
      const { lastInteractionAt: _at, lastMessageDirection: _direction, ...decided } = facts;
      return { decided, assignees, tags, teams, pinned, snoozedUntil };
    };
    const both = { agentIds: [agentIdOf(0), agentIdOf(1)], teamIds: [teamId] };
    const steps: (Action | 'write' | 'answer')[] = [
      { type: 'tag', tagIds: [tagId] },
      { type: 'assign', ...both },
      { type: 'unassign', agentIds: [agentIdOf(0)], teamIds: [] },
      { type: 'pin', pinned: true },
      { type: 'snooze', until: Date.now() + 3_600_000 },
      'write',
      { type: 'markRead' },
      { type: 'markUnread' },
      { type: 'setBot', active: true },
      { type: 'setBot', active: false },
      { type: 'setBot', active: true },
      { type: 'close' },
      'answer',
      { type: 'markSpam' },
      'write',
      { type: 'unmarkSpam' },
      { type: 'close' },
      { type: 'markSpam' },
      'write',
      { type: 'unmarkSpam' },
      { type: 'unassign', ...both },
      'answer',
      { type: 'untag', tagIds: [tagId] },
      { type: 'close' },
      { type: 'reopen' },
    ];
    for (const [index, step] of steps.entries()) {
      if (step === 'write') await world.patientWrites(`Mensaje ${index}`);
      else if (step === 'answer')
        await luis.ask('message.send', { conversationId, text: `Respuesta ${index}` });
      else await act(luis, conversationId, step);
      const shown = await belonging(luis);
      // The row may show another: WhatsApp counts whole seconds, and what is of the same second may come first.
      if (step === 'write') await textOf(luis, conversationId, `Mensaje ${index}`);
      await endTheSame();
      if (step !== 'write') expect({ step, row: await belonging(marta) }).toEqual({ step, row: shown });
    }
  });
});

describe('a patient blocked at WhatsApp (T26)', () => {
  it('is blocked for both, nothing leaves for them, and taking it back unblocks', async () => {
    const conversationId = await idOf(marta);
    await act(marta, conversationId, { type: 'markSpam' });
    const { actionId } = await act(marta, conversationId, { type: 'block' });
    expect((await rowOf(marta)).facts.blockState).toMatch(/^block/);
    await rowOf(luis, ({ facts }) => facts.blockState === 'blocked');
    await act(luis, conversationId, { type: 'unmarkSpam' });
    const reply = await luis.call('message.send', { conversationId, text: 'Hola' });
    expect(reply).toEqual({ ok: false, error: { code: 'conversation_blocked' } });
    await marta.ask('action.undo', { actionId });
    await rowOf(luis, ({ facts }) => facts.blockState === 'none');
    await luis.ask('message.send', { conversationId, text: 'Ya puede' });
    await textOf(marta, conversationId, 'Ya puede');
    const { items } = await marta.ask('thread.page', { conversationId, before: null, limit: 200 });
    expect(items.flatMap(({ content }) => content.event?.code ?? [])).toEqual([
      'marked_spam',
      'blocked',
      'unmarked_spam',
      'unblocked',
      'assigned',
    ]);
    await endTheSame();
  });

  it('is said not to be when WhatsApp refuses', async () => {
    const conversationId = await idOf(marta);
    world.sandbox.faults.add({ kind: 'refuseBlock', code: 139_102 });
    await act(marta, conversationId, { type: 'markSpam' });
    await act(marta, conversationId, { type: 'block' });
    await marta.until(async () => {
      const { items } = await marta.ask('thread.page', { conversationId, before: null, limit: 200 });
      return items.some(({ content }) => content.event?.code === 'block_failed');
    });
    await rowOf(marta, ({ facts }) => facts.blockState === 'none');
    expect(await act(marta, conversationId, { type: 'unblock' })).toMatchObject({ count: 0 });
  });
});

describe('what was decided on less than the relay knows', () => {
  it('a close is refused when the patient has written meanwhile, and said once (T34)', async () => {
    const conversationId = await idOf(luis);
    await goOffline(luis, luisProxy);
    await act(luis, conversationId, { type: 'close' });
    expect(await rowOf(luis)).toMatchObject({ facts: { closed: true, unread: 0 } });
    await world.patientWrites('Una cosa más');
    await comeBack(luis, luisProxy);
    await rowOf(luis, ({ facts }) => !facts.closed && facts.unread === 2);
    await luis.until(() => luis.events.refused.length > 0);
    expect(luis.events.refused).toEqual([
      { commandType: 'conversation.close', code: 'stale', conversationId, displayName: LUCIA.name },
    ]);
    await endTheSame();
    expect(marta.events.refused).toEqual([]);
  });

  it('what was done offline by both is carried out, and conflicts are reported (T35)', async () => {
    await world.patientWrites('Soy Javier', JAVIER);
    const lucia = await idOf(luis);
    const javier = (await rowOf(luis, undefined, JAVIER)).conversationId;
    await rowOf(marta, undefined, JAVIER);
    await goOffline(luis, luisProxy);
    await act(luis, lucia, { type: 'markSpam' });
    await act(luis, lucia, { type: 'assign', agentIds: [agentIdOf(1)], teamIds: [] });
    await act(luis, javier, { type: 'assign', agentIds: [agentIdOf(1)], teamIds: [] });
    await act(luis, javier, { type: 'close' });
    await act(marta, javier, { type: 'assign', agentIds: [agentIdOf(0)], teamIds: [] });
    await world.patientWrites('¿Hola?', LUCIA);
    await rowOf(marta, ({ facts }) => facts.unread === 2);
    await comeBack(luis, luisProxy);
    await luis.until(() => luis.events.refused.length === 2);
    expect(luis.events.refused.map(({ commandType, code }) => [commandType, code])).toEqual([
      ['conversation.markSpam', 'stale'],
      ['conversation.assign', 'stale'],
    ]);
    const shared = await rowOf(marta, ({ facts }) => facts.closed, JAVIER);
    expect(shared.assignees.map(({ name }) => name).sort()).toEqual(['Luis', 'Marta']);
    await endTheSame();
  });

  it('an answer given meanwhile stops this one, here or at the relay, until it is meant', async () => {
    const conversationId = await idOf(luis);
    const ordinals = async (app: TestApp) =>
      (await app.ask('thread.page', { conversationId, before: null, limit: 50 })).items.map(
        ({ ordinal }) => ordinal ?? 0,
      );
    const basedOnOrdinal = Math.max(...(await ordinals(luis)));
    await goOffline(luis, luisProxy);
    await marta.ask('message.send', { conversationId, text: 'Ya le doy yo la cita' });
    await marta.until(() => world.textsSent().length === 1);

    // This PC has not heard: the relay decides.
    const { messageId } = await luis.ask('message.send', { conversationId, text: 'Hola', basedOnOrdinal });
    await comeBack(luis, luisProxy);
    const failed = await luis.until(async () =>
      (await luis.ask('thread.page', { conversationId, before: null, limit: 50 })).items.find(
        (item) => item.messageId === messageId && item.delivery?.state === 'failed',
      ),
    );
    expect(failed.delivery).toMatchObject({ error: { code: 'answered_meanwhile' }, canRetry: true });
    expect(luis.events.refused).toEqual([]);

    // Now it has: it says so itself, with the answer.
    await rowOf(luis, ({ lastMessage }) => lastMessage?.text === 'Ya le doy yo la cita');
    expect(await luis.call('message.send', { conversationId, text: 'Hola', basedOnOrdinal })).toEqual({
      ok: false,
      error: {
        code: 'answered_meanwhile',
        answer: { authorName: 'Marta', text: 'Ya le doy yo la cita' },
      },
    });
    await luis.ask('message.retry', { conversationId, messageId });
    await luis.until(() => world.textsSent().length === 2);
    expect(world.textsSent()).toEqual(['Ya le doy yo la cita', 'Hola']);
    await endTheSame();
  });
});

describe('many at once', () => {
  it('closes two hundred, and takes it back', async () => {
    for (let number = 0; number < 200; number += 1) {
      await world.patientWrites('Hola', {
        name: `Paciente ${number}`,
        phone: `+34611${String(number).padStart(6, '0')}`,
      });
    }
    const query = buildQuery({ filter: 'received' });
    const received = async (app: TestApp) => (await app.ask('inbox.match', { query })).count;
    await marta.until(async () => (await received(marta)) === 201);
    await luis.until(async () => (await received(luis)) === 201);
    const { actionId, count } = await marta.ask('conversation.act', {
      target: { query },
      action: { type: 'close' },
    });
    expect(count).toBe(201);
    expect(await received(marta)).toBe(0);
    await luis.until(async () => (await received(luis)) === 0);
    await marta.ask('action.undo', { actionId });
    expect(await received(marta)).toBe(201);
    await luis.until(async () => {
      const { filters } = await luis.ask('inbox.counts', {});
      return filters.received.total === 201 && filters.received.unread === 201;
    });
    await endTheSame();
    expect(marta.events.refused).toEqual([]);
  });

  it('a close taken back before it left never reaches anybody', async () => {
    const conversationId = await idOf(luis);
    // Told to wait, this PC keeps everything to itself for a while.
    luisProxy.add(
      /POST \/v1\/commands/,
      {
        type: 'answer',
        status: 429,
        headers: { 'content-type': 'application/problem+json', 'retry-after': '50' },
        body: JSON.stringify({ title: 'x', status: 429, code: 'too_many_requests' }),
      },
      1,
    );
    await act(luis, conversationId, { type: 'pin', pinned: true });
    await luis.until(() => luis.logs.some(({ name }) => name === 'outbox.notSent'));
    const { actionId } = await act(luis, conversationId, { type: 'close' });
    expect(await rowOf(luis)).toMatchObject({ facts: { closed: true }, pinned: true });
    await luis.ask('action.undo', { actionId });
    expect(await rowOf(luis)).toMatchObject({ facts: { closed: false, unread: 1 }, pinned: true });
    await rowOf(marta, ({ pinned }) => pinned);
    await endTheSame();
    const { items } = await marta.ask('thread.page', { conversationId, before: null, limit: 50 });
    expect(items.map(({ content }) => content.event?.code ?? null)).toEqual([null, 'pinned']);
  });

  it('asks before closing messages nobody has seen', async () => {
    const conversationId = await idOf(luis);
    const close = { target: { conversationIds: [conversationId] }, action: { type: 'close' } as const };
    expect(await luis.call('conversation.act', close)).toEqual({
      ok: false,
      error: { code: 'unseen_messages', count: 1 },
    });
    await luis.ask('conversation.markRead', { conversationId, upToOrdinal: 1_000_000 });
    await luis.ask('conversation.act', close);
    await rowOf(marta, ({ facts }) => facts.closed);
    await world.patientWrites('¡Espera!');
    expect((await rowOf(luis, ({ facts }) => !facts.closed)).facts.unread).toBe(1);
    await endTheSame();
  });
});
