import { RefusalCode, type CommandArguments, type Id } from '@recado/protocol';
import { findUnknown } from '../db/directory.ts';
import { changeConversation } from './conversations.ts';
import { refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Those of `ids` that `present` does not have, each once. */
const missing = (present: Id[], ids: Id[]): Id[] => [...new Set(ids)].filter((id) => !present.includes(id));
/** Those of `ids` that `present` has, each once. */
const shared = (present: Id[], ids: Id[]): Id[] => [...new Set(ids)].filter((id) => present.includes(id));
const without = (present: Id[], ids: Id[]): Id[] => present.filter((id) => !ids.includes(id));
const named = (name: 'agentIds' | 'teamIds', ids: Id[]) => (ids.length > 0 ? { [name]: ids } : {});

/** Adds people and teams to a conversation; whoever has it already stays. */
export async function assign(
  scope: CommandScope,
  args: CommandArguments<'conversation.assign'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  if (await findUnknown(client, 'agent', clinicId, args.agentIds)) return refused(RefusalCode.agentNotFound);
  if (await findUnknown(client, 'team', clinicId, args.teamIds)) return refused(RefusalCode.teamNotFound);
  return changeConversation(scope, args.conversationId, (conversation) => {
    const agentIds = missing(conversation.assigneeIds, args.agentIds);
    const teamIds = missing(conversation.teamIds, args.teamIds);
    if (agentIds.length + teamIds.length === 0) return null;
    return {
      event: { code: 'assigned', ...named('agentIds', agentIds), ...named('teamIds', teamIds) },
      apply: () => ({
        ...conversation,
        assigneeIds: [...conversation.assigneeIds, ...agentIds],
        teamIds: [...conversation.teamIds, ...teamIds],
      }),
    };
  });
}

export function unassign(
  scope: CommandScope,
  args: CommandArguments<'conversation.unassign'>,
): Promise<CommandOutcome> {
  return changeConversation(scope, args.conversationId, (conversation) => {
    const agentIds = shared(conversation.assigneeIds, args.agentIds);
    const teamIds = shared(conversation.teamIds, args.teamIds);
    if (agentIds.length + teamIds.length === 0) return null;
    return {
      event: { code: 'unassigned', ...named('agentIds', agentIds), ...named('teamIds', teamIds) },
      apply: () => ({
        ...conversation,
        assigneeIds: without(conversation.assigneeIds, agentIds),
        teamIds: without(conversation.teamIds, teamIds),
      }),
    };
  });
}

export async function tag(
  scope: CommandScope,
  args: CommandArguments<'conversation.tag'>,
): Promise<CommandOutcome> {
  if (await findUnknown(scope.client, 'tag', scope.clinicId, args.tagIds)) {
    return refused(RefusalCode.tagNotFound);
  }
  return changeConversation(scope, args.conversationId, (conversation) => {
    const tagIds = missing(conversation.tagIds, args.tagIds);
    if (tagIds.length === 0) return null;
    return {
      event: { code: 'tagged', tagIds },
      apply: () => ({ ...conversation, tagIds: [...conversation.tagIds, ...tagIds] }),
    };
  });
}

export function untag(
  scope: CommandScope,
  args: CommandArguments<'conversation.untag'>,
): Promise<CommandOutcome> {
  return changeConversation(scope, args.conversationId, (conversation) => {
    const tagIds = shared(conversation.tagIds, args.tagIds);
    if (tagIds.length === 0) return null;
    return {
      event: { code: 'untagged', tagIds },
      apply: () => ({ ...conversation, tagIds: without(conversation.tagIds, tagIds) }),
    };
  });
}
