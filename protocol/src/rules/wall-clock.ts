/** Clocks on the wall of a zone, and instants. A wall time is what they show, as if they showed UTC: milliseconds. */
import { DAY } from '../time.ts';

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

/** What the clocks of the zone show at an instant, to the second. */
export function wallAt(timeZone: string, at: number): number {
  const parts = new Map(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}

/** How far the clocks of the zone are ahead of UTC at an instant, milliseconds. */
export const offsetAt = (timeZone: string, at: number): number =>
  wallAt(timeZone, at) - Math.floor(at / 1_000) * 1_000;

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
