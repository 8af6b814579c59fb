/**
 * Waiting times between attempts, in milliseconds: short at first, because most breaks are a relay restarting, then
 * long enough that a clinic without network does not notice. Ranges instead of numbers, so that a hundred desks do
 * not come back in the same second.
 */
export const BACK_OFF_RANGES = [
  [200, 600],
  [1_000, 2_000],
  [3_000, 6_000],
  [8_000, 15_000],
  [20_000, 40_000],
  [60_000, 120_000],
] as const;

/** Delay before attempt number `failures` + 1; `random` is in [0, 1). */
export function backOffDelay(failures: number, random: () => number): number {
  const index = Math.min(Math.max(1, failures), BACK_OFF_RANGES.length) - 1;
  const [from, to] = BACK_OFF_RANGES[index] ?? BACK_OFF_RANGES[0];
  return Math.round(from + (to - from) * random());
}
