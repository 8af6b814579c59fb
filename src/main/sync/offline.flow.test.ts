/** A copy that is cut, spoiled, trimmed or left behind, against a real relay and a real store. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemScheduler } from '../lib/time.ts';
import { buildQuery } from '../store/testing.ts';
import { openStoreFile } from '../testing/store-file.ts';
import { createProfile, startApp, type TestApp, type TestProfile } from '../testing/app.ts';
import { createClinicWorld, JAVIER, LUCIA, type ClinicWorld } from '../testing/clinic-world.ts';

// Two cores shared with a PostgreSQL and a relay: what takes a second alone may take many.
let world: ClinicWorld;
let profile: TestProfile;
let running: TestApp[];

beforeEach(async () => {
  running = [];
  [world, profile] = await Promise.all([
    createClinicWorld({ agentNames: ['Marta', 'Luis'] }),
    createProfile(),
  ]);
});

afterEach(async () => {
  for (const app of running) await app.close();
  await world.close();
  await profile.remove();
});

async function start(changes: Parameters<typeof startApp>[1] = {}): Promise<TestApp> {
  const app = await startApp(profile, changes);
  running.push(app);
  return app;
}

async function stop(app: TestApp): Promise<void> {
  running = running.filter((other) => other !== app);
  await app.close();
}

const credentials = (index = 0) => {
  const { email, password } = world.agents[index]!;
  return { relayUrl: world.url, email, password };
};

const isLive = (app: TestApp) => app.until(() => app.state().sync.phase === 'live');

async function signedIn(): Promise<TestApp> {
  const app = await start();
  await app.ask('session.signIn', credentials());
  await isLive(app);
  return app;
}

const rows = async (app: TestApp) =>
  (await app.ask('inbox.page', { query: buildQuery({ filter: 'all' }), before: null, limit: 200 })).rows;
const rowWith = (app: TestApp, text: string) =>
  app.until(async () => (await rows(app)).find((row) => row.lastMessage?.text === text));
const page = (
  app: TestApp,
  conversationId: string,
  before: { sentAt: number; ordinal: number } | null,
  limit = 50,
) => app.ask('thread.page', { conversationId, before, limit });

/** The whole thread, page by page as a person scrolls up, oldest first. */
async function wholeThread(app: TestApp, conversationId: string): Promise<(string | null)[]> {
  const texts: (string | null)[] = [];
  for (let before: { sentAt: number; ordinal: number } | null = null; ;) {
    const place = before;
    // The top of what is held, and not of the thread: what was asked for is on its way.
    const read = await app.until(async () => {
      const candidate = await page(app, conversationId, place);
      return candidate.before !== null || candidate.isComplete ? candidate : null;
    });
    texts.unshift(...read.items.map(({ text }) => text));
    if (read.before === null) return texts;
    before = read.before;
  }
}

const requestsOf = (start: string) => world.proxy.requests().filter((line) => line.startsWith(start));
const storage = (app: TestApp) => app.ask('storage.get', {});
const historyIn = (app: TestApp) => app.until(() => app.state().sync.isHistoryComplete);

const problem = (status: number, code: string) => ({
  type: 'answer' as const,
  status,
  headers: { 'content-type': 'application/problem+json', 'x-server-time': String(Date.now()) },
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
});

describe('a first fill', () => {
  /** Resolves when part of a snapshot is in and no more comes. */
  const someRows = (app: TestApp) =>
    app.until(async () => {
      const { length } = await rows(app);
      return app.state().sync.phase === 'bootstrapping' && length > 0 ? length : null;
    });

  it('goes on behind the last mark after a cut, and after the app was ended in between', async () => {
    await world.fill({ conversations: 2_000, messages: 1 });
    world.proxy.add(/GET \/v1\/snapshot/, { type: 'stallAfter', bytes: 60_000 }, 2);
    const first = await start();
    await first.ask('session.signIn', credentials());
    await someRows(first);
    await world.proxy.goOffline();
    await first.until(() => first.state().sync.phase === 'offline');
    await world.proxy.goOnline();
    first.core.wake('network');
    await someRows(first);
    await stop(first);

    const second = await start();
    expect((await rows(second)).length).toBeGreaterThan(0);
    await isLive(second);
    await historyIn(second);
    const [begun, ...resumed] = requestsOf('GET /v1/snapshot');
    expect(begun).toBe('GET /v1/snapshot');
    expect(resumed).toHaveLength(2);
    for (const line of resumed) expect(line).toMatch(/^GET \/v1\/snapshot\?seq=\d+&after=.+/);
    expect(await storage(second)).toMatchObject({ conversations: 2_000, messages: 2_000 });
    await second.ask('store.check', {});
    await second.until(() => second.state().sync.check?.result === 'equal');
  });

  it('begins anew when the relay knows nothing of the mark', async () => {
    await world.fill({ conversations: 2_000, messages: 1 });
    world.proxy.add(/GET \/v1\/snapshot/, { type: 'stallAfter', bytes: 60_000 }, 1);
    world.proxy.add(/GET \/v1\/snapshot\?/, problem(400, 'invalid_request'), 1);
    const app = await start();
    await app.ask('session.signIn', credentials());
    await someRows(app);
    await world.proxy.goOffline();
    await app.until(() => app.state().sync.phase === 'offline');
    await world.proxy.goOnline();
    app.core.wake('network');
    await isLive(app);
    const [, refused, again] = requestsOf('GET /v1/snapshot');
    expect([refused?.includes('after='), again]).toEqual([true, 'GET /v1/snapshot']);
    await historyIn(app);
    expect(await storage(app)).toMatchObject({ conversations: 2_000, messages: 2_000 });
  });

  it('says how far it has come, and goes on where its history was cut', async () => {
    await world.fill({ conversations: 20, messages: 400 });
    world.proxy.add(/GET \/v1\/history/, { type: 'cutAfter', bytes: 300_000 }, 2);
    const app = await signedIn();
    await historyIn(app);
    expect(await storage(app)).toMatchObject({ conversations: 20, messages: 8_000 });
    const seen = app.events.state.flatMap(({ sync }) => sync.historyProgress ?? []);
    expect(seen.at(-1)?.total).toBe(8_000);
    await app.until(() => app.state().sync.historyProgress === null);
  });
});

describe('a thread the fill has not reached', () => {
  it('is whole when a person pages through it, and comes with fewer requests than people ask', async () => {
    await world.fill({ conversations: 3, messages: 250 });
    world.proxy.add(/GET \/v1\/history/, { type: 'silence' });
    const app = await signedIn();
    expect(app.state().sync.isHistoryComplete).toBe(false);
    const { conversationId } = (await rows(app))[0]!;
    const held = await storage(app);
    expect(held.messages).toBe(90);
    const [texts] = await Promise.all([wholeThread(app, conversationId), page(app, conversationId, null)]);
    expect(texts).toEqual(Array.from({ length: 250 }, (_, index) => `mensaje ${index + 1}`));
    const asked = requestsOf(`GET /v1/conversations/${conversationId}/messages`);
    expect(new Set(asked).size).toBe(asked.length);
    expect((await page(app, conversationId, null)).isComplete).toBe(true);
  });

  it('shows what there is without network, at once', async () => {
    await world.fill({ conversations: 1, messages: 100 });
    world.proxy.add(/GET \/v1\/history/, { type: 'silence' });
    const app = await signedIn();
    const { conversationId } = (await rows(app))[0]!;
    await world.proxy.goOffline();
    await app.until(() => app.state().sync.phase === 'offline');
    const read = await page(app, conversationId, null);
    expect(read.items).toHaveLength(30);
    expect(read).toMatchObject({ before: null, isComplete: false });
    await world.proxy.goOnline();
    app.core.wake('network');
    await isLive(app);
    expect(await app.until(async () => (await wholeThread(app, conversationId)).length === 100)).toBe(true);
  });
});

describe('a copy that differs from the relay', () => {
  it.each([
    ['messages', `delete from messages where ordinal = (select min(ordinal) from messages)`],
    ['reference data', `delete from reference_entities where entity = 'agent'`],
    ['patients', `delete from patients where id = (select min(id) from patients)`],
  ])('is found and mended: %s', async (_name, damage) => {
    await world.fill({ conversations: 4, messages: 50 });
    const first = await signedIn();
    await historyIn(first);
    await first.ask('store.check', {});
    await first.until(() => first.state().sync.check?.result === 'equal');
    const before = await storage(first);
    await stop(first);
    const file = await openStoreFile(profile);
    file.run(damage);
    file.close();

    const second = await start();
    await isLive(second);
    await second.ask('store.check', {});
    await second.until(() => second.state().sync.check?.result === 'repaired');
    expect(await storage(second)).toMatchObject({ conversations: before.conversations, messages: 200 });
    expect(second.events.state.some(({ sync }) => sync.check?.result === 'repairing')).toBe(true);
    expect(second.events.state.every(({ sync }) => sync.phase !== 'bootstrapping')).toBe(true);
    await second.ask('store.check', {});
    await second.until(() => second.state().sync.check?.result === 'equal');
  });

  it('keeps what is its own while it is mended', async () => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    const { conversationId } = await rowWith(first, 'Hola');
    await historyIn(first);
    await first.ask('draft.save', { conversationId, text: 'a medias' });
    await stop(first);
    const file = await openStoreFile(profile);
    file.run('delete from messages');
    file.close();
    const second = await start();
    await isLive(second);
    await second.ask('store.check', {});
    await second.until(() => second.state().sync.check?.result === 'repaired');
    expect(await wholeThread(second, conversationId)).toEqual(['Hola']);
    const { draft } = await second.ask('conversation.get', { conversationId });
    expect(draft.text).toBe('a medias');
  });
});

describe('keeping some months', () => {
  it('forgets what is older, fetches it for a thread, and brings it back when more is wanted', async () => {
    await world.fill({ conversations: 2, messages: 200 });
    const app = await signedIn();
    await historyIn(app);
    expect(await storage(app)).toMatchObject({ messages: 400, keepMonths: null });
    await app.ask('storage.setKeepMonths', { months: 1 });
    await app.until(async () => (await storage(app)).messages < 80);
    const { conversationId } = (await rows(app))[0]!;
    expect(await wholeThread(app, conversationId)).toHaveLength(200);
    await app.ask('storage.setKeepMonths', { months: null });
    await app.until(async () => (await storage(app)).messages === 400);
  });

  it('does not bring them in the first place', async () => {
    const first = await signedIn();
    await first.ask('storage.setKeepMonths', { months: 1 });
    await world.proxy.goOffline();
    await world.fill({ conversations: 40, messages: 300 });
    world.proxy.add(/GET \/v1\/changes/, problem(410, 'cursor_too_old'), 1);
    await world.proxy.goOnline();
    first.core.wake('network');
    await first.until(async () => (await rows(first)).length === 40);
    await first.until(() => first.state().sync.isHistoryComplete);
    const { messages } = await storage(first);
    expect(messages).toBeLessThan(40 * 45);
  });
});

describe('an ended session', () => {
  const revoke = async (app: TestApp, code: string) => {
    await world.proxy.goOffline();
    await app.until(() => app.state().sync.phase === 'offline');
    world.proxy.add(/./, problem(401, code));
    await world.proxy.goOnline();
    app.core.wake('network');
    await app.until(() => app.state().phase === 'signedOut');
    world.proxy.clear();
  };

  async function withUnsent(): Promise<TestApp> {
    await world.patientWrites('Hola');
    const app = await signedIn();
    const { conversationId } = await rowWith(app, 'Hola');
    await world.proxy.goOffline();
    await app.until(() => app.state().sync.phase === 'offline');
    await app.ask('message.send', { conversationId, text: 'Sin enviar' });
    await revoke(app, 'session_revoked');
    expect(app.state()).toMatchObject({ session: null, signIn: { endedBy: 'revoked' } });
    return app;
  }

  it('keeps the copy and unsent work for the same agent, over a restart', async () => {
    const first = await withUnsent();
    await stop(first);
    const second = await start();
    expect(second.state()).toMatchObject({ phase: 'signedOut', signIn: { endedBy: 'revoked' } });
    const snapshots = requestsOf('GET /v1/snapshot').length;
    await second.ask('session.signIn', credentials());
    await second.until(() => world.textsSent().length === 1);
    expect(world.textsSent()).toEqual(['Sin enviar']);
    expect(requestsOf('GET /v1/snapshot')).toHaveLength(snapshots);
    await second.until(() => second.state().signIn.endedBy === null);
  });

  it('asks before somebody else takes the PC over', async () => {
    const app = await withUnsent();
    expect(await app.call('session.signIn', credentials(1))).toMatchObject({
      error: { code: 'unsent_work', count: 1 },
    });
    expect(app.state().phase).toBe('signedOut');
    expect(await app.call('session.signOut', { discardUnsent: false })).toMatchObject({
      error: { code: 'unsent_work', count: 1 },
    });
    await app.ask('session.signOut', { discardUnsent: true });
    expect(await profile.files()).toEqual(['clinic', 'settings.json']);
    await app.ask('session.signIn', credentials(1));
    await rowWith(app, 'Hola');
    expect(app.state().session?.agent.name).toBe('Luis');
    expect(world.textsSent()).toEqual([]);
  });

  it('erases everything when an administrator revokes the device', async () => {
    await world.patientWrites('Hola');
    const app = await signedIn();
    await rowWith(app, 'Hola');
    const devices = await app.ask('device.list', {});
    const own = devices.devices.find(({ isThis }) => isThis);
    await app.ask('device.revoke', { deviceId: own!.id });
    await app.until(() => app.state().phase === 'signedOut');
    expect(app.state().signIn.endedBy).toBe('deviceRevoked');
    expect(await profile.files()).toEqual(['clinic', 'settings.json']);
  });

  it('erases everything by itself after a month of silence, but not because the clock is wrong', async () => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    await rowWith(first, 'Hola');
    await stop(first);
    await world.proxy.goOffline();
    const day = 24 * 3_600_000;
    const at = (days: number) => ({
      clocks: {
        wall: () => Date.now() + days * day,
        // Two hours pass in every blink.
        monotonic: () => performance.now() * 10_000,
        uptime: () => performance.now() * 10_000,
      },
    });
    const wrong = await start(at(365));
    expect(wrong.state().phase).toBe('ready');
    await stop(wrong);
    const right = await start(at(1));
    expect(right.state().phase).toBe('ready');
    await stop(right);
    const suspicious = await start(at(40));
    expect(suspicious.state().phase).toBe('ready');
    await rowWith(suspicious, 'Hola');
    await stop(suspicious);
    const over = await start({
      ...at(42),
      scheduler: { after: (delayMs, action) => systemScheduler.after(delayMs / 1_000, action) },
    });
    await over.until(() => over.state().phase === 'signedOut');
    expect(over.state().signIn.endedBy).toBe('deviceRevoked');
    expect(await profile.files()).toEqual(['clinic', 'settings.json']);
  });
});

describe('a machine that sleeps', () => {
  it('hears of what came meanwhile when it wakes, over a connection that died without a word', async () => {
    await world.patientWrites('Hola', LUCIA);
    const app = await signedIn();
    await rowWith(app, 'Hola');
    // The old connection stays open and nothing comes through it any more.
    world.proxy.freeze();
    await world.patientWrites('¿Hay alguien?', JAVIER);
    app.core.wake('resume');
    await rowWith(app, '¿Hay alguien?');
    await isLive(app);
  });

  it('notices a silent stream by itself', async () => {
    await world.patientWrites('Hola', LUCIA);
    const app = await signedIn();
    await rowWith(app, 'Hola');
    world.proxy.freeze();
    await world.patientWrites('¿Hay alguien?', JAVIER);
    await rowWith(app, '¿Hay alguien?');
  });
});
