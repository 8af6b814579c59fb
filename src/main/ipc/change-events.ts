import type { EventPayload } from '../../shared/contract/index.ts';
import type { Scheduler } from '../lib/time.ts';
import type { ChangeSet } from '../store/interface.ts';
import type { ChangeOrigin } from '../sync/interface.ts';

/** More names than this are not worth sending: the window reads again what is on screen. */
const MOST_IDS = 200;

/**
 * How long changes are gathered, in milliseconds, counted from the first, so that a steady stream cannot keep the
 * screen waiting. Live ones one frame; old messages arriving behind the scenes must not keep the screen busy.
 */
const GATHER_MS: Record<ChangeOrigin, number> = { live: 16, catchUp: 100, history: 1_000 };

export interface ChangeEvents {
  add(changes: ChangeSet, origin: ChangeOrigin): void;
  /** Everything on screen may look different, for a reason outside the store (time has passed). */
  addAll(): void;
  close(): void;
}

/** Merges change sets into `changed` events: one lane per origin, so that a live change never waits for an old one. */
export function createChangeEvents(deps: {
  scheduler: Scheduler;
  emit: (payload: EventPayload<'changed'>) => void;
}): ChangeEvents {
  const lanes = new Map<ChangeOrigin, { ids: Set<string>; overflow: boolean; cancel: () => void }>();

  function flush(origin: ChangeOrigin) {
    const lane = lanes.get(origin);
    if (lane === undefined) return;
    lanes.delete(origin);
    const overflow = lane.overflow || lane.ids.size > MOST_IDS;
    deps.emit({
      conversationIds: overflow ? [] : [...lane.ids],
      overflow,
      isLive: origin === 'live',
    });
  }

  function add(changes: ChangeSet, origin: ChangeOrigin) {
    const isAll = changes.overflow || changes.reference;
    if (!isAll && changes.conversationIds.length === 0) return;
    let lane = lanes.get(origin);
    if (lane === undefined) {
      lane = {
        ids: new Set(),
        overflow: false,
        cancel: deps.scheduler.after(GATHER_MS[origin], () => {
          flush(origin);
        }),
      };
      lanes.set(origin, lane);
    }
    lane.overflow ||= isAll;
    // Once it is clear that the names will not be sent, they are not gathered either.
    if (lane.ids.size <= MOST_IDS) for (const id of changes.conversationIds) lane.ids.add(id);
  }

  return {
    add,
    addAll() {
      add({ conversationIds: [], overflow: true, reference: false }, 'live');
    },
    close() {
      for (const lane of lanes.values()) lane.cancel();
      lanes.clear();
    },
  };
}
