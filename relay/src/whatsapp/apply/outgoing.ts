import {
  applyConversationEvent,
  nextMessageStatus,
  toTimestamp,
  type ConversationEvent,
  type MessageStatus,
} from '@recado/protocol';
import { followReminder } from '../../bot/follow.ts';
import {
  findConversation,
  prolongBotSession,
  saveConversation,
  type ConversationRow,
} from '../../db/conversations.ts';
import { updateMessage, type MessageRow, type MessageUpdate } from '../../db/messages.ts';
import { templatesAreStale } from '../../templates/templates.ts';
import { errorRuleOf } from '../graph-errors.ts';
import { requestReadReceipt } from '../read-receipts.ts';
import type { ApplyScope } from './scope.ts';

/** The either-party clock as if the failed message had never been accepted (T17). Epoch milliseconds. */
async function lastInteractionWithout({ client, clinicId }: ApplyScope, message: MessageRow) {
  const { rows } = await client.query<{ at: number | null }>(
    `select greatest(
       max(received_at) filter (where direction = 'inbound'),
       max(accepted_at) filter (where direction = 'outbound' and id <> $3 and status <> 'failed'),
       max((select max((reaction ->> 'at')::timestamptz) from jsonb_array_elements(reactions) reaction
            where reaction ->> 'by' = 'patient'))) as at
     from messages where clinic_id = $1 and conversation_id = $2`,
    [clinicId, message.conversationId, message.id],
  );
  return rows[0]?.at ?? null;
}

/** Writes the message and lets its conversation follow. Returns the number of the last change. */
async function save(
  scope: ApplyScope,
  message: MessageRow,
  update: MessageUpdate,
  events: ConversationEvent[] | ((conversation: ConversationRow) => ConversationEvent[]),
): Promise<number> {
  const { client, clinicId } = scope;
  const seq = await updateMessage(client, clinicId, message.id, update);
  const conversation = await findConversation(client, clinicId, message.conversationId);
  if (!conversation) return seq;
  const happened = typeof events === 'function' ? events(conversation) : events;
  // The row of the list shows the status of the last message.
  if (happened.length === 0 && conversation.lastMessageId !== message.id) return seq;
  const changed = happened.reduce(applyConversationEvent, conversation);
  return saveConversation(client, {
    ...changed,
    lastActivityAt: Math.max(changed.lastActivityAt, changed.lastInteractionAt ?? 0),
  });
}

/** Settles every attempt that was open, and the last one even when it had been accepted before it failed. */
async function endAttempts(
  { client, clinicId, now }: ApplyScope,
  messageId: string,
  end: { outcome: 'accepted' | 'refused'; wamid: string | null; code: string | null },
) {
  await client.query(
    `update outbound_attempts set ended_at = coalesce(ended_at, $3), outcome = $4, code = $5, wamid = $6
     where clinic_id = $1 and message_id = $2 and (outcome is null or outcome = 'unknown' or id = (
       select id from outbound_attempts where clinic_id = $1 and message_id = $2
       order by started_at desc limit 1))`,
    [clinicId, messageId, toTimestamp(now), end.outcome, end.code, end.wamid],
  );
}

/**
 * WhatsApp has the message: by its answer to our call, or by a status that came first or instead. Only now does it
 * count as an interaction, and only now may the next one leave.
 */
export async function acceptMessage(
  scope: ApplyScope,
  message: MessageRow,
  accepted: { wamid: string; at: number; status: MessageStatus },
): Promise<number> {
  const status = nextMessageStatus(message.status ?? 'queued', accepted.status);
  // WhatsApp may report a failure before it answers our call: it stands with its reason, and is no interaction.
  if (status === 'failed') {
    return updateMessage(scope.client, scope.clinicId, message.id, { wamid: accepted.wamid });
  }
  await endAttempts(scope, message.id, { outcome: 'accepted', wamid: accepted.wamid, code: null });
  const seq = await save(
    scope,
    message,
    {
      wamid: accepted.wamid,
      acceptedAt: accepted.at,
      status,
      errorCode: null,
      errorTitle: null,
    },
    ({ decidedSeq }) => [
      // Closed by people meanwhile: like what they had sent themselves, it goes and does not undo that.
      message.authorKind === 'bot' && message.ordinal >= decidedSeq
        ? { type: 'botMessageAccepted', acceptedAt: accepted.at }
        : {
            type: 'staffMessageAccepted',
            acceptedAt: accepted.at,
            queuedBefore: message.ordinal < decidedSeq,
          },
    ],
  );
  if (message.authorKind === 'bot') {
    await prolongBotSession(
      scope.client,
      { clinicId: scope.clinicId, id: message.conversationId },
      accepted.at,
    );
    await followReminder(scope, message.id, 'sent');
  }
  if (message.authorKind === 'agent') {
    await requestReadReceipt(scope, {
      conversationId: message.conversationId,
      upToOrdinal: message.ordinal,
      moment: 'onReply',
    });
  }
  await scope.enqueueDelivery(scope.client, {
    clinicId: scope.clinicId,
    conversationId: message.conversationId,
  });
  return seq;
}

/** WhatsApp refused the message, at once or later. */
export async function failMessage(
  scope: ApplyScope,
  message: MessageRow,
  failure: { code: string; title: string | null; wamid?: string },
): Promise<number> {
  await endAttempts(scope, message.id, {
    outcome: 'refused',
    wamid: failure.wamid ?? message.wamid,
    code: failure.code,
  });
  const events: ConversationEvent[] = [];
  if (message.acceptedAt !== null) {
    events.push({
      type: 'outboundFailed',
      lastInteractionAt: await lastInteractionWithout(scope, message),
    });
  }
  const rule = errorRuleOf(failure.code);
  if (rule.closesWindow) events.push({ type: 'windowDenied', at: scope.now });
  if (rule.isBlock) events.push({ type: 'foundBlocked' });
  if (rule.staleTemplates) {
    await templatesAreStale(scope.client, scope.clinicId, { phoneNumberId: message.numberId }, scope.now);
  }
  const seq = await save(
    scope,
    message,
    {
      status: 'failed',
      errorCode: failure.code,
      errorTitle: failure.title,
      ...(failure.wamid ? { wamid: failure.wamid } : {}),
    },
    events,
  );
  if (message.authorKind === 'bot') await followReminder(scope, message.id, 'failed');
  await scope.enqueueDelivery(scope.client, {
    clinicId: scope.clinicId,
    conversationId: message.conversationId,
  });
  return seq;
}

/** Moves an accepted or waiting message to another status. */
export function moveMessage(scope: ApplyScope, message: MessageRow, update: MessageUpdate): Promise<number> {
  return save(scope, message, update, []);
}
