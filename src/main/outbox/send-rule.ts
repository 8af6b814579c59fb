/** Whether a person may write freely in a conversation now, and until when: decided here before anything is queued. */
import { composerMode, windowEnd, type ConversationFacts } from '@recado/protocol';

export type SendDecision =
  | { allowed: true; notAfter: number }
  | { allowed: false; code: 'window_closed' | 'conversation_is_spam' | 'conversation_blocked' };

/** `now` is relay time; `notAfter` is the end of the window the sender saw, epoch milliseconds. */
export function decideSend(facts: ConversationFacts, now: number): SendDecision {
  const mode = composerMode(facts, now);
  const notAfter = windowEnd(facts);
  if (mode === 'disabled')
    return { allowed: false, code: facts.spam ? 'conversation_is_spam' : 'conversation_blocked' };
  if (mode === 'templates' || notAfter === null) return { allowed: false, code: 'window_closed' };
  return { allowed: true, notAfter };
}
