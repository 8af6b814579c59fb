/**
 * What a failure of WhatsApp means to the person in front of the message. Only the code counts, never the HTTP status
 * or the title, which change. https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
 */

/** A sentence of the app, in the person's language. */
export const DELIVERY_CAUSES = [
  'window_closed',
  'not_on_whatsapp',
  'marketing_withheld',
  'marketing_opted_out',
  'message_type_unsupported',
  'media_not_downloaded',
  'media_not_accepted',
  'slowed_down',
  'number_restricted',
  'experiment',
  'country_not_allowed',
  'own_number',
  'test_number',
  'blocked_by_clinic',
  'technical',
  'temporary',
  'maintenance',
  'payment',
  'template_changed',
  'template_unavailable',
  'template_text_too_long',
  'template_policy',
  'template_value_invalid',
  'template_paused',
  'template_disabled',
  'form_unavailable',
  'phone_number_needed',
  'marketing_disabled',
  'currently_unavailable',
  'number_not_connected',
  'account_locked',
  'display_name_needed',
  'security_code_changed',
  'token_expired',
  'permission_missing',
  'registration',
  'unreachable',
  'unknown',
] as const;
export type DeliveryCause = (typeof DELIVERY_CAUSES)[number];

/** What a person can do about it. `wait`: it goes by itself, or not before some hours; `admin`: nobody at the desk can. */
export type DeliveryNextStep = 'template' | 'retry' | 'phone' | 'wait' | 'admin' | 'none';

export interface DeliveryError {
  cause: DeliveryCause;
  nextStep: DeliveryNextStep;
  /** The relay tries again by itself before it gives up. */
  automaticRetry: boolean;
}

const error = (
  cause: DeliveryCause,
  nextStep: DeliveryNextStep,
  automaticRetry = false,
): Readonly<DeliveryError> => ({ cause, nextStep, automaticRetry });

const technical = error('technical', 'admin');
const temporary = error('temporary', 'retry', true);
const maintenance = error('maintenance', 'wait', true);
const slowedDown = error('slowed_down', 'wait', true);
const valueInvalid = error('template_value_invalid', 'template');
const notConnected = error('number_not_connected', 'admin');
const accountLocked = error('account_locked', 'admin');
const tokenExpired = error('token_expired', 'admin');
const permissionMissing = error('permission_missing', 'admin');
const registration = error('registration', 'admin');

const ERRORS: Readonly<Record<string, Readonly<DeliveryError>>> = {
  // The window, the patient, the number.
  131047: error('window_closed', 'template'),
  131026: error('not_on_whatsapp', 'phone'),
  131049: error('marketing_withheld', 'phone'),
  131050: error('marketing_opted_out', 'phone'),
  131021: error('own_number', 'none'),
  131030: error('test_number', 'admin'),
  130403: error('blocked_by_clinic', 'none'),
  130472: error('experiment', 'phone'),
  130497: error('country_not_allowed', 'phone'),
  131062: error('phone_number_needed', 'phone'),
  137000: error('security_code_changed', 'phone'),
  // What was sent.
  131051: error('message_type_unsupported', 'none'),
  131052: error('media_not_downloaded', 'none'),
  131053: error('media_not_accepted', 'none'),
  131060: error('currently_unavailable', 'none'),
  131008: technical,
  131009: technical,
  100: technical,
  135000: technical,
  // Too much, too fast, not just now.
  131056: slowedDown,
  130429: slowedDown,
  80007: slowedDown,
  4: slowedDown,
  131000: temporary,
  131016: temporary,
  1: temporary,
  2: temporary,
  131057: maintenance,
  2494100: maintenance,
  131048: error('number_restricted', 'admin'),
  131064: error('number_restricted', 'admin'),
  // Templates.
  132000: error('template_changed', 'template'),
  132001: error('template_unavailable', 'template'),
  132005: error('template_text_too_long', 'template'),
  132007: error('template_policy', 'template'),
  132012: valueInvalid,
  132018: valueInvalid,
  132015: error('template_paused', 'template'),
  132016: error('template_disabled', 'template'),
  132068: error('form_unavailable', 'template'),
  132069: error('form_unavailable', 'wait'),
  131063: error('marketing_disabled', 'admin'),
  // The clinic's account.
  131042: error('payment', 'admin'),
  133010: notConnected,
  131045: notConnected,
  33: notConnected,
  131031: accountLocked,
  368: accountLocked,
  131037: error('display_name_needed', 'admin'),
  190: tokenExpired,
  0: tokenExpired,
  3: permissionMissing,
  10: permissionMissing,
  131005: permissionMissing,
  133005: registration,
  133006: registration,
  133008: registration,
  133009: registration,
  133015: registration,
  133016: registration,
  // The relay's own: WhatsApp could not be reached at all.
  unreachable: error('unreachable', 'retry', true),
};

const UNKNOWN = error('unknown', 'retry');

/** What to say and do about a code of Meta's, as text. A code of the future is `unknown`. */
export function deliveryError(code: string): Readonly<DeliveryError> {
  // Meta: 200 to 299 are permissions, each another one.
  if (/^2\d\d$/.test(code)) return permissionMissing;
  return Object.hasOwn(ERRORS, code) ? (ERRORS[code] ?? UNKNOWN) : UNKNOWN;
}
