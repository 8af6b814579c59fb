import type { ReadDatabase, WriteDatabase } from '../database.ts';

/** The version at which an entity was deleted, or 0 when it never was. */
export function getTombstone(database: ReadDatabase, entity: string, id: string): number {
  const row = database.get<{ version: number }>(
    'select version from tombstones where entity = :entity and id = :id',
    { entity, id },
  );
  return row?.version ?? 0;
}

/** Whether any entity of a name was ever deleted. */
export function hasTombstones(database: ReadDatabase, entity: string): boolean {
  return database.get('select 1 from tombstones where entity = :entity limit 1', { entity }) !== undefined;
}

/** Remembers a deletion; false when it, or a later one, is remembered already. */
export function recordTombstone(
  database: WriteDatabase,
  entity: string,
  id: string,
  version: number,
): boolean {
  const { changes } = database.run(
    `insert into tombstones (entity, id, version) values (:entity, :id, :version)
     on conflict (entity, id) do update set version = excluded.version where excluded.version > version`,
    { entity, id, version },
  );
  return changes > 0;
}
