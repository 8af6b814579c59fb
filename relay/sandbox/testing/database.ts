import { randomUUID } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { migrate } from '../../src/db/migrate.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded-postgres.ts';
import { createJobs } from '../../src/jobs/jobs.ts';
import { silentLogger } from '../../src/logger.ts';

/** A PostgreSQL for a test run, with one migrated database to copy from. */
export interface DatabaseServer {
  /** May create and drop databases. */
  adminUrl: string;
  /** Name of the migrated database. */
  template: string;
}

declare module 'vitest' {
  interface ProvidedContext {
    databaseServer: DatabaseServer;
  }
}

/** Tests connect as a role that row-level security holds, even when the server was given with its superuser. */
const ROLE = 'recado_test';

async function asAdmin<Result>(adminUrl: string, work: (client: pg.Client) => Promise<Result>) {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  url.username = ROLE;
  url.password = ROLE;
  return url.href;
}

/**
 * Starts the PostgreSQL of a test run: an embedded one in a temporary folder, or the one in `DATABASE_URL`.
 * `stop` leaves nothing behind.
 */
export async function startDatabaseServer(): Promise<DatabaseServer & { stop(): Promise<void> }> {
  const given = process.env['DATABASE_URL'];
  const embedded = given
    ? null
    : await startEmbeddedPostgres({
        directory: await mkdtemp(join(tmpdir(), 'recado-test-postgres-')),
        persistent: false,
        fast: true,
      });
  const adminUrl = given ?? embedded?.adminUrl ?? '';
  const template = `recado_template_${process.pid}`;
  await asAdmin(adminUrl, async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [ROLE]);
    if (rowCount === 0) await client.query(`create role ${ROLE} login password '${ROLE}'`);
    await client.query(`drop database if exists ${template} with (force)`);
    await client.query(`create database ${template} owner ${ROLE}`);
  });
  const url = urlOf(adminUrl, template);
  await migrate(url);
  const jobs = createJobs({ databaseUrl: url, logger: silentLogger });
  await jobs.install();
  await jobs.stop();
  return {
    adminUrl,
    template,
    async stop() {
      if (embedded) return embedded.stop();
      await asAdmin(adminUrl, (client) => client.query(`drop database if exists ${template} with (force)`));
    },
  };
}

/** The server of this run: what vitest's global set-up provided. */
async function providedServer(): Promise<DatabaseServer> {
  const { inject } = await import('vitest');
  return inject('databaseServer');
}

export interface TestDatabase {
  /** For the relay: a role without special rights. */
  url: string;
  drop(): Promise<void>;
}

/** A fresh, migrated, empty database, in some 50 ms. Pass the server when not running under vitest. */
export async function createTestDatabase(server?: DatabaseServer): Promise<TestDatabase> {
  const { adminUrl, template } = server ?? (await providedServer());
  const name = `recado_test_${randomUUID().replaceAll('-', '')}`;
  await asAdmin(adminUrl, (client) =>
    client.query(`create database ${name} template ${template} owner ${ROLE}`),
  );
  return {
    url: urlOf(adminUrl, name),
    async drop() {
      await asAdmin(adminUrl, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}
