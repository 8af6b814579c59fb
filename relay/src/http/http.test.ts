import { DevicesResponse, newId, Problem, type Session } from '@recado/protocol';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startFakeGraph, type FakeGraph } from '../../sandbox/testing/fake-graph.ts';
import {
  createRelayClient,
  eventually,
  webhookOutcome,
  type RelayClient,
} from '../../sandbox/testing/relay-client.ts';
import {
  createTestClinic,
  signIn,
  startTestRelay,
  testSecrets,
  type TestClinic,
  type TestRelay,
} from '../../sandbox/testing/relay.ts';
import { openStream } from '../../sandbox/testing/stream.ts';
import { inboundWebhook, textPart } from '../../sandbox/testing/webhook-bodies.ts';
import { createLogger } from '../logger.ts';

let graph: FakeGraph;
let relay: TestRelay;
let session: Session;
let client: RelayClient;
let other: TestClinic;
let log = '';
beforeAll(async () => {
  graph = await startFakeGraph();
  const destination = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  relay = await startTestRelay({ graphUrl: graph.url, logger: createLogger({ destination }) });
  session = await relay.signIn();
  client = createRelayClient(relay.url, session.token);
  other = await createTestClinic(relay.databaseUrl);
  await webhookOutcome(
    relay.url,
    await relay.postWebhook(inboundWebhook(relay.clinic.number, [textPart('wamid.1', 'MARKER palabras')])),
  );
});
afterAll(async () => {
  await relay.close();
  await graph.close();
});

const ROUTES: [string, string][] = [
  ['GET', '/v1/changes'],
  ['GET', '/v1/stream'],
  ['GET', '/v1/snapshot'],
  ['GET', '/v1/history'],
  ['GET', `/v1/conversations/${newId()}/messages`],
  ['POST', '/v1/commands'],
  ['POST', '/v1/presence'],
  ['GET', '/v1/devices'],
  ['DELETE', `/v1/devices/${newId()}`],
  ['DELETE', '/v1/sessions/current'],
  ['GET', '/v1/checksums'],
  ['POST', '/v1/agents'],
  ['POST', `/v1/agents/${newId()}/access-code`],
];

describe('without a session', () => {
  test.each(ROUTES)('%s %s answers nothing', async (method, path) => {
    for (const authorization of [
      undefined,
      'Bearer x',
      `Bearer ${'a'.repeat(43)}`,
      `Basic ${session.token}`,
    ]) {
      const response = await fetch(`${relay.url}${path}`, {
        method,
        headers: authorization ? { authorization } : {},
      });
      expect(response.status).toBe(401);
      expect(Problem.parse(await response.json())).toMatchObject({ code: 'session_revoked' });
    }
  });

  test('an operator’s token opens no clinic, and a session opens no operator’s route', async () => {
    const asOperator = await fetch(`${relay.url}/v1/changes`, {
      headers: { authorization: `Bearer ${testSecrets.operatorToken}` },
    });
    expect(asOperator.status).toBe(401);
    const asAgent = await fetch(`${relay.url}/v1/operator/webhook-events/${newId()}`, {
      headers: client.headers,
    });
    expect(asAgent.status).toBe(401);
  });

  test('after signing out the token is worth nothing', async () => {
    const mine = await relay.signIn();
    const headers = { authorization: `Bearer ${mine.token}` };
    expect((await fetch(`${relay.url}/v1/sessions/current`, { method: 'DELETE', headers })).status).toBe(204);
    expect((await fetch(`${relay.url}/v1/changes`, { headers })).status).toBe(401);
  });
});

test('a second clinic’s token gets nothing of the first, on any route', async () => {
  const stranger = await signIn(relay.url, other.agents[0] ?? { email: '', password: '' });
  const headers = { authorization: `Bearer ${stranger.token}` };
  const conversation = await client.conversation();
  const [patient] = await client.all('patient');
  const read = async (path: string) => (await fetch(`${relay.url}${path}`, { headers })).text();
  const own = await fetch(`${relay.url}/v1/snapshot`, { headers: client.headers });
  const [theirMark] = (await own.text()).split('\n').flatMap((line) => {
    const { after } = (line === '' ? {} : JSON.parse(line)) as { after?: string };
    return after === undefined ? [] : [after];
  });
  const stream = await fetch(`${relay.url}/v1/stream?after=0`, { headers });
  const reader = stream.body?.getReader();
  const texts = [
    await read('/v1/changes?after=0'),
    await read('/v1/snapshot'),
    await read(`/v1/snapshot?seq=1&after=${theirMark}`),
    await read('/v1/history'),
    await read(`/v1/conversations/${conversation.id}/messages`),
    await read('/v1/checksums'),
    Buffer.from((await reader?.read())?.value ?? []).toString(),
  ];
  await reader?.cancel();
  for (const text of texts) {
    expect(text).not.toBe('');
    for (const secret of [
      'MARKER',
      'Lucía',
      '34600111222',
      conversation.id,
      patient?.id ?? '',
      relay.clinic.id,
    ]) {
      expect(text).not.toContain(secret);
    }
  }
  expect(texts[0]).toContain(other.id);
});

test('a second clinic’s administrator changes nothing of the first, by any route or command', async () => {
  const owner = await createTestClinic(relay.databaseUrl, { agentNames: ['Marta', 'David'] });
  const mine = await signIn(relay.url, owner.agents[0] ?? { email: '', password: '' });
  const by = createRelayClient(relay.url, mine.token);
  const stranger = createRelayClient(
    relay.url,
    (await signIn(relay.url, other.agents[0] ?? { email: '', password: '' })).token,
  );
  const quickReplyId = newId();
  const [created] = await by.send([
    by.command('quickReply.create', {
      quickReplyId,
      shortcut: 'mío',
      text: 'MARKER',
      media: null,
      ownerAgentId: null,
    }),
  ]);
  expect(created).toMatchObject({ status: 'applied' });
  const { head } = await by.changes();
  const agentId = owner.agents[1]?.id ?? '';
  const results = await stranger.send([
    stranger.command('quickReply.update', { quickReplyId, text: 'x' }),
    stranger.command('quickReply.delete', { quickReplyId }),
    stranger.command('agent.update', { agentId, name: 'X' }),
    stranger.command('agent.update', { agentId, active: false }),
    stranger.command('clinic.updateSettings', { settings: { readReceipts: 'never' } }),
  ]);
  expect(results.map(({ code }) => code ?? 'applied')).toEqual([
    'quick_reply_not_found',
    'quick_reply_not_found',
    'agent_not_found',
    'agent_not_found',
    'applied',
  ]);
  const ask = (path: string, body: object) =>
    fetch(`${relay.url}/v1${path}`, {
      method: 'POST',
      headers: { ...stranger.headers, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  expect((await ask(`/agents/${agentId}/access-code`, {})).status).toBe(404);
  // The same id in another clinic is another agent.
  const invitation = { agentId, name: 'Otro', email: `otro.${agentId}@example.test`, role: 'admin' };
  expect((await ask('/agents', invitation)).status).toBe(201);
  expect((await by.changes(head)).changes).toEqual([]);
  expect((await by.all('agent')).map(({ name }) => name).sort()).toEqual(['David', 'Marta']);
  expect((await by.all('clinic'))[0]?.settings.readReceipts).toBe('onRead');
});

describe('devices', () => {
  const ask = (method: string, path: string, token = '') =>
    fetch(`${relay.url}/v1${path}`, { method, headers: { authorization: `Bearer ${token}` } });
  const list = async (token = '') =>
    DevicesResponse.parse(await (await ask('GET', '/devices', token)).json()).devices;
  const codeOf = async (response: Response) => Problem.parse(await response.json()).code;

  test('an administrator sees the clinic’s devices and ends what is signed in there; nobody else does', async () => {
    const clinic = await createTestClinic(relay.databaseUrl, { agentNames: ['Marta', 'David'] });
    const [admin, agent] = await Promise.all(clinic.agents.map((each) => signIn(relay.url, each)));
    const devices = await list(admin?.token);
    expect(devices.map(({ agentId, active }) => [agentId, active])).toEqual(
      expect.arrayContaining([
        [admin?.agent.id, true],
        [agent?.agent.id, true],
      ]),
    );
    expect(devices).toHaveLength(2);
    const lost = devices.find(({ agentId }) => agentId === agent?.agent.id);
    const path = `/devices/${lost?.id ?? ''}`;

    expect((await ask('GET', '/devices', agent?.token)).status).toBe(403);
    expect((await ask('DELETE', path, agent?.token)).status).toBe(403);
    // Another clinic’s administrator finds no such device.
    expect((await ask('DELETE', path, session.token)).status).toBe(404);
    expect((await ask('GET', '/changes', agent?.token)).status).toBe(200);

    const headers = { authorization: `Bearer ${agent?.token}` };
    const stream = await openStream(relay.url, { headers, after: 0 });
    expect((await ask('DELETE', path, admin?.token)).status).toBe(204);
    await stream.ended;
    const refused = await ask('GET', '/changes', agent?.token);
    expect([refused.status, await codeOf(refused)]).toEqual([401, 'device_revoked']);
    expect(await codeOf(await ask('GET', '/stream', agent?.token))).toBe('device_revoked');
    expect((await list(admin?.token)).find(({ id }) => id === lost?.id)).toMatchObject({ active: false });
  });

  test('signing in again on a revoked one begins anew; the old token stays what it is', async () => {
    const clinic = await createTestClinic(relay.databaseUrl);
    const marta = clinic.agents[0] ?? { email: '', password: '' };
    const device = { id: newId(), name: 'PC', platform: 'linux', appVersion: '0.1.0' };
    const enter = async () => {
      const response = await fetch(`${relay.url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: marta.email, password: marta.password, device }),
      });
      return ((await response.json()) as Session).token;
    };
    const [signedOut, first] = [await enter(), await enter()];
    await ask('DELETE', '/sessions/current', signedOut);
    expect(await codeOf(await ask('GET', '/changes', signedOut))).toBe('session_revoked');
    // The asking device itself: what this PC holds is to be erased, too.
    expect((await ask('DELETE', `/devices/${device.id}`, first)).status).toBe(204);
    const again = await enter();
    expect((await ask('GET', '/changes', again)).status).toBe(200);
    for (const token of [signedOut, first]) {
      expect(await codeOf(await ask('GET', '/changes', token))).toBe('device_revoked');
    }
    expect((await list(again)).map(({ id, active }) => [id, active])).toEqual([[device.id, true]]);
  });
});

describe('refusals are problem details', () => {
  test.each([
    ['GET', '/v1/nothing', 404, 'not_found'],
    ['GET', '/webhooks/other', 404, 'not_found'],
    ['PUT', '/v1/changes', 405, 'invalid_request'],
    ['GET', '/v1/sessions', 405, 'invalid_request'],
    ['DELETE', '/webhooks/whatsapp', 405, 'invalid_request'],
  ])('%s %s: %i', async (method, path, status, code) => {
    const response = await fetch(`${relay.url}${path}`, { method, headers: client.headers });
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(Problem.parse(await response.json())).toMatchObject({ status, code });
    if (status === 405) expect(response.headers.get('allow')).toBeTruthy();
  });

  test.each([
    ['not JSON', '{', 'application/json', 400],
    ['another type', 'a=b', 'application/x-www-form-urlencoded', 400],
    ['no body', '', 'application/json', 400],
    ['no commands', '{"commands":[]}', 'application/json', 400],
    ['too many commands', JSON.stringify({ commands: Array(51).fill({}) }), 'application/json', 400],
    ['too large', JSON.stringify({ x: 'x'.repeat(2_000_000) }), 'application/json', 413],
  ])('a body that is %s', async (_what, body, type, status) => {
    const response = await fetch(`${relay.url}/v1/commands`, {
      method: 'POST',
      headers: { ...client.headers, 'content-type': type },
      body,
    });
    expect(response.status).toBe(status);
    expect(Problem.parse(await response.json()).status).toBe(status);
  });

  test('a wrong password is told as such, without saying which part was wrong', async () => {
    const sign = (email: string, password: string) =>
      fetch(`${relay.url}/v1/sessions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          email,
          password,
          device: { id: newId(), name: 'PC', platform: 'linux', appVersion: '0.1.0' },
        }),
      });
    const known = relay.clinic.agents[0]?.email ?? '';
    const answers = await Promise.all([sign(known, 'wrong'), sign('nobody@example.test', 'wrong')]);
    expect(answers.map(({ status }) => status)).toEqual([401, 401]);
    const [one, two] = await Promise.all(answers.map((answer) => answer.json()));
    expect(one).toEqual(two);
    expect(one).toMatchObject({ code: 'invalid_credentials' });
    for (let failure = 0; failure < 9; failure += 1) await sign('guessed@example.test', 'wrong');
    await sign('guessed@example.test', 'wrong');
    const throttled = await sign('guessed@example.test', 'wrong');
    expect(throttled.status).toBe(429);
    expect(Number(throttled.headers.get('retry-after'))).toBeGreaterThan(800);
  });
});

test('every response carries the relay’s time', async () => {
  const before = Date.now();
  const healthy = ['/healthz', '/readyz', '/v1/healthz', '/v1/readyz'];
  for (const path of [...healthy, '/v1/changes', '/v1/nothing', '/v1/snapshot', '/v1/stream']) {
    const response = await fetch(`${relay.url}${path}`, { headers: client.headers });
    const time = Number(response.headers.get('x-server-time'));
    expect(time).toBeGreaterThanOrEqual(before);
    expect(time).toBeLessThanOrEqual(Date.now());
    if (healthy.includes(path)) expect(await response.json()).toEqual({ status: 'ok' });
    else await response.body?.cancel();
  }
});

test('the log holds no words, names, numbers, addresses or tokens', async () => {
  const conversation = await client.conversation();
  await client.send([client.sendCommand(conversation, 'MARKER respuesta')]);
  await eventually('the call', async () => graph.calls.length > 0);
  await relay.postWebhook('{"MARKER not json"');
  await relay.postWebhook(
    inboundWebhook(relay.clinic.number, [
      textPart(`wamid.${'MARKER'.repeat(8)}`, '\0MARKER'),
      { type: 'MARKER' },
    ]),
  );
  await fetch(`${relay.url}/v1/changes?after=MARKER`, { headers: client.headers });
  await fetch(`${relay.url}/v1/MARKER`, { headers: client.headers });
  await fetch(`${relay.url}/v1/snapshot?seq=1&after=MARKER`, { headers: client.headers });
  await fetch(`${relay.url}/v1/conversations/MARKER/messages`, { headers: client.headers });
  const refused = [
    client.command('quickReply.create', {
      quickReplyId: newId(),
      shortcut: 'MARKER',
      text: 'MARKER',
      media: null,
      ownerAgentId: null,
    }),
    client.command('agent.update', { agentId: newId(), name: 'MARKER' }),
  ];
  await client.send(refused);
  await eventually('log lines', async () => log.includes('message sent to whatsapp'));
  expect(log).toContain('"route":"/v1/changes"');
  const secrets = [
    'MARKER', 'Lucía', '34600111222', 'Marta', session.token, relay.clinic.agents[0]?.email ?? '', relay.clinic.agents[0]?.password ?? '', testSecrets.accessToken, testSecrets.appSecret, 'ES.9000',
  ]; // prettier-ignore
  for (const secret of secrets) expect(log).not.toContain(secret);
});

test('when it is told to stop it finishes what it took', async () => {
  const stopping = await startTestRelay({ graphUrl: graph.url });
  const { number } = stopping.clinic;
  const posts = Array.from({ length: 20 }, (_, index) =>
    stopping.postWebhook(inboundWebhook(number, [textPart(`wamid.${index}`, `n ${index}`)])),
  );
  expect((await Promise.all(posts)).map(({ status }) => status)).toEqual(Array(20).fill(200));
  await stopping.stop();
  const again = await startTestRelay({ databaseUrl: stopping.databaseUrl, clinic: stopping.clinic });
  const { token } = await again.signIn();
  const reader = createRelayClient(again.url, token);
  await eventually('every message', async () => (await reader.all('message')).length === 20);
  await again.stop();
  await stopping.close();
});
