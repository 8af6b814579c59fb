/** The writes of people and of the outbox runner: a command and its predicted effect, always together. */
import { RefusalCode, type Command, type CommandResult, type KnownCommand } from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import type { ChangeSet, OutboxEntry, RefusedCommand } from '../interface.ts';
import { refreshConversations, toChangeSet } from './apply.ts';
import { findConversationWith, getDisplayName } from './conversations.ts';
import { clearDraft } from './drafts.ts';
import { listLinkedConversations } from './links.ts';
import { deleteRefused, deleteUnsent } from './outbox-messages.ts';
import {
  deleteQueued,
  insertCommand,
  moveToConversation,
  recordResults,
  removeSettled,
  returnCommands,
  takeOutbox as takeQueued,
  type Departed,
} from './outbox.ts';
import { getSyncState } from './sync-state.ts';

const NOTHING: ChangeSet = { conversationIds: [], overflow: false, reference: false };

/** See `StoreWrites.enqueueCommands`. */
export function enqueueCommands(
  database: WriteDatabase,
  input: { commands: Command[]; now: number; holdUntil?: number | null; keepsDraft?: boolean },
): ChangeSet {
  const { now, holdUntil = null, keepsDraft = false } = input;
  const touched: Departed = { conversationIds: [], reference: false };
  for (const command of input.commands) {
    const known = insertCommand(database, { command, now, holdUntil });
    if ('conversationId' in known.args) touched.conversationIds.push(known.args.conversationId);
    else touched.reference = true;
    if (known.type === 'message.send' && !keepsDraft) clearDraft(database, known.args.conversationId);
    if (known.type === 'tag.merge' || known.type === 'tag.delete')
      touched.conversationIds.push(...listLinkedConversations(database, known.args.tagId));
    if (known.type === 'team.delete')
      touched.conversationIds.push(...listLinkedConversations(database, known.args.teamId));
  }
  return refreshConversations(database, touched);
}

/** See `StoreWrites.undoCommands`. */
export function undoCommands(
  database: WriteDatabase,
  input: { undone: { commandId: string; inverse: Command[] }[]; now: number },
): ChangeSet {
  const removed = deleteQueued(
    database,
    input.undone.map(({ commandId }) => commandId),
  );
  const taken = new Set(removed.commandIds);
  const commands = input.undone
    .filter(({ commandId }) => !taken.has(commandId))
    .flatMap(({ inverse }) => inverse);
  const known = commands.map((command) => insertCommand(database, { command, now: input.now }));
  return refreshConversations(database, {
    conversationIds: [
      ...removed.conversationIds,
      ...known.flatMap(({ args }) => ('conversationId' in args ? args.conversationId : [])),
    ],
    reference: removed.reference,
  });
}

/** See `StoreWrites.takeOutbox`. */
export function takeOutbox(database: WriteDatabase, input: { limit: number; now: number }): OutboxEntry[] {
  const { entries, dropped } = takeQueued(database, input);
  if (dropped.conversationIds.length > 0 || dropped.reference) refreshConversations(database, dropped);
  return entries;
}

/** See `StoreWrites.recordOutboxResults`. */
export function recordOutboxResults(
  database: WriteDatabase,
  input: { results: CommandResult[] },
): { changes: ChangeSet; refused: RefusedCommand[] } {
  const { refused, ...answered } = recordResults(database, input.results);
  // Before what this PC began by itself goes.
  const named = refused.map(({ known: _known, ...each }) => ({
    ...each,
    displayName: getDisplayName(database, each.conversationId),
  }));
  // The changes may have come before the answer.
  const { cursor } = getSyncState(database);
  const settled = cursor === null ? null : removeSettled(database, cursor);
  const departed = {
    conversationIds: [
      ...answered.conversationIds,
      ...(settled?.conversationIds ?? []),
      ...refused.flatMap(({ code, known }) => goToExisting(database, { code, known })),
    ],
    reference: answered.reference || settled?.reference === true,
  };
  const isNothing = departed.conversationIds.length === 0 && !departed.reference;
  return {
    changes: isNothing ? NOTHING : refreshConversations(database, departed),
    refused: named,
  };
}

/** Somebody else has begun the conversation meanwhile: what was written here belongs there. */
function goToExisting(
  database: WriteDatabase,
  { code, known }: { code: string; known: KnownCommand | null },
): string[] {
  if (known?.type !== 'conversation.start' || code !== RefusalCode.conversationExists) return [];
  const { phone, numberId, conversationId: from } = known.args;
  const to = findConversationWith(database, { phone, numberId });
  if (to === null) return [];
  moveToConversation(database, { from, to });
  return [to];
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
  const touched = { conversationIds: [conversationId], reference: false };
  return { discarded: true, changes: refreshConversations(database, touched) };
}

/** See `StoreWrites.retryRefused`. */
export function retryRefused(
  database: WriteDatabase,
  input: { messageId: string; command: Command; now: number },
): { retried: boolean; changes: ChangeSet } {
  if (!deleteRefused(database, input.messageId)) return { retried: false, changes: NOTHING };
  return {
    retried: true,
    changes: enqueueCommands(database, { commands: [input.command], now: input.now, keepsDraft: true }),
  };
}
