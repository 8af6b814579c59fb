import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { createAdministration } from '../accounts/administration.ts';
import { createSecretBox, newToken } from '../accounts/secrets.ts';
import { systemClock } from '../clock.ts';
import { createDatabase } from '../db/database.ts';
import { startEmbeddedPostgres } from '../db/embedded-postgres.ts';
import { migrate } from '../db/migrate.ts';
import { createRelay } from '../index.ts';
import { createJobs } from '../jobs/jobs.ts';
import { silentLogger } from '../logger.ts';
import { RelaySettings } from '../settings.ts';

/** A relay webhooks can be posted to, and asked about. */
export interface ReplayTarget {
  url: string;
  appSecret: string;
  operatorToken: string;
}

/** Where each file goes: always the same relay, or a fresh one every time. */
export interface ReplayTargets {
  withTarget<Result>(work: (target: ReplayTarget) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

const TEMPLATE = 'replay_template';

/**
 * A relay of its own for every file, each with a copy of an empty, migrated database and one clinic that takes any
 * number: samples that share placeholder ids cannot stand in each other's way. Nothing is left behind.
 */
export async function createThrowawayTargets(): Promise<ReplayTargets> {
  const postgres = await startEmbeddedPostgres({
    directory: await mkdtemp(join(tmpdir(), 'recado-replay-')),
    persistent: false,
    fast: true,
  });
  try {
    const templateUrl = await postgres.url(TEMPLATE);
    await migrate(templateUrl);
    const jobs = createJobs({ databaseUrl: templateUrl, logger: silentLogger });
    await jobs.install();
    await jobs.stop();
    await createClinic(templateUrl);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  let copies = 0;

  return {
    async withTarget(work) {
      copies += 1;
      const name = `replay_${copies}`;
      await asAdmin(postgres.adminUrl, `create database ${name} template ${TEMPLATE} owner recado`);
      const target = { appSecret: newToken(), operatorToken: newToken() };
      const relay = createRelay({
        databaseUrl: await postgres.url(name),
        logger: silentLogger,
        settings: RelaySettings.parse({
          port: 0,
          whatsapp: { appSecrets: [target.appSecret], verifyToken: newToken() },
          secretKey: newToken(),
          operatorToken: target.operatorToken,
          unknownNumbers: 'adopt',
          logLevel: 'silent',
        }),
      });
      try {
        const { url } = await relay.listen();
        return await work({ ...target, url });
      } finally {
        await relay.close();
        await asAdmin(postgres.adminUrl, `drop database ${name} with (force)`);
      }
    },
    close: () => postgres.stop(),
  };
}

async function createClinic(databaseUrl: string): Promise<void> {
  const database = createDatabase({ url: databaseUrl, poolSize: 1 });
  try {
    const administration = createAdministration({
      database,
      secrets: createSecretBox(newToken()),
      clock: systemClock,
    });
    await administration.createClinic({ name: 'Replay' });
  } finally {
    await database.close();
  }
}

async function asAdmin(adminUrl: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
