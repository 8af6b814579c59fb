/**
 * PostgreSQL's errors about the values themselves (classes 22, 23 and 54) and mistakes of ours (0A, 42) come again
 * however often one tries: what caused them is set aside. Everything else is worth another try.
 * https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function isAboutTheData(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return error instanceof TypeError || error instanceof RangeError;
  return /^(22|23|54|0A|42)/.test(code);
}
