import type { Change } from '@recado/protocol';
import { followSignal } from '../lib/signal.ts';
import type { RelayFailure, StreamItem } from '../relay/interface.ts';
import type { ChangeOrigin, SyncDeps } from './interface.ts';
import type { StatusBoard } from './status.ts';
import type { Turns } from './turns.ts';

/** The place in the clinic's feed this PC has applied everything up to, and the two ways to move it. */
export interface Feed {
  cursor(): number;
  /** After a snapshot, or at start. */
  moveTo(cursor: number): void;
  /** Reads pages from the cursor until there are no more; null when done. */
  catchUp(signal: AbortSignal): Promise<RelayFailure | null>;
  /** Listens from the cursor until the stream ends; null when the relay ended it. */
  listen(signal: AbortSignal, onOpen: () => void): Promise<RelayFailure | null>;
}

export function createFeed(deps: SyncDeps & { turns: Turns; board: StatusBoard }): Feed {
  const { store, relay, turns, board } = deps;
  let cursor = 0;

  async function apply(changes: Change[], next: number, origin: ChangeOrigin) {
    const touched = await turns.run('live', () => store.write.applyChanges({ changes, next }));
    cursor = Math.max(cursor, next);
    deps.onChanges(touched, origin);
  }

  async function catchUp(signal: AbortSignal): Promise<RelayFailure | null> {
    for (;;) {
      const after = cursor;
      const page = await relay.changes({ after, signal });
      if (!page.ok) return page.failure;
      board.heard();
      const { changes, next, more, head } = page.value;
      // The relay knows less than this PC: it was restored from a backup, and only a new snapshot can agree with it.
      if (head < after) return { kind: 'gone' };
      if (more || board.get().phase === 'offline') board.setPhase('catchingUp');
      if (changes.length > 0 || next > cursor) await apply(changes, next, 'catchUp');
      if (signal.aborted) return { kind: 'aborted' };
      if (!more) return null;
      // A page that leads nowhere (a cached or foreign answer) would be asked for for ever.
      if (next <= after) return { kind: 'invalidResponse' };
    }
  }

  async function take(items: StreamItem[], signal: AbortSignal) {
    board.heard();
    const changes: Change[] = [];
    let head = cursor;
    for (const item of items) {
      if (item.type === 'change') changes.push(item.change);
      else if (item.type === 'ping') head = Math.max(head, item.head);
      else if (item.type === 'presence') deps.onPresence(item.event);
    }
    const last = changes.reduce((highest, change) => Math.max(highest, change.seq), 0);
    if (changes.length > 0) await apply(changes, last, 'live');
    // The doorbell was missed: the ping names a change the stream has not brought.
    return head > cursor ? catchUp(signal) : null;
  }

  return {
    cursor: () => cursor,
    moveTo(next) {
      cursor = next;
    },
    catchUp,
    async listen(signal, onOpen) {
      let failure: RelayFailure | null = null;
      const { controller: broken, release } = followSignal(signal);
      const outcome = await relay.stream({
        after: cursor,
        signal: broken.signal,
        onOpen,
        async onItems(items) {
          failure ??= await take(items, signal);
          if (failure !== null) broken.abort();
        },
      });
      release();
      return failure ?? (outcome.ok ? null : outcome.failure);
    },
  };
}
