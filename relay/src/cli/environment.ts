import { resolve } from 'node:path';

/** The command was called in a way that cannot work; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const DEFAULT_DATA_FOLDER = '.data/relay';

export interface OpenDatabase {
  url: string;
  close(): Promise<void>;
}

/** The database of `DATABASE_URL`, or a PostgreSQL of its own in the data folder, started for as long as needed. */
export async function openDatabase(dataFolder: string | undefined): Promise<OpenDatabase> {
  const given = process.env['DATABASE_URL'];
  if (given) return { url: given, close: async () => {} };
  // A development dependency: a hosted relay is given its database.
  const { startEmbeddedPostgres } = await import('../db/embedded-postgres.ts');
  const server = await startEmbeddedPostgres({
    directory: resolve(dataFolder ?? DEFAULT_DATA_FOLDER),
    persistent: true,
  });
  return { url: await server.url('recado'), close: server.stop };
}

/** A secret from standard input, so that it shows neither in the process list nor in a shell's history. */
export async function readSecret(what: string): Promise<string> {
  if (process.stdin.isTTY) process.stderr.write(`${what}: `);
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) {
    text += String(chunk);
    if (text.includes('\n')) break;
  }
  const secret = text.split('\n')[0]?.trim() ?? '';
  if (secret === '') throw new UsageError(`${what} is expected on standard input.`);
  return secret;
}
