import { OpeningHours } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  copyDay,
  hoursOf,
  isSound,
  nextSpan,
  problemsOf,
  readTime,
  USUAL_WEEK,
  weekOf,
  withDay,
  type Span,
} from './week.ts';

const span = (from: string, to: string): Span => ({ from, to });

describe('readTime', () => {
  it.each([
    ['9', '09:00'],
    ['09', '09:00'],
    ['9:30', '09:30'],
    ['9.30', '09:30'],
    ['930', '09:30'],
    ['1745', '17:45'],
    ['17h', '17:00'],
    ['24:00', '00:00'],
    ['0:00', '00:00'],
    ['24:01', null],
    ['25', null],
    ['9:60', null],
    ['9:3', null],
    ['', null],
    ['nueve', null],
  ])('%j: %s', (text, expected) => {
    expect(readTime(text)).toBe(expected);
  });
});

describe('problemsOf', () => {
  it.each<[Span[], (string | null)[]]>([
    [[], []],
    [
      [span('09:00', '14:00'), span('16:00', '20:00')],
      [null, null],
    ],
    [
      [span('09:00', '14:00'), span('14:00', '20:00')],
      [null, null],
    ],
    [
      [span('16:00', '20:00'), span('09:00', '14:00')],
      [null, null],
    ],
    [[span('22:00', '00:00')], [null]],
    [[span('00:00', '00:00')], [null]],
    [[span('09:00', '')], ['missing']],
    [[span('14:00', '09:00')], ['order']],
    [[span('09:00', '09:00')], ['order']],
    [
      [span('09:00', '14:00'), span('13:59', '20:00')],
      ['overlap', 'overlap'],
    ],
    [
      [span('09:00', '20:00'), span('10:00', '11:00')],
      ['overlap', 'overlap'],
    ],
    [
      [span('18:00', '00:00'), span('23:00', '23:30')],
      ['overlap', 'overlap'],
    ],
    [
      [span('09:00', '14:00'), span('12:00', '10:00')],
      [null, 'order'],
    ],
  ])('%j: %j', (day, expected) => {
    expect(problemsOf(day)).toEqual(expected);
  });
});

describe('a week', () => {
  const minutes = fc.integer({ min: 0, max: 1_439 });
  const time = (at: number) =>
    `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`;
  /** Spans between times in order, the last of which may be midnight. */
  const day = fc.tuple(fc.uniqueArray(minutes, { maxLength: 6 }), fc.boolean()).map(([times, endsDay]) => {
    const sorted = times.sort((a, b) => a - b);
    const pairs = Array.from({ length: Math.floor(sorted.length / 2) }, (_, each) =>
      span(time(sorted[each * 2] ?? 0), time(sorted[each * 2 + 1] ?? 0)),
    );
    const last = pairs.at(-1);
    return last && endsDay ? [...pairs.slice(0, -1), span(last.from, '00:00')] : pairs;
  });
  const week = fc.array(day, { minLength: 7, maxLength: 7 });

  it('that is sound is one the relay takes, and comes back the same', () => {
    fc.assert(
      fc.property(week, (written) => {
        expect(isSound(written)).toBe(true);
        const hours = hoursOf(written, ['2026-12-25']);
        expect(OpeningHours.safeParse(hours).success).toBe(true);
        expect(hoursOf(weekOf(hours), hours.closedDays)).toEqual(hours);
      }),
    );
  });

  it('keeps each holiday once, in order', () => {
    const { closedDays } = hoursOf(USUAL_WEEK, ['2027-01-06', '2026-12-25', '2027-01-06']);
    expect(closedDays).toEqual(['2026-12-25', '2027-01-06']);
  });

  it('is copied day by day, without sharing', () => {
    const saturday = withDay(USUAL_WEEK, 5, [span('10:00', '13:00')]);
    const copied = copyDay(saturday, 5, [6, 0]);
    expect(copied[6]).toEqual([span('10:00', '13:00')]);
    expect(copied[0]).toEqual(copied[6]);
    expect(copied[1]).toEqual(USUAL_WEEK[1]);
  });

  it.each<[Span[], Span]>([
    [[], span('09:00', '14:00')],
    [[span('09:00', '14:00')], span('16:00', '20:00')],
    [[span('09:00', '20:00')], span('20:00', '')],
    [[span('09:00', '00:00')], span('', '')],
  ])('offers after %j: %j', (day, expected) => {
    expect(nextSpan(day)).toEqual(expected);
  });
});
