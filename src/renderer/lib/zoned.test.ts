import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLocal, writeLocal, zonedTime } from './zoned.ts';

const MADRID = 'Europe/Madrid';
const DAY = 86_400_000;

describe('zoned time', () => {
  it.each([
    ['2026-11-26T17:30', MADRID, '2026-11-26T16:30:00.000Z'],
    ['2026-07-01T09:00', MADRID, '2026-07-01T07:00:00.000Z'],
    ['2026-03-29T09:00', MADRID, '2026-03-29T07:00:00.000Z'],
    ['2026-10-25T09:00', MADRID, '2026-10-25T08:00:00.000Z'],
    ['2026-07-01T09:00', 'Atlantic/Canary', '2026-07-01T08:00:00.000Z'],
    ['2026-07-01T00:00', 'America/New_York', '2026-07-01T04:00:00.000Z'],
  ])('%s in %s is %s', (local, timeZone, expected) => {
    expect(new Date(readLocal(local, timeZone) as number).toISOString()).toBe(expected);
  });

  it('is null for what is no time', () => {
    expect([readLocal('', MADRID), readLocal('2026-11-26', MADRID)]).toEqual([null, null]);
  });

  it('is the hour after one that does not exist', () => {
    const skipped = zonedTime(Date.UTC(2026, 2, 29) / DAY, 2 * 60 + 30, MADRID);
    expect(Math.abs(skipped - Date.UTC(2026, 2, 29, 1, 30))).toBeLessThanOrEqual(3_600_000);
  });

  it('comes back as it was written, any minute but one said twice', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(2025, 0) / 60_000, max: Date.UTC(2028, 0) / 60_000 }),
        (minute) => {
          const at = minute * 60_000;
          const local = writeLocal(at, MADRID);
          expect(writeLocal(readLocal(local, MADRID) as number, MADRID)).toBe(local);
        },
      ),
    );
  });
});
