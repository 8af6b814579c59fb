/** The writes of the sync engine: pages of the feed, of a snapshot and of history. One transaction each. */
import { toEpoch, type Change } from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import type { ChangeSet } from '../interface.ts';
import { applyDeletion, applyToBatch, createBatch, finishBatch } from './apply.ts';
import {
  addSnapshotReceived,
  getSyncState,
  markSnapshotEnded,
  moveCursor,
  moveHistory,
} from './sync-state.ts';

/** See `StoreWrites.applyChanges`. */
export function applyChanges(database: WriteDatabase, input: { changes: Change[]; next: number }): ChangeSet {
  const batch = createBatch(database);
  applyToBatch(batch, input.changes);
  moveCursor(database, input.next);
  return finishBatch(batch);
}

/** See `StoreWrites.applySnapshot`. */
export function applySnapshot(database: WriteDatabase, input: { changes: Change[] }): ChangeSet {
  const batch = createBatch(database, getSyncState(database).snapshot?.seq ?? null);
  applyToBatch(batch, input.changes);
  addSnapshotReceived(database, input.changes.length);
  return finishBatch(batch);
}

/** See `StoreWrites.applyHistory`. */
export function applyHistory(
  database: WriteDatabase,
  input: { changes: Change[]; before: number | null },
): ChangeSet {
  const batch = createBatch(database);
  const { oldestMessage } = applyToBatch(batch, input.changes);
  moveHistory(database, {
    before: input.before,
    oldestSentAt: oldestMessage === null ? null : toEpoch(oldestMessage.sentAt),
  });
  return finishBatch(batch);
}

/** Mirror tables a snapshot brings whole, with the entity their rows are, or the column that says so. */
const SNAPSHOT_TABLES = [
  { table: 'conversations', entity: `'conversation'` },
  { table: 'patients', entity: `'patient'` },
  { table: 'appointments', entity: `'appointment'` },
  { table: 'reference_entities', entity: 'entity' },
] as const;

/**
 * See `StoreWrites.endSnapshot`. What this snapshot did not bring and no newer change has touched is gone at the relay:
 * it is deleted as of the snapshot, so that nothing older can bring it back.
 */
export function endSnapshot(database: WriteDatabase, input: { seq: number }): ChangeSet {
  const batch = createBatch(database);
  for (const { table, entity } of SNAPSHOT_TABLES) {
    const missing = database.all<{ entity: Parameters<typeof applyDeletion>[1]['entity']; id: string }>(
      `select ${entity} as entity, id from ${table} where snapshot_seq is not :seq and version < :seq`,
      input,
    );
    for (const row of missing) applyDeletion(batch, { ...row, seq: input.seq });
  }
  markSnapshotEnded(database, input);
  return finishBatch(batch);
}
