import {
  applyConversationEvent,
  isBlocked,
  isRetryable,
  RefusalCode,
  serviceWindow,
  toEpoch,
  toTimestamp,
  type CommandArguments,
} from '@recado/protocol';
import {
  findConversation,
  saveConversation,
  withParticipant,
  type ConversationRow,
} from '../db/conversations.ts';
import {
  findMessage,
  insertMessage,
  previewMessage,
  updateMessage,
  type MessageRow,
} from '../db/messages.ts';
import { findTemplate } from '../templates/templates.ts';
import { stillFits } from '../whatsapp/outgoing-content.ts';
import { composeMessage } from './compose.ts';
import { applied, authorOf, refused, type CommandOutcome, type CommandScope } from './scope.ts';
import { queueMessage, tellEffectOfSending } from './sending.ts';

/** Why free text may not be sent now, or null. The relay's clock decides, and never later than the sender saw. */
export function refusalOfFreeText(
  conversation: ConversationRow,
  notAfter: number | null,
  now: number,
): string | null {
  if (conversation.spam) return RefusalCode.conversationIsSpam;
  if (isBlocked(conversation)) return RefusalCode.conversationBlocked;
  if (notAfter === null) return RefusalCode.invalidArguments;
  if (now >= notAfter || serviceWindow(conversation, now).state !== 'open') return RefusalCode.windowClosed;
  return null;
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

/** The same for anything: a template may leave at any time. */
function refusalOf(
  conversation: ConversationRow,
  message: { isTemplate: boolean; notAfter: number | null },
  now: number,
): string | null {
  if (!message.isTemplate) return refusalOfFreeText(conversation, message.notAfter, now);
  if (conversation.spam) return RefusalCode.conversationIsSpam;
  return isBlocked(conversation) ? RefusalCode.conversationBlocked : null;
}

/** Queues a message for WhatsApp, or keeps it for later. Whether WhatsApp takes it shows in its status. */
export async function sendMessage(
  scope: CommandScope,
  args: CommandArguments<'message.send'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  // The id is taken when another command has already sent this message.
  if (await findMessage(client, clinicId, args.messageId)) return refused(RefusalCode.invalidArguments);
  const notAfter = toEpoch(args.notAfter);
  const refusal = refusalOf(conversation, { isTemplate: args.template !== null, notAfter }, now);
  if (refusal) return refused(refusal);
  const composed = await composeMessage(scope, conversation, args);
  if ('refusal' in composed) return refused(composed.refusal);
  if (await isAnsweredAfter(scope, conversation.id, args.unlessAnsweredAfter ?? null)) {
    return refused(RefusalCode.answeredMeanwhile);
  }
  const asked = toEpoch(args.sendAt);
  const sendAt = asked !== null && asked > now ? asked : null;
  const message = {
    ...composed,
    id: args.messageId,
    clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    direction: 'outbound' as const,
    author: authorOf(scope),
    sentAt: now,
    receivedAt: now,
    replyTo: await quotedMessage(scope, conversation.id, args.replyTo),
  };
  if (sendAt === null) {
    return applied(await queueMessage(scope, conversation, { ...message, status: 'queued', notAfter }));
  }
  // Nothing has been said yet: the conversation stays as it is, and the window of that moment will count.
  const scheduled = await insertMessage(client, { ...message, status: 'scheduled', sendAt });
  if (!scheduled) return refused(RefusalCode.invalidArguments);
  await client.query(
    `insert into scheduled_messages (clinic_id, message_id, conversation_id, send_at) values ($1, $2, $3, $4)`,
    [clinicId, scheduled.id, conversation.id, toTimestamp(sendAt)],
  );
  return applied(scheduled.ordinal);
}

/** Whether a template of before can still be sent with the same values. */
async function isStillSendable({ client, clinicId }: CommandScope, message: MessageRow): Promise<boolean> {
  const template = message.outgoing && (await findTemplate(client, clinicId, message.outgoing.templateId));
  if (!message.outgoing || template?.status !== 'APPROVED') return false;
  return stillFits(template, message.outgoing, message.content.media !== undefined);
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
  const isTemplate = message.kind === 'template';
  const refusal = refusalOf(conversation, { isTemplate, notAfter }, now);
  if (refusal) return refused(refusal);
  if (isTemplate && !(await isStillSendable(scope, message))) return refused(RefusalCode.templateNotSendable);
  if (!isTemplate) await tellEffectOfSending(scope, conversation, authorOf(scope));
  await updateMessage(client, clinicId, message.id, {
    status: 'queued',
    errorCode: null,
    errorTitle: null,
    wamid: null,
    acceptedAt: null,
    notAfter,
  });
  const queued = isTemplate
    ? conversation
    : applyConversationEvent(conversation, { type: 'staffMessageQueued' });
  const seq = await saveConversation(client, withParticipant(queued, scope.agent.agentId, now));
  await scope.enqueueDelivery(client, { clinicId, conversationId: conversation.id });
  return applied(seq);
}

/**
 * Takes back a message that has certainly not left. Under the clinic's lock, as the beginning of every call to WhatsApp
 * is: either this comes first and there is no call, or the call does and it is too late.
 */
export async function cancelMessage(
  scope: Pick<CommandScope, 'client' | 'clinicId' | 'enqueueDelivery'>,
  args: CommandArguments<'message.cancel'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  const message = await findMessage(client, clinicId, args.messageId);
  if (!message || message.conversationId !== args.conversationId || message.direction !== 'outbound') {
    return refused(RefusalCode.messageNotFound);
  }
  if (message.status === 'cancelled') return applied();
  const { rowCount: underWay } = await client.query(
    `select from outbound_attempts
     where clinic_id = $1 and message_id = $2 and kind = 'send' and outcome is null`,
    [clinicId, message.id],
  );
  const isWaiting = message.status === 'scheduled' || message.status === 'queued';
  if (!isWaiting || underWay) return refused(RefusalCode.tooLate);
  const seq = await updateMessage(client, clinicId, message.id, { status: 'cancelled' });
  await client.query('delete from scheduled_messages where clinic_id = $1 and message_id = $2', [
    clinicId,
    message.id,
  ]);
  if (message.status === 'scheduled') return applied(seq);
  // What waited behind it may go.
  await scope.enqueueDelivery(client, { clinicId, conversationId: message.conversationId });
  const conversation = await findConversation(client, clinicId, message.conversationId);
  if (conversation?.lastMessageId !== message.id) return applied(seq);
  const preview = await previewMessage(client, clinicId, conversation.id);
  return applied(
    await saveConversation(client, {
      ...conversation,
      lastMessageId: preview?.id ?? null,
      lastMessageSentAt: preview?.sentAt ?? null,
    }),
  );
}
