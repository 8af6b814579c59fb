/** Commands of this PC that the relay may not know yet. A local table: it outlives every snapshot. */
import { Command, readCommand, type CommandResult, type KnownCommand } from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { OutboxEntry } from '../interface.ts';

export interface OutboxRow {
  position: number;
  command_id: string;
  type: string;
  conversation_id: string | null;
  message_id: string | null;
  state: 'queued' | 'sending' | 'applied' | 'refused';
  attempts: number;
  command: string;
  code: string | null;
  enqueued_at: number;
}

/** The command as it was kept; null when this version of the app no longer understands it. */
function parseCommand(row: Pick<OutboxRow, 'command'>): { command: Command; known: KnownCommand } | null {
  let kept: unknown;
  try {
    kept = JSON.parse(row.command);
  } catch {
    return null;
  }
  const command = Command.safeParse(kept);
  const known = command.success ? readCommand(command.data) : null;
  return known === null ? null : { command: command.data!, known };
}

/** Adds a command at the end; a read mark replaces one of its conversation that is still waiting. */
export function insertCommand(
  database: WriteDatabase,
  input: { command: Command; now: number },
): KnownCommand {
  const known = readCommand(input.command);
  if (known === null) throw new RangeError('not a command of this app');
  const conversationId = known.args.conversationId;
  if (known.type === 'conversation.markRead') {
    database.run(
      `delete from outbox where conversation_id = :conversationId and type = :type and state = 'queued'`,
      { conversationId, type: known.type },
    );
  }
  database.run(
    `insert into outbox (command_id, type, conversation_id, message_id, state, command, enqueued_at)
     values (:commandId, :type, :conversationId, :messageId, 'queued', :command, :now)
     on conflict (command_id) do nothing`,
    {
      commandId: known.id,
      type: known.type,
      conversationId,
      messageId: 'messageId' in known.args ? known.args.messageId : null,
      command: JSON.stringify(input.command),
      now: input.now,
    },
  );
  return known;
}

/** Commands whose effect the relay's word may not show yet, by conversation, oldest first. */
export function mapPendingCommands(database: ReadDatabase): Map<string, KnownCommand[]> {
  const pending = new Map<string, KnownCommand[]>();
  const rows = database.all<OutboxRow>(
    `select * from outbox where state <> 'refused' and conversation_id is not null order by position`,
  );
  for (const row of rows) {
    const parsed = parseCommand(row);
    if (parsed === null) continue;
    const commands = pending.get(row.conversation_id!);
    if (commands === undefined) pending.set(row.conversation_id!, [parsed.known]);
    else commands.push(parsed.known);
  }
  return pending;
}

/** Sends of a conversation that are not among its messages yet, oldest first. */
export function listUnconfirmedSends(database: ReadDatabase, conversationId: string) {
  const rows = database.all<OutboxRow>(
    `select * from outbox where conversation_id = :conversationId and type = 'message.send' order by position`,
    { conversationId },
  );
  return rows.map((row) => {
    const known = parseCommand(row)?.known;
    return { row, args: known?.type === 'message.send' ? known.args : null };
  });
}

/** Messages of a conversation that have been asked to go again. */
export function listPendingRetries(database: ReadDatabase, conversationId: string): Set<string> {
  const rows = database.all<{ message_id: string }>(
    `select message_id from outbox
     where conversation_id = :conversationId and type = 'message.retry' and state <> 'refused'`,
    { conversationId },
  );
  return new Set(rows.map((row) => row.message_id));
}

/** Message ids of every send in the outbox: those whose message may arrive. */
export function listSentMessageIds(database: ReadDatabase): Set<string> {
  const rows = database.all<{ message_id: string }>(
    `select message_id from outbox where type = 'message.send'`,
  );
  return new Set(rows.map((row) => row.message_id));
}

/** The message itself has arrived: its send is done, whatever became of the answer. */
export function removeSend(database: WriteDatabase, messageId: string): void {
  database.run(`delete from outbox where type = 'message.send' and message_id = :messageId`, { messageId });
}

/** Removes applied commands whose changes are all in at `cursor`; answers their conversations. */
export function removeSettled(database: WriteDatabase, cursor: number): string[] {
  return database
    .all<{ conversation_id: string }>(
      `delete from outbox where state = 'applied' and result_seq <= :cursor returning conversation_id`,
      { cursor },
    )
    .map((row) => row.conversation_id);
}

/** See `StoreWrites.takeOutbox`. */
export function takeOutbox(
  database: WriteDatabase,
  input: { limit: number },
): { entries: OutboxEntry[]; dropped: string[] } {
  const rows = database.all<OutboxRow>(
    `select * from outbox as mine
     where state = 'queued' and not exists (
       select 1 from outbox as earlier
       where earlier.conversation_id = mine.conversation_id and earlier.position < mine.position
         and earlier.state in ('queued', 'sending'))
     order by position limit :limit`,
    input,
  );
  const entries: OutboxEntry[] = [];
  const dropped: string[] = [];
  for (const row of rows) {
    const parsed = parseCommand(row);
    if (parsed === null) {
      refuse(database, row, 'invalid_arguments');
      if (row.conversation_id !== null) dropped.push(row.conversation_id);
      continue;
    }
    database.run(`update outbox set state = 'sending' where position = :position`, {
      position: row.position,
    });
    entries.push({
      command: parsed.command,
      conversationId: row.conversation_id,
      state: 'sending',
      attempts: row.attempts,
    });
  }
  return { entries, dropped };
}

/** A refused send waits for a person; of anything else nothing is left to show. */
function refuse(database: WriteDatabase, row: Pick<OutboxRow, 'position' | 'type'>, code: string): void {
  const { position } = row;
  if (row.type === 'message.send') {
    database.run(`update outbox set state = 'refused', code = :code where position = :position`, {
      code,
      position,
    });
  } else {
    database.run('delete from outbox where position = :position', { position });
  }
}

/** Takes the relay's answers in; answers the conversations whose rows or threads look different. */
export function recordResults(database: WriteDatabase, results: CommandResult[]): string[] {
  const touched: string[] = [];
  for (const result of results) {
    const row = database.get<OutboxRow>(
      `select * from outbox where command_id = :id and state in ('queued', 'sending')`,
      { id: result.id },
    );
    if (row === undefined) continue;
    if (row.conversation_id !== null) touched.push(row.conversation_id);
    if (result.status === 'refused') {
      refuse(database, row, result.code ?? 'refused');
    } else if (result.seq === undefined && row.type !== 'message.send') {
      database.run('delete from outbox where position = :position', { position: row.position });
    } else {
      database.run(`update outbox set state = 'applied', result_seq = :seq where position = :position`, {
        position: row.position,
        seq: result.seq ?? null,
      });
    }
  }
  return touched;
}

/** `sending` becomes `queued` again, attempts counted; answers the conversations. */
export function returnCommands(database: WriteDatabase, commandIds: string[]): string[] {
  return database
    .all<{ conversation_id: string | null }>(
      `update outbox set state = 'queued', attempts = attempts + 1
       where state = 'sending' and command_id in (select value from json_each(:ids))
       returning conversation_id`,
      { ids: JSON.stringify(commandIds) },
    )
    .flatMap((row) => row.conversation_id ?? []);
}

/** At start nothing is on its way: what a crash left as `sending` is queued again, which the relay's ids make safe. */
export function returnAllCommands(database: WriteDatabase): void {
  database.run(`update outbox set state = 'queued', attempts = attempts + 1 where state = 'sending'`);
}

/** Removes a send that has not left or was refused; answers its conversation, null when there is none such. */
export function deleteUnsent(database: WriteDatabase, messageId: string): string | null {
  const row = database.all<{ conversation_id: string }>(
    `delete from outbox where type = 'message.send' and message_id = :messageId and state in ('queued', 'refused')
     returning conversation_id`,
    { messageId },
  )[0];
  return row?.conversation_id ?? null;
}

/** Removes a refused send so that it can be queued again; false when there is none. */
export function deleteRefused(database: WriteDatabase, messageId: string): boolean {
  const { changes } = database.run(
    `delete from outbox where type = 'message.send' and message_id = :messageId and state = 'refused'`,
    { messageId },
  );
  return changes > 0;
}

export function countOutbox(database: ReadDatabase): { unsent: number; refused: number } {
  const row = database.get<{ unsent: number; refused: number }>(
    `select count(*) filter (where state in ('queued', 'sending')) as unsent,
       count(*) filter (where state = 'refused') as refused from outbox`,
  )!;
  return { unsent: row.unsent, refused: row.refused };
}

/** Sends on their way and sends a person must look at, by conversation. */
export function mapUnsentByConversation(
  database: ReadDatabase,
): Map<string, { unsent: number; failed: number }> {
  const rows = database.all<{ conversation_id: string; unsent: number; failed: number }>(
    `select conversation_id, count(*) filter (where state in ('queued', 'sending')) as unsent,
       count(*) filter (where state = 'refused') as failed
     from outbox where type = 'message.send' group by conversation_id`,
  );
  return new Map(rows.map((row) => [row.conversation_id, { unsent: row.unsent, failed: row.failed }]));
}
