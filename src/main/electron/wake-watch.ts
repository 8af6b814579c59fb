/**
 * Notices what no event tells of: that the network has come back or is another one, and that the machine has slept without
 * saying so (a virtual machine, a lid on some Linux desktops).
 */
import type { Scheduler } from '../lib/time.ts';

const LOOK_EVERY_MS = 5_000;
/** A look that comes later than this was slept through; a busy machine alone is not that late. */
const SLEPT_MS = 30_000;

export function createWakeWatch(deps: {
  scheduler: Scheduler;
  /** Milliseconds since the machine started, sleep included. */
  uptime: () => number;
  isOnline: () => boolean;
  /** Addresses of this machine on its networks, in any order. */
  addresses: () => string[];
  wake: (reason: 'resume' | 'network') => void;
}): { stop(): void } {
  const network = () => deps.addresses().sort().join(' ');
  let wasOnline = deps.isOnline();
  let lastNetwork = network();
  let lookedAt = deps.uptime();
  let cancel: () => void = () => undefined;

  function look() {
    const isOnline = deps.isOnline();
    const now = network();
    const at = deps.uptime();
    if (at - lookedAt > SLEPT_MS) deps.wake('resume');
    // Another network carries no connection of the one before, however quiet they look.
    else if (isOnline && (!wasOnline || now !== lastNetwork)) deps.wake('network');
    wasOnline = isOnline;
    lastNetwork = now;
    lookedAt = at;
    lookAgain();
  }
  function lookAgain() {
    cancel = deps.scheduler.after(LOOK_EVERY_MS, look);
  }
  lookAgain();
  return {
    stop() {
      cancel();
    },
  };
}
