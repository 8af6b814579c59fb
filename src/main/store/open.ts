import Database from 'better-sqlite3';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import type { Connection } from './database.ts';

/** A backup or a virus scanner may hold the file for a moment. */
const BUSY_TIMEOUT_MS = 5_000;
const PLAIN_HEADER = 'SQLite format 3\0';

/** Whether the file begins like an unencrypted SQLite database. */
export function isPlainSqlite(file: string): boolean {
  const header = Buffer.alloc(PLAIN_HEADER.length);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, header.length, 0);
  } finally {
    closeSync(descriptor);
  }
  return header.toString('latin1') === PLAIN_HEADER;
}

/** Size of the file in bytes, or 0 when there is none. */
export function fileSize(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Gives a fresh connection its cipher and key; nothing is read or decrypted yet. */
export function applyKey(connection: Connection, key: Uint8Array): void {
  if (key.length !== 32) throw new RangeError('the key must be 32 bytes');
  // AEGIS costs next to nothing where the default cipher doubles small writes (docs/architecture.md, decision 3).
  connection.pragma(`cipher = 'aegis'`);
  // A raw key: no key derivation at every open. https://utelle.github.io/SQLite3MultipleCiphers/docs/configuration/config_sql_pragmas/
  connection.pragma(`key = "raw:${Buffer.from(key).toString('hex')}"`);
}

/** Settings SQLite forgets when a file is closed. Memory-mapped reading is off: encrypted pages cannot use it. */
function applyPragmas(connection: Connection, busyTimeoutMs: number): void {
  // A WAL database comes back with NORMAL: the last messages before a power cut would be lost.
  connection.pragma('synchronous = FULL');
  connection.pragma('foreign_keys = ON');
  connection.pragma(`busy_timeout = ${busyTimeoutMs}`);
  // No sort or temporary table ever reaches the disk in the clear.
  connection.pragma('temp_store = MEMORY');
  connection.pragma('wal_autocheckpoint = 8000');
  connection.pragma('journal_size_limit = 67108864');
  connection.pragma('cache_size = -32000');
}

/** Opens the file for writing, creating it when missing. Throws what SQLite throws; see `classifyOpenFailure`. */
export function openForWriting(file: string, key: Uint8Array, busyTimeoutMs = BUSY_TIMEOUT_MS): Connection {
  if (fileSize(file) > 0 && isPlainSqlite(file)) throw plainFileError();
  const connection = new Database(file, { timeout: busyTimeoutMs });
  try {
    applyKey(connection, key);
    connection.pragma('journal_mode = WAL');
    applyPragmas(connection, busyTimeoutMs);
    // Reads the first page, so that a wrong key or a cut file shows here and not in the middle of a write.
    connection.prepare('select count(*) from sqlite_schema').get();
    if (isPlainSqlite(file)) throw plainFileError();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Opens the file a writer has already opened and migrated. */
export function openForReading(file: string, key: Uint8Array): Connection {
  const connection = new Database(file, { readonly: true, fileMustExist: true });
  try {
    applyKey(connection, key);
    applyPragmas(connection, BUSY_TIMEOUT_MS);
    connection.pragma('query_only = ON');
    connection.prepare('select count(*) from sqlite_schema').get();
    return connection;
  } catch (error) {
    connection.close();
    throw error;
  }
}

function plainFileError(): Error {
  return Object.assign(new Error('the file is not encrypted'), { code: 'SQLITE_CORRUPT' });
}
