/** The writes of the sync engine: pages of the feed, of a snapshot and of history. One transaction each. */
import { toEpoch, type Change } from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import type { ChangeSet } from '../interface.ts';
import { applyDeletion, applyMessageDeletions, applyToBatch, createBatch, finishBatch } from './apply.ts';
import { listMessagesBetween } from './messages.ts';
import {
  addSnapshotReceived,
  getHistorySeq,
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

/**
 * See `StoreWrites.applyHistory`. A page holds every message between where it ends and where the one before ended, so
 * what is held there from before the snapshot and is not in the page was deleted meanwhile.
 */
export function applyHistory(
  database: WriteDatabase,
  input: { changes: Change[]; before: number | null },
): ChangeSet {
  const batch = createBatch(database);
  const { messages, unreadable } = applyToBatch(batch, input.changes);
  const upper = getSyncState(database).historyBefore ?? Number.MAX_SAFE_INTEGER;
  if (unreadable === 0) {
    const seq = getHistorySeq(database);
    const held = listMessagesBetween(database, { lower: input.before ?? 0, upper, version: seq });
    const brought = new Set(messages.map(({ ordinal }) => ordinal));
    for (const { ordinal, id } of held) {
      if (!brought.has(ordinal)) applyDeletion(batch, { entity: 'message', id, seq });
    }
    applyMessageDeletions(batch);
  }
  const oldest = messages[0];
  moveHistory(database, {
    before: input.before,
    oldestSentAt: oldest === undefined ? null : toEpoch(oldest.sentAt),
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
