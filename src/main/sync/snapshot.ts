import type { Change } from '@recado/protocol';
import type { RelayFailure } from '../relay/interface.ts';
import { createBatches } from './batches.ts';
import type { SyncDeps } from './interface.ts';
import type { StatusBoard } from './status.ts';
import type { Turns } from './turns.ts';

/** Lines per transaction: large enough that commits cost little, small enough that the first rows show at once. */
const BATCH = 400;

/** Takes a whole snapshot into the store; the answer is its feed number, or why it could not be had. */
export async function takeSnapshot(
  deps: SyncDeps & { turns: Turns; board: StatusBoard },
  signal: AbortSignal,
): Promise<{ seq: number } | RelayFailure> {
  const { store, relay, board, turns } = deps;
  let seq: number | null = null;
  let progress = { done: 0, total: 0 };

  const apply = async (changes: Change[]) => {
    const touched = await turns.run('live', () => store.write.applySnapshot({ changes }));
    deps.onChanges(touched, 'catchUp');
    const conversations = changes.filter((change) => change.entity === 'conversation').length;
    progress = { ...progress, done: Math.min(progress.done + conversations, progress.total) };
    board.setProgress(progress);
  };
  const batches = createBatches(BATCH, apply);

  const outcome = await relay.snapshot({
    signal,
    async onHead(head) {
      board.heard();
      board.setPhase('bootstrapping');
      seq = head.seq;
      progress = { done: 0, total: head.counts.conversation ?? 0 };
      board.setProgress(progress);
      const expected = Object.values(head.counts).reduce((sum, count) => sum + count, 0);
      await turns.run('live', () => store.write.beginSnapshot({ seq: head.seq, expected }));
    },
    async onChanges(changes) {
      board.heard();
      await batches.add(changes);
    },
  });
  const rest = await batches.finish();
  if (!outcome.ok) return outcome.failure;
  if (seq === null) return { kind: 'invalidResponse' };
  if (rest.length > 0) await apply(rest);
  const snapshotSeq: number = seq;
  deps.onChanges(await turns.run('live', () => store.write.endSnapshot({ seq: snapshotSeq })), 'catchUp');
  return { seq: snapshotSeq };
}
