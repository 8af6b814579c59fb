import { en } from './en.ts';
import type { SentenceKey } from './i18n.ts';

type FailureCode = keyof typeof en.failures;

const isKnown = (code: string): code is `${FailureCode}` => Object.hasOwn(en.failures, code);

/** Codes Meta gives in families: missing permissions, and registration of the number. */
function family(code: string): 'permission' | 'registration' | null {
  const value = Number(code);
  if (value === 3 || value === 10 || value === 131005 || (value >= 200 && value <= 299)) return 'permission';
  return [133005, 133006, 133008, 133009, 133015, 133016].includes(value) ? 'registration' : null;
}

/**
 * The sentence for why a message did not leave: by Meta's code
 * (https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes) or our refusal.
 */
export function failureKey(code: string | null): SentenceKey {
  if (code === null || code === '') return 'failures.none';
  if (isKnown(code)) return `failures.${code}`;
  return `failures.${family(code) ?? 'other'}`;
}
