/** From a path to an open, migrated connection: the writer's start, with every way it can go wrong as a value. */
import { copyFileSync, rmSync } from 'node:fs';
import type { Connection } from './database.ts';
import { classifyOpenFailure, errorCode, isDamage } from './failures.ts';
import type { StoreOpenFailure, StoreRecovery } from './interface.ts';
import { migrate, readVersion, removeBackups, type Migration, type MigrationError } from './migrate.ts';
import { fileSize, openForReading, openForWriting } from './open.ts';
import { readLocalRows, restoreLocalRows, setAside } from './set-aside.ts';

export type Prepared =
  | { ok: true; connection: Connection; recovered: StoreRecovery | null }
  | { ok: false; failure: StoreOpenFailure; error?: unknown };

interface PrepareInput {
  file: string;
  key: Uint8Array;
  migrations: readonly Migration[];
  /** Names a file that has to be set aside. */
  at: Date;
  /** Whether a file that cannot be read may be set aside and another begun. */
  mayReplace: boolean;
  /** Sets the file aside whatever state it is in. */
  rebuild: boolean;
  /** How long another process may hold the file. */
  busyTimeoutMs?: number;
}

function openAndMigrate({ file, key, migrations, busyTimeoutMs }: PrepareInput): Prepared {
  let connection: Connection | null = null;
  try {
    connection = openForWriting(file, key, busyTimeoutMs);
    const migrated = migrate(connection, migrations);
    if (migrated.ok) {
      // This start has found everything in order: the copy from before the last migration has done its service.
      if (migrated.applied.length === 0) removeBackups(file);
      return { ok: true, connection, recovered: null };
    }
    connection.close();
    return migrated;
  } catch (error) {
    if (connection?.open) connection.close();
    return { ok: false, failure: classifyOpenFailure(error, fileSize(file)), error };
  }
}

/** A migration that failed for what it does itself, and not for what the file is: no reason to replace the file. */
const asMigrationError = (error: unknown): MigrationError | null =>
  error instanceof Error && error.name === 'MigrationError' && !isDamage(errorCode(error))
    ? (error as MigrationError)
    : null;

/** Makes sure that the file is as it was before a migration, from its copy if need be. */
function restore({ file, key }: PrepareInput, { backup, version }: MigrationError): void {
  if (backup === null) return;
  try {
    const connection = openForReading(file, key);
    const isUntouched = readVersion(connection) === version;
    connection.close();
    if (isUntouched) return;
  } catch {
    // Not even readable any more: the copy is all there is.
  }
  for (const suffix of ['-wal', '-shm']) rmSync(file + suffix, { force: true });
  copyFileSync(backup, file);
}

/**
 * Opens the file; one that cannot be read is set aside and a fresh one begun with what could be saved. One that could
 * not be migrated is left as it was: whether to rebuild it is for a person to say.
 */
export function prepareStoreFile(input: PrepareInput): Prepared {
  if (input.rebuild && fileSize(input.file) > 0) return replace(input, 'asked');
  const first = openAndMigrate(input);
  if (first.ok) return first;
  const migrationError = asMigrationError(first.error);
  if (migrationError !== null) {
    restore(input, migrationError);
    return first.failure === 'disk_full' ? first : { ...first, failure: 'corrupt' };
  }
  if (!input.mayReplace || (first.failure !== 'wrong_key' && first.failure !== 'corrupt')) return first;
  return replace(input, first.failure);
}

function replace(input: PrepareInput, reason: StoreRecovery['reason']): Prepared {
  let setAsideFile: string;
  try {
    setAsideFile = setAside(input.file, input.at);
  } catch (error) {
    return { ok: false, failure: reason === 'asked' ? 'no_access' : reason, error };
  }
  const rows = readLocalRows(setAsideFile, input.key);
  const fresh = openAndMigrate(input);
  if (!fresh.ok) return fresh;
  const { outbox: commands, drafts, local_files: files } = restoreLocalRows(fresh.connection, rows);
  return { ...fresh, recovered: { reason, setAsideFile, commands, drafts, files } };
}
