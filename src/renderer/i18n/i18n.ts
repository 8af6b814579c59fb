import i18next, { type i18n, type TOptions } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { en } from './en.ts';
import { es } from './es.ts';

export const catalogues = { es, en } as const;
export type Language = keyof typeof catalogues;

/** How dates and numbers are written per language; English is written the European way, as the clinic's. */
export const LOCALES: Record<Language, string> = { es: 'es-ES', en: 'en-GB' };

type Leaf<Tree, Prefix extends string = ''> = {
  [Key in keyof Tree & (string | number)]: Tree[Key] extends string
    ? `${Prefix}${Key}`
    : Leaf<Tree[Key], `${Prefix}${Key}.`>;
}[keyof Tree & (string | number)];

type WithoutPlural<Key> = Key extends `${infer Base}_${'one' | 'many' | 'other'}` ? Base : Key;

/** Name of a sentence; of those with plural forms, the common part. */
export type SentenceKey = WithoutPlural<Leaf<typeof es>>;

/** A sentence in the language of the window. */
export type Translate = (key: SentenceKey, values?: TOptions) => string;

/** Spanish, unless the person's first language of these two is English. */
export function chooseLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (language === 'es') return 'es';
    if (language === 'en') return 'en';
  }
  return 'es';
}

export function createI18n(language: Language): i18n {
  const instance = i18next.createInstance();
  void instance.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'es',
    resources: { es: { translation: es }, en: { translation: en } },
    // React escapes what it shows.
    interpolation: { escapeValue: false },
    initAsync: false,
    react: { useSuspense: false },
  });
  return instance;
}
