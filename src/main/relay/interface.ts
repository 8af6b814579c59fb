/** What the rest of main may ask of the relay. Failures are values; only a mistake in this program throws. */
import type {
  AccessCode,
  Change,
  ChangesPage,
  Checksums,
  Command,
  CommandResult,
  IntegrationKey,
  IntegrationKeyCreated,
  IntegrationKeyRequest,
  InviteRequest,
  MediaAnnouncement,
  MediaProgress,
  PresenceEvent,
  PresenceRequest,
  RedeemRequest,
  Session,
  SessionRequest,
  SignedDevice,
  SnapshotChange,
  SnapshotHead,
  SnapshotMark,
} from '@recado/protocol';
import type { z } from 'zod';

export type RelayFailure =
  /** No answer: no network, a name that does not resolve, a connection cut or silent for too long. */
  | { kind: 'unreachable' }
  /** The caller gave up. */
  | { kind: 'aborted' }
  /** The session was revoked (401 `session_revoked`). */
  | { kind: 'unauthorized' }
  /** An administrator has revoked this device (401 `device_revoked`): its copy of the clinic is to be erased. */
  | { kind: 'deviceRevoked' }
  | { kind: 'invalidCredentials' }
  /** The cursor is older than what the relay keeps (410). */
  | { kind: 'gone' }
  /** The relay no longer speaks to this version of the app (426). */
  | { kind: 'outdated' }
  | { kind: 'rateLimited'; retryAfterMs: number }
  /** The relay said no, with a stable code. */
  | { kind: 'refused'; status: number; code: string }
  /** The relay, or something before it, is out of order (5xx). */
  | { kind: 'server'; status: number }
  /** Something answered that is not a relay this app understands. */
  | { kind: 'invalidResponse' };

export type Outcome<Value> = { ok: true; value: Value } | { ok: false; failure: RelayFailure };

export type StreamItem =
  | { type: 'change'; change: Change }
  | { type: 'ping'; head: number }
  | { type: 'presence'; event: PresenceEvent }
  | { type: 'other' };

/** A line of a snapshot between its head and its end. */
export type SnapshotItem = z.infer<typeof SnapshotChange> | z.infer<typeof SnapshotMark>;

/** Place in a thread: epoch milliseconds, then ordinal. */
export interface ThreadPlace {
  sentAt: number;
  ordinal: number;
}

export interface RelayClient {
  signIn(request: SessionRequest): Promise<Outcome<Session>>;
  /** Chooses a password with an access code and signs in; refused with `invalid_access_code`. */
  redeem(request: RedeemRequest): Promise<Outcome<Session>>;
  /** Ends this session at the relay; given up after a few seconds. */
  signOut(): Promise<Outcome<null>>;
  changes(input: { after: number; signal: AbortSignal }): Promise<Outcome<ChangesPage>>;
  commands(input: { commands: Command[]; signal: AbortSignal }): Promise<Outcome<CommandResult[]>>;
  /** Says what the person in front of this PC is doing; given up after a few seconds. */
  presence(request: z.infer<typeof PresenceRequest>): Promise<Outcome<null>>;
  /**
   * Reads a whole snapshot in bounded memory: the next lines are read when `onHead` or `onItems` has resolved.
   * Succeeds only when the closing line was seen. `from` goes on with one that was cut, behind its last mark; a head of
   * another `seq` means that the relay begins anew.
   */
  snapshot(input: {
    from: { seq: number; after: string } | null;
    signal: AbortSignal;
    onHead: (head: z.infer<typeof SnapshotHead>) => Promise<void>;
    onItems: (items: SnapshotItem[]) => Promise<void>;
  }): Promise<Outcome<null>>;
  /** Reads one page of history the same way; answers the cursor to continue from, null at the beginning. */
  history(input: {
    before: number | null;
    limit: number;
    signal: AbortSignal;
    onChanges: (changes: Change[]) => Promise<void>;
  }): Promise<Outcome<{ before: number | null }>>;
  /** Messages of one thread older than a place, or the newest; `before` continues, null at the beginning. */
  threadMessages(input: {
    conversationId: string;
    before: ThreadPlace | null;
    limit: number;
    signal: AbortSignal;
  }): Promise<Outcome<{ changes: Change[]; before: ThreadPlace | null }>>;
  /** How many entities the clinic has and the sums of their versions, at one place of the feed. */
  checksums(input: { fromOrdinal: number; signal: AbortSignal }): Promise<Outcome<Checksums>>;
  /** Makes a colleague known; refused with `email_taken` or `forbidden`. */
  invite(request: InviteRequest): Promise<Outcome<AccessCode>>;
  /** A new access code for a colleague who has lost the password. */
  renewAccess(input: { agentId: string }): Promise<Outcome<AccessCode>>;
  /** Keys with which the practice software brings appointments; administrators, as below. */
  integrationKeys(): Promise<Outcome<z.infer<typeof IntegrationKey>[]>>;
  /** The answer is the only one that says the key. */
  createIntegrationKey(
    request: z.infer<typeof IntegrationKeyRequest>,
  ): Promise<Outcome<z.infer<typeof IntegrationKeyCreated>>>;
  deleteIntegrationKey(input: { id: string }): Promise<Outcome<null>>;
  devices(): Promise<Outcome<SignedDevice[]>>;
  revokeDevice(input: { deviceId: string }): Promise<Outcome<null>>;
  /** Says that a file is coming and hears how much of it is there. May be repeated. */
  announceMedia(input: { media: MediaAnnouncement; signal: AbortSignal }): Promise<Outcome<MediaProgress>>;
  /**
   * Brings the rest of an announced file from `offset` on, in pieces, so that a cut costs one of them and memory stays
   * bounded. `bytes` begins at `offset`. 409 (`refused`): the relay has another number of bytes, announce again.
   * Succeeds with the last piece; `complete` says whether the relay has accepted the whole.
   */
  uploadMedia(input: {
    mediaId: string;
    offset: number;
    bytes: AsyncIterable<Uint8Array>;
    signal: AbortSignal;
    /** Bytes at the relay so far. */
    onProgress: (received: number) => void;
  }): Promise<Outcome<MediaProgress>>;
  /**
   * Reads a file from `offset` on; the next bytes are read when `onBytes` has resolved. `onStart` says where the bytes
   * really begin: 0 when the relay answers the whole. Succeeds only when all of it was read.
   */
  downloadMedia(input: {
    mediaId: string;
    offset: number;
    signal: AbortSignal;
    onStart: (start: { offset: number; sizeBytes: number | null; mimeType: string | null }) => Promise<void>;
    onBytes: (bytes: Uint8Array) => Promise<void>;
  }): Promise<Outcome<null>>;
  /**
   * Listens until the relay ends the stream or the caller aborts. `onItems` gets what one read brought; the next read
   * waits for it, so a slow PC holds back the relay instead of filling its memory.
   */
  stream(input: {
    after: number;
    signal: AbortSignal;
    onOpen: () => void;
    onItems: (items: StreamItem[]) => Promise<void>;
  }): Promise<Outcome<null>>;
}

/** One reading of the relay's clock; the local times are of a clock that only moves forward. */
export interface ServerTimeSample {
  serverTime: number;
  sentAt: number;
  receivedAt: number;
}
