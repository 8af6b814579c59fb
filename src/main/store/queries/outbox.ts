/** Commands of this PC that the relay may not know yet. A local table: it outlives every snapshot. */
import {
  Command,
  readCommand,
  type CommandResult,
  type CommandType,
  type KnownCommand,
} from '@recado/protocol';
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
  const conversationId = 'conversationId' in known.args ? known.args.conversationId : null;
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

/** What the relay's word may not show yet: the commands of one conversation, or those of tags, teams and settings. */
const PENDING_SQL = {
  conversation: `select * from outbox indexed by outbox_by_conversation
where conversation_id = :conversationId and state <> 'refused' order by position`,
  reference: `select * from outbox indexed by outbox_by_conversation
where conversation_id is null and state <> 'refused' order by position`,
} as const;

const parseAll = (rows: OutboxRow[]): { position: number; known: KnownCommand }[] =>
  rows.flatMap((row) => {
    const known = parseCommand(row)?.known;
    return known === undefined ? [] : [{ position: row.position, known }];
  });

/** Commands about tags, teams and settings whose effect the relay's word may not show yet, oldest first. */
export function listPendingReference(database: ReadDatabase): KnownCommand[] {
  return parseAll(database.all<OutboxRow>(PENDING_SQL.reference)).map(({ known }) => known);
}

/** Reads the pending commands that touch a conversation, oldest first; made once for many conversations. */
export function createPendingCommands(database: ReadDatabase): (conversationId: string) => KnownCommand[] {
  const reference = parseAll(database.all<OutboxRow>(PENDING_SQL.reference)).filter(({ known }) =>
    REMOVALS.has(known.type),
  );
  return (conversationId) => {
    const own = parseAll(database.all<OutboxRow>(PENDING_SQL.conversation, { conversationId }));
    if (reference.length === 0) return own.map(({ known }) => known);
    return [...own, ...reference]
      .sort((one, other) => one.position - other.position)
      .map(({ known }) => known);
  };
}

/** Commands about tags and teams that conversations show, too. */
const REMOVALS: ReadonlySet<CommandType> = new Set(['tag.merge', 'tag.delete', 'team.delete']);

/** Whether anything waits for the relay's word. */
export function hasPending(database: ReadDatabase): boolean {
  return database.get(`select 1 from outbox where state <> 'refused' limit 1`) !== undefined;
}

/** Commands that are a message of the thread until the relay's message replaces them. */
export const MESSAGE_COMMANDS = `('message.send', 'note.add')`;

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

/** Messages of a conversation that have been asked to go again. */
export function listPendingRetries(database: ReadDatabase, conversationId: string): Set<string> {
  const rows = database.all<{ message_id: string }>(
    `select message_id from outbox
     where conversation_id = :conversationId and type = 'message.retry' and state <> 'refused'`,
    { conversationId },
  );
  return new Set(rows.map((row) => row.message_id));
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

/** Commands that left the outbox: their conversations, and whether one was about tags, teams or settings. */
export interface Departed {
  conversationIds: string[];
  reference: boolean;
}

const toDeparted = (rows: { conversation_id: string | null }[]): Departed => ({
  conversationIds: rows.flatMap((row) => row.conversation_id ?? []),
  reference: rows.some((row) => row.conversation_id === null),
});

/** Removes applied commands whose changes are all in at `cursor`. */
export function removeSettled(database: WriteDatabase, cursor: number): Departed {
  return toDeparted(
    database.all(
      `delete from outbox where state = 'applied' and result_seq <= :cursor returning conversation_id`,
      { cursor },
    ),
  );
}

/** See `StoreWrites.takeOutbox`. */
export function takeOutbox(
  database: WriteDatabase,
  input: { limit: number },
): { entries: OutboxEntry[]; dropped: Departed } {
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
  const dropped: OutboxRow[] = [];
  for (const row of rows) {
    const parsed = parseCommand(row);
    if (parsed === null) {
      refuse(database, row, 'invalid_arguments');
      dropped.push(row);
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
  return { entries, dropped: toDeparted(dropped) };
}

const isMessageType = (type: string) => type === 'message.send' || type === 'note.add';

/** A refused message waits for a person; of anything else nothing is left to show. */
function refuse(database: WriteDatabase, row: Pick<OutboxRow, 'position' | 'type'>, code: string): void {
  const { position } = row;
  if (isMessageType(row.type)) {
    database.run(`update outbox set state = 'refused', code = :code where position = :position`, {
      code,
      position,
    });
  } else {
    database.run('delete from outbox where position = :position', { position });
  }
}

/** Commands nobody chose by itself: a refusal has nothing to tell. */
const SILENT: ReadonlySet<string> = new Set(['conversation.markRead']);

/** Takes the relay's answers in: what looks different now, and what a person should hear of. */
export function recordResults(
  database: WriteDatabase,
  results: CommandResult[],
): Departed & {
  refused: { commandId: string; type: string; conversationId: string | null; code: string }[];
} {
  const answered: OutboxRow[] = [];
  const refused = [];
  for (const result of results) {
    const row = database.get<OutboxRow>(
      `select * from outbox where command_id = :id and state in ('queued', 'sending')`,
      { id: result.id },
    );
    if (row === undefined) continue;
    answered.push(row);
    const { position, type } = row;
    if (result.status === 'refused') {
      const code = result.code ?? 'refused';
      refuse(database, row, code);
      if (!isMessageType(type) && !SILENT.has(type))
        refused.push({ commandId: row.command_id, type, conversationId: row.conversation_id, code });
    } else if (result.seq === undefined && !isMessageType(type)) {
      database.run('delete from outbox where position = :position', { position });
    } else {
      database.run(`update outbox set state = 'applied', result_seq = :seq where position = :position`, {
        position,
        seq: result.seq ?? null,
      });
    }
  }
  return { ...toDeparted(answered), refused };
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

/** Removes a message that has not left or was refused; answers its conversation, null when there is none such. */
export function deleteUnsent(database: WriteDatabase, messageId: string): string | null {
  const row = database.all<{ conversation_id: string }>(
    `delete from outbox where type in ${MESSAGE_COMMANDS} and message_id = :messageId and state in ('queued', 'refused')
     returning conversation_id`,
    { messageId },
  )[0];
  return row?.conversation_id ?? null;
}

/** Removes a refused message so that it can be queued again; false when there is none. */
export function deleteRefused(database: WriteDatabase, messageId: string): boolean {
  const { changes } = database.run(
    `delete from outbox where type in ${MESSAGE_COMMANDS} and message_id = :messageId and state = 'refused'`,
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

/** Messages on their way and messages a person must look at, of these conversations. */
export function mapUnsent(
  database: ReadDatabase,
  conversationIds: string[],
): Map<string, { unsent: number; failed: number }> {
  const rows = database.all<{ conversation_id: string; unsent: number; failed: number }>(
    `select conversation_id, count(*) filter (where state in ('queued', 'sending')) as unsent,
       count(*) filter (where state = 'refused') as failed
     from outbox indexed by outbox_by_type
     where type in ${MESSAGE_COMMANDS} and conversation_id in (select value from json_each(:ids))
     group by conversation_id`,
    { ids: JSON.stringify(conversationIds) },
  );
  return new Map(rows.map((row) => [row.conversation_id, { unsent: row.unsent, failed: row.failed }]));
}

/** Removes commands that have not left; answers which they were. */
export function deleteQueued(
  database: WriteDatabase,
  commandIds: string[],
): Departed & { commandIds: string[] } {
  const rows = database.all<{ command_id: string; conversation_id: string | null }>(
    `delete from outbox where state = 'queued' and command_id in (select value from json_each(:ids))
     returning command_id, conversation_id`,
    { ids: JSON.stringify(commandIds) },
  );
  return { ...toDeparted(rows), commandIds: rows.map((row) => row.command_id) };
}
