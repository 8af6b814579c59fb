import { describe, expect, test } from 'vitest';
import { isQuiet, reminderTime } from './reminder-time.ts';

const NIGHT = { quietFrom: '21:00', quietTo: '09:00' };
const NAP = { quietFrom: '14:00', quietTo: '16:00' };
const NONE = { quietFrom: '00:00', quietTo: '00:00' };
const MADRID = 'Europe/Madrid';

describe('when a reminder leaves', () => {
  test.each([
    ['a day before', '2026-11-10T10:00+01:00', 24, NIGHT, '2026-11-09T10:00+01:00'],
    ['two hours before', '2026-11-10T17:00+01:00', 2, NIGHT, '2026-11-10T15:00+01:00'],
    ['at the end of the night', '2026-11-10T10:30+01:00', 2, NIGHT, '2026-11-10T09:00+01:00'],
    ['an hour before at the latest', '2026-11-10T10:00+01:00', 2, NIGHT, '2026-11-10T09:00+01:00'],
    [
      'the evening before, when the morning is too late',
      '2026-11-10T09:30+01:00',
      2,
      NIGHT,
      '2026-11-09T20:45+01:00',
    ],
    ['the evening before, from late at night', '2026-11-11T08:00+01:00', 10, NIGHT, '2026-11-10T20:45+01:00'],
    ['after the nap', '2026-11-10T18:00+01:00', 3, NAP, '2026-11-10T16:00+01:00'],
    ['before the nap', '2026-11-10T16:30+01:00', 1, NAP, '2026-11-10T13:45+01:00'],
    ['as the night ends', '2026-11-10T11:00+01:00', 2, NIGHT, '2026-11-10T09:00+01:00'],
    ['at any hour without quiet ones', '2026-11-10T05:00+01:00', 2, NONE, '2026-11-10T03:00+01:00'],
    // 25 hours lie between ten o'clock on the day before and ten o'clock on this one.
    ['across the end of summer time', '2026-10-25T10:00+01:00', 24, NIGHT, '2026-10-24T11:00+02:00'],
    ['across the beginning of summer time', '2026-03-29T10:00+02:00', 24, NIGHT, '2026-03-28T09:00+01:00'],
    ['on the night the clocks go forward', '2026-03-29T10:30+02:00', 5, NIGHT, '2026-03-29T09:00+02:00'],
  ])('%s: %s, %i hours', (_what, startsAt, hoursBefore, quiet, expected) => {
    const at = reminderTime({ startsAt: Date.parse(startsAt), hoursBefore }, quiet, MADRID);
    expect(new Date(at).toISOString()).toBe(new Date(expected).toISOString());
    expect(isQuiet(quiet, MADRID, at)).toBe(false);
  });
});
