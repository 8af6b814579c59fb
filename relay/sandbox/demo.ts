// The demo clinic: an embedded PostgreSQL, the relay, a stand-in for WhatsApp, and patients who write.
// `node relay/sandbox/demo.ts --help` names the options.
import { fstatSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import type { Id } from '@recado/protocol';
import { createAdministration } from '../src/accounts/administration.ts';
import { createSecretBox } from '../src/accounts/secrets.ts';
import { systemClock } from '../src/clock.ts';
import { createDatabase, type Database } from '../src/db/database.ts';
import { DirectoryInUseError, startEmbeddedPostgres } from '../src/db/embedded-postgres.ts';
import { migrate } from '../src/db/migrate.ts';
import { createRelay } from '../src/index.ts';
import { createDiskFiles } from '../src/media/files.ts';
import { createLogger } from '../src/logger.ts';
import { RelaySettings } from '../src/settings.ts';
import { demoFolder, newDemoSecrets, readDemoState, writeDemoState, type DemoState } from './demo-data.ts';
import { createGraphSandbox, type GraphSandbox } from './graph-api/index.ts';
import { createTown } from './patients/town.ts';
import { createRandom } from './random.ts';
import { AGENTS, NUMBER, PASSWORD, TEMPLATES } from './seed/clinic.ts';
import { generateHistory } from './seed/generate-history.ts';
import type { HistoryAgent } from './seed/history.ts';
import { refreshClinic } from './seed/refresh-clinic.ts';
import { seedClinic } from './seed/seed-clinic.ts';

const DATABASE = 'recado_demo';
const DEFAULT_PORT = 4_180;

const help = `Starts Recado's demo clinic and prints one line of JSON when it is ready.

  --port N            where the relay listens (${DEFAULT_PORT}; a free port when it is taken)
  --data FOLDER       where the clinic is kept (a folder of yours)
  --fresh             forget the clinic and begin anew
  --quiet-patients    nobody writes unasked; who is written to still answers
  --conversations N   on a fresh start, add N invented conversations
  --messages M        with M messages in all
`;

export interface DemoOptions {
  port?: number;
  folder?: string;
  fresh?: boolean;
  quietPatients?: boolean;
  /** Invented conversations added when the clinic is made. */
  history?: { conversations: number; messages: number } | null;
  /** Waits of the simulated patients, milliseconds; see TownOptions. */
  answerMs?: readonly [number, number];
  /** Progress in words, for a person. */
  log?: (line: string) => void;
}

export interface Demo {
  relayUrl: string;
  sandboxUrl: string;
  email: string;
  password: string;
  sandbox: GraphSandbox;
  close(): Promise<void>;
}

/** The wanted port if nobody has it, else any free one. */
async function usablePort(wanted: number): Promise<number> {
  const attempt = (port: number) =>
    new Promise<number>((resolve, reject) => {
      const server = createServer();
      server.once('error', reject);
      server.listen(port, '127.0.0.1', () => {
        const { port: taken } = server.address() as AddressInfo;
        server.close(() => resolve(taken));
      });
    });
  return attempt(wanted).catch(() => attempt(0));
}

const mediaFolder = (folder: string) => join(folder, 'media');

async function dropDatabase(adminUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(`drop database if exists ${DATABASE} with (force)`);
  } finally {
    await client.end();
  }
}

/** Makes the clinic at the first start, and gives a known one something new at every other. */
async function prepareClinic(
  database: Database,
  folder: string,
  known: DemoState | null,
  options: DemoOptions,
): Promise<DemoState> {
  const now = Date.now();
  const log = options.log ?? (() => {});
  if (known) {
    const count = await refreshClinic({
      database,
      clinicId: known.clinicId,
      numberId: NUMBER.phoneNumberId,
      agents: await readAgents(database, known.clinicId),
      random: createRandom(now),
      now,
    });
    log(`Welcome back to the demo clinic: ${count} conversations went on meanwhile`);
    return known;
  }
  log('Telling the story of the demo clinic');
  const secrets = newDemoSecrets();
  const administration = createAdministration({
    database,
    secrets: createSecretBox(secrets.secretKey),
    clock: systemClock,
  });
  const clinic = await seedClinic({
    database,
    files: createDiskFiles(mediaFolder(folder)),
    administration,
    accessToken: secrets.accessToken,
    quiet: options.quietPatients === true,
    now,
  });
  if (options.history) {
    await generateHistory(
      {
        database,
        clinicId: clinic.clinicId,
        numberId: NUMBER.phoneNumberId,
        agents: clinic.agents,
        random: createRandom('history'),
        now,
      },
      { ...options.history, tagIds: [...clinic.tags.values()], teamIds: [...clinic.teams.values()] },
    );
  }
  const state: DemoState = { ...secrets, clinicId: clinic.clinicId };
  await writeDemoState(folder, state);
  return state;
}

async function readAgents(database: Database, clinicId: Id): Promise<HistoryAgent[]> {
  const { rows } = await database.inClinic(clinicId, (client) =>
    client.query<HistoryAgent & { email: string }>('select id, name, email from agents'),
  );
  return AGENTS.flatMap(({ email }) => rows.find((row) => row.email === email) ?? []);
}

/** WhatsApp knows the same people, and when they last wrote, as the clinic does. */
async function introducePatients(database: Database, clinicId: Id, sandbox: GraphSandbox): Promise<void> {
  const { rows } = await database.inClinic(clinicId, (client) =>
    client.query<{ phone: string | null; userId: string | null; name: string | null; at: number | null }>(
      `select phone, whatsapp_user_id as "userId", profile_name as name, last_inbound_sent_at as at
       from conversations join patients on patients.clinic_id = conversations.clinic_id
         and patients.id = conversations.patient_id`,
    ),
  );
  for (const { phone, userId, name, at } of rows) {
    const address = phone ?? userId;
    if (address === null) continue;
    if (phone !== null) sandbox.registerUser({ phone, name, ...(userId === null ? {} : { userId }) });
    else if (userId !== null) sandbox.registerUser({ userId, phone, name });
    if (at !== null) sandbox.noteInbound(address, at);
  }
}

/** Starts everything; the data stays for the next time. Throws DirectoryInUseError. */
export async function startDemo(options: DemoOptions = {}): Promise<Demo> {
  const folder = options.folder ?? demoFolder();
  const log = options.log ?? (() => {});
  log('Starting PostgreSQL');
  const postgres = await startEmbeddedPostgres({ directory: join(folder, 'postgres'), persistent: true });
  const closers: (() => Promise<void>)[] = [() => postgres.stop()];
  const close = async () => {
    for (const closer of closers.splice(0).reverse()) await closer();
  };
  try {
    const known = options.fresh === true ? null : await readDemoState(folder);
    // Without its secrets an old database is of no use: what it holds sealed cannot be opened.
    if (!known) {
      await dropDatabase(postgres.adminUrl);
      await rm(mediaFolder(folder), { recursive: true, force: true });
    }
    const databaseUrl = await postgres.url(DATABASE);
    await migrate(databaseUrl);
    const database = createDatabase({ url: databaseUrl, poolSize: 2 });
    closers.push(() => database.close());
    const state = await prepareClinic(database, folder, known, options);

    const sandbox = await createGraphSandbox({
      appSecret: state.appSecret,
      verifyToken: state.verifyToken,
      accessTokens: [state.accessToken],
      phoneNumbers: [{ id: NUMBER.phoneNumberId, phone: NUMBER.phone, wabaId: NUMBER.wabaId }],
      templates: { [NUMBER.wabaId]: [...TEMPLATES] },
      // Read by the simulated patients themselves, when they get to it.
      statusPlan: {
        steps: [
          { status: 'sent', afterMs: 250 },
          { status: 'delivered', afterMs: 600 },
        ],
      },
      // Meta's people look at a new template after some seconds.
      reviews: { afterMs: 6_000 },
      // What was written before this start is known to the clinic only.
      strictMessageIds: false,
    });
    closers.push(() => sandbox.close());
    await introducePatients(database, state.clinicId, sandbox);

    const relay = createRelay({
      databaseUrl,
      logger: createLogger({ level: 'warn', destination: process.stderr }),
      settings: RelaySettings.parse({
        port: await usablePort(options.port ?? DEFAULT_PORT),
        whatsapp: {
          appSecrets: [state.appSecret],
          verifyToken: state.verifyToken,
          graphUrl: `${sandbox.url}/v25.0`,
        },
        mediaFolder: mediaFolder(folder),
        secretKey: state.secretKey,
        operatorToken: state.operatorToken,
        unknownNumbers: 'adopt',
      }),
    });
    closers.push(() => relay.close());
    const { url } = await relay.listen();
    sandbox.setWebhookUrl(`${url}/webhooks/whatsapp`);

    const town = createTown({
      sandbox,
      templates: TEMPLATES,
      seed: Date.now(),
      spontaneous: options.quietPatients !== true,
      ...(options.answerMs === undefined ? {} : { answerMs: options.answerMs }),
    });
    closers.push(async () => town.stop());
    return {
      relayUrl: url,
      sandboxUrl: sandbox.url,
      email: AGENTS[0].email,
      password: PASSWORD,
      sandbox,
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** Resolves when somebody wants the demo to end: a signal, or the end of what started it. */
function askedToStop(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    // Only a pipe can be closed by a parent; `/dev/null` and terminals say nothing about it.
    const input = fstatSync(0, { throwIfNoEntry: false });
    if (!input?.isFIFO() && !input?.isSocket()) return;
    process.stdin.once('end', () => resolve()).resume();
  });
}

function readOptions(argv: string[]): DemoOptions & { help: boolean } {
  const { values } = parseArgs({
    args: argv,
    options: {
      port: { type: 'string', default: String(DEFAULT_PORT) },
      data: { type: 'string' },
      fresh: { type: 'boolean', default: false },
      'quiet-patients': { type: 'boolean', default: false },
      conversations: { type: 'string' },
      messages: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  const port = Number(values.port);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new TypeError('--port is not a port');
  const conversations = Number(values.conversations ?? 0);
  const messages = Number(values.messages ?? conversations * 50);
  if (!Number.isInteger(conversations) || !Number.isInteger(messages) || messages < conversations) {
    throw new TypeError('--conversations and --messages need whole numbers, a message each at least');
  }
  return {
    port,
    fresh: values.fresh,
    quietPatients: values['quiet-patients'],
    history: conversations > 0 ? { conversations, messages } : null,
    help: values.help,
    ...(values.data === undefined ? {} : { folder: values.data }),
  };
}

async function main(): Promise<number> {
  const log = (line: string) => void process.stderr.write(`${line}\n`);
  let options: DemoOptions & { help: boolean };
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    log(error instanceof Error ? error.message : 'unreadable options');
    return 2;
  }
  if (options.help) {
    process.stdout.write(help);
    return 0;
  }
  const stop = askedToStop();
  try {
    const demo = await startDemo({ ...options, log });
    const { relayUrl, sandboxUrl, email, password } = demo;
    process.stdout.write(`${JSON.stringify({ ready: true, relayUrl, sandboxUrl, email, password })}\n`);
    await stop;
    await demo.close();
    return 0;
  } catch (error) {
    if (!(error instanceof DirectoryInUseError)) throw error;
    log('The demo clinic is already open in another window; close it, or pass another folder with --data.');
    return 1;
  }
}

if (import.meta.main) process.exit(await main());
