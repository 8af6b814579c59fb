import { expect, test } from 'vitest';
import { readTime } from './written-time.ts';

/** Spain puts its clocks forward on 29 March 2026 at 2:00, and back on 25 October 2026 at 3:00. */
test.each([
  ['a winter day', '2026-02-10T09:30', 'Europe/Madrid', '2026-02-10T08:30:00.000Z'],
  ['a summer day', '2026-07-10T09:30', 'Europe/Madrid', '2026-07-10T07:30:00.000Z'],
  ['right before the clocks go forward', '2026-03-29T01:59:59', 'Europe/Madrid', '2026-03-29T00:59:59.000Z'],
  ['the first time left out', '2026-03-29T02:00', 'Europe/Madrid', null],
  ['in the hour left out', '2026-03-29T02:30', 'Europe/Madrid', null],
  ['right after it', '2026-03-29T03:00', 'Europe/Madrid', '2026-03-29T01:00:00.000Z'],
  ['that day', '2026-03-29T10:00', 'Europe/Madrid', '2026-03-29T08:00:00.000Z'],
  ['the day before', '2026-03-28T10:00', 'Europe/Madrid', '2026-03-28T09:00:00.000Z'],
  ['in the Canaries an hour earlier', '2026-03-29T01:30', 'Atlantic/Canary', null],
  ['in the Canaries, where 2:30 exists', '2026-03-29T02:30', 'Atlantic/Canary', '2026-03-29T01:30:00.000Z'],
  ['right before the hour that comes twice', '2026-10-25T01:59', 'Europe/Madrid', '2026-10-24T23:59:00.000Z'],
  ['in it: the first', '2026-10-25T02:30', 'Europe/Madrid', '2026-10-25T00:30:00.000Z'],
  ['in it, the second by its offset', '2026-10-25T02:30+01:00', 'Europe/Madrid', '2026-10-25T01:30:00.000Z'],
  ['right after it', '2026-10-25T03:00', 'Europe/Madrid', '2026-10-25T02:00:00.000Z'],
  ['the day after', '2026-10-26T10:00', 'Europe/Madrid', '2026-10-26T09:00:00.000Z'],
  [
    'with an offset, wherever the clinic is',
    '2026-03-29T02:30:00+01:00',
    'Europe/Madrid',
    '2026-03-29T01:30:00.000Z',
  ],
  ['in UTC', '2026-03-29T02:30:00.000Z', 'Europe/Madrid', '2026-03-29T02:30:00.000Z'],
  ['west of Greenwich', '2026-03-01T10:00:00-0500', 'Europe/Madrid', '2026-03-01T15:00:00.000Z'],
  ['no such day', '2026-02-30T10:00', 'Europe/Madrid', null],
  ['no such hour', '2026-02-10T24:00', 'Europe/Madrid', null],
  ['a date alone', '2026-02-10', 'Europe/Madrid', null],
  ['as people write', '10/02/2026 9:30', 'Europe/Madrid', null],
])('%s: %s in %s is %s', (_what, written, timeZone, expected) => {
  const at = readTime(written, timeZone);
  expect(at === null ? null : new Date(at).toISOString()).toBe(expected);
});
