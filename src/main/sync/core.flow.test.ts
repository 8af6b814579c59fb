/** The app without its windows against a real relay and a real store, with the way between them broken on purpose. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildQuery } from '../store/testing.ts';
import { createProfile, startApp, type TestApp, type TestProfile } from '../testing/app.ts';
import { createClinicWorld, JAVIER, LUCIA, type ClinicWorld } from '../testing/clinic-world.ts';

// Two cores shared with a PostgreSQL and a relay: what takes a second alone may take many.
let world: ClinicWorld;
let profile: TestProfile;
let running: TestApp[];

const problem = (status: number, code: string) => ({
  type: 'answer' as const,
  status,
  headers: { 'content-type': 'application/problem+json', 'x-server-time': String(Date.now()) },
  body: JSON.stringify({ type: 'about:blank', title: code, status, code }),
});

beforeEach(async () => {
  running = [];
  [world, profile] = await Promise.all([createClinicWorld(), createProfile()]);
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

const credentials = () => ({
  relayUrl: world.url,
  email: world.agent.email,
  password: world.agent.password,
});

async function signedIn(): Promise<TestApp> {
  const app = await start();
  await app.ask('session.signIn', credentials());
  await app.until(() => app.state().sync.phase === 'live');
  return app;
}

const rows = async (app: TestApp) =>
  (await app.ask('inbox.page', { query: buildQuery(), before: null, limit: 50 })).rows;

/** The conversation whose last message is this. */
const rowWith = (app: TestApp, text: string) =>
  app.until(async () => (await rows(app)).find((row) => row.lastMessage?.text === text));

const thread = async (app: TestApp, conversationId: string) =>
  (await app.ask('thread.page', { conversationId, before: null, limit: 200 })).items;

/** What people wrote; not what the relay noted between. */
const texts = async (app: TestApp, conversationId: string) =>
  (await thread(app, conversationId)).filter(({ kind }) => kind !== 'system').map(({ text }) => text);

/** Sends and answers when the relay has taken it. */
async function send(app: TestApp, conversationId: string, text: string): Promise<string> {
  const { messageId } = await app.ask('message.send', { conversationId, text });
  return messageId;
}

const delivered = (app: TestApp, conversationId: string, messageId: string) =>
  app.until(async () => {
    const item = (await thread(app, conversationId)).find((candidate) => candidate.messageId === messageId);
    return item?.delivery?.state === 'delivered' ? item : null;
  });

describe('a first sign-in', () => {
  it('brings what is there, then what arrives', async () => {
    await world.patientWrites('Hola, ¿tenéis hueco mañana?', LUCIA);
    const app = await signedIn();
    const first = await rowWith(app, 'Hola, ¿tenéis hueco mañana?');
    expect(first.displayName).toBe('Lucía Martín');
    expect(first.facts.unread).toBe(1);

    await world.patientWrites('Soy Javier, del jueves', JAVIER);
    await rowWith(app, 'Soy Javier, del jueves');
    expect(app.events.changed.some(({ isLive }) => isLive)).toBe(true);
    const state = await app.until(() => (app.state().sync.isHistoryComplete ? app.state() : null));
    expect(state.session?.agent.name).toBe('Marta');
    expect(state.session?.clinic.name).toBe('Clínica Alameda');
    expect(state.sync.phase).toBe('live');
    await app.until(() => app.badges.at(-1) === 2);
  });

  it.each([
    ['a wrong password', () => ({ ...credentials(), password: 'nope' }), 'invalid_credentials'],
    ['an address without TLS', () => ({ ...credentials(), relayUrl: 'http://relay.example' }), 'not_a_relay'],
    ['nobody there', () => ({ ...credentials(), relayUrl: 'http://127.0.0.1:9' }), 'relay_unreachable'],
  ])('is refused with %s', async (_name, input, code) => {
    const app = await start();
    expect(await app.call('session.signIn', input())).toMatchObject({ ok: false, error: { code } });
    expect(app.state().phase).toBe('signedOut');
    expect((await profile.files()).filter((name) => name.startsWith('clinic/'))).toEqual([]);
  });

  it('is refused by something that is no relay, by a relay in trouble and by a strict one', async () => {
    const app = await start();
    const attempt = async () => {
      const reply = await app.call('session.signIn', credentials());
      return reply.ok ? 'signed in' : reply.error;
    };
    world.proxy.add(/POST/, { type: 'answer', status: 200, body: '<html>Guest network</html>' }, 1);
    expect(await attempt()).toEqual({ code: 'not_a_relay' });
    world.proxy.add(/POST/, problem(500, 'internal'), 1);
    expect(await attempt()).toEqual({ code: 'relay_unreachable' });
    world.proxy.add(/POST/, problem(426, 'client_too_old'), 1);
    expect(await attempt()).toEqual({ code: 'client_too_old' });
    const tooMany = problem(429, 'too_many_attempts');
    world.proxy.add(/POST/, { ...tooMany, headers: { ...tooMany.headers, 'retry-after': '30' } }, 1);
    expect(await attempt()).toEqual({ code: 'too_many_attempts', retryAfterMs: 30_000 });
    expect(await attempt()).toBe('signed in');
  });

  it('survives a snapshot that is cut twice and then comes in tiny pieces', async () => {
    for (let number = 0; number < 12; number += 1) {
      await world.patientWrites(`Mensaje ${number}`, {
        name: `Paciente ${number}`,
        phone: `+346000000${10 + number}`,
      });
    }
    world.proxy.add(/GET \/v1\/snapshot/, { type: 'cutAfter', bytes: 300 }, 1);
    world.proxy.add(/GET \/v1\/snapshot/, { type: 'cutAfter', bytes: 1_500 }, 1);
    world.proxy.add(/GET \/v1\/snapshot/, { type: 'trickle', bytes: 97 }, 1);
    const app = await signedIn();
    await app.until(async () => (await rows(app)).length === 12);
  });
});

describe('sending', () => {
  it('delivers once, in order, although the relay is away while people write', async () => {
    await world.patientWrites('¿Me confirmáis la cita?');
    const app = await signedIn();
    const { conversationId } = await rowWith(app, '¿Me confirmáis la cita?');
    await world.stopRelay();
    await app.until(() => app.state().sync.phase === 'offline');
    const sent = [
      await send(app, conversationId, 'Sí, confirmada'),
      await send(app, conversationId, 'A las 10:30'),
    ];
    await app.until(() => app.state().sync.unsent === 2);
    expect(await texts(app, conversationId)).toEqual([
      '¿Me confirmáis la cita?',
      'Sí, confirmada',
      'A las 10:30',
    ]);

    await world.startRelay();
    app.core.wake('network');
    for (const messageId of sent) await delivered(app, conversationId, messageId);
    expect(world.textsSent()).toEqual(['Sí, confirmada', 'A las 10:30']);
    await app.until(() => app.state().sync.unsent === 0);
  });

  it('delivers once although the answers are lost', async () => {
    await world.patientWrites('¿Abrís el sábado?');
    const app = await signedIn();
    const { conversationId } = await rowWith(app, '¿Abrís el sábado?');
    world.proxy.add(/POST \/v1\/commands/, { type: 'loseAnswer' }, 2);
    world.proxy.add(/POST \/v1\/commands/, { type: 'cutBefore' }, 1);
    const messageId = await send(app, conversationId, 'Sí, hasta las 14:00');
    await delivered(app, conversationId, messageId);
    expect(world.textsSent()).toEqual(['Sí, hasta las 14:00']);
    expect((await texts(app, conversationId)).filter((text) => text === 'Sí, hasta las 14:00')).toHaveLength(
      1,
    );
  });

  it('takes a message back while it has not left', async () => {
    await world.patientWrites('Hola');
    const app = await signedIn();
    const { conversationId } = await rowWith(app, 'Hola');
    await world.stopRelay();
    await app.until(() => app.state().sync.phase === 'offline');
    const messageId = await send(app, conversationId, 'Me he equivocado');
    await app.until(async () => {
      const reply = await app.call('message.discard', { conversationId, messageId });
      return reply.ok;
    });
    expect(await texts(app, conversationId)).toEqual(['Hola']);
    await world.startRelay();
    app.core.wake('network');
    await app.until(() => app.state().sync.phase === 'live');
    expect(world.textsSent()).toEqual([]);
  });

  it('refuses to write in conversations it does not know, and marks read ones', async () => {
    await world.patientWrites('Hola');
    const app = await signedIn();
    const { conversationId, facts } = await rowWith(app, 'Hola');
    expect(facts.unread).toBe(1);
    const stranger = '018f0000-0000-7000-8000-000000000000';
    expect(await app.call('message.send', { conversationId: stranger, text: 'x' })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
    const last = (await thread(app, conversationId)).at(-1);
    await app.ask('conversation.markRead', { conversationId, upToOrdinal: last?.ordinal ?? 0 });
    await app.until(async () => (await rows(app))[0]?.facts.unread === 0 && app.state().sync.unsent === 0);
    await app.until(() => app.badges.at(-1) === 0);
  });
});

describe('staying up to date', () => {
  it('ends the same whether pages come twice, late or out of order', async () => {
    const app = await signedIn();
    // The way there is cut while patients write, so that pages have to bring it.
    await world.proxy.goOffline();
    for (const text of ['uno', 'dos', 'tres', 'cuatro']) await world.patientWrites(text);
    await world.patientWrites('Soy Javier', JAVIER);
    world.proxy.add(/GET \/v1\/changes/, {
      type: 'rewrite',
      change: (body) => {
        const page = JSON.parse(body) as { changes: unknown[] };
        page.changes = [...page.changes].reverse().flatMap((change) => [change, change]);
        return JSON.stringify(page);
      },
    });
    world.proxy.add(/GET \/v1\/stream/, { type: 'trickle', bytes: 61 });
    await world.proxy.goOnline();
    app.core.wake('network');
    const { conversationId } = await rowWith(app, 'cuatro');
    await rowWith(app, 'Soy Javier');
    expect(await texts(app, conversationId)).toEqual(['uno', 'dos', 'tres', 'cuatro']);
    const row = (await rows(app)).find((candidate) => candidate.conversationId === conversationId);
    expect(row?.facts.unread).toBe(4);
  });

  it('comes back by itself after cuts, silence and answers that are none', async () => {
    const app = await signedIn();
    await world.proxy.goOffline();
    await app.until(() => app.state().sync.phase === 'offline');
    // Now, and not before: a live app may ask for changes at any time.
    world.proxy.add(/GET \/v1\/changes/, { type: 'answer', status: 200, body: '<html>Hotel</html>' }, 1);
    world.proxy.add(/GET \/v1\/changes/, { type: 'answer', status: 401, body: '<html>Log in</html>' }, 1);
    world.proxy.add(/GET \/v1\/changes/, { type: 'silence' }, 1);
    await world.patientWrites('¿Seguís ahí?');
    await world.proxy.goOnline();
    await rowWith(app, '¿Seguís ahí?');
    await app.until(() => app.state().sync.phase === 'live');
    expect(app.state().phase).toBe('ready');
  });

  it('takes a new snapshot when the cursor is too old, and keeps what is its own', async () => {
    await world.patientWrites('Hola');
    const app = await signedIn();
    const { conversationId } = await rowWith(app, 'Hola');
    await app.ask('draft.save', { conversationId, text: 'borrador a medias' });
    await world.proxy.goOffline();
    await app.until(() => app.state().sync.phase === 'offline');
    await send(app, conversationId, 'Sin enviar todavía');
    await world.patientWrites('Y otra cosa');
    world.proxy.add(/GET \/v1\/changes/, problem(410, 'cursor_too_old'), 1);
    world.proxy.add(/POST \/v1\/commands/, { type: 'cutBefore' }, 2);
    await world.proxy.goOnline();
    app.core.wake('network');
    await app.until(() => app.state().sync.phase === 'live');
    await app.until(() => world.textsSent().includes('Sin enviar todavía'));
    expect(world.proxy.requests().filter((line) => line.startsWith('GET /v1/snapshot'))).toHaveLength(2);
    expect(world.textsSent()).toEqual(['Sin enviar todavía']);
    await app.until(async () => (await texts(app, conversationId)).length === 3);
    // The draft went with the send; a new one is kept through the next snapshot.
    expect((await texts(app, conversationId)).sort()).toEqual(['Hola', 'Sin enviar todavía', 'Y otra cosa']);
  });

  it('says so when the relay no longer speaks to this version, and recovers when it does', async () => {
    const app = await signedIn();
    await world.proxy.goOffline();
    world.proxy.add(/GET \/v1\/changes/, problem(426, 'client_too_old'), 1);
    await world.proxy.goOnline();
    await app.until(() => app.state().sync.phase === 'outdated');
    app.core.wake('focus');
    await app.until(() => app.state().sync.phase === 'live');
  });
});

describe('ending a session', () => {
  it('lets nobody in when the relay has ended the session, and goes on with the same agent', async () => {
    await world.patientWrites('Hola');
    const app = await signedIn();
    await rowWith(app, 'Hola');
    await world.proxy.goOffline();
    world.proxy.add(/./, problem(401, 'session_revoked'));
    await world.proxy.goOnline();
    await app.until(() => app.state().phase === 'signedOut');
    expect(app.state().signIn).toMatchObject({
      endedBy: 'revoked',
      email: world.agent.email,
      relayUrl: world.url,
    });
    expect(await app.call('inbox.counts', {})).toMatchObject({ ok: false, error: { code: 'signed_out' } });
    world.proxy.clear();
    await app.ask('session.signIn', credentials());
    await rowWith(app, 'Hola');
    await app.until(() => app.state().signIn.endedBy === null);
  });

  it('asks before throwing unsent work away, then erases everything and ends the session', async () => {
    await world.patientWrites('Hola');
    const app = await signedIn();
    const { conversationId } = await rowWith(app, 'Hola');
    await world.proxy.goOffline();
    await send(app, conversationId, 'Se perdería');
    expect(await app.call('session.signOut', { discardUnsent: false })).toEqual({
      ok: false,
      error: { code: 'unsent_work', count: 1 },
    });
    await world.proxy.goOnline();
    world.proxy.add(/POST \/v1\/commands/, { type: 'cutBefore' });
    await app.ask('session.signOut', { discardUnsent: true });
    await app.until(() => app.state().phase === 'signedOut');
    expect(await profile.files()).toEqual(['clinic', 'settings.json']);
    expect(world.proxy.requests()).toContain('DELETE /v1/sessions/current');
    expect(world.textsSent()).toEqual([]);
    await stop(app);
    const again = await start();
    expect(again.state()).toMatchObject({ phase: 'signedOut', session: null, notice: null });
  });
});

describe('starting again', () => {
  it('shows everything without network, keeps what is written, and sends it later', async () => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    const { conversationId } = await rowWith(first, 'Hola');
    await stop(first);
    await world.stopRelay();

    const second = await start();
    expect(second.state()).toMatchObject({ phase: 'ready', session: { agent: { name: 'Marta' } } });
    expect((await rowWith(second, 'Hola')).displayName).toBe('Lucía Martín');
    await second.until(() => second.state().sync.phase === 'offline');
    expect(second.state().sync.since).toBeLessThanOrEqual(Date.now());
    await send(second, conversationId, 'Escrito sin red');
    await stop(second);

    const third = await start();
    expect(await texts(third, conversationId)).toEqual(['Hola', 'Escrito sin red']);
    await third.until(() => third.state().sync.unsent === 1);
    await world.startRelay();
    third.core.wake('network');
    await third.until(() => world.textsSent().length === 1 && third.state().sync.unsent === 0);
    expect(world.textsSent()).toEqual(['Escrito sin red']);
  });

  it('leaves nothing readable on the disk', async () => {
    await world.patientWrites('Mensaje muy privado');
    const app = await signedIn();
    await rowWith(app, 'Mensaje muy privado');
    const { token } = await world.relay().signIn();
    await stop(app);
    for (const name of await profile.files()) {
      const bytes = await readFile(join(profile.folder, name)).catch(() => Buffer.alloc(0));
      for (const secret of ['Mensaje muy privado', 'Lucía', '600111222', 'SQLite format 3', token]) {
        expect(bytes.includes(secret), `${name} holds ${secret}`).toBe(false);
      }
    }
  });

  it.each([
    ['overwritten', () => Buffer.alloc(40_960, 'x')],
    ['plain', () => Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(8_176)])],
    ['cut short', (file: Buffer) => file.subarray(0, 10_000)],
  ])('sets a database aside that is %s, and fills a new one', async (_name, damage) => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    await rowWith(first, 'Hola');
    await stop(first);
    const file = join(profile.paths.data, 'recado.db');
    await writeFile(file, damage(await readFile(file)));

    const second = await start();
    expect(second.state()).toMatchObject({ phase: 'ready', notice: 'storeRebuilt' });
    await rowWith(second, 'Hola');
    expect((await profile.files()).filter((name) => name.includes('set-aside')).length).toBeGreaterThan(0);
  });

  it('keeps unsent work of a damaged database where it can be read', async () => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    const { conversationId } = await rowWith(first, 'Hola');
    await world.stopRelay();
    await first.until(() => first.state().sync.phase === 'offline');
    await send(first, conversationId, 'Rescatado del archivo');
    await stop(first);
    const file = join(profile.paths.data, 'recado.db');
    const bytes = await readFile(file);
    await writeFile(file, bytes.subarray(0, bytes.length - 4_096));

    const second = await start();
    expect(second.state()).toMatchObject({ phase: 'ready', notice: 'storeRebuilt' });
    await second.until(() => second.state().sync.unsent === 1);
    await world.startRelay();
    second.core.wake('network');
    await second.until(() => world.textsSent().length === 1);
    expect(world.textsSent()).toEqual(['Rescatado del archivo']);
  });

  it('ends signed out, with everything kept aside, when the key is lost', async () => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    await rowWith(first, 'Hola');
    await stop(first);
    profile.vault.lose();
    const second = await start();
    expect(second.state()).toMatchObject({ phase: 'signedOut', session: null, notice: 'storeRebuilt' });
    const kept = (await profile.files()).filter((name) =>
      /set-aside.*\/(recado\.db|key\.json|session\.json)$/.test(name),
    );
    expect(kept).toHaveLength(3);
    await second.ask('session.signIn', credentials());
    await rowWith(second, 'Hola');
  });

  it('waits calmly for a vault that cannot be asked yet', async () => {
    await world.patientWrites('Hola');
    const first = await signedIn();
    await rowWith(first, 'Hola');
    await stop(first);
    profile.vault.setAvailable(false);
    const second = await start();
    expect(second.state().phase).toBe('storeUnavailable');
    expect(await second.call('inbox.counts', {})).toMatchObject({
      ok: false,
      error: { code: 'store_unavailable' },
    });
    profile.vault.setAvailable(true);
    second.core.wake('unlock');
    await second.until(() => second.state().phase === 'ready');
    await rowWith(second, 'Hola');
  });
});
