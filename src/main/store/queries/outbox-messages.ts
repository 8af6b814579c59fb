/** Sends and notes of this PC that are not among the relay's messages yet, and what else waits to happen to messages. */
import type { Command, KnownCommand } from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import { MESSAGE_COMMANDS, parseCommand, removeEmptyStart, type OutboxRow } from './outbox.ts';

type MessageCommand = Extract<KnownCommand, { type: 'message.send' | 'note.add' }>;

/** Sends and notes of a conversation that are not among its messages yet, oldest first. */
export function listUnconfirmedMessages(database: ReadDatabase, conversationId: string) {
  const rows = database.all<OutboxRow>(
    `select * from outbox where conversation_id = :conversationId and type in ${MESSAGE_COMMANDS} order by position`,
    { conversationId },
  );
  return rows.map((row) => {
    const known = parseCommand(row)?.known;
    const isMessage = known?.type === 'message.send' || known?.type === 'note.add';
    return { row, command: isMessage ? (known satisfies MessageCommand) : null };
  });
}

/** What this PC's commands will change about messages the relay already has. */
export interface PendingOnMessages {
  retried: Set<string>;
  cancelled: Set<string>;
  /** The clinic's reaction by message; null takes it away. */
  reactions: Map<string, string | null>;
}

export function listPendingOnMessages(database: ReadDatabase, conversationId: string): PendingOnMessages {
  const rows = database.all<OutboxRow>(
    `select * from outbox
     where conversation_id = :conversationId and type in ('message.retry', 'message.cancel', 'message.react')
       and state <> 'refused'
     order by position`,
    { conversationId },
  );
  const pending: PendingOnMessages = { retried: new Set(), cancelled: new Set(), reactions: new Map() };
  for (const row of rows) {
    const command = parseCommand(row)?.known;
    if (command?.type === 'message.retry') pending.retried.add(command.args.messageId);
    if (command?.type === 'message.cancel') pending.cancelled.add(command.args.messageId);
    if (command?.type === 'message.react') pending.reactions.set(command.args.messageId, command.args.emoji);
  }
  return pending;
}

/** See `StoreReads.unsentCommand`. */
export function getUnsentCommand(database: ReadDatabase, input: { messageId: string }): Command | null {
  const row = database.get<OutboxRow>(
    `select * from outbox where type in ${MESSAGE_COMMANDS} and message_id = :messageId
       and state in ('queued', 'refused') order by position desc limit 1`,
    input,
  );
  return row === undefined ? null : (parseCommand(row)?.command ?? null);
}

/** Message ids of every send and note in the outbox: those whose message may arrive. */
export function listSentMessageIds(database: ReadDatabase): Set<string> {
  const rows = database.all<{ message_id: string }>(
    `select message_id from outbox where type in ${MESSAGE_COMMANDS}`,
  );
  return new Set(rows.map((row) => row.message_id));
}

/** The message itself has arrived: its send is done, whatever became of the answer. */
export function removeSend(database: WriteDatabase, messageId: string): void {
  database.run(`delete from outbox where type in ${MESSAGE_COMMANDS} and message_id = :messageId`, {
    messageId,
  });
}

/** Removes a message that has not left or was refused; answers its conversation, null when there is none such. */
export function deleteUnsent(database: WriteDatabase, messageId: string): string | null {
  const row = database.all<{ conversation_id: string }>(
    `delete from outbox where type in ${MESSAGE_COMMANDS} and message_id = :messageId and state in ('queued', 'refused')
     returning conversation_id`,
    { messageId },
  )[0];
  if (row === undefined) return null;
  removeEmptyStart(database, row.conversation_id);
  return row.conversation_id;
}

/** Removes a refused message so that it can be queued again; false when there is none. */
export function deleteRefused(database: WriteDatabase, messageId: string): boolean {
  const { changes } = database.run(
    `delete from outbox where type in ${MESSAGE_COMMANDS} and message_id = :messageId and state = 'refused'`,
    { messageId },
  );
  return changes > 0;
}
