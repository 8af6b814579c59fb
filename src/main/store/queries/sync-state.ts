import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { SyncState } from '../interface.ts';

interface SyncStateRow {
  cursor: number | null;
  snapshot_seq: number | null;
  snapshot_received: number;
  snapshot_expected: number;
  history_before: number | null;
  is_history_complete: number;
  history_complete_since: number | null;
  unreadable_from: number | null;
}

export function getSyncState(database: ReadDatabase): SyncState {
  const row = database.get<SyncStateRow>('select * from sync_state')!;
  return {
    cursor: row.cursor,
    snapshot:
      row.snapshot_seq === null
        ? null
        : { seq: row.snapshot_seq, received: row.snapshot_received, expected: row.snapshot_expected },
    historyBefore: row.history_before,
    isHistoryComplete: row.is_history_complete === 1,
    historyCompleteSince: row.history_complete_since,
    unreadableFrom: row.unreadable_from,
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
       history_seq = :seq, history_before = null, is_history_complete = 0, history_complete_since = null`,
    input,
  );
}

export function addSnapshotReceived(database: WriteDatabase, count: number): void {
  database.run('update sync_state set snapshot_received = snapshot_received + :count', { count });
}

export function markSnapshotEnded(database: WriteDatabase, input: { seq: number }): void {
  database.run(
    `update sync_state set cursor = max(coalesce(cursor, 0), :seq), snapshot_seq = null, snapshot_received = 0,
       snapshot_expected = 0`,
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

/** Feed number of the snapshot that history is being read behind; 0 when there was none. */
export function getHistorySeq(database: ReadDatabase): number {
  return database.get<{ history_seq: number }>('select history_seq from sync_state')!.history_seq;
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
