import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { OpeningHours } from '../entities.ts';
import { isOpen, nextClosing, nextOpening } from './opening-hours.ts';

const MADRID = 'Europe/Madrid';
const at = (text: string) => Date.parse(text);
const iso = (instant: number | null) => (instant === null ? null : new Date(instant).toISOString());
const everyDay = (...spans: [string, string][]): OpeningHours => ({
  weekly: [1, 2, 3, 4, 5, 6, 7].flatMap((weekday) => spans.map(([from, to]) => ({ weekday, from, to }))),
  closedDays: [],
});
/** Monday to Friday with a break, Saturday morning. */
const CLINIC: OpeningHours = {
  weekly: [
    ...[1, 2, 3, 4, 5].flatMap((weekday) => [
      { weekday, from: '16:00', to: '20:00' },
      { weekday, from: '09:00', to: '14:00' },
    ]),
    { weekday: 6, from: '09:30', to: '14:00' },
  ],
  closedDays: ['2026-12-25', '2026-12-26'],
};

describe('opening hours', () => {
  it.each([
    ['before', '2026-11-23T07:59:59.999Z', false],
    ['at the minute of opening', '2026-11-23T08:00:00.000Z', true],
    ['in the break', '2026-11-23T13:30:00.000Z', false],
    ['at the minute of closing', '2026-11-23T19:00:00.000Z', false],
    ['in the afternoon', '2026-11-23T18:59:59.999Z', true],
    ['on Sunday', '2026-11-22T11:00:00.000Z', false],
    ['on a holiday', '2026-12-25T10:00:00.000Z', false],
    ['in summer, an hour earlier by UTC', '2026-07-06T07:00:00.000Z', true],
  ])('%s', (_name, instant, expected) => {
    expect(isOpen(CLINIC, MADRID, at(instant))).toBe(expected);
  });

  it.each([
    ['in the break', CLINIC, '2026-11-23T13:30:00.000Z', '2026-11-23T15:00:00.000Z'],
    ['over Sunday', CLINIC, '2026-11-21T13:00:00.000Z', '2026-11-23T08:00:00.000Z'],
    ['while open', CLINIC, '2026-11-23T09:00:00.000Z', '2026-11-23T15:00:00.000Z'],
    ['over holidays and a Sunday', CLINIC, '2026-12-24T20:00:00.000Z', '2026-12-28T08:00:00.000Z'],
    ['never', { weekly: [], closedDays: [] }, '2026-11-23T09:00:00.000Z', null],
    ['over the spring change', CLINIC, '2026-03-28T14:00:00.000Z', '2026-03-30T07:00:00.000Z'],
    ['over the autumn change', CLINIC, '2026-10-24T13:00:00.000Z', '2026-10-26T08:00:00.000Z'],
  ])('opens next: %s', (_name, hours, instant, expected) => {
    expect(iso(nextOpening(hours, MADRID, at(instant)))).toBe(expected);
  });

  it.each([
    ['today', CLINIC, '2026-11-23T09:00:00.000Z', '2026-11-23T13:00:00.000Z'],
    ['while closed', CLINIC, '2026-11-22T09:00:00.000Z', null],
    [
      'after midnight, when the next day begins open',
      everyDay(['00:00', '02:00'], ['20:00', '24:00']),
      '2026-11-23T21:00:00.000Z',
      '2026-11-24T01:00:00.000Z',
    ],
    ['not for long', everyDay(['00:00', '24:00']), '2026-11-23T21:00:00.000Z', null],
    [
      'for a holiday only',
      { ...everyDay(['00:00', '24:00']), closedDays: ['2026-11-28'] },
      '2026-11-23T21:00:00.000Z',
      '2026-11-27T23:00:00.000Z',
    ],
  ])('closes next: %s', (_name, hours, instant, expected) => {
    expect(iso(nextClosing(hours, MADRID, at(instant)))).toBe(expected);
  });

  // On 29 March 2026 Spain's clocks go from 2:00 to 3:00, on 25 October from 3:00 back to 2:00.
  it.each([
    ['opens as the clocks jump', everyDay(['02:30', '04:00']), '2026-03-29T00:00:00.000Z', '2026-03-29T01:00:00.000Z'],
    ['opens before the jump', everyDay(['01:30', '04:00']), '2026-03-29T00:00:00.000Z', '2026-03-29T00:30:00.000Z'],
    ['opens after the jump', everyDay(['03:15', '04:00']), '2026-03-29T00:00:00.000Z', '2026-03-29T01:15:00.000Z'],
    ['is not open in an hour that does not exist', everyDay(['02:10', '02:50']), '2026-03-29T00:00:00.000Z', '2026-03-30T00:10:00.000Z'],
    ['opens at the first 2:30', everyDay(['02:30', '04:00']), '2026-10-24T22:00:00.000Z', '2026-10-25T00:30:00.000Z'],
    ['opens after the change', everyDay(['03:00', '04:00']), '2026-10-24T22:00:00.000Z', '2026-10-25T02:00:00.000Z'],
  ])('%s', (_name, hours, instant, expected) => {
    expect(iso(nextOpening(hours, MADRID, at(instant)))).toBe(expected);
  }); // prettier-ignore

  it('is open an hour longer, or shorter, on the night of a change', () => {
    const night = everyDay(['01:00', '05:00']);
    const lengthOn = (day: string) => {
      const opening = nextOpening(night, MADRID, at(`${day}T22:30:00.000Z`))!;
      return (nextClosing(night, MADRID, opening)! - opening) / 3_600_000;
    };
    expect([lengthOn('2026-03-27'), lengthOn('2026-03-28'), lengthOn('2026-10-24')]).toEqual([4, 3, 5]);
  });

  it('agrees with itself at any instant, in zones of all kinds', () => {
    const time = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([hour, minute]) => `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`);
    const span = fc
      .tuple(fc.integer({ min: 1, max: 7 }), time, time)
      .map(([weekday, from, to]) => ({ weekday, from: from < to ? from : to, to: from < to ? to : '24:00' }));
    fc.assert(
      fc.property(
        fc.array(span, { minLength: 1, maxLength: 6 }),
        fc.constantFrom(MADRID, 'Atlantic/Canary', 'America/Santiago', 'Australia/Lord_Howe', 'UTC'),
        fc.integer({ min: at('2026-01-01T00:00:00.000Z'), max: at('2027-01-01T00:00:00.000Z') }),
        (weekly, zone, instant) => {
          const hours = { weekly, closedDays: [] };
          const opening = nextOpening(hours, zone, instant);
          const closing = nextClosing(hours, zone, instant);
          expect(opening).not.toBeNull();
          expect(opening!).toBeGreaterThan(instant);
          expect(isOpen(hours, zone, opening!)).toBe(true);
          expect(isOpen(hours, zone, opening! - 1)).toBe(false);
          expect(closing !== null).toBe(isOpen(hours, zone, instant));
          if (closing !== null) {
            expect(isOpen(hours, zone, closing)).toBe(false);
            expect(isOpen(hours, zone, closing - 1)).toBe(true);
            expect(opening!).toBeGreaterThan(closing);
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
