import { describe, expect, it } from 'vitest';
import { remaining, remainingCount } from './remaining.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

describe('remaining', () => {
  it.each([
    [24 * HOUR, 'exact', 'remaining.hours', 24, 0],
    [3 * HOUR + 12 * MINUTE + 59_999, 'exact', 'remaining.hoursMinutes', 3, 12],
    [3 * HOUR + 12 * MINUTE, 'coarse', 'remaining.hours', 3, 0],
    [HOUR + 12 * MINUTE, 'coarse', 'remaining.hoursMinutes', 1, 12],
    [HOUR, 'exact', 'remaining.hours', 1, 0],
    [HOUR - 1, 'exact', 'remaining.minutes', 0, 59],
    [MINUTE, 'exact', 'remaining.minutes', 0, 1],
    [MINUTE - 1, 'exact', 'remaining.lessThanMinute', 0, 0],
    [-5, 'exact', 'remaining.lessThanMinute', 0, 0],
  ] as const)('%d ms, %s', (ms, precision, key, hours, minutes) => {
    expect(remaining(ms, precision)).toEqual({ key, hours, minutes });
  });

  it('says one unit in the singular and anything else in the plural', () => {
    expect(remainingCount(remaining(HOUR, 'exact'))).toBe(1);
    expect(remainingCount(remaining(MINUTE, 'exact'))).toBe(1);
    expect(remainingCount(remaining(0, 'exact'))).toBe(1);
    expect(remainingCount(remaining(HOUR + MINUTE, 'exact'))).toBe(2);
    expect(remainingCount(remaining(5 * MINUTE, 'exact'))).toBe(5);
  });
});
