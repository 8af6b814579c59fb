import { describe, expect, it } from 'vitest';
import { BACK_OFF_RANGES, backOffDelay } from './back-off.ts';

describe('backOffDelay', () => {
  it.each(BACK_OFF_RANGES.map(([from, to], index) => ({ failures: index + 1, from, to })))(
    'waits $from to $to ms after $failures failures',
    ({ failures, from, to }) => {
      expect(backOffDelay(failures, () => 0)).toBe(from);
      expect(backOffDelay(failures, () => 0.999_999)).toBe(to);
    },
  );

  it('stays at the longest range, and at the first for no failure', () => {
    expect(backOffDelay(1_000, () => 0)).toBe(60_000);
    expect(backOffDelay(0, () => 0)).toBe(200);
  });
});
