/** Every read and write by name: what the interface promises, mapped to the query that does it. */
import type { ReadDatabase, WriteDatabase } from './database.ts';
import type { StoreReads, StoreWrites } from './interface.ts';
import {
  discardMessage,
  enqueueCommands,
  recordOutboxResults,
  retryRefused,
  returnOutbox,
  takeOutbox,
  undoCommands,
} from './queries/commands.ts';
import { getChecksums, getStorage } from './queries/checks.ts';
import { getAppointment, listAppointments } from './queries/appointments.ts';
import { getConversationDetail } from './queries/conversation-detail.ts';
import { getAnswerAfter, listConversationStates } from './queries/conversations.ts';
import { getDirectory, listTemplates } from './queries/directory.ts';
import { saveDraft } from './queries/drafts.ts';
import { countMatching, getInboxCounts, getInboxPage, getNextExpiry, listMatching } from './queries/inbox.ts';
import { getLocalFile, markUploaded, putLocalFile, removeLocalFile } from './queries/local-files.ts';
import { getLocalValue, setAgent, setLocalValue } from './queries/local-values.ts';
import { getMediaFacts, getMediaPage, listUnusedFiles } from './queries/media.ts';
import { getUnsentCommand } from './queries/outbox-messages.ts';
import { listExpiring, listNotifiable } from './queries/notifiable.ts';
import { countOutbox, getNextHeld } from './queries/outbox.ts';
import { forgetMessages } from './queries/retention.ts';
import { search } from './queries/search/search.ts';
import { getSyncState, markSnapshotBegun, rereadUnreadable, restartHistory } from './queries/sync-state.ts';
import { applyChanges, applyHistory, applySnapshot, applyThread, endSnapshot } from './queries/sync.ts';
import { getThreadPage } from './queries/thread.ts';

type Queries<Methods, Database> = {
  [Name in keyof Methods]: Methods[Name] extends (input: infer Input) => infer Output
    ? (database: Database, input: Input) => Output
    : never;
};

/** `checkpoint` moves the log outside any transaction, `rebuildSearch` takes many; the worker does both. */
export type TransactionalWrites = Omit<StoreWrites, 'checkpoint' | 'rebuildSearch'>;

export const reads: Queries<StoreReads, ReadDatabase> = {
  inboxPage: getInboxPage,
  inboxCounts: getInboxCounts,
  inboxMatch: countMatching,
  matchingConversations: listMatching,
  directory: getDirectory,
  conversationStates: listConversationStates,
  answerAfter: getAnswerAfter,
  conversationDetail: getConversationDetail,
  appointments: listAppointments,
  appointment: getAppointment,
  threadPage: getThreadPage,
  mediaPage: getMediaPage,
  mediaFacts: getMediaFacts,
  templates: listTemplates,
  unsentCommand: getUnsentCommand,
  localFile: getLocalFile,
  unusedFiles: listUnusedFiles,
  nextHeld: getNextHeld,
  checksums: getChecksums,
  storage: getStorage,
  search,
  nextExpiry: getNextExpiry,
  notifiable: listNotifiable,
  expiring: listExpiring,
  syncState: getSyncState,
  outboxCounts: countOutbox,
  localValue: getLocalValue,
};

export const writes: Queries<TransactionalWrites, WriteDatabase> = {
  setAgent,
  beginSnapshot: markSnapshotBegun,
  applySnapshot,
  endSnapshot,
  applyChanges,
  applyHistory,
  applyThread,
  restartHistory,
  forgetMessages,
  enqueueCommands,
  undoCommands,
  takeOutbox,
  recordOutboxResults,
  returnOutbox,
  discardMessage,
  retryRefused,
  saveDraft,
  putLocalFile,
  removeLocalFile,
  markUploaded,
  rereadUnreadable,
  setLocalValue,
};
