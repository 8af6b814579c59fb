/**
 * What a command of this PC will do to its conversation, before the relay has said so. Predictions are never stored as
 * facts: they are worked out again on top of every newer word of the relay, and gone when the command is refused.
 */
import {
  applyConversationEvent,
  canBlock,
  isBlocked,
  type Appointment,
  type Author,
  type Clinic,
  type Conversation,
  type ConversationEvent,
  type Entity,
  type KnownCommand,
  type MessagePreview,
  type Patient,
  type QuickReply,
  type Tag,
  type Team,
  type Template,
  toEpoch,
} from '@recado/protocol';
import { factsOf, withFacts } from './conversation-facts.ts';
import { outgoingParts, type FindTemplate } from './outgoing.ts';

export interface PredictionContext {
  /** The agent signed in here, as the author of what is sent. */
  author: Author;
  /** Whether the first to answer an unassigned conversation becomes its assignee. */
  assignOnFirstReply: () => boolean;
  /** How many messages of the patient are held above an ordinal. */
  countInboundAfter: (ordinal: number) => number;
  findTemplate: FindTemplate;
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
      // What leaves later changes nothing yet.
      return command.args.sendAt === null
        ? predictSend(command, after({ type: 'staffMessageQueued' }), context)
        : conversation;
    case 'message.retry':
      return after({ type: 'staffMessageQueued' });
    case 'message.cancel': {
      const { lastMessage } = conversation;
      if (lastMessage?.id !== command.args.messageId) return conversation;
      return { ...conversation, lastMessage: { ...lastMessage, status: 'cancelled' } };
    }
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
    case 'conversation.block':
      return canBlock(facts, toEpoch(command.issuedAt))
        ? { ...conversation, blockState: 'blocking' }
        : conversation;
    case 'conversation.unblock':
      return isBlocked(facts) ? { ...conversation, blockState: 'unblocking' } : conversation;
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
    case 'message.react':
    case 'note.add':
    case 'conversation.start':
    case 'tag.create':
    case 'tag.update':
    case 'team.create':
    case 'team.update':
    case 'quickReply.create':
    case 'quickReply.update':
    case 'quickReply.delete':
    case 'template.create':
    case 'template.delete':
    case 'template.hide':
    case 'clinic.updateSettings':
    case 'agent.update':
    case 'patient.update':
    case 'appointment.put':
    case 'appointment.delete':
      return conversation;
  }
}

function predictSend(
  command: Extract<KnownCommand, { type: 'message.send' }>,
  queued: Conversation,
  { author, assignOnFirstReply, findTemplate }: PredictionContext,
): Conversation {
  const { kind, text } = outgoingParts(command.args, findTemplate);
  const lastMessage: MessagePreview = {
    id: command.args.messageId,
    direction: 'outbound',
    kind,
    text,
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

/** A conversation this PC begins, with its patient, as the relay will make them. */
export function startedConversation(command: Extract<KnownCommand, { type: 'conversation.start' }>): {
  conversation: Conversation;
  patient: Patient;
} {
  const { conversationId, patientId, phone, name, numberId } = command.args;
  return {
    patient: {
      id: patientId,
      name,
      profileName: null,
      phone,
      whatsappUserId: null,
      language: null,
      note: '',
      remindersOff: false,
    },
    conversation: {
      id: conversationId,
      patientId,
      numberId,
      spam: false,
      closed: false,
      handler: 'human',
      lastInboundSentAt: null,
      windowExpiresAt: null,
      lastInteractionAt: null,
      lastActivityAt: command.issuedAt,
      lastMessageDirection: null,
      lastMessage: null,
      unread: 0,
      pinned: false,
      snoozedUntil: null,
      tagIds: [],
      assigneeIds: [],
      teamIds: [],
      participants: [],
      blockState: 'none',
    },
  };
}

/** The patient once the relay has applied the command; the same object when it is about somebody else. */
export function predictPatient(command: KnownCommand, patient: Patient): Patient {
  if (command.type !== 'patient.update' || command.args.patientId !== patient.id) return patient;
  const { patientId: _patientId, name, ...changes } = command.args;
  return { ...patient, ...changes, ...(name === undefined ? {} : { name: name === '' ? null : name }) };
}

/** The appointment of that id once the relay has applied the command; null when there is none. */
export function predictAppointment(
  command: KnownCommand,
  id: string,
  appointment: Appointment | null,
): Appointment | null {
  if (command.type === 'appointment.delete') return command.args.appointmentId === id ? null : appointment;
  if (command.type !== 'appointment.put' || command.args.appointmentId !== id) return appointment;
  const { appointmentId: _appointmentId, ...changes } = command.args;
  return { externalId: null, reminder: null, ...appointment, id, ...changes };
}

/** Reference entities this PC's commands change before the relay has said so. */
type PredictedName = 'clinic' | 'agent' | 'tag' | 'team' | 'template' | 'quickReply';
type Named = Map<string, { id: string }>;

/** Reference entities of one name as they will be once the relay has applied the commands. */
export function predictReference<Name extends PredictedName>(
  entity: Name,
  held: Map<string, Entity<Name>>,
  commands: KnownCommand[],
): Map<string, Entity<Name>> {
  const shown = new Map(held);
  for (const command of commands) predictOne(entity, shown, command);
  return shown;
}

function predictOne(entity: PredictedName, shown: Named, command: KnownCommand): void {
  const change = <Value>(name: PredictedName, id: string, changes: Partial<Value>) => {
    const before = name === entity ? (shown.get(id) as Value | undefined) : undefined;
    if (before !== undefined) shown.set(id, { ...before, ...changes } as { id: string } & Value);
  };
  const create = <Value extends { id: string }>(name: PredictedName, value: Value) => {
    if (name === entity && !shown.has(value.id)) shown.set(value.id, value);
  };
  const remove = (name: PredictedName, id: string) => {
    if (name === entity) shown.delete(id);
  };
  switch (command.type) {
    case 'tag.create': {
      const { tagId: id, ...rest } = command.args;
      create<Tag>('tag', { id, ...rest });
      return;
    }
    case 'tag.update': {
      const { tagId, ...changes } = command.args;
      change<Tag>('tag', tagId, changes);
      return;
    }
    case 'tag.merge':
    case 'tag.delete':
      remove('tag', command.args.tagId);
      return;
    case 'team.create': {
      const { teamId: id, ...rest } = command.args;
      create<Team>('team', { id, ...rest });
      return;
    }
    case 'team.update': {
      const { teamId, ...changes } = command.args;
      change<Team>('team', teamId, changes);
      return;
    }
    case 'team.delete':
      remove('team', command.args.teamId);
      return;
    case 'quickReply.create': {
      const { quickReplyId: id, ...rest } = command.args;
      create<QuickReply>('quickReply', { id, ...rest });
      return;
    }
    case 'quickReply.update': {
      const { quickReplyId, ...changes } = command.args;
      change<QuickReply>('quickReply', quickReplyId, changes);
      return;
    }
    case 'quickReply.delete':
      remove('quickReply', command.args.quickReplyId);
      return;
    case 'template.create': {
      const { templateId: id, headerMedia: _headerMedia, ...rest } = command.args;
      create<Template>('template', {
        id,
        ...rest,
        status: 'SUBMITTING',
        quality: 'UNKNOWN',
        rejectionReason: null,
        hidden: false,
      });
      return;
    }
    case 'template.hide':
      change<Template>('template', command.args.templateId, { hidden: command.args.hidden });
      return;
    case 'template.delete':
      remove('template', command.args.templateId);
      return;
    case 'agent.update': {
      const { agentId, ...changes } = command.args;
      change<Entity<'agent'>>('agent', agentId, changes);
      return;
    }
    case 'clinic.updateSettings':
      if (entity !== 'clinic') return;
      for (const [id, clinic] of shown as Map<string, Clinic>)
        change<Clinic>('clinic', id, { settings: { ...clinic.settings, ...command.args.settings } });
      return;
    default:
  }
}
