import { newId, Session, type Id } from '@recado/protocol';
import { createHmac } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdministration } from '../../src/accounts/administration.ts';
import { createSecretBox } from '../../src/accounts/secrets.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { createDatabase } from '../../src/db/database.ts';
import { createRelay } from '../../src/index.ts';
import { silentLogger, type Logger } from '../../src/logger.ts';
import { RelaySettings } from '../../src/settings.ts';
import { createTestDatabase, type DatabaseServer } from './database.ts';

/** Secrets of a relay under test. */
export const testSecrets = {
  appSecret: 'app-secret-of-the-tests',
  verifyToken: 'verify-token-of-the-tests',
  operatorToken: 'operator-token-of-the-tests-000000',
  secretKey: 'secret-key-of-the-tests-0123456789abcdef',
  accessToken: 'access-token-of-the-tests',
};

export interface TestAgent {
  id: Id;
  name: string;
  email: string;
  password: string;
}

export interface TestClinic {
  id: Id;
  agents: TestAgent[];
  number: { phoneNumberId: string; wabaId: string; displayPhone: string };
}

/** Changes to the settings of a relay under test; parts not named keep their test values. */
export interface TestRelayOptions {
  server?: DatabaseServer;
  /** Reuse a database, for instance to start the relay again after a stop. It is not dropped then. */
  databaseUrl?: string;
  port?: number;
  graphUrl?: string;
  sendTimeoutMs?: number;
  unknownGraceMs?: number;
  unknownNumbers?: 'quarantine' | 'adopt';
  /** Where its files are; a folder of its own for each database when absent. */
  mediaFolder?: string;
  clock?: Clock;
  logger?: Logger;
}

const mediaFolderOf = (databaseUrl: string) =>
  join(tmpdir(), 'recado-test-media', databaseUrl.split('/').at(-1) || 'nowhere');

export function testSettings(options: TestRelayOptions = {}): RelaySettings {
  return RelaySettings.parse({
    port: options.port ?? 0,
    whatsapp: {
      appSecrets: [testSecrets.appSecret],
      verifyToken: testSecrets.verifyToken,
      // Nothing listens there: a test that sends must bring its own stand-in.
      graphUrl: options.graphUrl ?? 'http://127.0.0.1:3/v25.0',
      sendTimeoutMs: options.sendTimeoutMs,
      unknownGraceMs: options.unknownGraceMs,
    },
    mediaFolder: options.mediaFolder ?? mediaFolderOf(options.databaseUrl ?? ''),
    secretKey: testSecrets.secretKey,
    operatorToken: testSecrets.operatorToken,
    unknownNumbers: options.unknownNumbers,
    logLevel: 'silent',
  });
}

let numbersGivenOut = 0;

/** A clinic with one WhatsApp number and the given agents (one by default). Passwords are real ones. */
export async function createTestClinic(
  databaseUrl: string,
  options: { agentNames?: string[]; phoneNumberId?: string; wabaId?: string; name?: string } = {},
): Promise<TestClinic> {
  const database = createDatabase({ url: databaseUrl, poolSize: 2 });
  try {
    const administration = createAdministration({
      database,
      secrets: createSecretBox(testSecrets.secretKey),
      clock: systemClock,
    });
    numbersGivenOut += 1;
    const suffix = String(numbersGivenOut).padStart(4, '0');
    const { id } = await administration.createClinic({ name: options.name ?? `Clínica ${suffix}` });
    const number = {
      phoneNumberId: options.phoneNumberId ?? `20000000000${suffix}`,
      wabaId: options.wabaId ?? `10000000000${suffix}`,
      displayPhone: `+3491000${suffix}`,
    };
    await administration.connectNumber({ clinicId: id, ...number, accessToken: testSecrets.accessToken });
    const agents: TestAgent[] = [];
    for (const [index, name] of (options.agentNames ?? ['Marta']).entries()) {
      const email = `agent${index}.${suffix}.${id.slice(-6)}@example.test`;
      const password = `password of ${name} ${suffix}`;
      const agent = await administration.createAgent({
        clinicId: id,
        name,
        email,
        password,
        role: index === 0 ? 'admin' : 'agent',
      });
      agents.push({ id: agent.id, name, email, password });
    }
    return { id, agents, number };
  } finally {
    await database.close();
  }
}

/** Signs in over HTTP and returns the session with its token. */
export async function signIn(
  relayUrl: string,
  agent: Pick<TestAgent, 'email' | 'password'>,
): Promise<Session> {
  const response = await fetch(`${relayUrl}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: agent.email,
      password: agent.password,
      device: { id: newId(), name: 'Recepción', platform: 'linux', appVersion: '0.1.0' },
    }),
  });
  if (!response.ok) throw new Error(`signing in answered ${response.status}`);
  return Session.parse(await response.json());
}

/** The header value Meta sends with these exact bytes. */
export function signWebhook(body: Buffer | string, appSecret = testSecrets.appSecret): string {
  return `sha256=${createHmac('sha256', appSecret).update(body).digest('hex')}`;
}

/** Posts a webhook as Meta would: the exact bytes, signed. */
export async function postWebhook(relayUrl: string, body: object | Buffer | string): Promise<Response> {
  const bytes = Buffer.isBuffer(body) || typeof body === 'string' ? body : JSON.stringify(body);
  return fetch(`${relayUrl}/webhooks/whatsapp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-hub-signature-256': signWebhook(bytes) },
    body: bytes as string,
  });
}

export interface TestRelay {
  url: string;
  databaseUrl: string;
  mediaFolder: string;
  /** The clinic made for the test, unless an existing database was passed. */
  clinic: TestClinic;
  signIn(agent?: TestAgent): Promise<Session>;
  postWebhook(body: object | Buffer | string): Promise<Response>;
  /** Stops the relay but keeps its database. */
  stop(): Promise<void>;
  /** Stops the relay and drops the database it made. */
  close(): Promise<void>;
}

/** A real relay on a free port over a fresh database, with a clinic, its agents and a number. */
export async function startTestRelay(
  options: TestRelayOptions & {
    clinic?: TestClinic;
    agentNames?: string[];
    phoneNumberId?: string;
    wabaId?: string;
  } = {},
): Promise<TestRelay> {
  const database =
    options.databaseUrl === undefined
      ? await createTestDatabase(options.server)
      : { url: options.databaseUrl, drop: async () => {} };
  const clinic = options.clinic ?? (await createTestClinic(database.url, options));
  const relay = createRelay({
    databaseUrl: database.url,
    settings: testSettings({ ...options, databaseUrl: database.url }),
    logger: options.logger ?? silentLogger,
    ...(options.clock ? { clock: options.clock } : {}),
  });
  const { url } = await relay.listen();
  const mediaFolder = options.mediaFolder ?? mediaFolderOf(database.url);
  let stopped: Promise<void> | null = null;
  const stop = () => (stopped ??= relay.close());
  return {
    url,
    databaseUrl: database.url,
    mediaFolder,
    clinic,
    signIn: (agent = clinic.agents[0] as TestAgent) => signIn(url, agent),
    postWebhook: (body) => postWebhook(url, body),
    stop,
    async close() {
      await stop();
      await database.drop();
      if (options.databaseUrl === undefined) await rm(mediaFolder, { recursive: true, force: true });
    },
  };
}
