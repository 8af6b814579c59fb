import { dayNumber, time } from './dates.ts';

const DAY = 86_400_000;
const MINUTE = 60_000;

/** Minutes since midnight on the wall of the time zone. */
function minuteOfDay(at: number, timeZone: string): number {
  const [hours, minutes] = time(at, { locale: 'en-GB', timeZone }).split(':').map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
}

/** The instant a calendar day and a time of day name in a time zone; an hour that is skipped in spring is the one after it. */
export function zonedTime(day: number, minute: number, timeZone: string): number {
  const wanted = day * DAY + minute * MINUTE;
  let at = wanted;
  // The offset at the first guess may be the one of the other side of a change; the second guess is on the right side.
  for (let round = 0; round < 2; round++) {
    const shown = dayNumber(at, timeZone) * DAY + minuteOfDay(at, timeZone) * MINUTE;
    at += wanted - shown;
  }
  return at;
}

/** What `<input type="datetime-local">` holds, read by the clock of the time zone; null when it holds no time. */
export function readLocal(value: string, timeZone: string): number | null {
  const match = /^(\d{4}-\d{2}-\d{2})T(\d{2}):(\d{2})/u.exec(value);
  if (!match) return null;
  const midnight = Date.parse(`${match[1]}T00:00:00Z`);
  if (Number.isNaN(midnight)) return null;
  return zonedTime(Math.round(midnight / DAY), Number(match[2]) * 60 + Number(match[3]), timeZone);
}

/** An instant as `<input type="datetime-local">` wants it, by the clock of the time zone. */
export function writeLocal(at: number, timeZone: string): string {
  const date = new Date(dayNumber(at, timeZone) * DAY).toISOString().slice(0, 10);
  return `${date}T${time(at, { locale: 'en-GB', timeZone }).padStart(5, '0')}`;
}
