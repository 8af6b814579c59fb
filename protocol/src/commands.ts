import { z } from 'zod';
import { ClinicSettings, OutgoingMedia, Template } from './entities.ts';
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

const quickReplyParts = {
  /** What is typed after the slash; one word, unique among what an agent sees. */
  shortcut: z
    .string()
    .trim()
    .regex(/^[^\s/]{1,30}$/u),
  /** May hold {nombre}-like variables, filled in before it is sent; the caption when there is a file. */
  text: z.string().trim().max(TEXT_MAX_LENGTH),
  media: OutgoingMedia.nullable(),
};

/** Values of a template's variables, by the variable's name or number. */
const VariableValues = z.record(z.string().max(100), z.string().max(2_000));
export const TemplateValues = z.object({
  header: VariableValues.default({}),
  body: VariableValues.default({}),
  /** By the button's place in the template, from "0". */
  buttons: VariableValues.default({}),
});
export type TemplateValues = z.infer<typeof TemplateValues>;

const Send = z
  .object({
    messageId: Id,
    conversationId: Id,
    /** The whole message, or the caption of `media`; null where there is none. A template brings its own. */
    text: z.string().trim().min(1).max(TEXT_MAX_LENGTH).nullable().default(null),
    media: OutgoingMedia.nullable().default(null),
    /** With a media header, `media` is the header's file. */
    template: z.object({ templateId: Id, values: TemplateValues }).nullable().default(null),
    replyTo: Id.nullable().default(null),
    /**
     * End of the window the sender saw: the relay refuses anything but a template after it with `window_closed`.
     * Null for a template, and only for one.
     */
    notAfter: Timestamp.nullable(),
    /**
     * Ordinal of the newest message the sender had seen: when somebody else of the clinic has answered after it, the
     * message is refused with `answered_meanwhile`. Absent or null sends in any case.
     */
    unlessAnsweredAfter: z.number().int().nonnegative().nullable().optional(),
    /** The relay sends it then, if the window is still open by that time; null for now. */
    sendAt: Timestamp.nullable().default(null),
  })
  .refine((send) => send.text !== null || send.media !== null || send.template !== null, {
    message: 'A message has a text, a file or a template',
  })
  .refine((send) => send.template === null || send.text === null, {
    message: 'A template brings its own text',
  })
  .refine((send) => (send.notAfter === null) === (send.template !== null), {
    message: 'Everything but a template ends with its window',
  });

/** Arguments of every command, by its type. Adding a type here is all a new command needs on the wire. */
export const commandArguments = {
  'message.send': Send,
  /** `notAfter` is null for a template. */
  'message.retry': z.object({ messageId: Id, conversationId: Id, notAfter: Timestamp.nullable() }),
  /** Takes back a message that is still `queued` or `scheduled`; refused with `too_late` once it may have left. */
  'message.cancel': z.object({ messageId: Id, conversationId: Id }),
  /** The clinic's one reaction to a message; null takes it away. Free text's window applies. */
  'message.react': z.object({
    messageId: Id,
    conversationId: Id,
    emoji: z.string().min(1).max(40).nullable(),
    notAfter: Timestamp,
  }),
  'note.add': z.object({
    messageId: Id,
    conversationId: Id,
    text: z.string().trim().min(1).max(TEXT_MAX_LENGTH),
    /** Agents named with @ in the note. */
    mentionedAgentIds: z.array(Id).max(50).default([]),
  }),
  /** Begins a conversation with a number the clinic has none with; refused with `conversation_exists` otherwise. */
  'conversation.start': z.object({
    conversationId: Id,
    patientId: Id,
    /** E.164 with its plus. */
    phone: z.string().regex(/^\+[1-9]\d{6,14}$/),
    /** The name the clinic gives the patient; null for none yet. */
    name: z.string().trim().min(1).max(120).nullable(),
    /** Meta's phone_number_id of the clinic's number it leaves from. */
    numberId: z.string().min(1).max(64),
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
  /** At WhatsApp itself (T26): of spam, while the window is open; refused with `not_blockable` otherwise. */
  'conversation.block': OneConversation,
  'conversation.unblock': OneConversation,
  /** Out of the way until then, or until the patient writes; null brings it back. */
  'conversation.snooze': OneConversation.extend({ until: Timestamp.nullable() }),
  'conversation.markRead': z.object({
    conversationId: Id,
    /** Ordinal of the newest message the person saw; messages after it stay unread. */
    upToOrdinal: z.number().int().nonnegative(),
    /** True where nobody really read, as in bulk: the patient then gets no blue ticks. */
    silent: z.boolean().optional(),
  }),
  /** Absent parts stay as they are; an empty name takes the clinic's own name for the patient away. */
  'patient.update': z.object({
    patientId: Id,
    name: z.string().trim().max(120).optional(),
    language: z.string().max(10).nullable().optional(),
    note: z.string().max(4_000).optional(),
    remindersOff: z.boolean().optional(),
  }),
  /** Makes or changes an appointment; refused with `forbidden` for one of the practice software. */
  'appointment.put': z.object({
    appointmentId: Id,
    patientId: Id,
    startsAt: Timestamp,
    treatment: z.string().trim().max(200),
    professional: z.string().trim().max(200),
    state: z.enum(['scheduled', 'confirmed', 'cancelled', 'attended', 'missed']),
  }),
  'appointment.delete': z.object({ appointmentId: Id }),
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
  /** Only its owner, or an administrator, changes a quick reply. */
  'quickReply.create': z.object({ quickReplyId: Id, ...quickReplyParts, ownerAgentId: Id.nullable() }),
  'quickReply.update': z.object({
    quickReplyId: Id,
    shortcut: quickReplyParts.shortcut.optional(),
    text: quickReplyParts.text.optional(),
    media: quickReplyParts.media.optional(),
  }),
  'quickReply.delete': z.object({ quickReplyId: Id }),
  /** Administrators only, here and below. */
  'template.create': z.object({
    templateId: Id,
    name: z.string().regex(/^[a-z0-9_]{1,512}$/),
    language: z.string().regex(/^[a-z]{2,3}(?:_[A-Z]{2})?$/),
    category: z.enum(['UTILITY', 'MARKETING']),
    parameterFormat: z.enum(['POSITIONAL', 'NAMED']),
    components: Template.shape.components.max(10),
    /** Example of a media header, which Meta wants to see; null when the header has none. */
    headerMedia: OutgoingMedia.nullable(),
  }),
  'template.delete': z.object({ templateId: Id }),
  'template.hide': z.object({ templateId: Id, hidden: z.boolean() }),
  'clinic.updateSettings': z.object({ settings: ClinicSettings.partial() }),
  /** The last active administrator stays one. Who is made inactive is signed out everywhere. */
  'agent.update': z.object({
    agentId: Id,
    name: z.string().trim().min(1).max(120).optional(),
    role: z.enum(['admin', 'agent']).optional(),
    active: z.boolean().optional(),
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
