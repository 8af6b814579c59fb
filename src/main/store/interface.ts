/**
 * Everything the rest of main may ask of the local store. Reads run on the reader thread, writes on the writer;
 * each is one use case and one transaction. Times are epoch milliseconds by the relay's clock and always passed in.
 */
import type {
  Change,
  Checksum,
  Command,
  CommandResult,
  Conversation,
  ConversationFacts,
  OutgoingMedia,
  Template,
} from '@recado/protocol';
import type {
  AppointmentView,
  ConversationDetail,
  Directory,
  DraftView,
  InboxCounts,
  InboxCursor,
  InboxPage,
  InboxQuery,
  MediaListPage,
  SearchResults,
  ThreadCursor,
  ThreadPage,
} from '../../shared/contract/index.ts';

/** What a write touched, for the screen and the notifier. `overflow` when more than 200 conversations. */
export interface ChangeSet {
  conversationIds: string[];
  overflow: boolean;
  /** Reference data (clinic, agents, tags, …) changed: every row may look different. */
  reference: boolean;
}

export interface SyncState {
  /** Feed number this PC has applied everything up to; null before the first complete snapshot. */
  cursor: number | null;
  /** Feed number the snapshot in progress was taken at, and how many of its lines are in; null when none is. */
  snapshot: {
    seq: number;
    received: number;
    expected: number;
    /** The relay's last mark whose lines are all in: where a cut snapshot goes on. */
    after: string | null;
  } | null;
  /** History is complete from here on: messages with this ordinal and above are held; null before any. */
  historyBefore: number | null;
  isHistoryComplete: boolean;
  /** sentAt of the oldest message of the gap-free part. */
  historyCompleteSince: number | null;
  /** First feed number this app could not read; after an update the engine reads again from there. */
  unreadableFrom: number | null;
  /**
   * Retention has forgotten what was sent before this instant; null when nothing was. With it, `isHistoryComplete` means
   * that the fill has nothing more to bring, and threads say themselves that older messages are to be fetched.
   */
  forgottenBefore: number | null;
}

/** A command of this PC on its way, oldest first. */
export interface OutboxEntry {
  command: Command;
  conversationId: string | null;
  state: 'queued' | 'sending' | 'refused';
  attempts: number;
  /** Files that must be at the relay before the command goes there. */
  media: OutgoingMedia[];
}

/** A file of this PC's own: chosen for a message, a template or a saved text. Its bytes are in the encrypted file store. */
export interface LocalFile {
  fileId: string;
  /** What is known once all of it is there; null before. `mediaId` is the file's id. */
  media: OutgoingMedia | null;
  fileName: string;
  mimeType: string;
  sizeBytes: number;
  voice: boolean;
  /** All of it is at the relay. */
  isUploaded: boolean;
  addedAt: number;
}

/** A conversation as it is shown, with the version the relay last gave it. */
export interface ConversationState {
  id: string;
  version: number;
  conversation: Conversation;
}

/** A command the relay did not accept; its effect is undone. */
export interface RefusedCommand {
  commandId: string;
  type: string;
  conversationId: string | null;
  displayName: string | null;
  code: string;
}

/** What a notification about a conversation is decided on. */
export interface NotifiableConversation {
  conversationId: string;
  displayName: string | null;
  facts: ConversationFacts;
  /** 0 when there is none. */
  snoozedUntil: number;
  /** Assigned to whoever is signed in here, or to nobody in person but to a team of theirs. */
  isMine: boolean;
  isUnassigned: boolean;
  /** The newest message of the patient after `since`, with how many there are; null when there is none. */
  arrived: { ordinal: number; kind: string; text: string | null; count: number } | null;
  /** Ordinal of the bot's last hand-over to people after `since`; null when there is none. */
  handedOverAt: number | null;
}

export interface StoreReads {
  /**
   * What there is to notify of, among these conversations or (null) among all with something newer: messages with an
   * ordinal above `since`. Up to 1,000 conversations.
   */
  notifiable(input: { conversationIds: string[] | null; since: number }): NotifiableConversation[];
  /** Conversations whose patient waits for an answer and that expire after `now` and until `before`, soonest first. */
  expiring(input: { now: number; before: number; limit: number }): NotifiableConversation[];
  inboxPage(input: { query: InboxQuery; before: InboxCursor | null; limit: number; now: number }): InboxPage;
  inboxCounts(input: { now: number }): InboxCounts;
  /** How many conversations a query matches. */
  inboxMatch(input: { query: InboxQuery; now: number }): number;
  /** Up to `limit` of them, in no particular order. */
  matchingConversations(input: { query: InboxQuery; now: number; limit: number }): {
    conversationIds: string[];
  };
  directory(input: Record<string, never>): Directory;
  /** Conversations as an action finds them; unknown ones are left out. */
  conversationStates(input: { conversationIds: string[] }): ConversationState[];
  /** The newest answer somebody else of the clinic has sent after an ordinal, as far as this PC has heard. */
  answerAfter(input: {
    conversationId: string;
    ordinal: number;
  }): { authorName: string | null; text: string | null } | null;
  conversationDetail(input: { conversationId: string; now: number }): ConversationDetail | null;
  /** All appointments of a patient, the newest first. */
  appointments(input: { patientId: string }): AppointmentView[];
  appointment(input: { appointmentId: string }): (AppointmentView & { patientId: string }) | null;
  /** The newest page, or before or after a place, or around a message; null when the conversation (or message) is not held. */
  threadPage(input: {
    conversationId: string;
    before: ThreadCursor | null;
    after?: ThreadCursor | null;
    aroundMessageId?: string | null;
    limit: number;
  }): ThreadPage | null;
  /** Messages with files, newest first. */
  mediaPage(input: { conversationId: string; before: ThreadCursor | null; limit: number }): MediaListPage;
  /** What the relay said of a file named by a message or saved text; null when none names it. */
  mediaFacts(input: { mediaId: string }): {
    mimeType: string;
    fileName: string | null;
    sizeBytes: number | null;
    sha256: string | null;
  } | null;
  templates(input: Record<string, never>): Template[];
  /** The command of a send or note that has not left or was refused, whole, so that it can go again; null when there is none. */
  unsentCommand(input: { messageId: string }): Command | null;
  localFile(input: { fileId: string }): LocalFile | null;
  /** Files nothing names any more: no draft, no command on its way, no saved text. Added before `addedBefore`. */
  unusedFiles(input: { addedBefore: number }): { fileIds: string[] };
  /** When the first command held back may leave; null when none is held. */
  nextHeld(input: { now: number }): number | null;
  /**
   * Counts and version sums by entity, to compare with the relay's at the same `seq`; null while a snapshot is in progress
   * or something could not be read. Messages are all held from `SyncState.historyBefore` on.
   */
  checksums(input: { fromOrdinal: number }): { seq: number; entities: Record<string, Checksum> } | null;
  storage(input: Record<string, never>): {
    databaseBytes: number;
    conversations: number;
    messages: number;
    oldestMessageAt: number | null;
  };
  /** Patients, messages and tags; filters as `src/shared/search-text.ts` reads them. `timeZone` is the clinic's. */
  search(input: {
    text: string;
    conversationId: string | null;
    limit: number;
    now: number;
    timeZone: string;
  }): SearchResults;
  /**
   * The instant after `now` at which time alone changes a list: a conversation with people expires, its window ends, or
   * a snooze runs out; null when nothing will.
   */
  nextExpiry(input: { now: number }): number | null;
  syncState(input: Record<string, never>): SyncState;
  outboxCounts(input: Record<string, never>): { unsent: number; refused: number };
  /** Session, settings and the like; JSON, or null when never set. */
  localValue(input: { key: string }): unknown;
}

export interface StoreWrites {
  /** Remembers who uses this PC, so that views can say "Tú". */
  setAgent(input: { agentId: string }): void;
  /** Begins a snapshot: mirrors of an older one stay until replaced; outbox, drafts and settings always stay. */
  beginSnapshot(input: { seq: number; expected: number }): void;
  /** Applies snapshot lines, and the mark after them; versions decide, so any order and any repetition ends the same. */
  applySnapshot(input: { changes: Change[]; after?: string | null }): ChangeSet;
  /** Ends the snapshot: cursor = its seq; what the relay no longer has is removed. */
  endSnapshot(input: { seq: number }): ChangeSet;
  /**
   * Applies changes and moves the cursor to `next`, in one transaction. The cursor never goes backwards, and does not
   * move before the first snapshot is complete or while one is in progress: a crash would hide what is still missing.
   */
  applyChanges(input: { changes: Change[]; next: number }): ChangeSet;
  /**
   * Applies one whole page of history, the one below `historyBefore`, and remembers where to continue; null when the
   * beginning was reached. Messages held in its range that it does not bring are gone at the relay.
   */
  applyHistory(input: { changes: Change[]; before: number | null }): ChangeSet;
  /**
   * Messages of one thread fetched before the history reached them. They move no cursor; the fill brings them again,
   * harmlessly. `isBeginning` remembers that the thread is whole.
   */
  applyThread(input: { conversationId: string; changes: Change[]; isBeginning: boolean }): ChangeSet;
  /**
   * The copy differs from the relay, or more of it is wanted: history is read again from its newest end (nothing is
   * removed before it is replaced).
   */
  restartHistory(input: Record<string, never>): void;
  /**
   * Forgets up to `limit` messages sent before an instant, oldest first, with their index entries; threads then fetch
   * them on demand, and a fill that has come that far ends. Answers how many went: fewer than `limit` means that none is
   * left.
   */
  forgetMessages(input: { sentBefore: number; limit: number }): { forgotten: number; changes: ChangeSet };
  /**
   * Compares the search index with the messages and builds it anew where it differs: many seconds, in which other writes
   * go on (but for the comparison itself).
   */
  rebuildSearch(input: Record<string, never>): { rebuilt: boolean };
  /**
   * Accepts actions: commands into the outbox and their predicted effect into the rows, together. A send also clears
   * the conversation's draft.
   */
  enqueueCommands(input: {
    commands: Command[];
    now: number;
    /** Held back until then, in which time they can be taken back; commands behind them in their conversation wait, too. */
    holdUntil?: number | null;
    /** The draft of its conversation is left alone, as for a saved text. */
    keepsDraft?: boolean;
  }): ChangeSet;
  /** Takes commands back: those still queued are removed; for each of the others its inverse commands are queued. */
  undoCommands(input: { undone: { commandId: string; inverse: Command[] }[]; now: number }): ChangeSet;
  /** Takes up to `limit` queued commands, oldest first, none behind an unfinished one of its conversation, and marks them `sending`. */
  takeOutbox(input: { limit: number; now: number }): OutboxEntry[];
  /**
   * The relay has answered. Applied ones leave once their changes are in (a sent message stays visible until then).
   * Refused ones lose their prediction; a refused message is kept with its code, anything else goes and is named in
   * `refused`, so that the person hears of it once.
   */
  recordOutboxResults(input: { results: CommandResult[] }): { changes: ChangeSet; refused: RefusedCommand[] };
  /** Nothing was heard: `sending` becomes `queued` again, attempts counted. Safe, because the relay knows the ids. */
  returnOutbox(input: { commandIds: string[] }): ChangeSet;
  /** Removes a queued or refused send or note; false when it has already left. */
  discardMessage(input: { messageId: string }): { discarded: boolean; changes: ChangeSet };
  /** Queues a refused send or note of this PC again with a new command id and window end; false when there is none. */
  retryRefused(input: { messageId: string; command: Command; now: number }): {
    retried: boolean;
    changes: ChangeSet;
  };
  saveDraft(input: { conversationId: string; draft: DraftView }): ChangeSet;
  /** Remembers a file, or what became known of it. */
  putLocalFile(input: { file: LocalFile }): void;
  removeLocalFile(input: { fileId: string }): void;
  markUploaded(input: { fileId: string }): void;
  /**
   * After an update of the app: moves the cursor back to just before `unreadableFrom` and forgets that number, so that
   * the ordinary catch-up reads those changes again (versions make the rest harmless). Answers the cursor to go on from.
   */
  rereadUnreadable(input: Record<string, never>): { cursor: number | null };
  setLocalValue(input: { key: string; value: unknown }): void;
  /** Moves the write-ahead log into the file; called when idle and before closing. */
  checkpoint(input: Record<string, never>): void;
}

/** Reads of whole tables: they run on a thread of their own, where no screen waits for them. */
export type AuditName = 'checksums' | 'storage';

type AsyncMethods<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (input: infer Input) => infer Output
    ? (input: Input) => Promise<Output>
    : never;
};

/** The store as main sees it. */
export interface Store {
  read: AsyncMethods<StoreReads>;
  write: AsyncMethods<StoreWrites>;
  /** Reads every page (`full`: and compares every index with its table) on a thread of its own; false when damaged. */
  verify(input: { full: boolean }): Promise<{ intact: boolean }>;
  /** Finishes what is running, checkpoints and closes the file. */
  close(): Promise<void>;
}

export type StoreOpenFailure =
  'wrong_key' | 'corrupt' | 'from_newer_version' | 'locked' | 'disk_full' | 'no_access';

/** A file that could not be read was set aside (renamed, kept), a new one was begun, and this much was carried over. */
export interface StoreRecovery {
  /** `asked`: because of `StoreOptions.rebuild`. */
  reason: 'wrong_key' | 'corrupt' | 'asked';
  /** Where the unreadable file lies now. */
  setAsideFile: string;
  commands: number;
  drafts: number;
  files: number;
}

/**
 * What `createStore` answers. `wrong_key` is a failure only when the file could not even be renamed; normally it comes
 * as `recovered` beside a fresh store. So does `corrupt`, which is a failure also when a migration could not be carried
 * out: the file is then as it was, and `rebuild` is for a person to choose.
 */
export type StoreOpened =
  { ok: true; store: Store; recovered: StoreRecovery | null } | { ok: false; failure: StoreOpenFailure };

/** What a call of a store rejects with; the message holds names and codes, never values. */
export interface StoreError extends Error {
  name: 'StoreError';
  code: 'disk_full' | 'corrupt' | 'locked' | 'closed' | 'crashed' | 'failed';
}

/** `createStore(options)` in `client.ts`: opens, migrates and verifies the file, starts both threads. */
export interface StoreOptions {
  /** Path of the database file. */
  file: string;
  /** 32 bytes. */
  key: Uint8Array;
  /** The built or source worker module. */
  workerFile: URL;
  /** Sets the file aside first, whatever state it is in, and begins a new one with the unsent work that can be read. */
  rebuild?: boolean;
  /** The file has turned out to be damaged: close the store and open it again with `rebuild`. */
  onDamaged?: () => void;
  /** A thread has died twice within a minute and is not started again; its calls reject with `crashed`. */
  onCrashed?: () => void;
  /** When after opening the file is looked through for damage, milliseconds; a minute unless told otherwise. */
  verifyAfterMs?: number;
  log: (name: string, fields: Record<string, number | string | boolean>) => void;
}
