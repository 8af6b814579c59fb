/** Clinic, agents, teams, tags, templates, quick replies: few, kept as the relay's JSON. */
import { DEFAULT_CLINIC_SETTINGS, type ClinicSettings, type Entity, type EntityName } from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { FindTemplate } from '../outgoing.ts';
import { predictReference } from '../predictions.ts';
import { listPendingReference } from './outbox.ts';
import { getTombstone, recordTombstone } from './tombstones.ts';

export type ReferenceName = Extract<
  EntityName,
  'clinic' | 'agent' | 'team' | 'tag' | 'template' | 'quickReply'
>;

/**
 * All entities of one name by id, as this PC's pending commands will leave them: few enough to work that out at every
 * reading, so that a refused command leaves nothing behind.
 */
export function mapReference<Name extends ReferenceName>(
  database: ReadDatabase,
  entity: Name,
): Map<string, Entity<Name>> {
  const rows = database.all<{ id: string; data: string }>(
    'select id, data from reference_entities where entity = :entity',
    { entity },
  );
  const held = new Map(rows.map(({ id, data }) => [id, JSON.parse(data) as Entity<Name>]));
  const pending = listPendingReference(database);
  return pending.length === 0 ? held : (predictReference(entity, held as never, pending) as typeof held);
}

/** Looks templates up, reading them once at most. */
export function createFindTemplate(database: ReadDatabase): FindTemplate {
  let templates: Map<string, Entity<'template'>> | null = null;
  return (id) => (templates ??= mapReference(database, 'template')).get(id);
}

/** How the clinic wants its inbox; the usual where the relay has not said. */
export function getClinicSettings(database: ReadDatabase): ClinicSettings {
  const [clinic] = mapReference(database, 'clinic').values();
  return { ...DEFAULT_CLINIC_SETTINGS, ...clinic?.settings };
}

/** Keeps the newer of two versions; answers whether anything changed. */
export function upsertReference(
  database: WriteDatabase,
  input: { entity: ReferenceName; id: string; version: number; snapshotSeq: number | null; data: unknown },
): boolean {
  const { entity, id, version, snapshotSeq } = input;
  if (getTombstone(database, entity, id) >= version) return false;
  const { changes } = database.run(
    `insert into reference_entities (entity, id, version, snapshot_seq, data)
     values (:entity, :id, :version, :snapshotSeq, :data)
     on conflict (entity, id) do update set version = excluded.version, data = excluded.data
     where excluded.version > version`,
    { entity, id, version, snapshotSeq, data: JSON.stringify(input.data) },
  );
  if (snapshotSeq !== null) markReferenceSeen(database, { entity, id, snapshotSeq });
  return changes > 0;
}

/** Remembers which snapshot last brought the row: what the newest did not bring is gone at the relay. */
export function markReferenceSeen(
  database: WriteDatabase,
  input: { entity: string; id: string; snapshotSeq: number },
): void {
  database.run(
    'update reference_entities set snapshot_seq = :snapshotSeq where entity = :entity and id = :id',
    input,
  );
}

/** Deletes unless a newer version is held; answers whether anything changed. */
export function deleteReference(
  database: WriteDatabase,
  input: { entity: ReferenceName; id: string; version: number },
): boolean {
  if (!recordTombstone(database, input.entity, input.id, input.version)) return false;
  const { changes } = database.run(
    'delete from reference_entities where entity = :entity and id = :id and version < :version',
    input,
  );
  return changes > 0;
}
