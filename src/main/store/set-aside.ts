/**
 * What happens to a database file that cannot be read: it is renamed, never deleted, and the work of this PC that the
 * relay does not have yet is read out of it row by row, as far as its pages can be decrypted.
 */
import Database from 'better-sqlite3';
import { existsSync, renameSync } from 'node:fs';
import type { Connection, Parameters } from './database.ts';
import { applyKey, isPlainSqlite } from './open.ts';
import { LOCAL_TABLES } from './tables.ts';

export type LocalRows = Record<(typeof LOCAL_TABLES)[number], Parameters[]>;

/** Renames the database with its write-ahead log; answers where it is now. Throws when the folder cannot be written. */
export function setAside(file: string, at: Date): string {
  const stamp = at.toISOString().replaceAll(':', '-').replace('.', '-');
  let target = `${file}.set-aside-${stamp}`;
  for (let attempt = 2; existsSync(target); attempt += 1) target = `${file}.set-aside-${stamp}-${attempt}`;
  // The log first: a crash in between leaves an old file without its log, never a new file with an old log.
  for (const suffix of ['-wal', '-shm', '']) {
    if (existsSync(file + suffix)) renameSync(file + suffix, target + suffix);
  }
  return target;
}

/** Reads the local tables of a file that was set aside. Whatever cannot be read is left out. */
export function readLocalRows(file: string, key: Uint8Array): LocalRows {
  const rows: LocalRows = { outbox: [], drafts: [], local_files: [], local_values: [] };
  let connection: Connection | null = null;
  try {
    if (isPlainSqlite(file)) return rows;
    connection = new Database(file, { readonly: true, fileMustExist: true });
    applyKey(connection, key);
    // A file cut short is refused as a whole unless the schema is writable; its first pages may still be good.
    connection.unsafeMode(true);
    connection.pragma('writable_schema = ON');
    for (const table of LOCAL_TABLES) rows[table] = readRows(connection, table);
  } catch {
    return rows;
  } finally {
    connection?.close();
  }
  return rows;
}

/** Rows from both ends up to whatever damaged page lies between. */
function readRows(connection: Connection, table: string): Parameters[] {
  const rows = new Map<string, Parameters>();
  for (const direction of ['asc', 'desc'] as const) {
    try {
      const key = (connection.pragma(`table_info(${table})`) as { name: string; pk: number }[]).find(
        ({ pk }) => pk === 1,
      );
      if (key === undefined) break;
      const statement = connection.prepare(`select * from ${table} order by ${key.name} ${direction}`);
      for (const row of statement.iterate() as Iterable<Parameters>) rows.set(String(row[key.name]), row);
      break;
    } catch {
      // The rows before the damaged page are kept; the other end is tried next.
    }
  }
  return [...rows.values()];
}

/** Puts rows of another file into this one; columns this version does not know are dropped. Answers how many fit. */
export function restoreLocalRows(connection: Connection, rows: LocalRows): Record<keyof LocalRows, number> {
  const restored = { outbox: 0, drafts: 0, local_files: 0, local_values: 0 };
  for (const table of LOCAL_TABLES) {
    const known = connection.pragma(`table_info(${table})`) as { name: string }[];
    for (const row of rows[table]) {
      const columns = known.map(({ name }) => name).filter((name) => Object.hasOwn(row, name));
      const names = columns.map((name) => `:${name}`).join(', ');
      try {
        connection
          .prepare(`insert or ignore into ${table} (${columns.join(', ')}) values (${names})`)
          .run(row);
        restored[table] += 1;
      } catch {
        // A row that breaks a rule of this version cannot be carried over; the file it came from is still there.
      }
    }
  }
  return restored;
}
