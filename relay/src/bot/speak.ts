import { applyConversationEvent, type SystemEvent } from '@recado/protocol';
import type { SendingScope } from '../commands/sending.ts';
import { saveConversation, withMessage, type ConversationRow } from '../db/conversations.ts';
import { insertMessage, insertSystemLine, type NewMessage } from '../db/messages.ts';

/** The bot, as the thread names it. */
const BOT: NewMessage['author'] = { kind: 'bot', agentId: null, name: null };

/**
 * Puts a message of the bot into the queue of its conversation. Unlike one of staff it takes nothing over and reopens
 * nothing until WhatsApp has accepted it (T27, T28). Returns its id.
 */
export async function queueBotMessage(
  scope: SendingScope,
  conversation: ConversationRow,
  message: Pick<NewMessage, 'kind' | 'text' | 'content' | 'outgoing' | 'notAfter' | 'replyTo'>,
): Promise<string> {
  const { client, clinicId, now } = scope;
  const inserted = await insertMessage(client, {
    ...message,
    clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    direction: 'outbound',
    author: BOT,
    sentAt: now,
    receivedAt: now,
    status: 'queued',
  });
  if (!inserted) throw new Error('a fresh id was already taken');
  await saveConversation(
    client,
    withMessage(conversation, { id: inserted.id, sentAt: now, receivedAt: now }),
  );
  await scope.enqueueDelivery(client, { clinicId, conversationId: conversation.id });
  return inserted.id;
}

/** Leaves a conversation to people, and tells why in the thread (T9). Returns it as it is then. */
export async function handOver(
  scope: SendingScope,
  conversation: ConversationRow,
  reason?: string,
): Promise<ConversationRow> {
  const event: SystemEvent = { code: 'bot_handed_over', ...(reason === undefined ? {} : { reason }) };
  await insertSystemLine(scope.client, {
    clinicId: scope.clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    event,
    at: scope.now,
    author: BOT,
  });
  const after = applyConversationEvent(conversation, { type: 'botHandedOver' });
  await saveConversation(scope.client, after);
  return after;
}
