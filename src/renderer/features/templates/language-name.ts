/** `español`, `inglés (Reino Unido)`: a language as Meta writes it, in the words of the window. */
export function languageName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(code.replace('_', '-')) ?? code;
  } catch {
    return code;
  }
}
