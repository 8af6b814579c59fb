import { DAY } from '@recado/protocol';

const formats = new Map<string, Intl.DateTimeFormat>();
/** Making one takes longer than using it a hundred times. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const held = formats.get(timeZone);
  if (held !== undefined) return held;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(timeZone, format);
  return format;
}

/** What the clocks of the zone show at an instant, as if they showed UTC: milliseconds, whole seconds. */
export function wallAt(timeZone: string, at: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

const offsetAt = (timeZone: string, at: number) => wallAt(timeZone, at) - Math.floor(at / 1_000) * 1_000;

/**
 * The instant at which the clocks of the zone show `wall` (whole seconds): the first one in an hour that comes twice,
 * null in one that is left out.
 */
export function instantAt(timeZone: string, wall: number): number | null {
  const offsets = [offsetAt(timeZone, wall - DAY), offsetAt(timeZone, wall + DAY)];
  const instants = offsets.map((offset) => wall - offset).filter((at) => wallAt(timeZone, at) === wall);
  return instants.length === 0 ? null : Math.min(...instants);
}

/** The same, and in an hour that is left out what clocks that were not put forward would show. */
export function instantNear(timeZone: string, wall: number): number {
  return instantAt(timeZone, wall) ?? wall - offsetAt(timeZone, wall - DAY);
}

const WRITTEN =
  /^(\d{4})-(\d{2})-(\d{2})[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(Z|[+-]\d{2}:?\d{2})?$/i;

/**
 * The instant a program wrote down (ISO 8601), epoch milliseconds: with its offset, or without one by the clocks of
 * the zone. Null when there is no such date, or no such time on that day; the seconds are whole.
 */
export function readTime(text: string, timeZone: string): number | null {
  const match = WRITTEN.exec(text.trim());
  if (!match) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((digits) => Number(digits ?? 0));
  const wall = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(wall);
  const isDate =
    read.getUTCFullYear() === year && read.getUTCMonth() === month - 1 && read.getUTCDate() === day;
  if (year < 1900 || !isDate || hour > 23 || minute > 59 || second > 59) return null;
  const offset = match[7];
  if (offset === undefined) return instantAt(timeZone, wall);
  if (/^z$/i.test(offset)) return wall;
  const [hours, minutes] = [Number(offset.slice(1, 3)), Number(offset.slice(-2))];
  if (hours > 14 || minutes > 59) return null;
  return wall - (offset.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}
