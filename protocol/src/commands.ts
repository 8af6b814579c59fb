import { z } from 'zod';
import { ClinicSettings } from './entities.ts';
import { Seq } from './feed.ts';
import { Id } from './ids.ts';
import { Timestamp } from './time.ts';

/** WhatsApp's limit for a text body, in characters. https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages */
export const TEXT_MAX_LENGTH = 4_096;

const OneConversation = z.object({ conversationId: Id });
/** Who is added or taken away; the others stay. */
const Assignment = OneConversation.extend({
  agentIds: z.array(Id).max(200).default([]),
  teamIds: z.array(Id).max(200).default([]),
});
const Tagging = OneConversation.extend({ tagIds: z.array(Id).min(1).max(200) });

const TagName = z.string().trim().min(1).max(60);
const TeamName = z.string().trim().min(1).max(60);
/** `#rrggbb`. */
const Color = z.string().regex(/^#[0-9a-f]{6}$/i);

/** Arguments of every command, by its type. Adding a type here is all a new command needs on the wire. */
export const commandArguments = {
  'message.send': z.object({
    messageId: Id,
    conversationId: Id,
    text: z.string().trim().min(1).max(TEXT_MAX_LENGTH),
    replyTo: Id.nullable().default(null),
    /** End of the window the sender saw: the relay refuses free text after it with `window_closed`. */
    notAfter: Timestamp,
    /**
     * Ordinal of the newest message the sender had seen: when somebody else of the clinic has answered after it, the
     * message is refused with `answered_meanwhile`. Absent or null sends in any case.
     */
    unlessAnsweredAfter: z.number().int().nonnegative().nullable().optional(),
  }),
  'message.retry': z.object({ messageId: Id, conversationId: Id, notAfter: Timestamp }),
  'note.add': z.object({
    messageId: Id,
    conversationId: Id,
    text: z.string().trim().min(1).max(TEXT_MAX_LENGTH),
    /** Agents named with @ in the note. */
    mentionedAgentIds: z.array(Id).max(50).default([]),
  }),
  'conversation.close': OneConversation,
  'conversation.reopen': OneConversation,
  'conversation.markSpam': OneConversation,
  'conversation.unmarkSpam': OneConversation,
  'conversation.assign': Assignment,
  'conversation.unassign': Assignment,
  'conversation.tag': Tagging,
  'conversation.untag': Tagging,
  'conversation.markUnread': OneConversation,
  'conversation.setBot': OneConversation.extend({ active: z.boolean() }),
  'conversation.pin': OneConversation.extend({ pinned: z.boolean() }),
  /** Out of the way until then, or until the patient writes; null brings it back. */
  'conversation.snooze': OneConversation.extend({ until: Timestamp.nullable() }),
  'conversation.markRead': z.object({
    conversationId: Id,
    /** Ordinal of the newest message the person saw; messages after it stay unread. */
    upToOrdinal: z.number().int().nonnegative(),
    /** True where nobody really read, as in bulk: the patient then gets no blue ticks. */
    silent: z.boolean().optional(),
  }),
  'tag.create': z.object({ tagId: Id, name: TagName, color: Color }),
  'tag.update': z.object({ tagId: Id, name: TagName.optional(), color: Color.optional() }),
  /** Everything tagged `tagId` becomes tagged `intoTagId`, and `tagId` is gone. */
  'tag.merge': z.object({ tagId: Id, intoTagId: Id }),
  'tag.delete': z.object({ tagId: Id }),
  'team.create': z.object({ teamId: Id, name: TeamName, memberIds: z.array(Id).max(500) }),
  'team.update': z.object({
    teamId: Id,
    name: TeamName.optional(),
    memberIds: z.array(Id).max(500).optional(),
  }),
  'team.delete': z.object({ teamId: Id }),
  /** Administrators only. */
  'clinic.updateSettings': z.object({ settings: ClinicSettings.partial() }),
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

/** Commands that are refused as `stale` when the patient wrote after `basedOn` (T34). */
export const COMMANDS_REFUSED_WHEN_STALE: ReadonlySet<string> = new Set<CommandType>([
  'conversation.close',
  'conversation.markSpam',
  'conversation.assign',
]);

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
