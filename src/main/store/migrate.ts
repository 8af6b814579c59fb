import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Connection } from './database.ts';
import { errorCode } from './failures.ts';

export interface Migration {
  /** Grows by ten, so that a forgotten step can be put between two. */
  version: number;
  /** The file's name without its number. */
  name: string;
  up: (connection: Connection) => void;
}

export type MigrateResult = { ok: true; applied: number[] } | { ok: false; failure: 'from_newer_version' };

/** Why a migration did not go through: the file is as it was before, and `backup` holds a copy of that. */
export interface MigrationError extends Error {
  name: 'MigrationError';
  /** SQLite's, or empty. */
  code: string;
  version: number;
  backup: string | null;
}

const isBackupOf = (file: string) => {
  const prefix = `${basename(file)}.before-`;
  return (name: string) => name.startsWith(prefix) && name.endsWith('.backup');
};

/** Removes the copies made before migrations. */
export function removeBackups(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder).filter(isBackupOf(file)))
    rmSync(join(folder, name), { force: true });
}

/** The version of the file: the number of its last migration, 0 when it is new. */
export function readVersion(connection: Connection): number {
  return connection.pragma('user_version', { simple: true }) as number;
}

/**
 * Brings a file to the newest version, all steps in one transaction: it ends fully migrated or untouched. A file that
 * holds something is copied first, with the same key. Throws a MigrationError when a step fails.
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): MigrateResult {
  assertAscending(migrations);
  const current = readVersion(connection);
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) return { ok: false, failure: 'from_newer_version' };
  const pending = migrations.filter(({ version }) => version > current);
  if (pending.length === 0) return { ok: true, applied: [] };
  const backup = current > 0 && !connection.memory ? backUp(connection, current) : null;

  // Inside a transaction this pragma does nothing, and a rebuilt parent table would take its children along.
  connection.pragma('foreign_keys = OFF');
  try {
    connection
      .transaction(() => {
        for (const migration of pending) migration.up(connection);
        const broken = connection.pragma('foreign_key_check') as unknown[];
        if (broken.length > 0) throw new Error(`migration leaves ${broken.length} broken references`);
        connection.pragma(`user_version = ${newest}`);
      })
      .immediate();
  } catch (error) {
    const { message, stack } = error as Error;
    const code = errorCode(error);
    throw Object.assign(new Error(message), {
      name: 'MigrationError' as const,
      stack,
      code,
      version: current,
      backup,
    });
  } finally {
    connection.pragma('foreign_keys = ON');
  }
  return { ok: true, applied: pending.map(({ version }) => version) };
}

function assertAscending(migrations: readonly Migration[]): void {
  migrations.forEach((migration, index) => {
    const previous = migrations[index - 1]?.version ?? 0;
    if (migration.version <= previous) throw new Error(`migration ${migration.version} is out of order`);
  });
}

/** `recado.db` at version 10 is copied to `recado.db.before-000010.backup`, encrypted with the same key. */
function backUp(connection: Connection, version: number): string {
  // One copy is enough, and there may be room for no more.
  removeBackups(connection.name);
  const file = `${connection.name}.before-${String(version).padStart(6, '0')}.backup`;
  try {
    connection.prepare('vacuum into :file').run({ file });
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  }
  return file;
}
