import { newId, type SessionRequest } from '@recado/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createTestDatabase, type TestDatabase } from '../../sandbox/testing/database.ts';
import { createTestClinic, type TestAgent } from '../../sandbox/testing/relay.ts';
import { createDatabase, type Database } from '../db/database.ts';
import { hashPassword, verifyPassword } from './passwords.ts';
import { createSecretBox, equalSecrets, hashToken, newToken } from './secrets.ts';
import { createSessions, type Sessions } from './sessions.ts';
import { createLoginThrottle, LOGIN_LIMITS } from './throttle.ts';

describe('passwords', () => {
  test('only the right one passes, and two hashes of it differ', async () => {
    const [one, two] = await Promise.all([hashPassword('contraseña'), hashPassword('contraseña')]);
    expect(one).not.toBe(two);
    expect(one).not.toContain('contrase');
    expect(await verifyPassword('contraseña', one)).toBe(true);
    // The same letters, composed differently by another keyboard.
    expect(await verifyPassword('contraseña'.normalize('NFD'), two)).toBe(true);
    expect(await verifyPassword('contrasena', one)).toBe(false);
    expect(await verifyPassword('', one)).toBe(false);
    expect(await verifyPassword('contraseña', null)).toBe(false);
    expect(await verifyPassword('contraseña', 'not a hash')).toBe(false);
  });

  test('an unknown account costs as much as a wrong password', async () => {
    const hash = await hashPassword('x');
    await verifyPassword('warm', null);
    const time = async (of: string | null) => {
      const started = performance.now();
      await verifyPassword('wrong', of);
      return performance.now() - started;
    };
    const pairs = [];
    for (let round = 0; round < 5; round += 1) pairs.push((await time(null)) / (await time(hash)));
    const median = pairs.sort((a, b) => a - b)[2] ?? 0;
    expect(median).toBeGreaterThan(0.5);
    expect(median).toBeLessThan(2);
  });
});

test('secrets come back only with their key, and only unchanged', () => {
  const box = createSecretBox('k'.repeat(32));
  const sealed = box.seal('EAAG token');
  expect(sealed.toString('latin1')).not.toContain('EAAG');
  expect(box.seal('EAAG token').equals(sealed)).toBe(false);
  expect(box.open(sealed)).toBe('EAAG token');
  expect(() => createSecretBox('z'.repeat(32)).open(sealed)).toThrow();
  sealed[sealed.length - 1] = (sealed.at(-1) ?? 0) ^ 1;
  expect(() => box.open(sealed)).toThrow();
  expect(equalSecrets('same', 'same')).toBe(true);
  expect(equalSecrets('same', 'same but longer')).toBe(false);
});

describe('signing in', () => {
  let testDatabase: TestDatabase;
  let database: Database;
  let sessions: Sessions;
  let agent: TestAgent;
  let now: number;
  beforeEach(async () => {
    now = Date.parse('2026-11-22T10:00:00.000Z');
    testDatabase = await createTestDatabase();
    database = createDatabase({ url: testDatabase.url });
    const clock = { now: () => now };
    sessions = createSessions({
      database,
      clock,
      throttle: createLoginThrottle({ database, clock }),
      sessionsBell: { ring: () => {}, onRing: () => () => {} },
    });
    agent = (await createTestClinic(testDatabase.url)).agents[0] as TestAgent;
  });
  afterEach(async () => {
    await database.close();
    await testDatabase.drop();
  });

  const request = (email: string, password: string): SessionRequest => ({
    email,
    password,
    device: { id: newId(), name: 'PC', platform: 'linux', appVersion: '0.1.0' },
  });
  const tryTo = (email: string, password: string, address = '192.0.2.1') =>
    sessions.signIn(request(email, password), address);

  test('gives a token whose hash alone is kept, good until it is revoked', async () => {
    const result = await tryTo(agent.email, agent.password);
    if (result.outcome !== 'signedIn') throw new Error(result.outcome);
    const { token } = result.session;
    expect(await sessions.identify(token)).toMatchObject({ agentId: agent.id, agentName: 'Marta' });
    const { rows } = await database.asSystem((client) =>
      client.query<{ token_hash: Buffer }>('select token_hash from sessions'),
    );
    expect(rows[0]?.token_hash.equals(hashToken(token))).toBe(true);
    expect(await sessions.identify(newToken())).toBeNull();
    await sessions.revoke(token);
    expect(await sessions.identify(token)).toBeNull();
  });

  test('ends for an agent who was made inactive', async () => {
    const result = await tryTo(agent.email, agent.password);
    if (result.outcome !== 'signedIn') throw new Error(result.outcome);
    await database.asSystem((client) => client.query('update agents set active = false'));
    expect(await sessions.identify(result.session.token)).toBeNull();
    expect(await tryTo(agent.email, agent.password)).toEqual({ outcome: 'refused' });
  });

  test('too many failures for an account: wait, then the right password works', async () => {
    for (let failure = 0; failure < LOGIN_LIMITS.perAccount; failure += 1) {
      expect(await tryTo(agent.email, 'wrong', `192.0.2.${failure}`)).toEqual({ outcome: 'refused' });
      now += 1_000;
    }
    const throttled = await tryTo(agent.email, agent.password, '198.51.100.1');
    expect(throttled).toMatchObject({ outcome: 'throttled' });
    const { retryAfterSeconds } = throttled as { retryAfterSeconds: number };
    expect(retryAfterSeconds).toBe(LOGIN_LIMITS.spanMs / 1000 - LOGIN_LIMITS.perAccount);
    now += retryAfterSeconds * 1000 + 1;
    expect(await tryTo(agent.email, agent.password)).toMatchObject({ outcome: 'signedIn' });
  });

  test('guesses made all at once do not slip through together', async () => {
    const results = await Promise.all(Array.from({ length: 30 }, () => tryTo(agent.email, 'wrong')));
    expect(results.filter(({ outcome }) => outcome === 'refused')).toHaveLength(LOGIN_LIMITS.perAccount);
  });

  test('too many failures from an address: it waits whatever the account, others do not', async () => {
    const throttle = createLoginThrottle({ database, clock: { now: () => now } });
    for (let failure = 0; failure < LOGIN_LIMITS.perAddress; failure += 1) {
      expect(await throttle.begin(`nobody${failure}@example.test`, '203.0.113.9')).toBe(0);
    }
    expect(await tryTo(agent.email, agent.password, '203.0.113.9')).toMatchObject({ outcome: 'throttled' });
    expect(await tryTo(agent.email, agent.password, '192.0.2.1')).toMatchObject({ outcome: 'signedIn' });
  });

  test('success forgets the failures before it', async () => {
    for (let round = 0; round < 3; round += 1) {
      for (let failure = 0; failure < LOGIN_LIMITS.perAccount - 1; failure += 3)
        await tryTo(agent.email, 'wrong');
      expect(await tryTo(agent.email, agent.password)).toMatchObject({ outcome: 'signedIn' });
    }
  });
});
