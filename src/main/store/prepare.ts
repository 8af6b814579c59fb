/** From a path to an open, migrated connection: the writer's start, with every way it can go wrong as a value. */
import type { Connection } from './database.ts';
import { classifyOpenFailure } from './failures.ts';
import type { StoreOpenFailure, StoreRecovery } from './interface.ts';
import { migrate, type Migration } from './migrate.ts';
import { fileSize, openForWriting } from './open.ts';
import { readLocalRows, restoreLocalRows, setAside } from './set-aside.ts';

export type Prepared =
  | { ok: true; connection: Connection; recovered: StoreRecovery | null }
  | { ok: false; failure: StoreOpenFailure };

interface PrepareInput {
  file: string;
  key: Uint8Array;
  migrations: readonly Migration[];
  /** Names a file that has to be set aside. */
  at: Date;
}

function openAndMigrate({ file, key, migrations }: PrepareInput): Prepared {
  let connection: Connection | null = null;
  try {
    connection = openForWriting(file, key);
    const migrated = migrate(connection, migrations);
    if (migrated.ok) return { ok: true, connection, recovered: null };
    connection.close();
    return migrated;
  } catch (error) {
    if (connection?.open) connection.close();
    return { ok: false, failure: classifyOpenFailure(error, fileSize(file)) };
  }
}

/** Opens the file; one that cannot be read is set aside and a fresh one begun with what could be saved. */
export function prepareStoreFile(input: PrepareInput): Prepared {
  const first = openAndMigrate(input);
  if (first.ok || (first.failure !== 'wrong_key' && first.failure !== 'corrupt')) return first;
  let setAsideFile: string;
  try {
    setAsideFile = setAside(input.file, input.at);
  } catch {
    return first;
  }
  const rows = readLocalRows(setAsideFile, input.key);
  const fresh = openAndMigrate(input);
  if (!fresh.ok) return fresh;
  const { outbox, drafts } = restoreLocalRows(fresh.connection, rows);
  return { ...fresh, recovered: { reason: first.failure, setAsideFile, commands: outbox, drafts } };
}
