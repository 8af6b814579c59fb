import type { Notifier } from '../db/notifier.ts';

/**
 * Tells processes that something of a clinic has changed. Only a wake-up: it carries no data and may be lost, since readers
 * also look by the clock. Sent after the commit and not in the transaction, because PostgreSQL makes all commits
 * that carry a NOTIFY wait for each other.
 */
export interface Doorbell {
  /** After a commit: tells this process at once, and the others. */
  ring(clinicId: string): void;
  /** Calls `listener` at each ring of any process; returns how to stop. */
  onRing(listener: (clinicId: string) => void): () => void;
}

/** A bell for each thing to be told: `changes` are new in the feed, `sessions` have ended. */
export function createDoorbell({
  notifier,
  of,
}: {
  notifier: Notifier;
  of: 'changes' | 'sessions';
}): Doorbell {
  const channel = `recado_${of}`;
  const listeners = new Set<(clinicId: string) => void>();

  function tell(clinicId: string) {
    for (const listener of listeners) listener(clinicId);
  }
  notifier.listen(channel, tell);

  return {
    ring(clinicId) {
      tell(clinicId);
      notifier.tell(channel, clinicId);
    },
    onRing(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
