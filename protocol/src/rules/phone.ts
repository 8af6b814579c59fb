/**
 * Phone numbers. A number is never a key: WhatsApp users may hide theirs, and a WhatsApp id need not be dialable.
 * Stored as E.164 with its plus; webhooks give digits without one, and sending without a plus would prepend the
 * clinic's own country (https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/send-messages).
 */
import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js/min';

/** E.164 of a WhatsApp id ("34600111222") or null when it holds anything but digits. */
export function phoneFromWhatsappId(whatsappId: string): string | null {
  const digits = whatsappId.replace(/^\+/, '');
  return /^[1-9]\d{4,14}$/.test(digits) ? `+${digits}` : null;
}

/** E.164 of what a person typed, read as a number of `country` when it has no prefix; null when it cannot be one. */
export function parsePhone(typed: string, country: CountryCode = 'ES'): string | null {
  const phone = parsePhoneNumberFromString(typed, country);
  return phone?.isPossible() ? phone.number : null;
}

/** The country a number belongs to, to read others without prefix by; null when it cannot be read. */
export function countryOfPhone(phone: string): CountryCode | null {
  return parsePhoneNumberFromString(phone)?.country ?? null;
}

/** As people write it: "+34 600 11 12 22"; the text as it came when it cannot be read. */
export function formatPhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}

/** The digits a person may search for. */
export function phoneDigits(phone: string): string {
  return phone.replace(/\D/g, '');
}
