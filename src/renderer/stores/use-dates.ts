import { useMemo } from 'react';
import { useTranslate, type Translate } from '../i18n/index.ts';
import {
  appointmentTime,
  date,
  dateTime,
  dayLabel,
  listTime,
  since,
  time,
  dayMonth,
  type DateStyle,
  type DayWords,
} from '../lib/dates.ts';
import { useAppState } from './context.ts';

/** Dates as this person reads them: language of the window, time zone of the clinic. */
export interface Dates {
  style: DateStyle;
  time(at: number): string;
  dateTime(at: number): string;
  date(at: number): string;
  /** `jue 26 nov`. */
  weekdayDate(at: number): string;
  /** With its year: `12 mar 2024`. */
  day(at: number): string;
  listTime(at: number, now: number): string;
  dayLabel(at: number, now: number): string;
  appointment(at: number, now: number): string;
  since(at: number, now: number): string;
}

/** Dates in one style; the words for the days around today come from i18n. */
export function createDates(style: DateStyle, t: Translate): Dates {
  const words: DayWords = {
    today: t('thread.today'),
    yesterday: t('thread.yesterday'),
    tomorrow: t('thread.tomorrow'),
  };
  return {
    style,
    time: (at) => time(at, style),
    dateTime: (at) => dateTime(at, style),
    date: (at) => dayMonth(at, style, false),
    weekdayDate: (at) => date(at, style),
    day: (at) => dayMonth(at, style, true),
    listTime: (at, now) => listTime(at, now, style, words),
    dayLabel: (at, now) => dayLabel(at, now, style, words),
    appointment: (at, now) => appointmentTime(at, now, style, words),
    since: (at, now) => since(at, now, style),
  };
}

export function useDates(): Dates {
  const { t, locale } = useTranslate();
  const timeZone = useAppState((state) => state.app?.session?.clinic.timeZone ?? 'Europe/Madrid');
  return useMemo(() => createDates({ locale, timeZone }, t), [locale, t, timeZone]);
}
