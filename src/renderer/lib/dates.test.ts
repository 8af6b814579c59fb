import { describe, expect, it } from 'vitest';
import { appointmentTime, dateTime, dayLabel, dayNumber, listTime, since, time } from './dates.ts';

const spanish = { locale: 'es-ES', timeZone: 'Europe/Madrid' };
const english = { locale: 'en-GB', timeZone: 'Europe/Madrid' };
const words = { today: 'Hoy', yesterday: 'Ayer', tomorrow: 'Mañana' };
/** Thursday 26 November 2026, 17:30 in Madrid. */
const THURSDAY = Date.UTC(2026, 10, 26, 16, 30);
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

describe('dates', () => {
  it('writes jue 26 nov, 17:30', () => {
    expect(dateTime(THURSDAY, spanish)).toBe('jue 26 nov, 17:30');
    expect(dateTime(THURSDAY, english)).toBe('Thu 26 Nov, 17:30');
  });

  it('uses the 24-hour clock after midnight', () => {
    expect(time(Date.UTC(2026, 10, 25, 23, 5), spanish)).toBe('0:05');
  });

  it('counts days in the time zone of the clinic, across midnight and clock changes', () => {
    const beforeMidnight = Date.UTC(2026, 10, 26, 22, 59);
    const afterMidnight = Date.UTC(2026, 10, 26, 23, 1);
    expect(dayNumber(afterMidnight, 'Europe/Madrid') - dayNumber(beforeMidnight, 'Europe/Madrid')).toBe(1);
    expect(dayNumber(afterMidnight, 'Atlantic/Canary') - dayNumber(beforeMidnight, 'Atlantic/Canary')).toBe(
      0,
    );
    const beforeChange = Date.UTC(2026, 9, 24, 12);
    const afterChange = Date.UTC(2026, 9, 26, 12);
    expect(dayNumber(afterChange, 'Europe/Madrid') - dayNumber(beforeChange, 'Europe/Madrid')).toBe(2);
  });

  it.each([
    [THURSDAY - HOUR, '16:30'],
    [THURSDAY + 60_000, '17:31'],
    [THURSDAY - DAY, 'Ayer'],
    [THURSDAY - 6 * DAY, 'vie'],
    [THURSDAY - 7 * DAY, '19 nov'],
    [THURSDAY - 400 * DAY, '22 oct 2025'],
  ])('beside a row at %d: %s', (at, expected) => {
    expect(listTime(at, THURSDAY, spanish, words)).toBe(expected);
  });

  it.each([
    [THURSDAY, 'Hoy'],
    [THURSDAY - DAY, 'Ayer'],
    [THURSDAY - 2 * DAY, 'martes'],
    [THURSDAY - 14 * DAY, 'jue 12 nov'],
    [THURSDAY - 400 * DAY, '22 oct 2025'],
  ])('on a separator at %d: %s', (at, expected) => {
    expect(dayLabel(at, THURSDAY, spanish, words)).toBe(expected);
  });

  it.each([
    [THURSDAY - 7 * HOUR, 'Hoy 10:30'],
    [THURSDAY + 15.5 * HOUR, 'Mañana 9:00'],
    [THURSDAY + 4 * DAY, 'lun 17:30'],
    [THURSDAY + 7 * DAY, 'jue 3 dic, 17:30'],
    [THURSDAY - DAY, 'mié 25 nov, 17:30'],
  ])('of an appointment at %d: %s', (at, expected) => {
    expect(appointmentTime(at, THURSDAY, spanish, words)).toBe(expected);
  });

  it('adds the date to a since of another day', () => {
    expect(since(THURSDAY - HOUR, THURSDAY, spanish)).toBe('16:30');
    expect(since(THURSDAY - DAY, THURSDAY, spanish)).toBe('mié 25 nov, 17:30');
  });
});
