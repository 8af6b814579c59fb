import { createI18n, createTranslation, LOCALES } from '../i18n/index.ts';
import { createDates } from '../stores/index.ts';

/** Sentences and dates outside React, as a clinic in Madrid reads them. */
export function wordsIn(language: keyof typeof LOCALES) {
  const translation = createTranslation(createI18n(language).t, language);
  const dates = createDates({ locale: LOCALES[language], timeZone: 'Europe/Madrid' }, translation.t);
  return { translation, dates };
}
