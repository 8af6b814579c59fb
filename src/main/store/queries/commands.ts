/** The writes of people and of the outbox runner: a command and its predicted effect, always together. */
import type { Command, CommandResult } from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import type { ChangeSet, OutboxEntry } from '../interface.ts';
import { refreshConversations, toChangeSet } from './apply.ts';
import { saveDraft as writeDraft } from './drafts.ts';
import {
  deleteRefused,
  deleteUnsent,
  insertCommand,
  recordResults,
  removeSettled,
  returnCommands,
  takeOutbox as takeQueued,
} from './outbox.ts';
import { getSyncState } from './sync-state.ts';

const NOTHING: ChangeSet = { conversationIds: [], overflow: false, reference: false };

/** See `StoreWrites.enqueueCommand`. */
export function enqueueCommand(database: WriteDatabase, input: { command: Command; now: number }): ChangeSet {
  const known = insertCommand(database, input);
  const { conversationId } = known.args;
  if (known.type === 'message.send') writeDraft(database, { conversationId, text: '' });
  return refreshConversations(database, [conversationId]);
}

/** See `StoreWrites.takeOutbox`. */
export function takeOutbox(database: WriteDatabase, input: { limit: number }): OutboxEntry[] {
  const { entries, dropped } = takeQueued(database, input);
  if (dropped.length > 0) refreshConversations(database, dropped);
  return entries;
}

/** See `StoreWrites.recordOutboxResults`. */
export function recordOutboxResults(database: WriteDatabase, input: { results: CommandResult[] }): ChangeSet {
  const touched = recordResults(database, input.results);
  // The changes may have come before the answer.
  const { cursor } = getSyncState(database);
  if (cursor !== null) touched.push(...removeSettled(database, cursor));
  return touched.length === 0 ? NOTHING : refreshConversations(database, touched);
}

/** See `StoreWrites.returnOutbox`. */
export function returnOutbox(database: WriteDatabase, input: { commandIds: string[] }): ChangeSet {
  return toChangeSet(new Set(returnCommands(database, input.commandIds)), false);
}

/** See `StoreWrites.discardMessage`. */
export function discardMessage(
  database: WriteDatabase,
  input: { messageId: string },
): { discarded: boolean; changes: ChangeSet } {
  const conversationId = deleteUnsent(database, input.messageId);
  if (conversationId === null) return { discarded: false, changes: NOTHING };
  return { discarded: true, changes: refreshConversations(database, [conversationId]) };
}

/** See `StoreWrites.retryRefused`. */
export function retryRefused(
  database: WriteDatabase,
  input: { messageId: string; command: Command; now: number },
): { retried: boolean; changes: ChangeSet } {
  if (!deleteRefused(database, input.messageId)) return { retried: false, changes: NOTHING };
  const known = insertCommand(database, input);
  return { retried: true, changes: refreshConversations(database, [known.args.conversationId]) };
}

/** See `StoreWrites.saveDraft`. */
export function saveDraft(
  database: WriteDatabase,
  input: { conversationId: string; text: string },
): ChangeSet {
  return writeDraft(database, input) ? toChangeSet(new Set([input.conversationId]), false) : NOTHING;
}
