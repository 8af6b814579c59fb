import { applyConversationEvent, sendingEffect, type Id, type SystemEvent } from '@recado/protocol';
import { saveConversation, withMessage, withParticipant, type ConversationRow } from '../db/conversations.ts';
import type { Client } from '../db/database.ts';
import { readClinicSettings } from '../db/directory.ts';
import { insertMessage, insertSystemLine, type NewMessage } from '../db/messages.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** What sending needs, now or at the time it was put off to. */
export interface SendingScope extends Pick<Jobs, 'enqueueDelivery'> {
  client: Client;
  clinicId: Id;
  /** Relay time, epoch milliseconds. */
  now: number;
}

type Author = NewMessage['author'];

function tell(scope: SendingScope, conversation: ConversationRow, author: Author, event: SystemEvent) {
  return insertSystemLine(scope.client, {
    clinicId: scope.clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    event,
    at: scope.now,
    author,
  });
}

/** Tells in the thread that sending brought the conversation back to people (T10, T11). */
export async function tellEffectOfSending(
  scope: SendingScope,
  conversation: ConversationRow,
  author: Author,
): Promise<void> {
  const effect = sendingEffect(conversation);
  if (effect === 'none') return;
  await tell(scope, conversation, author, {
    code: effect === 'reopens' ? 'reopened_by_staff' : 'taken_over_from_bot',
  });
}

/** Gives a conversation nobody has to whoever answers it first, where the clinic wants that. */
async function assignToAuthor(
  scope: SendingScope,
  conversation: ConversationRow,
  author: Author,
): Promise<ConversationRow> {
  const { agentId } = author;
  if (conversation.assigneeIds.length > 0 || agentId === null) return conversation;
  const { assignOnFirstReply } = await readClinicSettings(scope.client, scope.clinicId);
  if (!assignOnFirstReply) return conversation;
  await tell(scope, conversation, author, { code: 'assigned', agentIds: [agentId], reason: 'first_reply' });
  return { ...conversation, assigneeIds: [agentId] };
}

/** What staff's sending does to a conversation before WhatsApp has taken anything. A template reopens only then (T12). */
export async function conversationWhileSending(
  scope: SendingScope,
  conversation: ConversationRow,
  { author, kind }: Pick<NewMessage, 'author' | 'kind'>,
): Promise<ConversationRow> {
  const isTemplate = kind === 'template';
  if (!isTemplate) await tellEffectOfSending(scope, conversation, author);
  const assigned = await assignToAuthor(scope, conversation, author);
  const queued = isTemplate ? assigned : applyConversationEvent(assigned, { type: 'staffMessageQueued' });
  return author.agentId === null ? queued : withParticipant(queued, author.agentId, scope.now);
}

/** Puts a new message into the queue of its conversation. Returns the number of the last change. */
export async function queueMessage(
  scope: SendingScope,
  conversation: ConversationRow,
  message: NewMessage,
): Promise<number> {
  const { client, clinicId, now } = scope;
  const sending = await conversationWhileSending(scope, conversation, message);
  const inserted = await insertMessage(client, message);
  if (!inserted) throw new Error('the id of a new message was taken');
  const seq = await saveConversation(
    client,
    withMessage(sending, { id: inserted.id, sentAt: now, receivedAt: now }),
  );
  await scope.enqueueDelivery(client, { clinicId, conversationId: conversation.id });
  return seq;
}
