import type { OpeningHours } from '@recado/protocol';

export interface Span {
  /** `HH:MM`; empty while nothing was chosen. */
  from: string;
  /** `00:00` is the end of the day here, which the protocol writes `24:00`. */
  to: string;
}

/** A time as people write it: `9`, `930`, `9:30`, `9.30`, `24:00`. Null when it is none. */
export function readTime(text: string): string | null {
  const match = /^(\d{1,2})(?:[:.h]?(\d{2}))?h?$/u.exec(text.trim().toLowerCase());
  if (!match) return null;
  const hour = Number(match[1]);
  const minute = Number(match[2] ?? 0);
  if (hour === 24 && minute === 0) return '00:00';
  if (hour > 23 || minute > 59) return null;
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** Monday first; each with its spans in the order they were written. */
export type Week = readonly (readonly Span[])[];

export const WEEKDAYS = [1, 2, 3, 4, 5, 6, 7] as const;
export type Problem = 'missing' | 'order' | 'overlap';

/** What most clinics begin with: mornings and afternoons, Monday to Friday. */
export const USUAL_WEEK: Week = WEEKDAYS.map((day) =>
  day > 5
    ? []
    : [
        { from: '09:00', to: '14:00' },
        { from: '16:00', to: '20:00' },
      ],
);

export function weekOf(hours: OpeningHours): Week {
  return WEEKDAYS.map((weekday) =>
    hours.weekly
      .filter((span) => span.weekday === weekday)
      .map(({ from, to }) => ({ from, to: to === '24:00' ? '00:00' : to }))
      .sort((a, b) => a.from.localeCompare(b.from)),
  );
}

const endOf = (to: string): string => (to === '00:00' ? '24:00' : to);

/** What is wrong with each span of a day; null where nothing is. Spans that touch do not overlap. */
export function problemsOf(day: readonly Span[]): (Problem | null)[] {
  return day.map((span, index) => {
    if (span.from === '' || span.to === '') return 'missing';
    if (span.from >= endOf(span.to)) return 'order';
    const isOverlapping = day.some(
      (other, at) =>
        at !== index &&
        other.from !== '' &&
        other.to !== '' &&
        other.from < endOf(other.to) &&
        other.from < endOf(span.to) &&
        span.from < endOf(other.to),
    );
    return isOverlapping ? 'overlap' : null;
  });
}

export const isSound = (week: Week): boolean =>
  week.every((day) => problemsOf(day).every((problem) => problem === null));

export function hoursOf(week: Week, closedDays: readonly string[]): OpeningHours {
  return {
    weekly: week.flatMap((day, index) =>
      [...day]
        .sort((a, b) => a.from.localeCompare(b.from))
        .map(({ from, to }) => ({ weekday: index + 1, from, to: endOf(to) })),
    ),
    closedDays: [...new Set(closedDays)].sort(),
  };
}

/** The span somebody is likely to add next: the morning, then the afternoon, then what is left of the day. */
export function nextSpan(day: readonly Span[]): Span {
  const last =
    day
      .map((span) => endOf(span.to))
      .sort()
      .at(-1) ?? '';
  if (last === '') return { from: '09:00', to: '14:00' };
  if (last <= '16:00') return { from: '16:00', to: '20:00' };
  return { from: last === '24:00' ? '' : last, to: '' };
}

export function withDay(week: Week, index: number, day: readonly Span[]): Week {
  return week.map((each, at) => (at === index ? day : each));
}

/** The spans of one day on others as well. */
export function copyDay(week: Week, index: number, days: readonly number[]): Week {
  const spans = week[index] ?? [];
  return week.map((each, at) => (days.includes(at) ? spans.map((span) => ({ ...span })) : each));
}
