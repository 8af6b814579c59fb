import { RefusalCode, type CommandArguments } from '@recado/protocol';
import { isDeepStrictEqual } from 'node:util';
import {
  deleteQuickReply,
  findQuickReply,
  isShortcutTaken,
  saveQuickReply,
  type QuickReplyRow,
} from '../db/quick-replies.ts';
import { applied, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Everybody's quick replies are the administrators' to change, an agent's own are also theirs. */
const mayChange = ({ agent }: CommandScope, ownerAgentId: QuickReplyRow['ownerAgentId']) =>
  agent.role === 'admin' || ownerAgentId === agent.agentId;

/**
 * Writes a quick reply unless it says nothing, or somebody would see its shortcut twice. What other agents keep for
 * themselves is not looked at: nobody is told of it.
 */
async function keep(scope: CommandScope, reply: QuickReplyRow): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  if (reply.shortcut === '' || (reply.text === '' && reply.media === null)) {
    return refused(RefusalCode.invalidArguments);
  }
  const agentId = reply.ownerAgentId ?? scope.agent.agentId;
  if (await isShortcutTaken(client, clinicId, { ...reply, agentId })) return refused(RefusalCode.nameTaken);
  return applied(await saveQuickReply(client, clinicId, reply));
}

export async function createQuickReply(
  scope: CommandScope,
  args: CommandArguments<'quickReply.create'>,
): Promise<CommandOutcome> {
  const { quickReplyId: id, ownerAgentId } = args;
  const isForSomebodyElse = ownerAgentId !== null && ownerAgentId !== scope.agent.agentId;
  if (isForSomebodyElse || !mayChange(scope, ownerAgentId)) return refused(RefusalCode.forbidden);
  // The id is taken: another command has already made this quick reply.
  if (await findQuickReply(scope.client, scope.clinicId, id)) return refused(RefusalCode.invalidArguments);
  return keep(scope, {
    id,
    shortcut: cleanText(args.shortcut),
    text: cleanText(args.text),
    ownerAgentId,
    media: args.media,
  });
}

export async function updateQuickReply(
  scope: CommandScope,
  args: CommandArguments<'quickReply.update'>,
): Promise<CommandOutcome> {
  const before = await findQuickReply(scope.client, scope.clinicId, args.quickReplyId);
  if (!before) return refused(RefusalCode.quickReplyNotFound);
  if (!mayChange(scope, before.ownerAgentId)) return refused(RefusalCode.forbidden);
  const after: QuickReplyRow = {
    ...before,
    shortcut: args.shortcut === undefined ? before.shortcut : cleanText(args.shortcut),
    text: args.text === undefined ? before.text : cleanText(args.text),
    media: args.media === undefined ? before.media : args.media,
  };
  return isDeepStrictEqual(before, after) ? applied() : keep(scope, after);
}

export async function removeQuickReply(
  scope: CommandScope,
  args: CommandArguments<'quickReply.delete'>,
): Promise<CommandOutcome> {
  const reply = await findQuickReply(scope.client, scope.clinicId, args.quickReplyId);
  if (!reply) return refused(RefusalCode.quickReplyNotFound);
  if (!mayChange(scope, reply.ownerAgentId)) return refused(RefusalCode.forbidden);
  return applied(await deleteQuickReply(scope.client, scope.clinicId, reply.id));
}
