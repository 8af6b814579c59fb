import { applyConversationEvent, RefusalCode, type CommandArguments } from '@recado/protocol';
import { findConversation, saveConversation } from '../db/conversations.ts';
import { applied, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Reads up to a message; what the patient wrote after it stays unread. */
export async function markRead(
  { client, clinicId }: CommandScope,
  args: CommandArguments<'conversation.markRead'>,
): Promise<CommandOutcome> {
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const { rows } = await client.query<{ unread: number }>(
    `select count(*) as unread from messages
     where clinic_id = $1 and conversation_id = $2 and direction = 'inbound' and ordinal > $3`,
    [clinicId, conversation.id, args.upToOrdinal],
  );
  const read = applyConversationEvent(conversation, { type: 'read', unread: rows[0]?.unread ?? 0 });
  return read.unread === conversation.unread ? applied() : applied(await saveConversation(client, read));
}
