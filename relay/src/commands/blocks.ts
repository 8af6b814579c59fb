import { canBlock, RefusalCode, toTimestamp, type BlockState, type CommandArguments } from '@recado/protocol';
import { findConversation, saveConversation, type ConversationRow } from '../db/conversations.ts';
import { applied, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Takes back what no process has begun to ask WhatsApp for. Returns whether there was such a thing. */
async function takeBack({ client, clinicId }: CommandScope, conversation: ConversationRow, block: boolean) {
  const { rowCount } = await client.query(
    `delete from block_requests
     where clinic_id = $1 and conversation_id = $2 and block = $3 and attempts = 0 and calling_since is null`,
    [clinicId, conversation.id, block],
  );
  return Boolean(rowCount);
}

/** Asks WhatsApp for it in the background; until it has answered, the conversation says that it is pending. */
async function ask(
  scope: CommandScope,
  conversation: ConversationRow,
  block: boolean,
): Promise<CommandOutcome> {
  const { client, clinicId, now, agent } = scope;
  const save = async (blockState: BlockState) =>
    applied(await saveConversation(client, { ...conversation, blockState }));
  if (await takeBack(scope, conversation, !block)) return save(block ? 'blocked' : 'none');
  await client.query(
    `insert into block_requests (clinic_id, conversation_id, block, agent_id, agent_name, asked_at)
     values ($1, $2, $3, $4, $5, $6)
     on conflict (clinic_id, conversation_id) do update set block = excluded.block,
       agent_id = excluded.agent_id, agent_name = excluded.agent_name, asked_at = excluded.asked_at`,
    [clinicId, conversation.id, block, agent.agentId, agent.agentName, toTimestamp(now)],
  );
  await scope.enqueueBlock(client, { clinicId, conversationId: conversation.id });
  return save(block ? 'blocking' : 'unblocking');
}

/** Blocks the patient at WhatsApp itself (T26). What comes of it is told in the thread. */
export async function blockConversation(
  scope: CommandScope,
  args: CommandArguments<'conversation.block'>,
): Promise<CommandOutcome> {
  const conversation = await findConversation(scope.client, scope.clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  if (conversation.blockState === 'blocking' || conversation.blockState === 'blocked') return applied();
  if (!canBlock(conversation, scope.now)) return refused(RefusalCode.notBlockable);
  return ask(scope, conversation, true);
}

/** At any time, spam or not. */
export async function unblockConversation(
  scope: CommandScope,
  args: CommandArguments<'conversation.unblock'>,
): Promise<CommandOutcome> {
  const conversation = await findConversation(scope.client, scope.clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  if (conversation.blockState === 'none' || conversation.blockState === 'unblocking') return applied();
  return ask(scope, conversation, false);
}
