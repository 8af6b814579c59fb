/** Languages patients of clinics in Spain speak, most first. */
const COMMON = ['es', 'ca', 'gl', 'eu', 'en', 'fr', 'de', 'pt', 'it', 'ro', 'ar', 'uk', 'zh'];

/** What a patient's language may be, by name; the one held is always among them. */
export function languageChoices(held: string | null, locale: string): { code: string; name: string }[] {
  const names = new Intl.DisplayNames([locale], { type: 'language', fallback: 'code' });
  const codes = held === null || COMMON.includes(held) ? COMMON : [held, ...COMMON];
  return codes.map((code) => ({ code, name: nameOf(names, code) }));
}

/** Templates write `pt_BR`; what is no language at all is shown as it is. */
function nameOf(names: Intl.DisplayNames, code: string): string {
  try {
    const name = names.of(code.replace('_', '-')) ?? code;
    return name.charAt(0).toLocaleUpperCase() + name.slice(1);
  } catch {
    return code;
  }
}
