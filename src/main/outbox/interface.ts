import type { Scheduler } from '../lib/time.ts';
import type { Log } from '../lib/log.ts';
import type { RelayClient } from '../relay/interface.ts';
import type { ChangeSet, RefusedCommand, Store } from '../store/interface.ts';

export interface OutboxDeps {
  store: {
    write: Pick<Store['write'], 'takeOutbox' | 'recordOutboxResults' | 'returnOutbox'>;
  };
  relay: Pick<RelayClient, 'commands'>;
  scheduler: Scheduler;
  random: () => number;
  log: Log;
  onChanges: (changes: ChangeSet) => void;
  /** The relay did not accept these, and they are undone. */
  onRefused: (refused: RefusedCommand[]) => void;
  /** The relay has revoked this session; nothing more is sent. */
  onRevoked: () => void;
}

export interface OutboxRunner {
  start(): void;
  /** A command was queued, or the relay can be reached again: send now. */
  wake(): void;
  /** Resolves when nothing is under way; what was not answered is queued again. */
  stop(): Promise<void>;
}
