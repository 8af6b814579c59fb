import { randomBytes } from 'node:crypto';

/** What Meta calls each error, and the HTTP status it comes with. https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes */
export const GRAPH_ERRORS: Record<number, { title: string; httpStatus: number }> = {
  0: { title: 'AuthException', httpStatus: 401 },
  1: { title: 'API Unknown', httpStatus: 500 },
  2: { title: 'API Service', httpStatus: 503 },
  4: { title: 'API Too Many Calls', httpStatus: 400 },
  10: { title: 'Permission Denied', httpStatus: 403 },
  100: { title: 'Invalid parameter', httpStatus: 400 },
  190: { title: 'Access token has expired', httpStatus: 401 },
  200: { title: 'API Permission', httpStatus: 403 },
  368: { title: 'Temporarily blocked for policies violations', httpStatus: 403 },
  80007: { title: 'Rate limit issues', httpStatus: 400 },
  130403: { title: 'User is blocked', httpStatus: 400 },
  130429: { title: 'Rate limit hit', httpStatus: 429 },
  130472: { title: "User's number is part of an experiment", httpStatus: 400 },
  130497: { title: 'Business account is restricted from messaging users in this country', httpStatus: 403 },
  131000: { title: 'Something went wrong', httpStatus: 500 },
  131005: { title: 'Access denied', httpStatus: 403 },
  131008: { title: 'Required parameter is missing', httpStatus: 400 },
  131009: { title: 'Parameter value is not valid', httpStatus: 400 },
  131016: { title: 'Service unavailable', httpStatus: 500 },
  131021: { title: 'Recipient cannot be sender', httpStatus: 400 },
  131026: { title: 'Message undeliverable', httpStatus: 400 },
  131031: { title: 'Account has been locked', httpStatus: 403 },
  131042: { title: 'Business eligibility payment issue', httpStatus: 400 },
  131047: { title: 'Re-engagement message', httpStatus: 400 },
  131048: { title: 'Spam rate limit hit', httpStatus: 400 },
  131049: {
    title: 'This message was not delivered to maintain healthy ecosystem engagement',
    httpStatus: 400,
  },
  131050: { title: 'User has stopped marketing messages', httpStatus: 400 },
  131051: { title: 'Unsupported message type', httpStatus: 400 },
  131052: { title: 'Media download error', httpStatus: 400 },
  131053: { title: 'Media upload error', httpStatus: 400 },
  131056: { title: '(Business Account, Consumer Account) pair rate limit hit', httpStatus: 400 },
  131057: { title: 'Account in maintenance mode', httpStatus: 500 },
  131062: { title: 'Business-scoped user ID not supported for this message', httpStatus: 400 },
  132000: { title: 'Number of parameters does not match the expected number of params', httpStatus: 400 },
  132001: { title: 'Template name does not exist in the translation', httpStatus: 404 },
  132005: { title: 'Translated text too long', httpStatus: 400 },
  132007: { title: 'Template format character policy violated', httpStatus: 400 },
  132012: { title: 'Parameter format does not match format in the created template', httpStatus: 400 },
  132015: { title: 'Template is paused', httpStatus: 400 },
  132016: { title: 'Template is disabled', httpStatus: 400 },
  132018: { title: 'There was an issue with template parameters', httpStatus: 400 },
  133010: { title: 'Phone number not registered', httpStatus: 400 },
};

/** A refused request, in the words and shape of the Graph API. */
export interface GraphFailure {
  code: number;
  httpStatus: number;
  title: string;
  details: string;
  /** Exact JSON answer. */
  body: { error: Record<string, unknown> };
}

/** Builds Meta's answer for an error code; `details` is for developers and holds no patient text. */
export function graphFailure(
  code: number,
  details: string,
  extra: { httpStatus?: number; subcode?: number; type?: string } = {},
): GraphFailure {
  const known = GRAPH_ERRORS[code] ?? { title: 'Something went wrong', httpStatus: 400 };
  return {
    code,
    httpStatus: extra.httpStatus ?? known.httpStatus,
    title: known.title,
    details,
    body: {
      error: {
        message: `(#${code}) ${known.title}`,
        type: extra.type ?? 'OAuthException',
        code,
        ...(extra.subcode === undefined ? {} : { error_subcode: extra.subcode }),
        error_data: { messaging_product: 'whatsapp', details },
        fbtrace_id: randomBytes(8).toString('base64url'),
      },
    },
  };
}

/** The same error as an element of `statuses[].errors`. */
export function statusError(code: number, details: string) {
  const title = GRAPH_ERRORS[code]?.title ?? 'Something went wrong';
  return {
    code,
    title,
    message: title,
    error_data: { details },
    href: 'https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/',
  };
}
