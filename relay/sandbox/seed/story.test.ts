import { expect, test } from 'vitest';
import { momentAt } from './story.ts';

const NOW = Date.parse('2026-11-24T09:30:00.000Z');

test.each([
  ['-1d 09:04', '2026-11-23T08:04:00.000Z'],
  ['-40d 09:04', '2026-10-15T07:04:00.000Z'],
  ['+4d 17:30', '2026-11-28T16:30:00.000Z'],
  ['-90m', '2026-11-24T08:00:00.000Z'],
  ['left 8m', '2026-11-23T09:38:00.000Z'],
] as const)('%s is %s', (moment, expected) => {
  expect(new Date(momentAt(moment, NOW)).toISOString()).toBe(expected);
});
