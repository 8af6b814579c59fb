import type { Change } from '@recado/protocol';
import type { RelayFailure, SnapshotItem } from '../relay/interface.ts';
import { createBatches } from './batches.ts';
import type { SyncDeps } from './interface.ts';
import { createPace } from './pace.ts';
import type { StatusBoard } from './status.ts';
import type { Turns } from './turns.ts';

/** Lines of the first transaction: small, so that the first rows show at once. */
const FIRST_BATCH = 400;

type Deps = SyncDeps & { turns: Turns; board: StatusBoard };

/** Reads a snapshot to its end, from the beginning or behind a mark; the answer is its feed number, or why not. */
async function readSnapshot(
  deps: Deps,
  from: { seq: number; after: string } | null,
  input: { isQuiet: boolean; signal: AbortSignal },
): Promise<{ seq: number } | RelayFailure> {
  const { store, relay, board, turns, clock } = deps;
  const pace = createPace({ clock, first: FIRST_BATCH });
  let seq: number | null = null;
  let progress = { done: 0, total: 0 };

  const apply = async (items: SnapshotItem[]) => {
    const changes: Change[] = [];
    let after: string | null = null;
    for (const item of items) {
      if (item.type === 'mark') after = item.after;
      else changes.push(item);
    }
    const touched = await turns.run('live', () =>
      pace.run(changes.length, () => store.write.applySnapshot({ changes, after })),
    );
    deps.onChanges(touched, 'catchUp');
    const conversations = changes.filter((change) => change.entity === 'conversation').length;
    progress = { ...progress, done: Math.min(progress.done + conversations, progress.total) };
    if (!input.isQuiet) board.setProgress(progress);
  };
  const batches = createBatches(pace.size, apply);

  const outcome = await relay.snapshot({
    from,
    signal: input.signal,
    async onHead(head) {
      board.heard();
      seq = head.seq;
      const { snapshot } = await store.read.syncState({});
      const goesOn = snapshot?.seq === head.seq && from !== null;
      const total = head.counts.conversation ?? 0;
      // Lines are counted in the store, conversations are shown: close enough for a bar.
      const share = goesOn ? snapshot.received / Math.max(1, snapshot.expected) : 0;
      progress = { done: Math.min(total, Math.round(share * total)), total };
      if (!input.isQuiet) {
        board.setPhase('bootstrapping');
        board.setProgress(progress);
      }
      const expected = Object.values(head.counts).reduce((sum, count) => sum + count, 0);
      await turns.run('live', () => store.write.beginSnapshot({ seq: head.seq, expected }));
    },
    async onItems(items) {
      board.heard();
      await batches.add(items);
    },
  });
  const rest = await batches.finish();
  if (seq === null) return outcome.ok ? { kind: 'invalidResponse' } : outcome.failure;
  // What a cut one has brought is kept, with its last mark.
  if (rest.length > 0 && !input.signal.aborted) await apply(rest);
  if (!outcome.ok) return outcome.failure;
  const snapshotSeq: number = seq;
  deps.onChanges(await turns.run('live', () => store.write.endSnapshot({ seq: snapshotSeq })), 'catchUp');
  return { seq: snapshotSeq };
}

/**
 * Takes a whole snapshot into the store, going on where one was cut. `isQuiet`: what is held stays good enough to work
 * with meanwhile, and nobody needs to see a bar.
 */
export async function takeSnapshot(
  deps: Deps,
  input: { isQuiet: boolean; signal: AbortSignal },
): Promise<{ seq: number } | RelayFailure> {
  const { snapshot } = await deps.store.read.syncState({});
  const from =
    snapshot === null || snapshot.after === null ? null : { seq: snapshot.seq, after: snapshot.after };
  const result = await readSnapshot(deps, from, input);
  // The relay knows nothing of that mark (any more): from the beginning.
  const isUnknown = 'kind' in result && (result.kind === 'gone' || result.kind === 'refused');
  return from !== null && isUnknown ? readSnapshot(deps, null, input) : result;
}
