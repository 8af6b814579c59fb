/** The writes of the sync engine: pages of the feed, of a snapshot and of history. One transaction each. */
import { toEpoch, type Change } from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import type { ChangeSet } from '../interface.ts';
import {
  applyDeletion,
  applyOthers,
  applyToBatch,
  createBatch,
  finishBatch,
  putMessages,
  touchByKey,
  type Batch,
  type MessagePut,
} from './apply.ts';
import { markThreadWhole } from './conversations.ts';
import { deleteMessagesAt, hasMessagesBetween, listMessagesBetween } from './messages.ts';
import { indexRange } from './search-index.ts';
import {
  addSnapshotReceived,
  getMessageBounds,
  getSyncState,
  markSnapshotEnded,
  moveCursor,
  moveHistory,
} from './sync-state.ts';
import { recordTombstone } from './tombstones.ts';

/** See `StoreWrites.applyChanges`. */
export function applyChanges(database: WriteDatabase, input: { changes: Change[]; next: number }): ChangeSet {
  const batch = createBatch(database, { isLive: true });
  applyToBatch(batch, input.changes);
  moveCursor(database, input.next);
  return finishBatch(batch);
}

/** See `StoreWrites.applySnapshot`. */
export function applySnapshot(
  database: WriteDatabase,
  input: { changes: Change[]; after?: string | null },
): ChangeSet {
  const { changes, after = null } = input;
  const snapshotSeq = getSyncState(database).snapshot?.seq ?? null;
  const batch = createBatch(database, { isLive: false, snapshotSeq });
  applyToBatch(batch, changes);
  addSnapshotReceived(database, { count: changes.length, after });
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
  const batch = createBatch(database, { isLive: false });
  const { messages, unreadable } = applyOthers(batch, input.changes);
  // Before the page is put: of a first fill hardly anything is held there, and nothing of the page need be looked at.
  if (unreadable === 0) removeMissing(batch, messages, input.before);
  putPage(batch, messages);
  moveHistory(database, {
    before: input.before,
    oldestSentAt: toEpoch(messages[0]?.data.sentAt ?? null),
  });
  return finishBatch(batch);
}

function removeMissing(batch: Batch, messages: MessagePut[], before: number | null): void {
  const { database } = batch;
  const { historySeq: seq } = getMessageBounds(database);
  const upper = getSyncState(database).historyBefore ?? Number.MAX_SAFE_INTEGER;
  const held = listMessagesBetween(database, { lower: before ?? 0, upper, version: seq });
  if (held.length === 0) return;
  const brought = new Set(messages.map(({ data }) => data.ordinal));
  const missing = held.filter(({ ordinal }) => !brought.has(ordinal));
  if (missing.length === 0) return;
  for (const { id } of missing) recordTombstone(database, 'message', id, seq);
  batch.hasMessageTombstones = true;
  deleteMessagesAt(database, {
    ordinals: missing.map(({ ordinal }) => ordinal),
    searchFrom: batch.writing.searchFrom,
  });
  touchByKey(
    batch,
    missing.map((row) => row.conversation_key),
  );
}

/** Puts a page; where nothing of it is held yet, its words go into the search index all at once, which is faster. */
function putPage(batch: Batch, messages: MessagePut[]): void {
  const lowest = messages[0]?.data.ordinal ?? 0;
  const highest = messages.at(-1)?.data.ordinal ?? 0;
  const { searchFrom } = batch.writing;
  const isNew = lowest >= searchFrom && !hasMessagesBetween(batch.database, { lowest, highest });
  if (isNew) batch.writing.searchFrom = Number.MAX_SAFE_INTEGER;
  putMessages(batch, messages);
  if (isNew) indexRange(batch.database, { lowest, highest });
  batch.writing.searchFrom = searchFrom;
}

/** See `StoreWrites.applyThread`. */
export function applyThread(
  database: WriteDatabase,
  input: { conversationId: string; changes: Change[]; isBeginning: boolean },
): ChangeSet {
  const batch = createBatch(database, { isLive: false });
  applyToBatch(batch, input.changes);
  if (input.isBeginning && markThreadWhole(database, input.conversationId))
    batch.touched.add(input.conversationId);
  return finishBatch(batch);
}

/**
 * Mirror tables a snapshot brings whole, with the entity their rows are, or the column that says so. What this PC has
 * begun by itself and the relay has not heard of is left alone.
 */
const SNAPSHOT_TABLES = [
  {
    table: 'conversations',
    entity: `'conversation'`,
    and: 'and not (relay_json is null and prediction_json is not null)',
  },
  { table: 'patients', entity: `'patient'`, and: 'and version > 0' },
  { table: 'appointments', entity: `'appointment'`, and: 'and version > 0' },
  { table: 'reference_entities', entity: 'entity', and: '' },
] as const;

/**
 * See `StoreWrites.endSnapshot`. What this snapshot did not bring and no newer change has touched is gone at the relay:
 * it is deleted as of the snapshot, so that nothing older can bring it back.
 */
export function endSnapshot(database: WriteDatabase, input: { seq: number }): ChangeSet {
  const batch = createBatch(database, { isLive: false });
  for (const { table, entity, and } of SNAPSHOT_TABLES) {
    const missing = database.all<{ entity: Parameters<typeof applyDeletion>[1]['entity']; id: string }>(
      `select ${entity} as entity, id from ${table} where snapshot_seq is not :seq and version < :seq ${and}`,
      input,
    );
    for (const row of missing) applyDeletion(batch, { ...row, seq: input.seq });
  }
  markSnapshotEnded(database, input);
  return finishBatch(batch);
}
