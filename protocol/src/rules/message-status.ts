/**
 * How the status of an outgoing message moves. WhatsApp's receipts come late, twice and in any order, so a status
 * only climbs; `failed` is final unless the message was seen to arrive.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status
 */
export const MESSAGE_STATUSES = [
  'scheduled',
  'queued',
  'unknown',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'cancelled',
] as const;
export type MessageStatus = (typeof MESSAGE_STATUSES)[number];

const RANK: Record<MessageStatus, number> = {
  // Not asked to leave yet.
  scheduled: -1,
  queued: 0,
  // Handed to WhatsApp without an answer: it may or may not have gone.
  unknown: 1,
  sent: 2,
  failed: 3,
  cancelled: 3,
  delivered: 4,
  read: 5,
  played: 6,
};

/** The better of what is held and what has just been reported. */
export function nextMessageStatus(current: MessageStatus, reported: MessageStatus): MessageStatus {
  return RANK[reported] > RANK[current] ? reported : current;
}

/** Whether a person may ask for the message to be sent again. */
export function isRetryable(status: MessageStatus): boolean {
  return status === 'failed';
}
