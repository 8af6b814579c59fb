import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { SyncState } from '../interface.ts';

interface SyncStateRow {
  cursor: number | null;
  snapshot_seq: number | null;
  snapshot_received: number;
  snapshot_expected: number;
  snapshot_after: string | null;
  history_seq: number;
  history_before: number | null;
  is_history_complete: number;
  history_complete_since: number | null;
  unreadable_from: number | null;
  forgotten_before: number | null;
  search_from: number;
}

export function getSyncState(database: ReadDatabase): SyncState {
  const row = database.get<SyncStateRow>('select * from sync_state')!;
  return {
    cursor: row.cursor,
    snapshot:
      row.snapshot_seq === null
        ? null
        : {
            seq: row.snapshot_seq,
            received: row.snapshot_received,
            expected: row.snapshot_expected,
            after: row.snapshot_after,
          },
    historyBefore: row.history_before,
    isHistoryComplete: row.is_history_complete === 1,
    historyCompleteSince: row.history_complete_since,
    unreadableFrom: row.unreadable_from,
    forgottenBefore: row.forgotten_before,
  };
}

/**
 * From which ordinal on all messages are held, from which on they are in the search index, and the feed number that
 * history is being read behind (0 when there was no snapshot). History is complete
 * behind the snapshot before its first page is in, down to nothing when all of it is.
 */
export function getMessageBounds(database: ReadDatabase): {
  completeFrom: number;
  searchFrom: number;
  historySeq: number;
} {
  const row = database.get<SyncStateRow>('select * from sync_state')!;
  const isWhole = row.is_history_complete === 1 && row.forgotten_before === null;
  return {
    completeFrom: isWhole ? 0 : (row.history_before ?? row.history_seq + 1),
    searchFrom: row.search_from,
    historySeq: row.history_seq,
  };
}

/**
 * Begins a snapshot, or goes on with it when its number is the one in progress. History starts over: what changed
 * between the old cursor and this snapshot is only in its pages.
 */
export function markSnapshotBegun(database: WriteDatabase, input: { seq: number; expected: number }): void {
  if (getSyncState(database).snapshot?.seq === input.seq) return;
  database.run(
    `update sync_state set snapshot_seq = :seq, snapshot_received = 0, snapshot_expected = :expected,
       snapshot_after = null, ${HISTORY_FROM_SEQ}`,
    input,
  );
  // What has happened to a thread since the old cursor is not in it.
  database.run('update conversations set is_thread_whole = 0 where is_thread_whole = 1');
}

const HISTORY_FROM_SEQ = `history_seq = :seq, history_before = null, is_history_complete = 0,
  history_complete_since = null, forgotten_before = null`;

/**
 * See `StoreWrites.restartHistory`. What is held from before now and is not in the pages that come is gone at the relay.
 * Nothing restarts before there is a whole snapshot to be behind of.
 */
export function restartHistory(database: WriteDatabase): void {
  const { cursor, snapshot } = getSyncState(database);
  if (cursor === null || snapshot !== null) return;
  database.run(`update sync_state set ${HISTORY_FROM_SEQ}`, { seq: cursor });
}

export function addSnapshotReceived(
  database: WriteDatabase,
  input: { count: number; after: string | null },
): void {
  database.run(
    `update sync_state set snapshot_received = snapshot_received + :count,
       snapshot_after = coalesce(:after, snapshot_after)`,
    input,
  );
}

export function markSnapshotEnded(database: WriteDatabase, input: { seq: number }): void {
  database.run(
    `update sync_state set cursor = max(coalesce(cursor, 0), :seq), snapshot_seq = null, snapshot_received = 0,
       snapshot_expected = 0, snapshot_after = null`,
    input,
  );
}

/** Moves the cursor forward; during a snapshot it waits for its end, or a crash would hide what is still missing. */
export function moveCursor(database: WriteDatabase, next: number): void {
  database.run(
    'update sync_state set cursor = :next where snapshot_seq is null and cursor is not null and cursor < :next',
    { next },
  );
}

/** Moves the lower end of the gap-free history; it only ever goes down. */
export function moveHistory(
  database: WriteDatabase,
  input: { before: number | null; oldestSentAt: number | null },
): void {
  database.run(
    `update sync_state set
       history_before = min(coalesce(history_before, :before), :before),
       is_history_complete = max(is_history_complete, :isComplete),
       history_complete_since = coalesce(min(coalesce(history_complete_since, :oldestSentAt), :oldestSentAt),
         history_complete_since)`,
    {
      before: input.before ?? 0,
      isComplete: input.before === null ? 1 : 0,
      oldestSentAt: input.oldestSentAt,
    },
  );
}

/**
 * Retention has forgotten what was sent before an instant: the history ends there, also where its fill has come that far
 * and has more to bring.
 */
export function endHistoryAt(
  database: WriteDatabase,
  input: { sentBefore: number; completeFrom: number },
): void {
  database.run(
    `update sync_state set
       forgotten_before = max(coalesce(forgotten_before, :sentBefore), :sentBefore),
       history_before = max(coalesce(history_before, :completeFrom), :completeFrom),
       is_history_complete = iif(history_complete_since <= :sentBefore, 1, is_history_complete),
       history_complete_since = max(history_complete_since, :sentBefore)`,
    input,
  );
}

export function setSearchFrom(database: WriteDatabase, searchFrom: number): void {
  database.run('update sync_state set search_from = :searchFrom', { searchFrom });
}

export function noteUnreadable(database: WriteDatabase, seq: number): void {
  database.run('update sync_state set unreadable_from = min(coalesce(unreadable_from, :seq), :seq)', { seq });
}

/** See `StoreWrites.rereadUnreadable`. */
export function rereadUnreadable(database: WriteDatabase): { cursor: number | null } {
  database.run(
    `update sync_state set cursor = max(0, min(cursor, unreadable_from - 1)), unreadable_from = null
     where unreadable_from is not null and cursor is not null`,
  );
  return { cursor: getSyncState(database).cursor };
}
