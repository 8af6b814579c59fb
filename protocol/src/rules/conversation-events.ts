/**
 * What events do to a conversation: the transitions T1 to T39 of docs/conversation-states.md as one pure
 * function. Everything that is not named there leaves a conversation as it is.
 * Times are epoch milliseconds by the relay's clock, except `sentAt` of inbound: WhatsApp's clock.
 */
import { SERVICE_WINDOW_MS } from './service-window.ts';
import { expiresAt, type ConversationFacts } from './conversation-state.ts';

export type ConversationEvent =
  /** A message, button press or call of the patient (T1 to T5, T36). */
  | { type: 'patientWrote'; sentAt: number; receivedAt: number }
  /** A reaction only (T6 to T8). */
  | { type: 'patientReacted'; sentAt: number; receivedAt: number }
  /**
   * WhatsApp accepted a message of staff, free text or template (T10, T11, T13, T14). `queuedBefore`: people closed
   * the conversation, or gave it to the bot, after they had sent it; it goes but does not undo that (T21).
   */
  | { type: 'staffMessageAccepted'; acceptedAt: number; queuedBefore?: boolean }
  /** Staff pressed send: pauses the bot and reopens before the message leaves (T10, T11); not for templates (T12). */
  | { type: 'staffMessageQueued' }
  /** WhatsApp accepted a message of the bot (T27, T28). */
  | { type: 'botMessageAccepted'; acceptedAt: number }
  /** An accepted message failed later (T17): the either-party clock is worked out again without it. */
  | { type: 'outboundFailed'; lastInteractionAt: number | null }
  /** WhatsApp says the window is closed, error 131047 (T39). */
  | { type: 'windowDenied'; at: number }
  /** WhatsApp says that the clinic has blocked the patient, error 130403: perhaps outside Recado. */
  | { type: 'foundBlocked' }
  | { type: 'closed' }
  | { type: 'reopened' }
  | { type: 'markedSpam' }
  /** `messagesWhileSpam`: what the patient wrote meanwhile (T25). */
  | { type: 'unmarkedSpam'; messagesWhileSpam: number }
  | { type: 'botActivated' }
  /** The bot hands over, or the patient asks for a person (T9). */
  | { type: 'botHandedOver' }
  /** The bot's session ended (T29 to T31); `unhandled` when a patient message still waits. */
  | { type: 'botEnded'; unhandled: boolean }
  | { type: 'read'; unread: number }
  /** Somebody wants to come back to it (T33). */
  | { type: 'markedUnread' };

const later = (a: number | null, b: number): number => (a === null ? b : Math.max(a, b));

/** The patient's two clocks after something of theirs arrived; a late delivery moves the window by when it was sent (T36). */
function patientClocks(facts: ConversationFacts, sentAt: number, receivedAt: number) {
  return {
    lastInboundSentAt: later(facts.lastInboundSentAt, sentAt),
    windowExpiresAt: later(facts.windowExpiresAt, sentAt + SERVICE_WINDOW_MS),
    lastInteractionAt: later(facts.lastInteractionAt, receivedAt),
  };
}

/** The facts after an event. Pure, and harmless when the same event comes again except for `patientWrote` (count). */
export function applyConversationEvent<Facts extends ConversationFacts>(
  facts: Facts,
  event: ConversationEvent,
): Facts {
  switch (event.type) {
    case 'patientWrote': {
      const reopened = facts.closed && !facts.spam;
      return {
        ...facts,
        ...patientClocks(facts, event.sentAt, event.receivedAt),
        closed: reopened ? false : facts.closed,
        handler: reopened ? 'human' : facts.handler,
        unread: facts.unread + 1,
        lastMessageDirection: 'inbound',
      };
    }
    case 'patientReacted':
      return { ...facts, ...patientClocks(facts, event.sentAt, event.receivedAt) };
    case 'staffMessageQueued':
      return facts.spam ? facts : { ...facts, closed: false, handler: 'human' };
    case 'staffMessageAccepted':
      return {
        ...facts,
        lastInteractionAt: later(facts.lastInteractionAt, event.acceptedAt),
        lastMessageDirection: 'outbound',
        ...(facts.spam || event.queuedBefore ? {} : { closed: false, handler: 'human' as const }),
      };
    case 'botMessageAccepted': {
      const interacted = {
        ...facts,
        lastInteractionAt: later(facts.lastInteractionAt, event.acceptedAt),
        lastMessageDirection: 'outbound' as const,
      };
      if (facts.spam) return interacted;
      // A person who is in the middle of a talk keeps it: the reminder is just one more message (A10, T28).
      const peopleAreTalking =
        !facts.closed && facts.handler === 'human' && event.acceptedAt < expiresAt(facts);
      return peopleAreTalking ? interacted : { ...interacted, closed: false, handler: 'bot' };
    }
    case 'outboundFailed':
      return { ...facts, lastInteractionAt: event.lastInteractionAt };
    case 'windowDenied':
      return {
        ...facts,
        windowExpiresAt: facts.windowExpiresAt === null ? null : Math.min(facts.windowExpiresAt, event.at),
      };
    case 'foundBlocked':
      return (facts.blockState ?? 'none') === 'none' ? { ...facts, blockState: 'blocked' } : facts;
    case 'closed':
      return { ...facts, closed: true, unread: 0, handler: 'human' };
    case 'reopened':
      return { ...facts, closed: false, handler: 'human' };
    case 'markedSpam':
      return { ...facts, spam: true, handler: 'human', unread: 0 };
    case 'unmarkedSpam':
      return {
        ...facts,
        spam: false,
        closed: event.messagesWhileSpam > 0 ? false : facts.closed,
        unread: event.messagesWhileSpam,
      };
    case 'botActivated':
      return facts.spam || facts.closed ? facts : { ...facts, handler: 'bot' };
    case 'botHandedOver':
      return { ...facts, handler: 'human' };
    case 'botEnded':
      if (facts.handler !== 'bot') return facts;
      return event.unhandled
        ? { ...facts, handler: 'human' }
        : { ...facts, handler: 'human', closed: true, unread: 0 };
    case 'read':
      return { ...facts, unread: Math.min(facts.unread, Math.max(0, event.unread)) };
    case 'markedUnread':
      return { ...facts, unread: Math.max(1, facts.unread) };
  }
}
