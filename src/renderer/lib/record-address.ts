/** Stands in the clinic's pattern where the digits of a patient's number go. */
export const PHONE_MARK = '{telefono}';

/** Whether a pattern leads to a record: a safe address with a place for the number. */
export function isRecordPattern(pattern: string): boolean {
  const address = pattern.replaceAll(PHONE_MARK, '34600111222');
  return (
    pattern.includes(PHONE_MARK) &&
    !/\s/u.test(pattern) &&
    URL.canParse(address) &&
    new URL(address).protocol === 'https:' &&
    // The number may choose a page, never the site.
    !new URL(pattern.replaceAll(PHONE_MARK, 'telefono')).host.includes('telefono')
  );
}

/** Where the clinic keeps a patient's record; null when it says no address, or the patient has no number. */
export function recordAddress(pattern: string | null, phone: string | null): string | null {
  const digits = phone?.replaceAll(/\D/gu, '') ?? '';
  if (pattern === null || digits === '' || !isRecordPattern(pattern)) return null;
  return pattern.replaceAll(PHONE_MARK, digits);
}
