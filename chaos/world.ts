/** One clinic whose PC, relay, network and WhatsApp can all be broken: what runs of chaos happen in. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGraphSandbox, type GraphSandbox } from '../relay/sandbox/graph-api/index.ts';
import { createRandom } from '../relay/sandbox/random.ts';
import { createTestDatabase, type DatabaseServer } from '../relay/sandbox/testing/database.ts';
import { createTestClinic, testSecrets } from '../relay/sandbox/testing/relay.ts';
import { createDatabase, type Database } from '../relay/src/db/database.ts';
import { createFaultProxy, type FaultProxy } from '../src/main/testing/fault-proxy.ts';
import { startCoreProcess, type CoreProcess } from './core-process.ts';
import { createFastClock } from './fast-clock.ts';
import { createRelayProcess, type RelayProcess } from './relay-process.ts';

/** Real milliseconds the relay waits for an answer of WhatsApp. */
export const SEND_TIMEOUT_MS = 400;
/** Milliseconds of the relay's own fast clock it waits for a status of a send without an answer. */
const UNKNOWN_GRACE_MS = 8_000;
const SIGN_IN_WITHIN_MS = 30_000;

export interface ChaosWorld {
  clinicId: string;
  agentIds: string[];
  sandbox: GraphSandbox;
  relay: RelayProcess;
  proxy: FaultProxy;
  /** To read what the relay holds. */
  database: Database;
  clock: { now(): number };
  /** The PC's app; null while it is dead. */
  core(): CoreProcess | null;
  startCore(wallSkewMs: number): Promise<CoreProcess>;
  killCore(): Promise<void>;
  close(): Promise<void>;
}

export async function createChaosWorld(options: {
  server?: DatabaseServer;
  seed: string;
  onLog: (line: string) => void;
}): Promise<ChaosWorld> {
  const testDatabase = await createTestDatabase(options.server);
  const clinic = await createTestClinic(testDatabase.url, { agentNames: ['Marta', 'David'] });
  const clockEpoch = Date.now();
  const clock = createFastClock(clockEpoch);
  const sandbox = await createGraphSandbox({
    appSecret: testSecrets.appSecret,
    verifyToken: testSecrets.verifyToken,
    accessTokens: [testSecrets.accessToken],
    phoneNumbers: [
      { id: clinic.number.phoneNumberId, phone: clinic.number.displayPhone, wabaId: clinic.number.wabaId },
    ],
    clock: clock.now,
    limits: { throughputPerSecond: null, pair: null },
    webhookRetryMs: [20, 40, 80, 160],
    webhookMaxAttempts: 100_000,
    webhookTimeoutMs: 2_000,
  });
  // Statuses early, late, twice, before the answer of the send itself.
  const random = createRandom(`${options.seed}/statuses`);
  sandbox.setStatusPlan(() => ({
    steps: [
      { status: 'sent', afterMs: random.chance(0.2) ? random.between(100, 300) : random.between(0, 30) },
      { status: 'delivered', afterMs: random.between(0, 60) },
      ...(random.chance(0.5) ? [{ status: 'read' as const, afterMs: random.between(0, 60) }] : []),
    ],
    copies: random.chance(0.2) ? 2 : 1,
    beforeAnswer: random.chance(0.2),
  }));
  const relay = await createRelayProcess({
    databaseUrl: testDatabase.url,
    graphUrl: `${sandbox.url}/v25.0`,
    sendTimeoutMs: SEND_TIMEOUT_MS,
    unknownGraceMs: UNKNOWN_GRACE_MS,
    clockEpoch,
  });
  await relay.start();
  sandbox.setWebhookUrl(`${relay.url}/webhooks/whatsapp`);
  const proxy = await createFaultProxy(relay.url);
  const database = createDatabase({ url: testDatabase.url, poolSize: 2 });
  const folder = await mkdtemp(join(tmpdir(), 'recado-chaos-'));
  let core: CoreProcess | null = null;

  const startCore = async (wallSkewMs: number) => {
    core ??= await startCoreProcess({
      folder,
      isHurried: true,
      wallSkewMs,
      onLog: (name, fields) => options.onLog(`app ${name} ${JSON.stringify(fields)}`),
    });
    return core;
  };

  const first = await startCore(0);
  const [agent] = clinic.agents;
  const reply = await first.call('session.signIn', {
    relayUrl: proxy.url,
    email: agent!.email,
    password: agent!.password,
  });
  if (!reply?.ok) throw new Error('signing in failed');
  await first.until('the first sync', () => first.state()?.sync.phase === 'live', SIGN_IN_WITHIN_MS);

  return {
    clinicId: clinic.id,
    agentIds: clinic.agents.map(({ id }) => id),
    sandbox,
    relay,
    proxy,
    database,
    clock,
    core: () => core,
    startCore,
    async killCore() {
      const dying = core;
      core = null;
      await dying?.kill();
    },
    async close() {
      await core?.kill();
      await proxy.close();
      await relay.kill();
      await sandbox.close();
      await database.close();
      await testDatabase.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
