import { z } from 'zod';

/**
 * RFC 9457 problem details: what every refused request answers with, as `application/problem+json`.
 * `code` is the stable part a program may branch on; `detail` is for a log, never for a person.
 */
export const Problem = z.object({
  type: z.string().default('about:blank'),
  title: z.string(),
  status: z.number().int(),
  code: z.string(),
  detail: z.string().optional(),
});
export type Problem = z.infer<typeof Problem>;

/** Codes of refused HTTP requests. The list is open: an unknown code is treated by its HTTP status. */
export const ProblemCode = {
  invalidRequest: 'invalid_request',
  invalidCredentials: 'invalid_credentials',
  tooManyAttempts: 'too_many_attempts',
  /** The session has ended: sign in again. */
  sessionRevoked: 'session_revoked',
  /** An administrator has revoked this device: the app erases its copy of the clinic. */
  deviceRevoked: 'device_revoked',
  invalidAccessCode: 'invalid_access_code',
  emailTaken: 'email_taken',
  mediaRefused: 'media_refused',
  mediaNotReady: 'media_not_ready',
  forbidden: 'forbidden',
  notFound: 'not_found',
  cursorTooOld: 'cursor_too_old',
  clientTooOld: 'client_too_old',
  payloadTooLarge: 'payload_too_large',
  internal: 'internal',
} as const;

/** Why a command was refused by a rule. Open for the same reason. */
export const RefusalCode = {
  windowClosed: 'window_closed',
  conversationIsSpam: 'conversation_is_spam',
  /** The clinic has blocked the patient at WhatsApp. */
  conversationBlocked: 'conversation_blocked',
  /** No spam, or the patient's window has closed: WhatsApp would not block. */
  notBlockable: 'not_blockable',
  conversationNotFound: 'conversation_not_found',
  messageNotFound: 'message_not_found',
  notRetryable: 'not_retryable',
  noRecipient: 'no_recipient',
  /** The patient has written since what the person was looking at. */
  stale: 'stale',
  /** Somebody else of the clinic has answered since what the sender was looking at. */
  answeredMeanwhile: 'answered_meanwhile',
  /** There is a conversation with that number already. */
  conversationExists: 'conversation_exists',
  /** It may have left already. */
  tooLate: 'too_late',
  mediaNotFound: 'media_not_found',
  templateNotFound: 'template_not_found',
  /** Not approved (any more), or its shape has changed since it was filled in. */
  templateNotSendable: 'template_not_sendable',
  templateValuesInvalid: 'template_values_invalid',
  patientNotFound: 'patient_not_found',
  appointmentNotFound: 'appointment_not_found',
  quickReplyNotFound: 'quick_reply_not_found',
  /** The clinic would be left without an administrator. */
  lastAdministrator: 'last_administrator',
  forbidden: 'forbidden',
  nameTaken: 'name_taken',
  tagNotFound: 'tag_not_found',
  teamNotFound: 'team_not_found',
  agentNotFound: 'agent_not_found',
  invalidArguments: 'invalid_arguments',
  unknownCommand: 'unknown_command',
} as const;
