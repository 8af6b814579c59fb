export { failureKey } from './failures.ts';
export { chooseLanguage, createI18n, LOCALES, type SentenceKey, type Translate } from './i18n.ts';
export { createTranslation, useTranslate, type Translation } from './use-translate.ts';
