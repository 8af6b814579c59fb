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

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

const doubling = (firstMs: number, mostMs: number) => (retry: number) =>
  Math.min(firstMs * 2 ** retry, mostMs);

const temporary: RetryRule = { retries: 3, waitMs: doubling(2 * SECOND, MINUTE) };
const throughput: RetryRule = { retries: 8, waitMs: doubling(SECOND, MINUTE) };
const maintenance: RetryRule = { retries: 10, waitMs: doubling(30 * SECOND, 5 * MINUTE) };

const RULES: Record<string, RetryRule> = {
  // Unknown error, or temporarily unavailable.
  1: temporary,
  2: temporary,
  131000: temporary,
  131016: temporary,
  // Limits of the application, of the account, of the number.
  4: maintenance,
  80007: maintenance,
  130429: throughput,
  // Too many messages to the same person: Meta asks for 4^n seconds.
  131056: { retries: 5, waitMs: (retry) => 4 ** retry * SECOND },
  // The number is being upgraded.
  131057: maintenance,
  2494100: maintenance,
  // Not Meta's: WhatsApp could not be reached at all. Tried for as long as the message may still be sent.
  unreachable: { retries: Infinity, waitMs: doubling(SECOND, MINUTE) },
};

/** How a refusal with this code may be tried again; null when it is final. */
export function retryRuleOf(code: string): RetryRule | null {
  return Object.hasOwn(RULES, code) ? (RULES[code] ?? null) : null;
}
