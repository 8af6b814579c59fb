/**
 * Reading what anyone may have posted. Nothing here throws, and no text it returns can upset PostgreSQL: a NUL or
 * half of a surrogate pair is valid in JSON but not in a text column.
 */
export type JsonObject = Record<string, unknown>;

export function readObject(value: unknown): JsonObject | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** The value as a list; anything else is an empty one. */
export function readList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A text that is not empty, or null. Numbers count: Meta has changed ids and times between the two. */
export function readText(value: unknown): string | null {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string') return null;
  const text = value.replaceAll('\0', '').toWellFormed();
  return text === '' ? null : text;
}

export function readNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** Epoch milliseconds of a Unix time in seconds, text or number; null when it is no time of this era. */
export function readUnixTime(value: unknown): number | null {
  const seconds = readNumber(value);
  return seconds !== null && seconds > 0 && seconds < 100_000_000_000 ? Math.round(seconds * 1000) : null;
}

/** The first text among several spellings of the same thing. */
export function firstText(...values: unknown[]): string | null {
  for (const value of values) {
    const text = readText(value);
    if (text !== null) return text;
  }
  return null;
}
