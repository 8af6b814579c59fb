import { z } from 'zod';
import { Seq } from './feed.ts';
import { Id } from './ids.ts';
import { Timestamp } from './time.ts';

/** WhatsApp's limit for a text body, in characters. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
export const TEXT_MAX_LENGTH = 4_096;

/** Arguments of every command, by its type. Adding a type here is all a new command needs on the wire. */
export const commandArguments = {
  'message.send': z.object({
    messageId: Id,
    conversationId: Id,
    text: z.string().trim().min(1).max(TEXT_MAX_LENGTH),
    replyTo: Id.nullable().default(null),
    /** End of the window the sender saw: the relay refuses free text after it with `window_closed`. */
    notAfter: Timestamp,
  }),
  'message.retry': z.object({ messageId: Id, conversationId: Id, notAfter: Timestamp }),
  'conversation.markRead': z.object({
    conversationId: Id,
    /** Ordinal of the newest message the person saw; messages after it stay unread. */
    upToOrdinal: z.number().int().nonnegative(),
  }),
} as const;
export type CommandType = keyof typeof commandArguments;
export type CommandArguments<Type extends CommandType> = z.infer<(typeof commandArguments)[Type]>;

/**
 * One intention of one person. `id` makes its effect exactly-once: the relay keeps the first result and answers
 * any repeat with it. `basedOn` is the conversation's version the person was looking at.
 */
export const Command = z.object({
  id: Id,
  type: z.string(),
  args: z.record(z.string(), z.unknown()),
  basedOn: Seq.nullable().default(null),
  issuedAt: Timestamp,
});
export type Command = z.infer<typeof Command>;

export type KnownCommand = {
  [Type in CommandType]: Omit<Command, 'type' | 'args'> & { type: Type; args: CommandArguments<Type> };
}[CommandType];

/** Parses a command's arguments by its type; null when the type is unknown or the arguments do not fit. */
export function readCommand(command: Command): KnownCommand | null {
  if (!Object.hasOwn(commandArguments, command.type)) return null;
  const parsed = commandArguments[command.type as CommandType].safeParse(command.args);
  return parsed.success ? ({ ...command, args: parsed.data } as KnownCommand) : null;
}

export const COMMANDS_LIMIT = 50;
export const CommandsRequest = z.object({ commands: z.array(Command).min(1).max(COMMANDS_LIMIT) });

export const CommandResult = z.object({
  id: Id,
  status: z.enum(['applied', 'refused']),
  code: z.string().optional(),
  /** Feed number of the last change the command made. */
  seq: Seq.optional(),
});
export type CommandResult = z.infer<typeof CommandResult>;
export const CommandsResponse = z.object({ results: z.array(CommandResult) });
