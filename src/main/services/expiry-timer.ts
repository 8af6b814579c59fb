import type { Clock, Scheduler } from '../lib/time.ts';

/** Looks again at least this often: the PC may have slept, and its clock may have been set. */
const LOOK_AGAIN_MS = 60_000;

/** Tells when a conversation expires by relay time alone, without anything arriving. */
export interface ExpiryTimer {
  /** Something changed that may move the next expiry. */
  refresh(): void;
  stop(): void;
}

export function createExpiryTimer(deps: {
  clock: Clock;
  scheduler: Scheduler;
  /** The instant after `now` at which some conversation expires; null when none will. */
  nextExpiry: (input: { now: number }) => Promise<number | null>;
  onExpired: () => void;
  onError: (error: unknown) => void;
}): ExpiryTimer {
  const { clock, scheduler } = deps;
  let cancel: () => void = () => undefined;
  let due: number | null = null;
  let isStopped = false;
  let isLooking = false;
  let isStale = false;

  function wait() {
    cancel();
    if (isStopped) return;
    const delay = due === null ? LOOK_AGAIN_MS : Math.min(LOOK_AGAIN_MS, Math.max(0, due - clock.now()));
    cancel = scheduler.after(delay, () => {
      if (due !== null && clock.now() >= due) {
        due = null;
        deps.onExpired();
      }
      look();
    });
  }

  /** One question at a time; what changes meanwhile is asked once afterwards. */
  function look() {
    if (isLooking) {
      isStale = true;
      return;
    }
    isLooking = true;
    deps
      .nextExpiry({ now: clock.now() })
      .then((next) => {
        due = next;
      }, deps.onError)
      .finally(() => {
        isLooking = false;
        if (isStale) {
          isStale = false;
          look();
        } else wait();
      });
  }

  return {
    refresh() {
      if (!isStopped) look();
    },
    stop() {
      isStopped = true;
      cancel();
    },
  };
}
