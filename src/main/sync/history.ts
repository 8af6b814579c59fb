import { HISTORY_LIMIT, type Change } from '@recado/protocol';
import { z } from 'zod';
import { backOffDelay } from '../lib/back-off.ts';
import { createPause, followSignal } from '../lib/signal.ts';
import { createBatches } from './batches.ts';
import type { SyncState } from '../store/interface.ts';
import type { SyncDeps } from './interface.ts';
import { createPace } from './pace.ts';
import type { StatusBoard } from './status.ts';
import type { Turns } from './turns.ts';

const FIRST_BATCH = 500;

const Ordinal = z.number().int().positive();

/** Where to continue below these, newest first; null when none of them can tell. */
function cursorBelow(changes: Change[]): number | null {
  for (let index = changes.length - 1; index >= 0; index -= 1) {
    const parsed = Ordinal.safeParse((changes[index]?.data as { ordinal?: unknown }).ordinal);
    if (parsed.success) return parsed.data;
  }
  return null;
}

/** `edge`: what comes next is older than this PC should keep. */
export type HistoryResult = 'complete' | 'edge' | 'stopped';

/** Fills in old messages behind everything else, from where it last stopped. */
export interface HistoryFill {
  /** Runs until the history is complete or `signal` aborts; resolves when nothing is under way any more. */
  run(signal: AbortSignal): Promise<HistoryResult>;
  /** The relay can be reached again: go on now. */
  wake(): void;
}

export function createHistoryFill(deps: SyncDeps & { turns: Turns; board: StatusBoard }): HistoryFill {
  const { store, relay, turns, board } = deps;
  const pace = createPace({ clock: deps.clock, first: FIRST_BATCH });
  let pause = createPause(deps);
  let progress: { done: number; total: number } | null = null;

  /** How many messages there are at all; a relay that does not say leaves the screen without a bar. */
  async function startProgress(signal: AbortSignal) {
    const [checksums, { messages }] = await Promise.all([
      relay.checksums({ fromOrdinal: 0, signal }),
      store.read.storage({}),
    ]);
    const total = checksums.ok ? checksums.value.entities.message?.count : undefined;
    if (total === undefined || signal.aborted) return;
    progress = { done: Math.min(messages, total), total };
    board.setHistoryProgress(progress);
  }

  /** Whether everything is held that was sent since the edge. */
  const isAtEdge = ({ historyCompleteSince }: Pick<SyncState, 'historyCompleteSince'>) => {
    const edge = deps.historyEdge();
    return edge !== null && historyCompleteSince !== null && historyCompleteSince <= edge;
  };

  async function apply(changes: Change[], before: number | null): Promise<SyncState> {
    const touched = await turns.run('background', () =>
      pace.run(changes.length, () => store.write.applyHistory({ changes, before })),
    );
    deps.onChanges(touched, 'history');
    if (progress !== null) {
      progress = { ...progress, done: Math.min(progress.done + changes.length, progress.total) };
      board.setHistoryProgress(progress);
    }
    const state = await store.read.syncState({});
    board.setHistory(state);
    return state;
  }

  /** Page after page from a place on, reading one while another is written. `moved`: cut, but further than before. */
  async function stretch(
    from: number | null,
    signal: AbortSignal,
  ): Promise<Exclude<HistoryResult, 'stopped'> | 'failed' | 'moved'> {
    const { controller: reading, release } = followSignal(signal);
    let reached = from;
    let isBeyond = false;
    const take = async (changes: Change[]) => {
      const next = cursorBelow(changes) ?? reached;
      // Without a place to continue from, the rows would have to come again.
      if (isBeyond || signal.aborted || next === null || changes.length === 0) return;
      isBeyond = isAtEdge(await apply(changes, next));
      reached = next;
      if (isBeyond) reading.abort();
    };
    const batches = createBatches<Change>(pace.size, take);
    try {
      for (let before = from; ;) {
        const outcome = await relay.history({
          before,
          limit: HISTORY_LIMIT,
          signal: reading.signal,
          async onChanges(changes) {
            board.heard();
            await batches.add(changes);
          },
        });
        const next = outcome.ok ? outcome.value.before : null;
        // A page that does not lead further down would be asked for for ever.
        if (next !== null && (before === null || next < before)) {
          before = next;
          continue;
        }
        const rest = await batches.finish();
        if (outcome.ok && next === null && !isBeyond && !signal.aborted) {
          await apply(rest, null);
          return 'complete';
        }
        await take(rest);
        if (isBeyond) return 'edge';
        return reached === from ? 'failed' : 'moved';
      }
    } finally {
      release();
    }
  }

  async function runUntil(signal: AbortSignal): Promise<HistoryResult> {
    let failures = 0;
    while (!signal.aborted) {
      const state = await store.read.syncState({});
      board.setHistory(state);
      if (state.isHistoryComplete) return 'complete';
      if (isAtEdge(state)) return 'edge';
      if (progress === null) startProgress(signal).catch(() => undefined);
      const result = await stretch(state.historyBefore, signal).catch(() => 'failed' as const);
      if (signal.aborted) break;
      if (result === 'complete' || result === 'edge') return result;
      failures = result === 'failed' ? failures + 1 : 1;
      deps.log('sync.historyFailed', { failures });
      await pause.wait(backOffDelay(failures, deps.random));
    }
    return 'stopped';
  }

  return {
    async run(signal) {
      pause = createPause(deps);
      progress = null;
      const { controller: running, release } = followSignal(signal);
      running.signal.addEventListener('abort', pause.close, { once: true });
      try {
        return await runUntil(running.signal);
      } finally {
        // Whatever the relay still says of this run comes too late to be shown.
        running.abort();
        release();
        progress = null;
        board.setHistoryProgress(null);
      }
    },
    wake() {
      pause.end();
    },
  };
}
