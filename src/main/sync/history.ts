import { HISTORY_LIMIT, type Change } from '@recado/protocol';
import { z } from 'zod';
import { backOffDelay } from '../lib/back-off.ts';
import { createPause } from '../lib/signal.ts';
import { createBatches } from './batches.ts';
import type { SyncDeps } from './interface.ts';
import type { StatusBoard } from './status.ts';
import type { Turns } from './turns.ts';

/** Messages per transaction: a live change waits at most for one of these. */
const BATCH = 500;

const Ordinal = z.object({ ordinal: z.number().int().positive() });

/** Where to continue below a batch, newest first; null when its last line cannot tell. */
function cursorBelow(changes: Change[]): number | null {
  const parsed = Ordinal.safeParse(changes.at(-1)?.data);
  return parsed.success ? parsed.data.ordinal : null;
}

/** Fills in old messages behind everything else, from where it last stopped. */
export interface HistoryFill {
  /** Runs until the history is complete or `signal` aborts; resolves when nothing is under way any more. */
  run(signal: AbortSignal): Promise<void>;
  /** The relay can be reached again: go on now. */
  wake(): void;
}

export function createHistoryFill(deps: SyncDeps & { turns: Turns; board: StatusBoard }): HistoryFill {
  const { store, relay, turns, board } = deps;

  /** One page; how it ended. */
  async function page(before: number | null, signal: AbortSignal): Promise<'more' | 'complete' | 'failed'> {
    let reached = before;
    const apply = async (changes: Change[], next: number | null) => {
      const touched = await turns.run('background', () =>
        store.write.applyHistory({ changes, before: next }),
      );
      deps.onChanges(touched, 'history');
      board.setHistory(await store.read.syncState({}));
    };
    const batches = createBatches<Change>(BATCH, async (changes) => {
      const next = cursorBelow(changes) ?? reached;
      // Without a place to continue from, the rows wait for the page's end and come again if it is not reached.
      if (next === null) return;
      await apply(changes, next);
      reached = next;
    });
    const outcome = await relay.history({
      before,
      limit: HISTORY_LIMIT,
      signal,
      async onChanges(changes) {
        board.heard();
        if (!signal.aborted) await batches.add(changes);
      },
    });
    const rest = await batches.finish();
    if (!outcome.ok) return 'failed';
    const next = outcome.value.before;
    // A page that does not lead further down would be asked for for ever.
    if (next !== null && before !== null && next >= before) return 'failed';
    await apply(rest, next);
    return next === null ? 'complete' : 'more';
  }

  let pause = createPause(deps);

  return {
    async run(signal) {
      let failures = 0;
      pause = createPause(deps);
      const endPause = pause.close;
      signal.addEventListener('abort', endPause, { once: true });
      while (!signal.aborted) {
        const state = await store.read.syncState({});
        board.setHistory(state);
        if (state.isHistoryComplete) break;
        const result = await page(state.historyBefore, signal).catch(() => 'failed' as const);
        if (result === 'complete') break;
        failures = result === 'failed' ? failures + 1 : 0;
        if (failures > 0 && !signal.aborted) {
          deps.log('sync.historyFailed', { failures });
          await pause.wait(backOffDelay(failures, deps.random));
        }
      }
      signal.removeEventListener('abort', endPause);
    },
    wake() {
      pause.end();
    },
  };
}
