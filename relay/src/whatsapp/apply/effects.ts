/** What one item of a webhook did, kept with the webhook: for the operator, for replays, never for a log. */
export type Effect =
  | {
      kind: 'message' | 'echo';
      type: string;
      text: string | null;
      sender: { name?: string; phone?: string; userId?: string };
      messageId: string;
    }
  | { kind: 'reaction'; emoji: string | null; outcome: Outcome }
  | { kind: 'status'; status: string; outcome: Outcome; code?: string }
  | { kind: 'edit'; type: string; text: string | null; outcome: Outcome }
  | { kind: 'revoke'; outcome: Outcome }
  | { kind: 'system'; event: string; outcome: Outcome; code?: string; value?: string }
  | { kind: 'template'; event: string; name: string; language: string | null; outcome: Outcome }
  | { kind: 'ignored'; reason: string; field?: string; type?: string; text?: string | null }
  | { kind: 'quarantined'; reason: string; field?: string };

/**
 * `applied`: something changed. `unchanged`: it was known already, or older than what is known. `held`: it waits for
 * the message it speaks of. `unknown`: nobody here is concerned.
 */
export type Outcome = 'applied' | 'unchanged' | 'held' | 'unknown';
