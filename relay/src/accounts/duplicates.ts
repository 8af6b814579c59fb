const UNIQUE_VIOLATION = '23505';

/** Whether PostgreSQL refused a row because another has its e-mail address, or its number. */
export function isDuplicate(error: unknown): boolean {
  return (error as { code?: unknown } | null)?.code === UNIQUE_VIOLATION;
}
