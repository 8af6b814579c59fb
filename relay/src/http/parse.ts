import type { z } from 'zod';
import { problems } from './problems.ts';

/** The input as its schema reads it. Throws a 400 that names the fields that do not fit, never their values. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = [...new Set(parsed.error.issues.map(({ path }) => path.join('.') || '(body)'))];
  throw problems.invalidRequest(`does not fit: ${fields.slice(0, 10).join(', ')}`);
}
