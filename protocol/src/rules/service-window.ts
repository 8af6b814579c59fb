import { DAY } from '../time.ts';

/** The customer service window: 24 hours from the patient's last message, counted from when it was sent. */
export const SERVICE_WINDOW_MS = DAY;

/** What the window depends on; times are epoch milliseconds by the relay's clock. */
export interface WindowFacts {
  /** The relay's word, which wins (rule R0); null when it has not said. */
  windowExpiresAt: number | null;
  /** When the patient last wrote, by WhatsApp's clock; null when never. */
  lastInboundSentAt: number | null;
}

export type ServiceWindow =
  | { state: 'open'; expiresAt: number; remainingMs: number }
  | { state: 'closed'; expiresAt: number }
  | { state: 'never' };

/** End of the window in epoch milliseconds, or null when the patient never wrote. */
export function windowEnd(facts: WindowFacts): number | null {
  if (facts.windowExpiresAt !== null) return facts.windowExpiresAt;
  return facts.lastInboundSentAt === null ? null : facts.lastInboundSentAt + SERVICE_WINDOW_MS;
}

/** The window at relay time `now`; at exactly 24 hours it is closed. */
export function serviceWindow(facts: WindowFacts, now: number): ServiceWindow {
  const expiresAt = windowEnd(facts);
  if (expiresAt === null) return { state: 'never' };
  return now < expiresAt
    ? { state: 'open', expiresAt, remainingMs: expiresAt - now }
    : { state: 'closed', expiresAt };
}
