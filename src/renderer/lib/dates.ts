/** How dates are written: the language of the interface and the clinic's IANA time zone. */
export interface DateStyle {
  locale: string;
  timeZone: string;
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Building an Intl formatter costs more than a row; each one is built once. */
function formatter(style: DateStyle, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${style.locale}|${style.timeZone}|${name}`;
  let found = formatters.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(style.locale, { ...options, timeZone: style.timeZone });
    formatters.set(key, found);
  }
  return found;
}

const DAY = 86_400_000;

/** Number of the calendar day in the clinic's time zone; differences are days as people count them. */
export function dayNumber(at: number, timeZone: string): number {
  const parts = formatter({ locale: 'en-CA', timeZone }, 'day-number', {
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).format(at);
  return Math.round(Date.parse(`${parts}T00:00:00Z`) / DAY);
}

/** `17:30`, always the 24-hour clock. */
export function time(at: number, style: DateStyle): string {
  return formatter(style, 'time', { hour: 'numeric', minute: '2-digit', hourCycle: 'h23' }).format(at);
}

/** `jue`, without the full stop some languages write. */
export function weekday(at: number, style: DateStyle, width: 'short' | 'long'): string {
  return formatter(style, `weekday-${width}`, { weekday: width }).format(at).replace('.', '');
}

/** `26 nov`; with the year, `26 nov 2025`. */
export function dayMonth(at: number, style: DateStyle, withYear: boolean): string {
  const parts = formatter(style, 'day-month', {
    day: 'numeric',
    month: 'short',
    year: 'numeric',
  }).formatToParts(at);
  const part = (type: string) => parts.find((each) => each.type === type)?.value.replace('.', '') ?? '';
  const short = `${part('day')} ${part('month')}`;
  return withYear ? `${short} ${part('year')}` : short;
}

/** `jue 26 nov`. */
export function date(at: number, style: DateStyle): string {
  return `${weekday(at, style, 'short')} ${dayMonth(at, style, false)}`;
}

/** `jue 26 nov, 17:30`. */
export function dateTime(at: number, style: DateStyle): string {
  return `${date(at, style)}, ${time(at, style)}`;
}

export function isSameYear(a: number, b: number, style: DateStyle): boolean {
  const year = formatter(style, 'year', { year: 'numeric' });
  return year.format(a) === year.format(b);
}

/** Words a calendar has for the days around today; they come from i18n. */
export interface DayWords {
  today: string;
  yesterday: string;
  tomorrow: string;
}

/** Beside a row: the hour today, then `Ayer`, the weekday within a week, the date before that. */
export function listTime(at: number, now: number, style: DateStyle, words: DayWords): string {
  const days = dayNumber(now, style.timeZone) - dayNumber(at, style.timeZone);
  if (days <= 0) return time(at, style);
  if (days === 1) return words.yesterday;
  if (days < 7) return weekday(at, style, 'short');
  return dayMonth(at, style, !isSameYear(at, now, style));
}

/** On a day separator: `Hoy`, `Ayer`, `jueves` within a week, `jue 12 nov`, `12 nov 2025`. */
export function dayLabel(at: number, now: number, style: DateStyle, words: DayWords): string {
  const days = dayNumber(now, style.timeZone) - dayNumber(at, style.timeZone);
  if (days === 0) return words.today;
  if (days === 1) return words.yesterday;
  if (days > 1 && days < 7) return weekday(at, style, 'long');
  return isSameYear(at, now, style) ? date(at, style) : dayMonth(at, style, true);
}

/** On an appointment: `Hoy 10:30`, `Mañana 9:00`, `jue 17:30` within a week, else `jue 3 dic, 17:30`. */
export function appointmentTime(at: number, now: number, style: DateStyle, words: DayWords): string {
  const days = dayNumber(at, style.timeZone) - dayNumber(now, style.timeZone);
  if (days === 0) return `${words.today} ${time(at, style)}`;
  if (days === 1) return `${words.tomorrow} ${time(at, style)}`;
  if (days > 1 && days < 7) return `${weekday(at, style, 'short')} ${time(at, style)}`;
  return dateTime(at, style);
}

/** "Since when", short: the hour today, else with its date. */
export function since(at: number, now: number, style: DateStyle): string {
  return dayNumber(at, style.timeZone) === dayNumber(now, style.timeZone)
    ? time(at, style)
    : dateTime(at, style);
}
