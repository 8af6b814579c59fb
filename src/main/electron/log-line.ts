/** The only fields that reach the file: ids of nothing, counts, durations, codes. A field not named here is dropped. */
const ALLOWED_FIELDS = new Set([
  'call',
  'code',
  'commands',
  'count',
  'drafts',
  'durationMs',
  'error',
  'failures',
  'path',
  'platform',
  'reason',
  'role',
  'version',
  'waitMs',
]);
const LONGEST_VALUE = 80;

/** One line as it is written: the name and the allowed fields. */
export function formatLine(name: string, fields: Record<string, number | string | boolean>): string {
  const parts = [name];
  for (const [key, value] of Object.entries(fields)) {
    if (!ALLOWED_FIELDS.has(key)) continue;
    const text = typeof value === 'string' ? JSON.stringify(value.slice(0, LONGEST_VALUE)) : String(value);
    parts.push(`${key}=${text}`);
  }
  return parts.join(' ');
}
