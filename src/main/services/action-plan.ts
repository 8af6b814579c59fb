/** What an action asks of one conversation, and what would take exactly that back. */
import type { CommandArguments, CommandType, Conversation } from '@recado/protocol';
import { canBlock, isBlocked, toEpoch, toTimestamp } from '@recado/protocol';
import type { Action } from '../../shared/contract/index.ts';
import type { ConversationState } from '../store/interface.ts';

/** A command without its name and time. */
export type CommandDraft = {
  [Type in CommandType]: { type: Type; args: CommandArguments<Type>; basedOn: number | null };
}[CommandType];

export interface ActionPlan {
  command: CommandDraft;
  /** Commands that lead back to how it was, in order. */
  inverse: CommandDraft[];
}

type OneConversation = Exclude<CommandType, 'message.send' | 'message.retry' | 'note.add'> &
  `conversation.${string}`;

const added = (held: string[], wanted: string[]) => [...new Set(wanted)].filter((id) => !held.includes(id));
const present = (held: string[], wanted: string[]) => held.filter((id) => wanted.includes(id));

/** Null when the conversation is like that already, or the action makes no sense for it. `now` is relay time. */
export function planAction(
  action: Action,
  { id, version, conversation }: ConversationState,
  options: { now: number },
): ActionPlan | null {
  const draft = <Type extends OneConversation>(
    type: Type,
    args: Omit<CommandArguments<Type>, 'conversationId'>,
    basedOn: number | null = null,
  ) => ({ type, args: { conversationId: id, ...args }, basedOn }) as unknown as CommandDraft;
  /** Based on what was on screen: refused when the patient has written since (T34). */
  const judged = <Type extends OneConversation>(
    type: Type,
    args: Omit<CommandArguments<Type>, 'conversationId'>,
  ) => draft(type, args, version);

  /** The relay's number of the row covers every message the row knew of. */
  const read = draft('conversation.markRead', { upToOrdinal: version, silent: true });
  const unread = draft('conversation.markUnread', {});
  const close = judged('conversation.close', {});
  const markSpam = judged('conversation.markSpam', {});
  /** The bot's again and unread again, where it was: closing and marking as spam take both away. */
  const backWith = (...first: CommandDraft[]): CommandDraft[] => [
    ...first,
    ...(conversation.handler === 'bot' ? [draft('conversation.setBot', { active: true })] : []),
    ...(conversation.unread > 0 ? [unread] : []),
  ];

  const blockFacts = {
    spam: conversation.spam,
    blockState: conversation.blockState,
    windowExpiresAt: toEpoch(conversation.windowExpiresAt),
    lastInboundSentAt: toEpoch(conversation.lastInboundSentAt),
  };

  switch (action.type) {
    case 'close':
      if (conversation.closed) return null;
      return { command: close, inverse: backWith(draft('conversation.reopen', {})) };
    case 'reopen':
      if (!conversation.closed) return null;
      return { command: draft('conversation.reopen', {}), inverse: backWith(close) };
    case 'markSpam':
      if (conversation.spam) return null;
      return { command: markSpam, inverse: backWith(draft('conversation.unmarkSpam', {})) };
    case 'unmarkSpam': {
      if (!conversation.spam) return null;
      // What was written meanwhile has opened it (T25).
      const wasOpened = conversation.closed && conversation.unread > 0;
      return {
        command: draft('conversation.unmarkSpam', {}),
        inverse: backWith(...(wasOpened ? [close] : []), markSpam),
      };
    }
    case 'block':
      if (!canBlock(blockFacts, options.now)) return null;
      return { command: draft('conversation.block', {}), inverse: [draft('conversation.unblock', {})] };
    case 'unblock':
      if (!isBlocked(conversation) || conversation.blockState === 'unblocking') return null;
      return { command: draft('conversation.unblock', {}), inverse: [draft('conversation.block', {})] };
    case 'markRead':
      return conversation.unread === 0 ? null : { command: read, inverse: [unread] };
    case 'markUnread':
      return conversation.unread > 0 ? null : { command: unread, inverse: [read] };
    case 'assign': {
      const agentIds = added(conversation.assigneeIds, action.agentIds);
      const teamIds = added(conversation.teamIds, action.teamIds);
      if (agentIds.length + teamIds.length === 0) return null;
      const args = { agentIds, teamIds };
      return {
        command: judged('conversation.assign', args),
        inverse: [draft('conversation.unassign', args)],
      };
    }
    case 'unassign': {
      const agentIds = present(conversation.assigneeIds, action.agentIds);
      const teamIds = present(conversation.teamIds, action.teamIds);
      if (agentIds.length + teamIds.length === 0) return null;
      const args = { agentIds, teamIds };
      return {
        command: draft('conversation.unassign', args),
        inverse: [judged('conversation.assign', args)],
      };
    }
    case 'tag': {
      const tagIds = added(conversation.tagIds, action.tagIds);
      if (tagIds.length === 0) return null;
      return {
        command: draft('conversation.tag', { tagIds }),
        inverse: [draft('conversation.untag', { tagIds })],
      };
    }
    case 'untag': {
      const tagIds = present(conversation.tagIds, action.tagIds);
      if (tagIds.length === 0) return null;
      return {
        command: draft('conversation.untag', { tagIds }),
        inverse: [draft('conversation.tag', { tagIds })],
      };
    }
    case 'setBot': {
      if (conversation.spam || conversation.closed) return null;
      if ((conversation.handler === 'bot') === action.active) return null;
      const set = (active: boolean) => draft('conversation.setBot', { active });
      return { command: set(action.active), inverse: [set(!action.active)] };
    }
    case 'pin': {
      if (conversation.pinned === action.pinned) return null;
      const pin = (pinned: boolean) => draft('conversation.pin', { pinned });
      return { command: pin(action.pinned), inverse: [pin(conversation.pinned)] };
    }
    case 'snooze': {
      const until = action.until !== null && action.until > options.now ? toTimestamp(action.until) : null;
      if (conversation.snoozedUntil === until) return null;
      const snooze = (to: Conversation['snoozedUntil']) => draft('conversation.snooze', { until: to });
      return { command: snooze(until), inverse: [snooze(conversation.snoozedUntil)] };
    }
  }
}
