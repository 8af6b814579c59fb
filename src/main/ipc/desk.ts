import type { Clock } from '../lib/time.ts';
import type { Actions } from '../services/actions.ts';
import type { Presence } from '../services/presence.ts';
import type { OutboxRunner } from '../outbox/interface.ts';
import type { RelayClient } from '../relay/interface.ts';
import type { Retention } from '../services/retention.ts';
import type { FileIntake, MediaCache } from '../files/interface.ts';
import type { ChangeSet, Store } from '../store/interface.ts';
import type { SyncEngine } from '../sync/interface.ts';
import type { SendDecision } from '../outbox/send-rule.ts';
import type { Command, ConversationFacts } from '@recado/protocol';
import { refused } from './dispatcher.ts';
import type { Reply } from '../../shared/contract/index.ts';

export type SaveFile = (file: {
  fileName: string;
  mimeType: string;
  bytes: AsyncIterable<Uint8Array>;
}) => Promise<{ isSaved: boolean }>;

/** What handlers need while somebody is signed in. */
export interface Desk {
  store: Pick<Store, 'read' | 'write'>;
  clock: Clock;
  decideSend: (facts: ConversationFacts, now: number) => SendDecision;
  /** Puts a command into the outbox together with its predicted effect, and sees it sent. */
  enqueue: (command: Command) => Promise<void>;
  actions: Pick<Actions, 'act' | 'undo'>;
  presence: Pick<Presence, 'set'>;
  /** For what only the relay can make or say. */
  relay: Pick<
    RelayClient,
    | 'invite'
    | 'renewAccess'
    | 'devices'
    | 'revokeDevice'
    | 'integrationKeys'
    | 'createIntegrationKey'
    | 'deleteIntegrationKey'
  >;
  ownDeviceId: string;
  /** The clinic's, an IANA name. */
  timeZone: string;
  clinicName: string;
  /** Takes files from the window. */
  files: Pick<FileIntake, 'begin' | 'append' | 'finish' | 'discard'>;
  /** Files of messages, here or brought from the relay. */
  media: Pick<MediaCache, 'open' | 'fetch'>;
  /** Asks where, and writes a readable copy there; may reject with what the disk said. */
  saveFile: SaveFile;
  /** Tells the window what a local write touched, and the outbox that there may be news. */
  announce: (changes: ChangeSet) => void;
  /** As `store.read.threadPage`, completed from the relay where this PC lacks messages; offline quietly what there is. */
  threadPage: SyncEngine['threadPage'];
  /** To be used around discarding a message: its upload, if one is under way, is ended and given back first. */
  whileWithdrawn: OutboxRunner['whileWithdrawn'];
  /** Compares the copy on this PC with the relay, mends it where it differs, and the search index with the messages. */
  checkCopy: () => Promise<void>;
  /** How many months of messages this PC keeps. */
  retention: Pick<Retention, 'keepMonths' | 'setKeepMonths'>;
  /** What the clinic's files take up on this PC's disk. */
  mediaBytes: () => Promise<number>;
}

/** The desk, or why there is none. */
export type FindDesk = () => Desk | 'signed_out' | 'store_unavailable';

/** Runs `work` with the desk; answers why not when there is none. */
export async function withDesk<Data>(
  findDesk: FindDesk,
  work: (desk: Desk) => Promise<Reply<Data>>,
): Promise<Reply<Data>> {
  const desk = findDesk();
  return typeof desk === 'string' ? refused(desk) : work(desk);
}
