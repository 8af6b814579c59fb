/**
 * Relay time on this PC. The PC's own clock may be hours off and may jump while the app runs, so after the first
 * answer of the relay it is not looked at any more: time goes on by a clock that only moves forward.
 */
import type { Clock } from '../lib/time.ts';

/** The clocks of this machine, in milliseconds. */
export interface LocalClocks {
  /** The PC's calendar clock, epoch milliseconds. */
  wall: () => number;
  /** Fine and only forward, but stands still while the machine sleeps. */
  monotonic: () => number;
  /** Time since the machine started, sleep included; whole seconds on some systems. */
  uptime: () => number;
}

export interface RelayClock extends Clock {
  /** Relay time minus PC time, milliseconds. */
  offset(): number;
  /** Takes a reading: what the relay said, and when the question left and the answer came (monotonic). */
  sample(reading: { serverTime: number; sentAt: number; receivedAt: number }): void;
}

/** Uptime may count in whole seconds; a smaller difference to the monotonic clock is no sleep. */
const SLEEP_THRESHOLD_MS = 1_500;
/** Share of the way to a new reading's middle that is taken at once; the rest is smoothed out over the next ones. */
const SMOOTHING = 1 / 8;

/** `savedOffset`: relay minus PC time as last known, for a start without network. */
export function createRelayClock(clocks: LocalClocks, savedOffset: number): RelayClock {
  let anchor = {
    relay: clocks.wall() + savedOffset,
    monotonic: clocks.monotonic(),
    uptime: clocks.uptime(),
  };
  let hasSample = false;

  const elapsed = () => {
    const monotonic = clocks.monotonic() - anchor.monotonic;
    const uptime = clocks.uptime() - anchor.uptime;
    return uptime - monotonic > SLEEP_THRESHOLD_MS ? uptime : monotonic;
  };
  const now = () => Math.round(anchor.relay + elapsed());

  return {
    now,
    offset: () => now() - Math.round(clocks.wall()),
    sample({ serverTime, sentAt, receivedAt }) {
      // At `receivedAt` the relay's clock shows between serverTime and serverTime + round trip: a guess inside stays
      // close to where it is, one outside is wrong and moves to the nearer end.
      const sinceReceived = clocks.monotonic() - receivedAt;
      const earliest = serverTime + sinceReceived;
      const roundTrip = Math.max(0, receivedAt - sentAt);
      const middle = earliest + roundTrip / 2;
      const held = now();
      const inside = Math.min(Math.max(held, earliest), earliest + roundTrip);
      const relay = hasSample ? inside + (middle - inside) * SMOOTHING : middle;
      anchor = { relay, monotonic: clocks.monotonic(), uptime: clocks.uptime() };
      hasSample = true;
    },
  };
}
