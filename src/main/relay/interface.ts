/** What the rest of main may ask of the relay. Failures are values; only a mistake in this program throws. */
import type {
  Change,
  ChangesPage,
  Command,
  CommandResult,
  PresenceEvent,
  PresenceRequest,
  Session,
  SessionRequest,
  SnapshotHead,
} from '@recado/protocol';
import type { z } from 'zod';

export type RelayFailure =
  /** No answer: no network, a name that does not resolve, a connection cut or silent for too long. */
  | { kind: 'unreachable' }
  /** The caller gave up. */
  | { kind: 'aborted' }
  /** The session was revoked (401 `session_revoked`). */
  | { kind: 'unauthorized' }
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

export interface RelayClient {
  signIn(request: SessionRequest): Promise<Outcome<Session>>;
  /** Ends this session at the relay; given up after a few seconds. */
  signOut(): Promise<Outcome<null>>;
  changes(input: { after: number; signal: AbortSignal }): Promise<Outcome<ChangesPage>>;
  commands(input: { commands: Command[]; signal: AbortSignal }): Promise<Outcome<CommandResult[]>>;
  /** Says what the person in front of this PC is doing; given up after a few seconds. */
  presence(request: z.infer<typeof PresenceRequest>): Promise<Outcome<null>>;
  /**
   * Reads a whole snapshot in bounded memory: the next lines are read when `onHead` or `onChanges` has resolved.
   * Succeeds only when the closing line was seen.
   */
  snapshot(input: {
    signal: AbortSignal;
    onHead: (head: z.infer<typeof SnapshotHead>) => Promise<void>;
    onChanges: (changes: Change[]) => Promise<void>;
  }): Promise<Outcome<null>>;
  /** Reads one page of history the same way; answers the cursor to continue from, null at the beginning. */
  history(input: {
    before: number | null;
    limit: number;
    signal: AbortSignal;
    onChanges: (changes: Change[]) => Promise<void>;
  }): Promise<Outcome<{ before: number | null }>>;
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
