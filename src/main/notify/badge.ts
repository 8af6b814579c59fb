/** The one unread number, on dock and taskbar: counted by the store, never summed over what is on screen. */
import type { Clock, Scheduler } from '../lib/time.ts';
import type { Store } from '../store/interface.ts';

/** Changes come in bursts; the number follows this many milliseconds after the first. */
const GATHER_MS = 200;

export interface Badge {
  refresh(): void;
  /** Takes the number away. */
  stop(): void;
}

export function createBadge(deps: {
  clock: Clock;
  scheduler: Scheduler;
  counts: Store['read']['inboxCounts'];
  show: (count: number) => void;
  onError: (error: unknown) => void;
}): Badge {
  let cancel: (() => void) | null = null;
  let isStopped = false;
  let shown: number | null = null;

  const show = (count: number) => {
    if (count === shown) return;
    shown = count;
    deps.show(count);
  };

  return {
    refresh() {
      if (isStopped || cancel !== null) return;
      cancel = deps.scheduler.after(GATHER_MS, () => {
        cancel = null;
        deps.counts({ now: deps.clock.now() }).then(({ badge }) => {
          if (!isStopped) show(badge);
        }, deps.onError);
      });
    },
    stop() {
      isStopped = true;
      cancel?.();
      show(0);
    },
  };
}
