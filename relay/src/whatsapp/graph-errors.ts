/**
 * What to do about Meta's error codes. Only the code counts, never the HTTP status or the title.
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 */
export interface RetryRule {
  /** How often it is tried again before a person has to decide. */
  retries: number;
  /** Wait before the nth retry (from 0), milliseconds. */
  waitMs: (retry: number) => number;
}

export interface ErrorRule {
  /** Null when it is final. */
  retry: RetryRule | null;
  /** The customer service window is over, whatever we thought. */
  closesWindow: boolean;
  /** The clinic has blocked the patient, perhaps outside Recado. */
  isBlock: boolean;
  /** Only an administrator can put it right: nothing, or not much, goes out until then. */
  alert: boolean;
  /** What is known of the templates is no longer true. */
  staleTemplates: boolean;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const doubling = (firstMs: number, mostMs: number) => (retry: number) =>
  Math.min(firstMs * 2 ** retry, mostMs);

const temporary: RetryRule = { retries: 3, waitMs: doubling(2 * SECOND, MINUTE) };
const throughput: RetryRule = { retries: 8, waitMs: doubling(SECOND, MINUTE) };
const maintenance: RetryRule = { retries: 10, waitMs: doubling(30 * SECOND, 5 * MINUTE) };
/** As long as a message may still be sent at all. */
const held: RetryRule = { retries: Infinity, waitMs: doubling(MINUTE, 10 * MINUTE) };

const FINAL: ErrorRule = {
  retry: null,
  closesWindow: false,
  isBlock: false,
  alert: false,
  staleTemplates: false,
};
const retried = (retry: RetryRule): ErrorRule => ({ ...FINAL, retry });
const ALERT: ErrorRule = { ...FINAL, alert: true };
const STALE: ErrorRule = { ...FINAL, staleTemplates: true };

const RULES: Record<string, ErrorRule> = {
  // More than 24 hours since the patient wrote.
  131047: { ...FINAL, closesWindow: true },
  130403: { ...FINAL, isBlock: true },

  // Unknown error, or temporarily unavailable.
  1: retried(temporary),
  2: retried(temporary),
  131000: retried(temporary),
  131016: retried(temporary),
  // Limits of the application, of the account, of the number.
  4: retried(maintenance),
  80007: retried(maintenance),
  130429: retried(throughput),
  // Too many messages to the same person: Meta asks for 4^n seconds.
  131056: retried({ retries: 5, waitMs: (retry) => 4 ** retry * SECOND }),
  // The number is being upgraded.
  131057: retried(maintenance),
  2494100: retried(maintenance),
  // Ten forms an hour.
  132069: retried({ retries: 3, waitMs: doubling(20 * MINUTE, 60 * MINUTE) }),
  // Not Meta's: WhatsApp could not be reached at all. Tried for as long as the message may still be sent.
  unreachable: retried({ retries: Infinity, waitMs: doubling(SECOND, MINUTE) }),
  // Not Meta's either: whether it has the file is not known, and does not matter.
  upload_without_answer: retried({ retries: 6, waitMs: doubling(2 * SECOND, 5 * MINUTE) }),

  // The token has expired: everything waits for the number to be connected again.
  0: { ...ALERT, retry: held },
  190: { ...ALERT, retry: held },

  // Missing permission.
  3: ALERT,
  10: ALERT,
  131005: ALERT,
  ...Object.fromEntries(Array.from({ length: 100 }, (_, index) => [String(200 + index), ALERT])),
  // Not registered, registration error, deleted.
  33: ALERT,
  131045: ALERT,
  133010: ALERT,
  // PIN and registration.
  133005: ALERT,
  133006: ALERT,
  133008: ALERT,
  133009: ALERT,
  133015: ALERT,
  133016: ALERT,
  // Locked, restricted, limited, unpaid, not approved.
  368: ALERT,
  131031: ALERT,
  131037: ALERT,
  131042: ALERT,
  131048: ALERT,
  131063: ALERT,
  131064: ALERT,

  // The template is not what it was when it was filled in.
  132000: STALE,
  132001: STALE,
  132012: STALE,
  132015: STALE,
  132016: STALE,
  132018: STALE,
};

/** What a refusal with this code means; a code nobody has named is final. */
export function errorRuleOf(code: string): ErrorRule {
  return (Object.hasOwn(RULES, code) ? RULES[code] : undefined) ?? FINAL;
}

/** How a refusal with this code may be tried again; null when it is final. */
export function retryRuleOf(code: string): RetryRule | null {
  return errorRuleOf(code).retry;
}

/** A file Meta does not have, or does not take, any more: another upload may help. */
export const MEDIA_CODES: ReadonlySet<string> = new Set(['100', '131008', '131009', '131053']);
