/**
 * What a command of this PC will do to its conversation, before the relay has said so. Predictions are never stored as
 * facts: they are worked out again on top of every newer word of the relay, and gone when the command is refused.
 */
import {
  applyConversationEvent,
  type Author,
  type Clinic,
  type Conversation,
  type ConversationEvent,
  type Entity,
  type KnownCommand,
  type MessagePreview,
  type Tag,
  type Team,
} from '@recado/protocol';
import { factsOf, withFacts } from './conversation-facts.ts';

export interface PredictionContext {
  /** The agent signed in here, as the author of what is sent. */
  author: Author;
  /** Whether the first to answer an unassigned conversation becomes its assignee. */
  assignOnFirstReply: () => boolean;
  /** How many messages of the patient are held above an ordinal. */
  countInboundAfter: (ordinal: number) => number;
}

const withAll = (held: string[], added: string[]): string[] => [...new Set([...held, ...added])];
const withoutAll = (held: string[], removed: string[]): string[] =>
  held.filter((id) => !removed.includes(id));

/** The conversation as it will be once the relay has applied the command; the same object when it does nothing to it. */
export function predict(
  command: KnownCommand,
  conversation: Conversation,
  context: PredictionContext,
): Conversation {
  const facts = factsOf(conversation);
  const after = (event: ConversationEvent) => withFacts(conversation, applyConversationEvent(facts, event));
  const { assigneeIds, teamIds, tagIds } = conversation;
  switch (command.type) {
    case 'message.send':
      return predictSend(command, after({ type: 'staffMessageQueued' }), context);
    case 'message.retry':
      return after({ type: 'staffMessageQueued' });
    case 'conversation.close':
      return after({ type: 'closed' });
    case 'conversation.reopen':
      return after({ type: 'reopened' });
    case 'conversation.markSpam':
      return after({ type: 'markedSpam' });
    case 'conversation.unmarkSpam':
      // Marking cleared the number, so that it counts what came since.
      return after({ type: 'unmarkedSpam', messagesWhileSpam: facts.unread });
    case 'conversation.markRead':
      return after({ type: 'read', unread: context.countInboundAfter(command.args.upToOrdinal) });
    case 'conversation.markUnread':
      return after({ type: 'markedUnread' });
    case 'conversation.setBot':
      return after({ type: command.args.active ? 'botActivated' : 'botHandedOver' });
    case 'conversation.assign':
      return {
        ...conversation,
        assigneeIds: withAll(assigneeIds, command.args.agentIds),
        teamIds: withAll(teamIds, command.args.teamIds),
      };
    case 'conversation.unassign':
      return {
        ...conversation,
        assigneeIds: withoutAll(assigneeIds, command.args.agentIds),
        teamIds: withoutAll(teamIds, command.args.teamIds),
      };
    case 'conversation.tag':
      return { ...conversation, tagIds: withAll(tagIds, command.args.tagIds) };
    case 'conversation.untag':
      return { ...conversation, tagIds: withoutAll(tagIds, command.args.tagIds) };
    case 'conversation.pin':
      return { ...conversation, pinned: command.args.pinned };
    case 'conversation.snooze':
      return { ...conversation, snoozedUntil: command.args.until };
    case 'tag.merge': {
      const { tagId, intoTagId } = command.args;
      if (!tagIds.includes(tagId)) return conversation;
      return { ...conversation, tagIds: withAll(withoutAll(tagIds, [tagId]), [intoTagId]) };
    }
    case 'tag.delete':
      if (!tagIds.includes(command.args.tagId)) return conversation;
      return { ...conversation, tagIds: withoutAll(tagIds, [command.args.tagId]) };
    case 'team.delete':
      if (!teamIds.includes(command.args.teamId)) return conversation;
      return { ...conversation, teamIds: withoutAll(teamIds, [command.args.teamId]) };
    case 'note.add':
    case 'tag.create':
    case 'tag.update':
    case 'team.create':
    case 'team.update':
    case 'clinic.updateSettings':
      return conversation;
  }
}

function predictSend(
  command: Extract<KnownCommand, { type: 'message.send' }>,
  queued: Conversation,
  { author, assignOnFirstReply }: PredictionContext,
): Conversation {
  const lastMessage: MessagePreview = {
    id: command.args.messageId,
    direction: 'outbound',
    kind: 'text',
    text: command.args.text,
    author,
    sentAt: command.issuedAt,
    status: 'queued',
  };
  const isFirstReply = queued.assigneeIds.length === 0 && author.agentId !== null && assignOnFirstReply();
  return {
    ...queued,
    lastMessage,
    lastActivityAt: command.issuedAt > queued.lastActivityAt ? command.issuedAt : queued.lastActivityAt,
    assigneeIds: isFirstReply ? [author.agentId!] : queued.assigneeIds,
  };
}

type Named = Map<string, { id: string }>;

/** Reference entities of one name as they will be once the relay has applied the commands. */
export function predictReference<Name extends 'clinic' | 'tag' | 'team'>(
  entity: Name,
  held: Map<string, Entity<Name>>,
  commands: KnownCommand[],
): Map<string, Entity<Name>> {
  const shown = new Map(held);
  for (const command of commands) predictOne(entity, shown, command);
  return shown;
}

function predictOne(entity: 'clinic' | 'tag' | 'team', shown: Named, command: KnownCommand): void {
  const change = <Value>(id: string, changes: object) => {
    const before = shown.get(id) as Value | undefined;
    if (before !== undefined) shown.set(id, { ...before, ...changes } as { id: string } & Value);
  };
  switch (command.type) {
    case 'tag.create': {
      const { tagId: id, ...rest } = command.args;
      if (entity === 'tag' && !shown.has(id)) shown.set(id, { id, ...rest } satisfies Tag);
      return;
    }
    case 'tag.update': {
      const { tagId, ...changes } = command.args;
      if (entity === 'tag') change<Tag>(tagId, changes);
      return;
    }
    case 'tag.merge':
    case 'tag.delete':
      if (entity === 'tag') shown.delete(command.args.tagId);
      return;
    case 'team.create': {
      const { teamId: id, ...rest } = command.args;
      if (entity === 'team' && !shown.has(id)) shown.set(id, { id, ...rest } satisfies Team);
      return;
    }
    case 'team.update': {
      const { teamId, ...changes } = command.args;
      if (entity === 'team') change<Team>(teamId, changes);
      return;
    }
    case 'team.delete':
      if (entity === 'team') shown.delete(command.args.teamId);
      return;
    case 'clinic.updateSettings':
      if (entity === 'clinic')
        for (const [id, clinic] of shown as Map<string, Clinic>)
          change<Clinic>(id, { settings: { ...clinic.settings, ...command.args.settings } });
      return;
    default:
  }
}
