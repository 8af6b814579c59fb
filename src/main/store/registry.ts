/** Every read and write by name: what the interface promises, mapped to the query that does it. */
import type { ReadDatabase, WriteDatabase } from './database.ts';
import type { StoreReads, StoreWrites } from './interface.ts';
import {
  discardMessage,
  enqueueCommands,
  recordOutboxResults,
  retryRefused,
  returnOutbox,
  saveDraft,
  takeOutbox,
  undoCommands,
} from './queries/commands.ts';
import { getConversationDetail } from './queries/conversation-detail.ts';
import { getAnswerAfter, listConversationStates } from './queries/conversations.ts';
import { getDirectory } from './queries/directory.ts';
import { countMatching, getInboxCounts, getInboxPage, getNextExpiry, listMatching } from './queries/inbox.ts';
import { getLocalValue, setAgent, setLocalValue } from './queries/local-values.ts';
import { countOutbox } from './queries/outbox.ts';
import { searchMessages } from './queries/search.ts';
import { getSyncState, markSnapshotBegun, rereadUnreadable } from './queries/sync-state.ts';
import { applyChanges, applyHistory, applySnapshot, endSnapshot } from './queries/sync.ts';
import { getThreadPage } from './queries/thread.ts';

type Queries<Methods, Database> = {
  [Name in keyof Methods]: Methods[Name] extends (input: infer Input) => infer Output
    ? (database: Database, input: Input) => Output
    : never;
};

/** `checkpoint` moves the log outside any transaction; the worker does it. */
export type TransactionalWrites = Omit<StoreWrites, 'checkpoint'>;

export const reads: Queries<StoreReads, ReadDatabase> = {
  inboxPage: getInboxPage,
  inboxCounts: getInboxCounts,
  inboxMatch: countMatching,
  matchingConversations: listMatching,
  directory: getDirectory,
  conversationStates: listConversationStates,
  answerAfter: getAnswerAfter,
  conversationDetail: getConversationDetail,
  threadPage: getThreadPage,
  nextExpiry: getNextExpiry,
  searchMessages,
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
  enqueueCommands,
  undoCommands,
  takeOutbox,
  recordOutboxResults,
  returnOutbox,
  discardMessage,
  retryRefused,
  saveDraft,
  rereadUnreadable,
  setLocalValue,
};
