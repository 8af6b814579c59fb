import { dayNumber } from '../../lib/dates.ts';
import { zonedTime } from '../../lib/zoned.ts';

export interface SnoozeTime {
  key: 'inOneHour' | 'thisAfternoon' | 'tomorrow' | 'nextMonday';
  at: number;
}

const HOUR = 3_600_000;
const MORNING = 9 * 60;
const AFTERNOON = 16 * 60;
/** An afternoon this near is now. */
const AFTERNOON_LEAD_MS = HOUR / 2;

/** Day 0 of the epoch was a Thursday; 1 is Monday. */
const weekdayOf = (day: number): number => (day + 4) % 7;

/** The times people put things off to, by the clinic's clock. */
export function snoozeTimes(now: number, timeZone: string): SnoozeTime[] {
  const today = dayNumber(now, timeZone);
  const afternoon = zonedTime(today, AFTERNOON, timeZone);
  const monday = today + ((8 - weekdayOf(today)) % 7 || 7);
  const times: SnoozeTime[] = [{ key: 'inOneHour', at: now + HOUR }];
  if (afternoon - now > AFTERNOON_LEAD_MS) times.push({ key: 'thisAfternoon', at: afternoon });
  times.push({ key: 'tomorrow', at: zonedTime(today + 1, MORNING, timeZone) });
  // On a Sunday tomorrow is that Monday.
  if (monday !== today + 1) times.push({ key: 'nextMonday', at: zonedTime(monday, MORNING, timeZone) });
  return times;
}
