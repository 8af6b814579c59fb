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
import { readClinicSettings } from '../db/directory.ts';
import { findMessage, insertMessage, updateMessage } from '../db/messages.ts';
import { tellInThread } from './conversations.ts';
import { applied, authorOf, cleanText, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Why free text may not be sent now, or null. The relay's clock decides, and never later than the sender saw. */
function refusalOfFreeText(conversation: ConversationRow, notAfter: number, now: number): string | null {
  if (conversation.spam) return RefusalCode.conversationIsSpam;
  if (now >= notAfter || serviceWindow(conversation, now).state !== 'open') return RefusalCode.windowClosed;
  return null;
}

/** Tells in the thread that sending brought the conversation back to people (T10, T11). */
async function tellEffectOfSending(scope: CommandScope, conversation: ConversationRow): Promise<void> {
  const effect = sendingEffect(conversation);
  if (effect === 'none') return;
  await tellInThread(scope, conversation, {
    code: effect === 'reopens' ? 'reopened_by_staff' : 'taken_over_from_bot',
  });
}

/** Gives a conversation nobody has to whoever answers it first, where the clinic wants that. */
async function assignToAuthor(scope: CommandScope, conversation: ConversationRow): Promise<ConversationRow> {
  const { agentId } = scope.agent;
  if (conversation.assigneeIds.length > 0) return conversation;
  const { assignOnFirstReply } = await readClinicSettings(scope.client, scope.clinicId);
  if (!assignOnFirstReply) return conversation;
  await tellInThread(scope, conversation, {
    code: 'assigned',
    agentIds: [agentId],
    reason: 'first_reply',
  });
  return { ...conversation, assigneeIds: [agentId] };
}

/** The message quoted by a reply, if it is in the same conversation. */
async function quotedMessage(scope: CommandScope, conversationId: string, replyTo: string | null) {
  if (replyTo === null) return null;
  const quoted = await findMessage(scope.client, scope.clinicId, replyTo);
  return quoted?.conversationId === conversationId ? quoted.id : null;
}

/** Whether somebody else of the clinic has answered after the message the sender had seen last. */
async function isAnsweredAfter(
  { client, clinicId, agent }: CommandScope,
  conversationId: string,
  ordinal: number | null,
): Promise<boolean> {
  if (ordinal === null) return false;
  const { rowCount } = await client.query(
    `select from messages
     where clinic_id = $1 and conversation_id = $2 and ordinal > $3 and direction = 'outbound'
       and author_kind in ('agent', 'phone') and author_agent_id is distinct from $4
       and status not in ('failed', 'cancelled')
     limit 1`,
    [clinicId, conversationId, ordinal, agent.agentId],
  );
  return Boolean(rowCount);
}

/** Queues a text for WhatsApp. Whether WhatsApp takes it shows in the message's status, later. */
export async function sendMessage(
  scope: CommandScope,
  args: CommandArguments<'message.send'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const text = cleanText(args.text).trim();
  // The id is taken when another command has already sent this message.
  if (text === '' || (await findMessage(client, clinicId, args.messageId))) {
    return refused(RefusalCode.invalidArguments);
  }
  const notAfter = toEpoch(args.notAfter);
  const refusal = refusalOfFreeText(conversation, notAfter, now);
  if (refusal) return refused(refusal);
  if (await isAnsweredAfter(scope, conversation.id, args.unlessAnsweredAfter ?? null)) {
    return refused(RefusalCode.answeredMeanwhile);
  }
  await tellEffectOfSending(scope, conversation);
  const assigned = await assignToAuthor(scope, conversation);
  const message = await insertMessage(client, {
    id: args.messageId,
    clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    direction: 'outbound',
    kind: 'text',
    text,
    author: authorOf(scope),
    sentAt: now,
    receivedAt: now,
    status: 'queued',
    replyTo: await quotedMessage(scope, conversation.id, args.replyTo),
    notAfter,
  });
  if (!message) return refused(RefusalCode.invalidArguments);
  const queued = applyConversationEvent(assigned, { type: 'staffMessageQueued' });
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
