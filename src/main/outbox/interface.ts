import type { Clock, Scheduler } from '../lib/time.ts';
import type { Log } from '../lib/log.ts';
import type { OutgoingMedia } from '@recado/protocol';
import type { Outcome, RelayClient } from '../relay/interface.ts';
import type { ChangeSet, RefusedCommand, Store } from '../store/interface.ts';

/** Brings files to the relay before the command that names them. */
export interface Uploads {
  /**
   * Resolves when all of these are at the relay, or says why not. `refused`: one of them never will be (the command is
   * then refused with the code); every other failure is tried again. Asked again for what is there already, it answers
   * at once.
   */
  ensureUploaded(media: OutgoingMedia[], signal: AbortSignal): Promise<Outcome<null>>;
}

export interface OutboxDeps {
  store: {
    read: Pick<Store['read'], 'nextHeld'>;
    write: Pick<Store['write'], 'takeOutbox' | 'recordOutboxResults' | 'returnOutbox'>;
  };
  relay: Pick<RelayClient, 'commands'>;
  uploads: Uploads;
  /** Relay time: when a command held back may leave. */
  clock: Clock;
  scheduler: Scheduler;
  random: () => number;
  log: Log;
  onChanges: (changes: ChangeSet) => void;
  /** The relay did not accept these, and they are undone. */
  onRefused: (refused: RefusedCommand[]) => void;
  /** The relay has ended this session, or revoked this device; nothing more is sent. */
  onRevoked: (reason: 'revoked' | 'deviceRevoked') => void;
}

export interface OutboxRunner {
  start(): void;
  /** A command was queued, or the relay can be reached again: send now. */
  wake(): void;
  /**
   * Runs `step` while nothing is taken from the outbox. A message that waits for its files is given back first, its upload
   * ended; for one that is being sent at this moment its answer is awaited (some seconds at most).
   */
  whileWithdrawn<Value>(messageId: string, step: () => Promise<Value>): Promise<Value>;
  /** Resolves when nothing is under way; what was not answered is queued again. */
  stop(): Promise<void>;
}
