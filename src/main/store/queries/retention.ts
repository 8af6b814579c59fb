import type { WriteDatabase } from '../database.ts';
import type { ChangeSet } from '../interface.ts';
import { createBatch, finishBatch, touchByKey } from './apply.ts';
import { markThreadsCut } from './conversations.ts';
import { deleteMessagesBefore } from './messages.ts';
import { endHistoryAt, getMessageBounds, getSyncState } from './sync-state.ts';

/** See `StoreWrites.forgetMessages`. */
export function forgetMessages(
  database: WriteDatabase,
  input: { sentBefore: number; limit: number },
): { forgotten: number; changes: ChangeSet } {
  const { sentBefore } = input;
  const batch = createBatch(database, { isLive: false });
  const { completeFrom, searchFrom } = getMessageBounds(database);
  const { isHistoryComplete, historyCompleteSince } = getSyncState(database);
  const forgotten = deleteMessagesBefore(database, { ...input, searchFrom });
  const isFillBelow =
    !isHistoryComplete && historyCompleteSince !== null && historyCompleteSince <= sentBefore;
  if (forgotten.length > 0 || isFillBelow) {
    const highest = forgotten.reduce((most, { ordinal }) => Math.max(most, ordinal), 0);
    endHistoryAt(database, { sentBefore, completeFrom: Math.max(completeFrom, highest + 1) });
  }
  const keys = new Set(forgotten.map((row) => row.conversation_key));
  markThreadsCut(database, [...keys]);
  touchByKey(batch, keys);
  return { forgotten: forgotten.length, changes: finishBatch(batch) };
}
