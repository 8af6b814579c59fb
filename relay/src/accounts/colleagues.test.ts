import {
  AccessCode,
  newId,
  Problem,
  Session,
  type Agent,
  type CommandArguments,
  type Id,
} from '@recado/protocol';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createRelayClient, eventually, type RelayClient } from '../../sandbox/testing/relay-client.ts';
import {
  createTestClinic,
  signIn,
  startTestRelay,
  testSecrets,
  type TestRelay,
} from '../../sandbox/testing/relay.ts';
import { openStream } from '../../sandbox/testing/stream.ts';
import { createDatabase, type Database } from '../db/database.ts';
import { createLogger } from '../logger.ts';
import { ACCESS_CODE_LIFETIME_MS, newAccessCode, readAccessCode } from './access-codes.ts';
import { createAdministration } from './administration.ts';
import { createSecretBox, hashToken } from './secrets.ts';
import { LOGIN_LIMITS } from './throttle.ts';

let relay: TestRelay;
let database: Database;
let now: number;
let log: string;
let marta: RelayClient;
let david: RelayClient;
beforeEach(async () => {
  now = Date.parse('2026-11-23T09:00:00.000Z');
  log = '';
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  relay = await startTestRelay({
    agentNames: ['Marta', 'David'],
    clock: { now: () => now },
    logger: createLogger({ destination }),
  });
  database = createDatabase({ url: relay.databaseUrl, poolSize: 2 });
  marta = createRelayClient(relay.url, (await relay.signIn()).token);
  david = createRelayClient(relay.url, (await relay.signIn(relay.clinic.agents[1])).token);
});
afterEach(async () => {
  await database.close();
  await relay.close();
});

const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${relay.url}/v1${path}`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
const codeOf = async (response: Response) => Problem.parse(await response.json()).code;
const device = () => ({ id: newId(), name: 'PC', platform: 'linux', appVersion: '0.1.0' });
const idOf = (index: number): Id => relay.clinic.agents[index]?.id ?? '';

const elena = () => ({ agentId: newId(), name: 'Elena Vidal', email: 'elena@example.test', role: 'agent' });
async function invite(invitation = elena()) {
  const response = await post('/agents', invitation, marta.headers);
  expect(response.status).toBe(201);
  return { ...invitation, ...AccessCode.parse(await response.json()) };
}
const redeem = (email: string, accessCode: string, password = 'una contraseña nueva') =>
  post('/access-codes/redeem', { email, accessCode, password, device: device() });
const agentOf = async (id: Id, client = marta): Promise<Agent | undefined> =>
  (await client.all('agent')).find((agent) => agent.id === id);
const update = async (client: RelayClient, args: CommandArguments<'agent.update'>) => {
  const [result] = await client.send([client.command('agent.update', args)]);
  return result;
};

describe('access codes', () => {
  test('are read however people type them', () => {
    const code = newAccessCode();
    expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(readAccessCode('abcd-0123 o1il')).toBe('ABCD01230111');
    for (const typed of [code.toLowerCase(), code.replaceAll('-', ''), ` ${code.replaceAll('-', ' ')} `]) {
      expect(readAccessCode(typed)).toBe(readAccessCode(code));
    }
    expect(new Set(Array.from({ length: 1_000 }, newAccessCode)).size).toBe(1_000);
  });
});

describe('inviting', () => {
  test('a colleague is known at once, comes in with the code and a password of their own, and stays', async () => {
    const { head } = await marta.changes();
    const invited = await invite();
    expect(Date.parse(invited.expiresAt)).toBe(now + ACCESS_CODE_LIFETIME_MS);
    expect(await agentOf(invited.agentId)).toEqual({
      id: invited.agentId,
      name: 'Elena Vidal',
      role: 'agent',
      active: false,
      email: 'elena@example.test',
      invited: true,
    });
    const response = await redeem('ELENA@example.test ', invited.accessCode.toLowerCase());
    expect(response.status).toBe(201);
    const session = Session.parse(await response.json());
    expect(session.agent).toMatchObject({ id: invited.agentId, active: true, invited: false });
    const hers = createRelayClient(relay.url, session.token);
    expect(await agentOf(invited.agentId, hers)).toMatchObject({ active: true, invited: false });
    expect((await marta.changes(head)).changes.map(({ entity, id }) => [entity, id])).toEqual([
      ['agent', invited.agentId],
    ]);
    await signIn(relay.url, { email: 'elena@example.test', password: 'una contraseña nueva' });
    expect(await codeOf(await redeem('elena@example.test', invited.accessCode))).toBe('invalid_access_code');
  });

  test('nobody signs in before choosing a password', async () => {
    await invite();
    for (const password of ['', 'null', 'una contraseña nueva']) {
      const response = await post('/sessions', { email: 'elena@example.test', password, device: device() });
      expect(response.status).toBe(password === '' ? 400 : 401);
    }
  });

  test('a repeat gives a new code, and the first is worth nothing', async () => {
    const invitation = elena();
    const first = await invite(invitation);
    const second = await invite(invitation);
    expect(second.accessCode).not.toBe(first.accessCode);
    expect((await redeem(first.email, first.accessCode)).status).toBe(422);
    expect((await redeem(first.email, second.accessCode)).status).toBe(201);
    const again = await post('/agents', invitation, marta.headers);
    expect(again.status).toBe(400);
  });

  test('refusals: another’s e-mail address, here or anywhere; not an administrator; what does not fit', async () => {
    const other = await createTestClinic(relay.databaseUrl);
    for (const email of [relay.clinic.agents[1]?.email ?? '', other.agents[0]?.email ?? '']) {
      const response = await post('/agents', { ...elena(), email: email.toUpperCase() }, marta.headers);
      expect(response.status).toBe(409);
      expect(await codeOf(response)).toBe('email_taken');
    }
    expect((await post('/agents', elena(), david.headers)).status).toBe(403);
    expect((await post(`/agents/${idOf(0)}/access-code`, {}, david.headers)).status).toBe(403);
    for (const wrong of [{ email: 'x' }, { name: ' ' }, { role: 'owner' }, { agentId: 'x' }]) {
      expect((await post('/agents', { ...elena(), ...wrong }, marta.headers)).status).toBe(400);
    }
    expect(await agentOf(elena().agentId)).toBeUndefined();
  });

  test('a code is over after its days; a new one works', async () => {
    const invited = await invite();
    now += ACCESS_CODE_LIFETIME_MS + 1;
    expect((await redeem(invited.email, invited.accessCode)).status).toBe(422);
    const renewed = await post(`/agents/${invited.agentId}/access-code`, {}, marta.headers);
    const { accessCode } = AccessCode.parse(await renewed.json());
    expect((await redeem(invited.email, accessCode)).status).toBe(201);
  });

  test('an invitation that is taken back lets nobody in; a colleague without password is asked in again', async () => {
    const invited = await invite();
    expect(await update(marta, { agentId: invited.agentId, active: false })).toMatchObject({
      status: 'applied',
    });
    expect(await agentOf(invited.agentId)).toMatchObject({ active: false, invited: false });
    expect((await redeem(invited.email, invited.accessCode)).status).toBe(422);
    expect((await post(`/agents/${invited.agentId}/access-code`, {}, marta.headers)).status).toBe(404);
    await update(marta, { agentId: invited.agentId, active: true });
    expect(await agentOf(invited.agentId)).toMatchObject({ active: false, invited: true });
    const renewed = await post(`/agents/${invited.agentId}/access-code`, {}, marta.headers);
    expect(renewed.headers.get('cache-control')).toBe('no-store');
    const { accessCode } = AccessCode.parse(await renewed.json());
    expect((await redeem(invited.email, accessCode)).status).toBe(201);
  });
});

describe('redeeming', () => {
  test('a forgotten password: the new one works, the old one and every session of before do not', async () => {
    const agent = relay.clinic.agents[1] ?? { email: '', password: '' };
    const stream = await openStream(relay.url, { headers: david.headers, after: 0 });
    const response = await post(`/agents/${idOf(1)}/access-code`, {}, marta.headers);
    const { accessCode } = AccessCode.parse(await response.json());
    // Until it is used, nothing changes for the colleague.
    expect((await fetch(`${relay.url}/v1/changes`, { headers: david.headers })).status).toBe(200);
    expect((await redeem(agent.email, accessCode)).status).toBe(201);
    await stream.ended;
    const old = await fetch(`${relay.url}/v1/changes`, { headers: david.headers });
    expect(await codeOf(old)).toBe('session_revoked');
    await expect(signIn(relay.url, agent)).rejects.toThrow('401');
    await signIn(relay.url, { email: agent.email, password: 'una contraseña nueva' });
  });

  test('whoever runs the relay may hand one out, when no administrator can', async () => {
    const administration = createAdministration({
      database,
      secrets: createSecretBox(testSecrets.secretKey),
      clock: { now: () => now },
    });
    const email = relay.clinic.agents[0]?.email ?? '';
    const given = await administration.giveAccessCode(email.toUpperCase());
    expect((await redeem(email, given?.accessCode ?? '')).status).toBe(201);
    expect(await administration.giveAccessCode('nobody@example.test')).toBeNull();
  });

  test('two at once with the same code: one comes in', async () => {
    const invited = await invite();
    const answers = await Promise.all(
      Array.from({ length: 4 }, () => redeem(invited.email, invited.accessCode)),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 422, 422, 422]);
  });

  test('wrong guesses are slowed down like wrong passwords, and an unknown address is answered the same', async () => {
    const invited = await invite();
    const wrong = await redeem(invited.email, newAccessCode());
    const unknown = await redeem('nobody@example.test', invited.accessCode);
    expect([wrong.status, unknown.status]).toEqual([422, 422]);
    expect(await wrong.json()).toEqual(await unknown.json());
    for (let failure = 1; failure < LOGIN_LIMITS.perAccount; failure += 1) {
      expect((await redeem(invited.email, newAccessCode())).status).toBe(422);
    }
    const throttled = await redeem(invited.email, invited.accessCode);
    expect(throttled.status).toBe(429);
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(0);
    now += LOGIN_LIMITS.spanMs + 1;
    expect((await redeem(invited.email, invited.accessCode)).status).toBe(201);
  });

  test('a password needs ten characters', async () => {
    const invited = await invite();
    expect((await redeem(invited.email, invited.accessCode, 'corta')).status).toBe(400);
    expect((await redeem(invited.email, invited.accessCode)).status).toBe(201);
  });

  test('only a hash of the code is kept, and the log tells neither it nor whom it is for', async () => {
    const invited = await invite();
    const { rows } = await database.asSystem((client) =>
      client.query<{ code_hash: Buffer }>('select code_hash from access_codes'),
    );
    expect(rows).toEqual([{ code_hash: hashToken(readAccessCode(invited.accessCode)) }]);
    await redeem(invited.email, invited.accessCode);
    await redeem(invited.email, invited.accessCode);
    await eventually('log lines', async () => log.includes('/access-codes/redeem'));
    const secrets = [invited.accessCode, readAccessCode(invited.accessCode), 'elena', 'Elena', 'contraseña'];
    for (const secret of secrets) expect(log).not.toContain(secret);
  });
});

describe('agent.update', () => {
  test('names and roles reach everybody; the same again changes nothing', async () => {
    const { head } = await david.changes();
    const result = await update(marta, { agentId: idOf(1), name: 'David Peña', role: 'admin' });
    expect(result).toMatchObject({ status: 'applied', seq: head + 1 });
    expect(await agentOf(idOf(1), david)).toMatchObject({ name: 'David Peña', role: 'admin', active: true });
    const again = await update(marta, { agentId: idOf(1), name: 'David Peña', role: 'admin', active: true });
    expect(again).toEqual({ id: again?.id, status: 'applied' });
    // What he may do is what he is now.
    expect((await fetch(`${relay.url}/v1/devices`, { headers: david.headers })).status).toBe(200);
  });

  test('who is made inactive is out at once: sessions, open streams, here and at another process', async () => {
    const other = await startTestRelay({ databaseUrl: relay.databaseUrl, clinic: relay.clinic });
    const streams = await Promise.all(
      [relay.url, other.url].map((url) => openStream(url, { headers: david.headers, after: 0 })),
    );
    const hers = await openStream(relay.url, { headers: marta.headers, after: 0 });
    await eventually('live streams', async () =>
      streams.every(({ events }) => events.some(({ event }) => event === 'ping')),
    );
    const started = performance.now();
    expect(await update(marta, { agentId: idOf(1), active: false })).toMatchObject({ status: 'applied' });
    await Promise.all(streams.map(({ ended }) => ended));
    // Well before the next ping would have asked.
    expect(performance.now() - started).toBeLessThan(10_000);
    expect(await codeOf(await fetch(`${relay.url}/v1/changes`, { headers: david.headers }))).toBe(
      'session_revoked',
    );
    await expect(signIn(relay.url, relay.clinic.agents[1] ?? { email: '', password: '' })).rejects.toThrow(
      '401',
    );
    expect(hers.hasEnded()).toBe(false);
    await hers.close();
    // Back again, the old session stays over and the password is the old one.
    await update(marta, { agentId: idOf(1), active: true });
    expect((await fetch(`${relay.url}/v1/changes`, { headers: david.headers })).status).toBe(401);
    await signIn(relay.url, relay.clinic.agents[1] ?? { email: '', password: '' });
    await other.stop();
  });

  test('the last administrator stays one; somebody invited does not count', async () => {
    await invite({ ...elena(), role: 'admin' });
    for (const change of [{ role: 'agent' as const }, { active: false }]) {
      expect(await update(marta, { agentId: idOf(0), ...change })).toMatchObject({
        status: 'refused',
        code: 'last_administrator',
      });
    }
    await update(marta, { agentId: idOf(1), role: 'admin' });
    const results = await marta.send([
      marta.command('agent.update', { agentId: idOf(0), role: 'agent' }),
      // No administrator any more: she cannot take it back.
      marta.command('agent.update', { agentId: idOf(0), role: 'admin' }),
    ]);
    expect(results).toMatchObject([{ status: 'applied' }, { status: 'refused', code: 'forbidden' }]);
  });

  test('refusals: not an administrator, nobody of the clinic, no name', async () => {
    const other = await createTestClinic(relay.databaseUrl);
    expect(await update(david, { agentId: idOf(1), role: 'admin' })).toMatchObject({ code: 'forbidden' });
    for (const agentId of [newId(), other.agents[0]?.id ?? '']) {
      expect(await update(marta, { agentId, name: 'X' })).toMatchObject({ code: 'agent_not_found' });
    }
    expect(await update(marta, { agentId: idOf(1), name: '  ' })).toMatchObject({
      code: 'invalid_arguments',
    });
  });
});
