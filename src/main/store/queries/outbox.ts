/** Commands of this PC that the relay may not know yet. A local table: it outlives every snapshot. */
import {
  Command,
  readCommand,
  type CommandResult,
  type CommandType,
  type KnownCommand,
  type OutgoingMedia,
} from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { OutboxEntry } from '../interface.ts';
import { listFilesToUpload } from './local-files.ts';

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
  hold_until: number | null;
}

/** Commands that are a message of the thread until the relay's message replaces them. */
export const MESSAGE_COMMANDS = `('message.send', 'note.add')`;

/** The command as it was kept; null when this version of the app no longer understands it. */
export function parseCommand(
  row: Pick<OutboxRow, 'command'>,
): { command: Command; known: KnownCommand } | null {
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
  input: { command: Command; now: number; holdUntil?: number | null },
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
    `insert into outbox (command_id, type, conversation_id, message_id, state, command, enqueued_at,
       hold_until)
     values (:commandId, :type, :conversationId, :messageId, 'queued', :command, :now, :holdUntil)
     on conflict (command_id) do nothing`,
    {
      commandId: known.id,
      type: known.type,
      conversationId,
      messageId: 'messageId' in known.args ? known.args.messageId : null,
      command: JSON.stringify(input.command),
      now: input.now,
      holdUntil: input.holdUntil ?? null,
    },
  );
  return known;
}

/**
 * What the relay's word may not show yet: the commands of one conversation, or those of tags, teams and settings. A
 * conversation whose beginning was refused stays while messages in it wait for a person.
 */
const PENDING_SQL = {
  conversation: `select * from outbox indexed by outbox_by_conversation
where conversation_id = :conversationId and (state <> 'refused' or type = 'conversation.start') order by position`,
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

/** See `StoreWrites.takeOutbox`. What is held back holds up what is behind it in its conversation, too. */
export function takeOutbox(
  database: WriteDatabase,
  input: { limit: number; now: number },
): { entries: OutboxEntry[]; dropped: Departed } {
  const rows = database.all<OutboxRow>(
    `select * from outbox as mine
     where state = 'queued' and (hold_until is null or hold_until <= :now) and not exists (
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
      media: listFilesToUpload(database, mediaOfCommand(parsed.known)),
    });
  }
  return { entries, dropped: toDeparted(dropped) };
}

/** The files a command names. */
export function mediaOfCommand(command: KnownCommand): OutgoingMedia[] {
  const { args } = command;
  return ['media' in args ? args.media : null, 'headerMedia' in args ? args.headerMedia : null].flatMap(
    (media) => media ?? [],
  );
}

/** The files named by any command that is still here, refused ones included: a person may send them again. */
export function listOutboxMedia(database: ReadDatabase): OutgoingMedia[] {
  return parseAll(database.all<OutboxRow>('select * from outbox')).flatMap(({ known }) =>
    mediaOfCommand(known),
  );
}

/** See `StoreReads.nextHeld`. */
export function getNextHeld(database: ReadDatabase, input: { now: number }): number | null {
  return database.get<{ at: number | null }>(
    `select min(hold_until) as at from outbox where state = 'queued' and hold_until > :now`,
    input,
  )!.at;
}

const isMessageType = (type: string) => type === 'message.send' || type === 'note.add';

/** Whether messages of this PC wait in a conversation. */
const hasMessages = (database: ReadDatabase, conversationId: string | null): boolean =>
  database.get(
    `select 1 from outbox where conversation_id = :conversationId and type in ${MESSAGE_COMMANDS} limit 1`,
    { conversationId },
  ) !== undefined;

/**
 * A refused message waits for a person, and so does the beginning of the conversation it is in; of anything else nothing
 * is left to show.
 */
function refuse(
  database: WriteDatabase,
  row: Pick<OutboxRow, 'position' | 'type' | 'conversation_id'>,
  code: string,
): void {
  const { position } = row;
  const isStart = row.type === 'conversation.start';
  if (isMessageType(row.type) || (isStart && hasMessages(database, row.conversation_id))) {
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

interface RefusedRow {
  commandId: string;
  type: string;
  conversationId: string | null;
  code: string;
  known: KnownCommand | null;
}

/** Takes the relay's answers in: what looks different now, and what a person should hear of. */
export function recordResults(
  database: WriteDatabase,
  results: CommandResult[],
): Departed & {
  refused: RefusedRow[];
} {
  const answered: OutboxRow[] = [];
  const refused: RefusedRow[] = [];
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
        refused.push({
          commandId: row.command_id,
          conversationId: row.conversation_id,
          type,
          code,
          known: parseCommand(row)?.known ?? null,
        });
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

/** What this PC has written in a conversation it began goes to the one there is already, with the draft. */
export function moveToConversation(database: WriteDatabase, input: { from: string; to: string }): void {
  database.run(
    `update outbox set conversation_id = :to, command = json_set(command, '$.args.conversationId', :to)
     where conversation_id = :from and type <> 'conversation.start' and state in ('queued', 'refused')`,
    input,
  );
  database.run('update or ignore drafts set conversation_id = :to where conversation_id = :from', input);
  removeEmptyStart(database, input.from);
}

/** A refused beginning goes with the last message that waited in its conversation. */
export function removeEmptyStart(database: WriteDatabase, conversationId: string): void {
  if (hasMessages(database, conversationId)) return;
  database.run(
    `delete from outbox
     where conversation_id = :conversationId and type = 'conversation.start' and state = 'refused'`,
    { conversationId },
  );
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

export function countOutbox(database: ReadDatabase): { unsent: number; refused: number } {
  const row = database.get<{ unsent: number; refused: number }>(
    `select count(*) filter (where state in ('queued', 'sending')) as unsent,
       count(*) filter (where state = 'refused' and type <> 'conversation.start') as refused from outbox`,
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
