import { newId, toTimestamp, type IntegrationResult } from '@recado/protocol';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { z } from 'zod';
import { startTestInbox, type TestInbox } from '../../sandbox/testing/inbox.ts';
import { eventually } from '../../sandbox/testing/relay-client.ts';
import { createTestClinic, signIn, startTestRelay, testSecrets } from '../../sandbox/testing/relay.ts';
import { createDatabase } from '../db/database.ts';

let inbox: TestInbox;
let key: string;
beforeAll(async () => {
  inbox = await startTestInbox();
  key = await newKey(inbox.relay.url, inbox.marta.headers);
});
afterAll(() => inbox.close());

type Headers = Record<string, string>;

function keysCall(relayUrl: string, headers: Headers, method: string, path = '', body?: object) {
  return fetch(`${relayUrl}/v1/integration-keys${path}`, {
    method,
    headers: { ...headers, ...(body ? { 'content-type': 'application/json' } : {}) },
    ...(body ? { body: JSON.stringify(body) } : {}),
  });
}

async function newKey(relayUrl: string, headers: Headers, id = newId()): Promise<string> {
  const response = await keysCall(relayUrl, headers, 'POST', '', { id, name: 'Gesden' });
  expect(response.status).toBe(201);
  return ((await response.json()) as { key: string }).key;
}

function request(appointments: unknown[], { with: used = key, url = inbox.relay.url } = {}) {
  return fetch(`${url}/v1/integrations/appointments`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${used}`, 'content-type': 'application/json' },
    body: JSON.stringify({ appointments }),
  });
}

async function put(...appointments: unknown[]): Promise<z.infer<typeof IntegrationResult>[]> {
  const response = await request(appointments);
  expect(response.status).toBe(200);
  return ((await response.json()) as { results: z.infer<typeof IntegrationResult>[] }).results;
}

let people = 0;
function appointment(more: object = {}) {
  people += 1;
  return {
    externalId: `A-${people}`,
    patient: { name: `Elena Prueba ${people}`, phone: `6110${String(people).padStart(5, '0')}` },
    startsAt: '2027-03-01T10:00',
    treatment: 'Limpieza',
    professional: 'Dra. Gil',
    ...more,
  };
}
const stored = async (externalId: string) =>
  (await inbox.marta.all('appointment')).find((each) => each.externalId === externalId);
const head = async () => (await inbox.marta.allChanges()).length;

describe('appointments of the practice software', () => {
  test('are taken with their patient, by the clinic’s clock and country, and again they change nothing', async () => {
    const one = appointment();
    expect(await put(one)).toEqual([{ index: 0, externalId: one.externalId, status: 'applied' }]);
    const kept = await stored(one.externalId);
    expect(kept).toMatchObject({
      startsAt: '2027-03-01T09:00:00.000Z',
      treatment: 'Limpieza',
      professional: 'Dra. Gil',
      state: 'scheduled',
      reminder: null,
    });
    const patient = (await inbox.marta.all('patient')).find(({ id }) => id === kept?.patientId);
    expect(patient).toMatchObject({ name: one.patient.name, phone: `+34${one.patient.phone}` });

    const before = await head();
    expect(await put(one)).toMatchObject([{ status: 'unchanged' }]);
    expect(await head()).toBe(before);

    expect(await put({ ...one, startsAt: '2027-03-02T10:00:00+01:00' })).toMatchObject([
      { status: 'applied' },
    ]);
    expect(await stored(one.externalId)).toMatchObject({
      id: kept?.id,
      startsAt: '2027-03-02T09:00:00.000Z',
    });
  });

  test('belong to whoever writes from the number; what WhatsApp alone named gets its name', async () => {
    const writer = inbox.patientOf({ waId: '34611999888', name: 'Ele' });
    await writer.writes();
    const one = appointment({ patient: { name: 'Elena Soto', phone: '+34 611 99 98 88' } });
    await put(one);
    const { patientId } = await writer.conversation();
    expect((await stored(one.externalId))?.patientId).toBe(patientId);
    expect((await inbox.marta.all('patient')).find(({ id }) => id === patientId)).toMatchObject({
      name: 'Elena Soto',
      profileName: 'Ele',
    });
    // A name the clinic has given stays.
    await put(appointment({ patient: { name: 'ELENA SOTO RUIZ', phone: '611999888' } }));
    expect((await inbox.marta.all('patient')).find(({ id }) => id === patientId)?.name).toBe('Elena Soto');
    expect((await inbox.marta.all('patient')).filter(({ phone }) => phone === '+34611999888')).toHaveLength(
      1,
    );
  });

  test('are refused one by one', async () => {
    const good = appointment();
    const results = await put(
      appointment({ externalId: 'B-1', startsAt: '2027-03-28T02:30' }),
      appointment({ externalId: 'B-2', patient: { name: 'Nadie', phone: 'no tiene' } }),
      { externalId: 'B-3' },
      'nothing',
      good,
      appointment({ externalId: 'B-4', state: 'maybe' }),
    );
    expect(results).toEqual([
      { index: 0, externalId: 'B-1', status: 'refused', code: 'invalid_time', field: 'startsAt' },
      { index: 1, externalId: 'B-2', status: 'refused', code: 'invalid_phone', field: 'patient.phone' },
      { index: 2, externalId: 'B-3', status: 'refused', code: 'invalid_arguments', field: 'patient' },
      { index: 3, externalId: null, status: 'refused', code: 'invalid_arguments', field: '' },
      { index: 4, externalId: good.externalId, status: 'applied' },
      { index: 5, externalId: 'B-4', status: 'refused', code: 'invalid_arguments', field: 'state' },
    ]);
    expect((await request([])).status).toBe(400);
    expect((await request(Array.from({ length: 1_001 }, () => good))).status).toBe(400);
  });

  test('what a patient has answered stays until the practice software says something new', async () => {
    const one = appointment();
    await put(one);
    const kept = await stored(one.externalId);
    await inbox.database.inClinic(inbox.relay.clinic.id, (client) =>
      client.query(`update appointments set state = 'confirmed', reminder = 'confirmed' where id = $1`, [
        kept?.id,
      ]),
    );
    expect(await put(one)).toMatchObject([{ status: 'unchanged' }]);
    await put({ ...one, treatment: 'Revisión' });
    expect(await stored(one.externalId)).toMatchObject({ state: 'confirmed', reminder: 'confirmed' });
    await put({ ...one, startsAt: '2027-03-05T10:00' });
    expect(await stored(one.externalId)).toMatchObject({ state: 'scheduled', reminder: null });
    await put({ ...one, startsAt: '2027-03-05T10:00', state: 'cancelled' });
    expect(await stored(one.externalId)).toMatchObject({ state: 'cancelled' });
  });

  test('cannot be changed by hand', async () => {
    const one = appointment();
    await put(one);
    const kept = await stored(one.externalId);
    const args = { ...kept, appointmentId: kept?.id, startsAt: toTimestamp(inbox.now()), state: 'missed' };
    const results = await inbox.marta.send([
      inbox.marta.command('appointment.put', args),
      inbox.marta.command('appointment.delete', { appointmentId: kept?.id }),
    ]);
    expect(results.map(({ code }) => code)).toEqual(['forbidden', 'forbidden']);
  });
});

describe('keys', () => {
  test('open this one door, of their own clinic, until they are taken back', async () => {
    const other = await createTestClinic(inbox.relay.databaseUrl);
    const session = await signIn(inbox.relay.url, other.agents[0] ?? { email: '', password: '' });
    const headers = { authorization: `Bearer ${session.token}` };
    const id = newId();
    const theirs = await newKey(inbox.relay.url, headers, id);
    const mine = appointment();
    await put(mine);
    // The same external id is another appointment in another clinic.
    const answer = await request([{ ...mine, startsAt: '2027-06-01T10:00' }], { with: theirs });
    expect(await answer.json()).toMatchObject({ results: [{ status: 'applied' }] });
    expect((await stored(mine.externalId))?.startsAt).toBe('2027-03-01T09:00:00.000Z');

    for (const path of ['changes?after=0', 'snapshot', 'integration-keys', 'session']) {
      const response = await fetch(`${inbox.relay.url}/v1/${path}`, {
        headers: { authorization: `Bearer ${theirs}` },
      });
      expect([path, [401, 404, 405].includes(response.status)]).toEqual([path, true]);
    }
    const asSession = await request([appointment()], { with: session.token });
    expect(asSession.status).toBe(401);

    // Whose it is can be seen, the key cannot; another clinic's administrator neither sees nor removes it.
    const listed = await (await keysCall(inbox.relay.url, headers, 'GET')).json();
    expect(listed).toMatchObject({ keys: [{ id, name: 'Gesden', lastUsedAt: expect.any(String) }] });
    expect(JSON.stringify(listed)).not.toContain(theirs);
    expect((await keysCall(inbox.relay.url, inbox.marta.headers, 'DELETE', `/${id}`)).status).toBe(404);
    expect((await keysCall(inbox.relay.url, inbox.david.headers, 'GET')).status).toBe(403);
    expect(
      (await keysCall(inbox.relay.url, inbox.david.headers, 'POST', '', { id: newId(), name: 'x' })).status,
    ).toBe(403);
    expect((await keysCall(inbox.relay.url, headers, 'DELETE', `/${id}`)).status).toBe(204);
    expect((await request([appointment()], { with: theirs })).status).toBe(401);
  });
});

describe('ten thousand of them', () => {
  const main = fileURLToPath(new URL('../cli/main.ts', import.meta.url));

  async function freePort(): Promise<number> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    server.close();
    await once(server, 'close');
    return port;
  }

  async function startProcess(databaseUrl: string) {
    const port = await freePort();
    const child = spawn(process.execPath, [main, 'serve'], {
      stdio: 'ignore',
      env: {
        ...process.env,
        DATABASE_URL: databaseUrl,
        RECADO_PORT: String(port),
        RECADO_SECRET_KEY: testSecrets.secretKey,
        RECADO_LOG_LEVEL: 'silent',
        WHATSAPP_APP_SECRET: testSecrets.appSecret,
        WHATSAPP_VERIFY_TOKEN: testSecrets.verifyToken,
        WHATSAPP_GRAPH_URL: 'http://127.0.0.1:3/v25.0',
      },
    });
    const url = `http://127.0.0.1:${port}`;
    await eventually(
      'the relay listens',
      () => fetch(`${url}/v1/integration-keys`).then(Boolean, () => false),
      30_000,
    );
    return {
      url,
      async kill() {
        const ended = once(child, 'exit');
        child.kill('SIGKILL');
        await ended;
      },
    };
  }

  test('survive a kill halfway: a second run completes them', { timeout: 180_000 }, async () => {
    const relay = await startTestRelay();
    const used = await newKey(relay.url, { authorization: `Bearer ${(await relay.signIn()).token}` });
    await relay.stop();
    const all = Array.from({ length: 10_000 }, (_each, index) => ({
      externalId: `X-${index}`,
      patient: { name: `Persona ${index}`, phone: `+346200${String(index).padStart(5, '0')}` },
      startsAt: `2027-${String(1 + (index % 12)).padStart(2, '0')}-10T10:${String(index % 60).padStart(2, '0')}`,
    }));
    const requests = Array.from({ length: 10 }, (_each, index) =>
      all.slice(index * 1_000, (index + 1) * 1_000),
    );
    const database = createDatabase({ url: relay.databaseUrl, poolSize: 1 });
    const count = () =>
      database.inClinic(relay.clinic.id, async (client) => {
        const { rows } = await client.query<{
          appointments: number;
          patients: number;
          ids: number;
          seq: number;
        }>(
          `select (select count(*) from appointments) as appointments, (select count(*) from patients) as patients,
             (select count(distinct external_id) from appointments) as ids, (select seq from clinics) as seq`,
        );
        return rows[0] ?? { appointments: 0, patients: 0, ids: 0, seq: 0 };
      });

    const first = await startProcess(relay.databaseUrl);
    for (const some of requests.slice(0, 4)) {
      expect((await request(some, { with: used, url: first.url })).status).toBe(200);
    }
    const interrupted = request(requests[4] ?? [], { with: used, url: first.url }).catch(() => null);
    await eventually('it is in the middle', async () => (await count()).appointments > 4_000);
    await first.kill();
    expect(await interrupted).toBeNull();
    const halfway = await count();
    expect(halfway.appointments).toBeGreaterThan(4_000);
    expect(halfway.appointments).toBeLessThan(10_000);

    const second = await startProcess(relay.databaseUrl);
    const statuses: string[] = [];
    for (const some of requests) {
      const response = await request(some, { with: used, url: second.url });
      const { results } = (await response.json()) as { results: { status: string }[] };
      statuses.push(...results.map(({ status }) => status));
    }
    expect(statuses.filter((status) => status === 'unchanged')).toHaveLength(halfway.appointments);
    expect(statuses.filter((status) => status === 'applied')).toHaveLength(10_000 - halfway.appointments);
    const done = await count();
    expect(done).toMatchObject({ appointments: 10_000, ids: 10_000, patients: 10_000 });

    for (const some of requests) await request(some, { with: used, url: second.url });
    expect(await count()).toEqual(done);
    await second.kill();
    await database.close();
    await relay.close();
  });
});
