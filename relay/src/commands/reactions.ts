import { RefusalCode, toEpoch, toTimestamp, type CommandArguments } from '@recado/protocol';
import { findConversation } from '../db/conversations.ts';
import { findMessage, updateMessage } from '../db/messages.ts';
import { refusalOfFreeText } from './messages.ts';
import { applied, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Sets or takes away the clinic's one reaction to a message. No message, so it moves no clock and reopens nothing. */
export async function reactToMessage(
  scope: CommandScope,
  args: CommandArguments<'message.react'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const message = await findMessage(client, clinicId, args.messageId);
  if (message?.conversationId !== conversation.id || message.wamid === null || message.revokedAt !== null) {
    return refused(RefusalCode.messageNotFound);
  }
  const emoji = args.emoji === null ? null : cleanText(args.emoji).trim();
  if (emoji === '') return refused(RefusalCode.invalidArguments);
  const others = message.reactions.filter(({ by }) => by !== 'clinic');
  const own = message.reactions.find(({ by }) => by === 'clinic')?.emoji ?? null;
  if (own === emoji) return applied();
  const refusal = refusalOfFreeText(conversation, toEpoch(args.notAfter), now);
  if (refusal) return refused(refusal);
  const seq = await updateMessage(client, clinicId, message.id, {
    reactions: emoji === null ? others : [...others, { by: 'clinic', emoji, at: toTimestamp(now) }],
  });
  await scope.enqueueReaction(client, { clinicId, messageId: message.id });
  return applied(seq);
}
