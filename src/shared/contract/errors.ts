import { z } from 'zod';

/** Everything a call may answer instead of data. A closed list: the renderer has one sentence per code. */
export const ERROR_CODES = [
  'invalid_input',
  'unknown_call',
  'untrusted_sender',
  'signed_out',
  'not_found',
  'invalid_credentials',
  'too_many_attempts',
  'relay_unreachable',
  'not_a_relay',
  'client_too_old',
  'window_closed',
  'conversation_is_spam',
  'conversation_blocked',
  'unsent_work',
  'answered_meanwhile',
  'unseen_messages',
  'undo_too_late',
  'name_taken',
  'forbidden',
  'invalid_access_code',
  'email_taken',
  'last_administrator',
  'too_late',
  'template_not_sendable',
  'template_values_invalid',
  'invalid_phone',
  'file_refused',
  'file_not_ready',
  'media_unavailable',
  'disk_full',
  'store_unavailable',
  'internal',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** `retryAfterMs` accompanies `too_many_attempts`; `count` accompanies `unsent_work` and `unseen_messages`; `answer` accompanies `answered_meanwhile`. */
export const CallError = z.object({
  code: z.enum(ERROR_CODES),
  retryAfterMs: z.number().optional(),
  count: z.number().optional(),
  /** Accompanies `file_refused`: which of WhatsApp's limits, as `checkOutgoingFile` names it. */
  problem: z.string().optional(),
  answer: z.object({ authorName: z.string().nullable(), text: z.string().nullable() }).optional(),
});
export type CallError = z.infer<typeof CallError>;

/** Replies are values: Electron would keep only the message of a thrown error. */
export type Reply<Data> = { ok: true; data: Data } | { ok: false; error: CallError };
