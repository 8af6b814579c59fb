import type { TFunction, TOptions } from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { LOCALES, type Language, type SentenceKey, type Translate } from './i18n.ts';

export interface Translation {
  t: Translate;
  /** A sentence about a number: picks the plural form and writes the number the local way. */
  count: (key: SentenceKey, amount: number, values?: TOptions) => string;
  number: (amount: number) => string;
  locale: string;
}

const formatters = new Map<string, Intl.NumberFormat>();

function numberFormat(locale: string): Intl.NumberFormat {
  let found = formatters.get(locale);
  if (!found) {
    found = new Intl.NumberFormat(locale);
    formatters.set(locale, found);
  }
  return found;
}

/** Sentences over i18next's `translate`, in one language. */
export function createTranslation(translate: TFunction, language: Language): Translation {
  const locale = LOCALES[language];
  const t: Translate = (key, values) => translate(key, values ?? {});
  const number = (amount: number) => numberFormat(locale).format(amount);
  return {
    t,
    number,
    locale,
    count: (key, amount, values) => t(key, { ...values, count: amount, formatted: number(amount) }),
  };
}

/** The one door to visible sentences. */
export function useTranslate(): Translation {
  const { t, i18n } = useTranslation();
  const language = i18n.language as Language;
  return useMemo(() => createTranslation(t, language), [t, language]);
}
