import { readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Connection } from './database.ts';

export interface Migration {
  /** Grows by ten, so that a forgotten step can be put between two. */
  version: number;
  /** The file's name without its number. */
  name: string;
  up: (connection: Connection) => void;
}

export type MigrateResult = { ok: true; applied: number[] } | { ok: false; failure: 'from_newer_version' };

const BACKUPS_KEPT = 2;

/** The version of the file: the number of its last migration, 0 when it is new. */
export function readVersion(connection: Connection): number {
  return connection.pragma('user_version', { simple: true }) as number;
}

/**
 * Brings a file to the newest version, all steps in one transaction: it ends fully migrated or untouched. A file that
 * holds something is copied first (same key, two copies kept). Throws when a step fails.
 */
export function migrate(connection: Connection, migrations: readonly Migration[]): MigrateResult {
  assertAscending(migrations);
  const current = readVersion(connection);
  const newest = migrations.at(-1)?.version ?? 0;
  if (current > newest) return { ok: false, failure: 'from_newer_version' };
  const pending = migrations.filter(({ version }) => version > current);
  if (pending.length === 0) return { ok: true, applied: [] };
  if (current > 0 && !connection.memory) backUp(connection, current);

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
function backUp(connection: Connection, version: number): void {
  const file = `${connection.name}.before-${String(version).padStart(6, '0')}.backup`;
  rmSync(file, { force: true });
  connection.prepare('vacuum into :file').run({ file });
  const folder = dirname(connection.name);
  const prefix = `${basename(connection.name)}.before-`;
  const backups = readdirSync(folder).filter((name) => name.startsWith(prefix) && name.endsWith('.backup'));
  for (const old of backups.sort().slice(0, -BACKUPS_KEPT)) rmSync(join(folder, old), { force: true });
}
