import type { PresenceEvent } from '@recado/protocol';
import type { z } from 'zod';
import type { SYNC_PHASES, SyncView } from '../../shared/contract/index.ts';
import type { Clock, Scheduler } from '../lib/time.ts';
import type { Log } from '../lib/log.ts';
import type { RelayClient } from '../relay/interface.ts';
import type { ChangeSet, Store } from '../store/interface.ts';
import type { Threads } from './threads.ts';

export type SyncPhase = (typeof SYNC_PHASES)[number];
/** What the screen is told of the engine; the outbox adds its count. */
export type SyncStatus = Omit<z.infer<typeof SyncView>, 'unsent'>;

/** Where changes came from: the stream, catching up after a pause, or old messages behind the scenes. */
export type ChangeOrigin = 'live' | 'catchUp' | 'history';

/** Why the engine should look at the relay now instead of later. */
export type WakeReason = 'resume' | 'unlock' | 'network' | 'focus';

export interface SyncDeps {
  store: Pick<Store, 'read' | 'write'>;
  relay: Pick<RelayClient, 'changes' | 'snapshot' | 'history' | 'stream' | 'threadMessages' | 'checksums'>;
  clock: Clock;
  scheduler: Scheduler;
  random: () => number;
  appVersion: string;
  log: Log;
  onStatus: (status: SyncStatus) => void;
  onChanges: (changes: ChangeSet, origin: ChangeOrigin) => void;
  onPresence: (event: PresenceEvent) => void;
  /** Older messages than this instant are not brought here (relay time); null for all. */
  historyEdge: () => number | null;
  /** The history has been read up to that instant. */
  onHistoryEdge: () => void;
  /** The relay has ended this session, or revoked this device; the engine has stopped. */
  onRevoked: (reason: 'revoked' | 'deviceRevoked') => void;
}

export interface SyncEngine {
  start(): void;
  wake(reason: WakeReason): void;
  status(): SyncStatus;
  /** When the relay last answered or sent something, by its clock; null when it never has. */
  lastHeardAt(): number | null;
  threadPage: Threads['page'];
  /**
   * Compares this PC's copy with the relay now; `repairing`: it differed and is read again. Null when it could not be
   * compared. `SyncStatus.check` tells the rest.
   */
  check(): Promise<'equal' | 'repairing' | 'repaired' | null>;
  /** The history edge has moved, or messages were forgotten here. */
  historyChanged(): void;
  /** Stops everything under way; resolves when nothing of it touches the store any more. */
  stop(): Promise<void>;
}
