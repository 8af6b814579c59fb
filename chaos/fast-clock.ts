/** How many seconds pass on the relay's clock in one: what it gives time to arrive need not be waited for. */
export const CLOCK_SPEED = 10;

/** The same on every process that is given the same epoch, milliseconds. */
export function createFastClock(epoch: number): { now(): number } {
  return { now: () => Math.round(epoch + (Date.now() - epoch) * CLOCK_SPEED) };
}
