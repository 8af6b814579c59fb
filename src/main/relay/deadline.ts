import { followSignal } from '../lib/signal.ts';
import type { Scheduler } from '../lib/time.ts';

/** Gives up when nothing was heard for a while, or when the caller does. */
export interface Deadline {
  readonly signal: AbortSignal;
  /** Something was heard: the time starts again. */
  extend(): void;
  /** The time does not run while this side is busy; `extend` starts it again. */
  hold(): void;
  /** Ends it; to be called exactly once. */
  clear(): void;
}

export function createDeadline(deps: {
  scheduler: Scheduler;
  signal: AbortSignal | undefined;
  silenceMs: number;
}): Deadline {
  const { controller, release } = followSignal(deps.signal);
  const abort = () => {
    controller.abort();
  };
  let cancel = deps.scheduler.after(deps.silenceMs, abort);
  return {
    signal: controller.signal,
    extend() {
      cancel();
      cancel = deps.scheduler.after(deps.silenceMs, abort);
    },
    hold() {
      cancel();
    },
    clear() {
      cancel();
      release();
    },
  };
}
