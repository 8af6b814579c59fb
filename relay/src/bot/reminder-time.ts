import { DAY, HOUR, instantNear, type ReminderSettings, wallAt } from '@recado/protocol';

const MINUTE = 60_000;
/** A reminder that came later than this before an appointment would be of no use. */
const LEAST_NOTICE_MS = HOUR;
/** How long before quiet hours what cannot wait for their end leaves. */
const BEFORE_QUIET_MS = 15 * MINUTE;

type QuietHours = Pick<ReminderSettings, 'quietFrom' | 'quietTo'>;

const ofDay = (time: string) => (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * MINUTE;

/** Whether nothing may leave at an instant. Hours that begin and end alike are none; at their end it is day again. */
export function isQuiet({ quietFrom, quietTo }: QuietHours, timeZone: string, at: number): boolean {
  const [from, to] = [ofDay(quietFrom), ofDay(quietTo)];
  const time = wallAt(timeZone, at) % DAY;
  return from <= to ? time >= from && time < to : time >= from || time < to;
}

/**
 * When a reminder leaves, epoch milliseconds: so many hours before the appointment; at the end of quiet hours where it
 * would fall into them, or before they begin where the end would be too late.
 */
export function reminderTime(
  { startsAt, hoursBefore }: { startsAt: number; hoursBefore: number },
  quiet: QuietHours,
  timeZone: string,
): number {
  const wanted = startsAt - hoursBefore * HOUR;
  if (!isQuiet(quiet, timeZone, wanted)) return wanted;
  const wall = wallAt(timeZone, wanted);
  const midnight = wall - (wall % DAY);
  const endToday = midnight + ofDay(quiet.quietTo);
  const end = instantNear(timeZone, endToday > wall ? endToday : endToday + DAY);
  if (end <= startsAt - LEAST_NOTICE_MS) return end;
  const beginToday = midnight + ofDay(quiet.quietFrom);
  return instantNear(timeZone, beginToday <= wall ? beginToday : beginToday - DAY) - BEFORE_QUIET_MS;
}
