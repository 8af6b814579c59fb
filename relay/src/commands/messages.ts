import {
  applyConversationEvent,
  isRetryable,
  RefusalCode,
  sendingEffect,
  serviceWindow,
  toEpoch,
  type CommandArguments,
} from '@recado/protocol';
import {
  findConversation,
  saveConversation,
  withMessage,
  withParticipant,
  type ConversationRow,
} from '../db/conversations.ts';
import { findMessage, insertMessage, insertSystemLine, updateMessage } from '../db/messages.ts';
import { applied, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Why free text may not be sent now, or null. The relay's clock decides, and never later than the sender saw. */
function refusalOfFreeText(conversation: ConversationRow, notAfter: number, now: number): string | null {
  if (conversation.spam) return RefusalCode.conversationIsSpam;
  if (now >= notAfter || serviceWindow(conversation, now).state !== 'open') return RefusalCode.windowClosed;
  return null;
}

const authorOf = ({ agent }: CommandScope) => ({
  kind: 'agent' as const,
  agentId: agent.agentId,
  name: agent.agentName,
});

/** Tells in the thread that sending brought the conversation back to people (T10, T11). */
async function tellEffectOfSending(scope: CommandScope, conversation: ConversationRow): Promise<void> {
  const effect = sendingEffect(conversation);
  if (effect === 'none') return;
  await insertSystemLine(scope.client, {
    clinicId: scope.clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    text: effect === 'reopens' ? 'reopened_by_staff' : 'taken_over_from_bot',
    at: scope.now,
    author: authorOf(scope),
  });
}

/** The message quoted by a reply, if it is in the same conversation. */
async function quotedMessage(scope: CommandScope, conversationId: string, replyTo: string | null) {
  if (replyTo === null) return null;
  const quoted = await findMessage(scope.client, scope.clinicId, replyTo);
  return quoted?.conversationId === conversationId ? quoted.id : null;
}

/** Queues a text for WhatsApp. Whether WhatsApp takes it shows in the message's status, later. */
export async function sendMessage(
  scope: CommandScope,
  args: CommandArguments<'message.send'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const notAfter = toEpoch(args.notAfter);
  const refusal = refusalOfFreeText(conversation, notAfter, now);
  if (refusal) return refused(refusal);
  await tellEffectOfSending(scope, conversation);
  const message = await insertMessage(client, {
    id: args.messageId,
    clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    direction: 'outbound',
    kind: 'text',
    text: args.text.replaceAll('\0', '').toWellFormed(),
    author: authorOf(scope),
    sentAt: now,
    receivedAt: now,
    status: 'queued',
    replyTo: await quotedMessage(scope, conversation.id, args.replyTo),
    notAfter,
  });
  // The id is taken: another command has already sent this message.
  if (!message) return refused(RefusalCode.invalidArguments);
  const queued = applyConversationEvent(conversation, { type: 'staffMessageQueued' });
  const seq = await saveConversation(
    client,
    withParticipant(
      withMessage(queued, { id: message.id, sentAt: now, receivedAt: now }),
      scope.agent.agentId,
      now,
    ),
  );
  await scope.enqueueDelivery(client, { clinicId, conversationId: conversation.id });
  return applied(seq);
}

/** Queues a failed message once more, as if it were sent now. */
export async function retryMessage(
  scope: CommandScope,
  args: CommandArguments<'message.retry'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const message = await findMessage(client, clinicId, args.messageId);
  if (!message || message.conversationId !== conversation.id) return refused(RefusalCode.messageNotFound);
  if (message.direction !== 'outbound' || message.status === null || !isRetryable(message.status)) {
    return refused(RefusalCode.notRetryable);
  }
  const notAfter = toEpoch(args.notAfter);
  const refusal = refusalOfFreeText(conversation, notAfter, now);
  if (refusal) return refused(refusal);
  await tellEffectOfSending(scope, conversation);
  await updateMessage(client, clinicId, message.id, {
    status: 'queued',
    errorCode: null,
    errorTitle: null,
    wamid: null,
    acceptedAt: null,
    notAfter,
  });
  const queued = applyConversationEvent(conversation, { type: 'staffMessageQueued' });
  const seq = await saveConversation(client, withParticipant(queued, scope.agent.agentId, now));
  await scope.enqueueDelivery(client, { clinicId, conversationId: conversation.id });
  return applied(seq);
}
