import type { TOptions } from 'i18next';
import { useCallback } from 'react';
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

/** The one door to visible sentences. */
export function useTranslate(): Translation {
  const { t: translate, i18n } = useTranslation();
  const locale = LOCALES[i18n.language as Language];
  const t = useCallback<Translate>(
    (key, values) => translate(key as never, (values ?? {}) as never) as unknown as string,
    [translate],
  );
  const number = useCallback((amount: number) => numberFormat(locale).format(amount), [locale]);
  const count = useCallback<Translation['count']>(
    (key, amount, values) => t(key, { ...values, count: amount, formatted: number(amount) }),
    [number, t],
  );
  return { t, count, number, locale };
}
