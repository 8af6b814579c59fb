import { RefusalCode, type CommandArguments } from '@recado/protocol';
import { findConversation, saveConversation, withParticipant } from '../db/conversations.ts';
import { findUnknown } from '../db/directory.ts';
import { insertMessage } from '../db/messages.ts';
import { applied, authorOf, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Writes a note only staff sees. It is no interaction: nothing about the conversation changes but who takes part. */
export async function addNote(
  scope: CommandScope,
  args: CommandArguments<'note.add'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now, agent } = scope;
  const text = cleanText(args.text).trim();
  if (text === '') return refused(RefusalCode.invalidArguments);
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const mentionedAgentIds = [...new Set(args.mentionedAgentIds)];
  if (await findUnknown(client, 'agent', clinicId, mentionedAgentIds)) {
    return refused(RefusalCode.agentNotFound);
  }
  const note = await insertMessage(client, {
    id: args.messageId,
    clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    direction: 'internal',
    kind: 'note',
    text,
    content: mentionedAgentIds.length > 0 ? { mentionedAgentIds } : {},
    author: authorOf(scope),
    sentAt: now,
    receivedAt: now,
  });
  // The id is taken: another command has already written this note.
  if (!note) return refused(RefusalCode.invalidArguments);
  return applied(await saveConversation(client, withParticipant(conversation, agent.agentId, now)));
}
