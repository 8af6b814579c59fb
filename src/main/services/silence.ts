/**
 * A PC that has not heard its relay for a month erases the clinic's data by itself: it may have been revoked, or stolen.
 * Its clock alone is not believed, see docs/adr/0009-silent-pcs-erase-themselves.md.
 */
import type { Scheduler } from '../lib/time.ts';
import type { SettingsFile } from './settings.ts';

const DAY_MS = 24 * 3_600_000;
/** Silence that is too long. */
export const LONGEST_SILENCE_MS = 30 * DAY_MS;
/** Suspected for so long by the clock, and for so long while running, it is certain. */
export const SUSPICION_MS = DAY_MS;
export const SUSPICION_RUNNING_MS = 3_600_000;
const LOOK_EVERY_MS = 600_000;

export interface Suspicion {
  since: number;
  ranMs: number;
}

/**
 * What is to be thought of the silence at `now` (the PC's clock, set right by what the relay last said), after having run
 * for `ranMs` since the last look.
 */
export function judgeSilence(input: {
  now: number;
  ranMs: number;
  lastHeardAt: number | null;
  suspicion: Suspicion | null;
}): { suspicion: Suspicion | null; isCertain: boolean } {
  const { now, lastHeardAt, suspicion } = input;
  if (lastHeardAt === null || now - lastHeardAt < LONGEST_SILENCE_MS)
    return { suspicion: null, isCertain: false };
  // A clock that has gone back was wrong: from the beginning.
  if (suspicion === null || now < suspicion.since)
    return { suspicion: { since: now, ranMs: 0 }, isCertain: false };
  const ranMs = suspicion.ranMs + input.ranMs;
  return {
    suspicion: { ...suspicion, ranMs },
    isCertain: now - suspicion.since >= SUSPICION_MS && ranMs >= SUSPICION_RUNNING_MS,
  };
}

export interface SilenceWatch {
  /** Looks now and from then on again and again; true when the silence is certainly too long. */
  look(): boolean;
  /** The relay was heard, relay time; null when there is nothing to lose any more. */
  heard(at: number | null): void;
  close(): void;
}

export function createSilenceWatch(deps: {
  settings: SettingsFile;
  /** The PC's clock, set right by what the relay last said. */
  now: () => number;
  monotonicNow: () => number;
  scheduler: Scheduler;
  /** When the running engine last heard the relay; null when it has not, or does not run. */
  lastHeardAt: () => number | null;
  onTooLong: () => void;
}): SilenceWatch {
  const { settings } = deps;
  let lookedAt = deps.monotonicNow();
  let cancel: () => void = () => undefined;

  function look(): boolean {
    const monotonic = deps.monotonicNow();
    const ranMs = monotonic - lookedAt;
    lookedAt = monotonic;
    const held = settings.get();
    const heardAt = deps.lastHeardAt();
    const lastHeardAt = heardAt === null ? held.lastHeardAt : Math.max(held.lastHeardAt ?? 0, heardAt);
    const { suspicion, isCertain } = judgeSilence({
      now: deps.now(),
      ranMs,
      lastHeardAt,
      suspicion: held.silence,
    });
    if (lastHeardAt !== held.lastHeardAt || suspicion !== null || held.silence !== null)
      settings.update({ lastHeardAt, silence: suspicion });
    return isCertain;
  }

  function lookAgain() {
    cancel();
    cancel = deps.scheduler.after(LOOK_EVERY_MS, () => {
      lookAgain();
      if (look()) deps.onTooLong();
    });
  }

  return {
    look() {
      lookAgain();
      return look();
    },
    heard(at) {
      settings.update({ lastHeardAt: at, silence: null });
    },
    close() {
      cancel();
    },
  };
}
