/** When the clinic is open, in its own zone. Every answer is an instant, so that the two days of a clock change are right. */
import type { OpeningHours } from '../entities.ts';
import { DAY } from '../time.ts';
import { instantAt, offsetAt, wallAt } from './wall-clock.ts';

interface LocalDate {
  year: number;
  month: number;
  day: number;
}

/** The first instant of a day at which its clocks show this time or a later one: an hour left out is over as it begins. */
function instantOf(timeZone: string, wall: number): number {
  const exact = instantAt(timeZone, wall);
  if (exact !== null) return exact;
  // In the hour the clocks jumped over: the jump itself.
  const offsets = [offsetAt(timeZone, wall - DAY), offsetAt(timeZone, wall + DAY)];
  let [low, high] = [wall - Math.max(...offsets), wall - Math.min(...offsets)];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (wallAt(timeZone, middle) >= wall) high = middle;
    else low = middle;
  }
  return high;
}

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

function localDate(wall: number): LocalDate {
  const date = new Date(wall);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}

const digits = (value: number, length: number) => String(value).padStart(length, '0');
const isoDate = ({ year, month, day }: LocalDate) =>
  `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;

interface Span {
  from: number;
  to: number;
}

/** Spans of the day that begins at this wall time, in order, as instants. */
function spansOfDay(hours: OpeningHours, timeZone: string, midnight: number): Span[] {
  if (hours.closedDays.includes(isoDate(localDate(midnight)))) return [];
  const weekday = new Date(midnight).getUTCDay() || 7;
  return hours.weekly
    .filter((span) => span.weekday === weekday)
    .map((span) => ({
      from: instantOf(timeZone, midnight + minutesOf(span.from) * 60_000),
      to: instantOf(timeZone, midnight + minutesOf(span.to) * 60_000),
    }))
    .filter(({ from, to }) => from < to)
    .sort((one, other) => one.from - other.from);
}

/**
 * Spans from the day before `at` on, joined where one ends as the next begins, those across midnight too. A week more
 * than there are holidays is looked at; what is open still at its end is taken as never closing.
 */
function* openSpans(hours: OpeningHours, timeZone: string, at: number): Generator<Span> {
  const today = Math.floor(wallAt(timeZone, at) / DAY) * DAY;
  const days = 9 + hours.closedDays.length;
  let held: Span | null = null;
  for (let day = -1; day <= days; day += 1) {
    for (const span of spansOfDay(hours, timeZone, today + day * DAY)) {
      if (held !== null && span.from <= held.to) {
        held = { from: held.from, to: Math.max(held.to, span.to) };
        continue;
      }
      if (held !== null) yield held;
      held = span;
    }
  }
  if (held === null) return;
  const horizon = instantOf(timeZone, today + (days + 1) * DAY);
  yield held.to < horizon ? held : { from: held.from, to: Number.POSITIVE_INFINITY };
}

/** Whether the clinic is open at an instant, epoch milliseconds; at the minute of closing it is closed. */
export function isOpen(hours: OpeningHours, timeZone: string, at: number): boolean {
  for (const { from, to } of openSpans(hours, timeZone, at)) {
    if (from > at) return false;
    if (at < to) return true;
  }
  return false;
}

/** When it opens next after `at`; null when it never does. While open, that is the opening after this one. */
export function nextOpening(hours: OpeningHours, timeZone: string, at: number): number | null {
  for (const { from } of openSpans(hours, timeZone, at)) if (from > at) return from;
  return null;
}

/** When it closes next; null while it is closed, and when it stays open for more than a week. */
export function nextClosing(hours: OpeningHours, timeZone: string, at: number): number | null {
  for (const { from, to } of openSpans(hours, timeZone, at)) {
    if (from > at) return null;
    if (at < to) return Number.isFinite(to) ? to : null;
  }
  return null;
}
