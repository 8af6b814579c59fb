import type { z } from 'zod';
import type { Outcome } from './interface.ts';

/** Longest silence of an ordinary request, milliseconds. */
export const REQUEST_SILENCE_MS = 20_000;

export const INVALID_RESPONSE = { ok: false, failure: { kind: 'invalidResponse' } } as const;

/** The text of an answer as its schema reads it. */
export function parseAnswer<Schema extends z.ZodType>(
  schema: Schema,
  answer: Outcome<string>,
): Outcome<z.output<Schema>> {
  if (!answer.ok) return answer;
  try {
    const parsed = schema.safeParse(JSON.parse(answer.value));
    return parsed.success ? { ok: true, value: parsed.data } : INVALID_RESPONSE;
  } catch {
    return INVALID_RESPONSE;
  }
}

/** For requests whose answer says nothing more than yes. */
export const withoutContent = (answer: Outcome<unknown>): Outcome<null> =>
  answer.ok ? { ok: true, value: null } : answer;
