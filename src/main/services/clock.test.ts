import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRelayClock } from './clock.ts';

/** A machine whose three clocks are moved by hand; `truth` is what the relay's clock shows. */
function machine() {
  const state = { truth: 1_800_000_000_000, wall: 1_800_000_000_000, monotonic: 5_000, uptime: 90_000 };
  return {
    state,
    clocks: { wall: () => state.wall, monotonic: () => state.monotonic, uptime: () => state.uptime },
    pass(ms: number) {
      state.truth += ms;
      state.wall += ms;
      state.monotonic += ms;
      state.uptime += ms;
    },
    sleep(ms: number) {
      state.truth += ms;
      state.wall += ms;
      state.uptime += ms;
    },
  };
}

/** Asks the relay: `there` and `back` milliseconds on the way. */
function ask(
  pc: ReturnType<typeof machine>,
  clock: ReturnType<typeof createRelayClock>,
  there: number,
  back: number,
) {
  const sentAt = pc.state.monotonic;
  pc.pass(there);
  const serverTime = pc.state.truth;
  pc.pass(back);
  clock.sample({ serverTime, sentAt, receivedAt: pc.state.monotonic });
}

describe('relay clock', () => {
  it('starts from the offset it knew last time', () => {
    const pc = machine();
    const clock = createRelayClock(pc.clocks, -7_200_000);
    pc.pass(1_000);
    expect(clock.now()).toBe(pc.state.wall - 7_200_000);
    expect(clock.offset()).toBe(-7_200_000);
  });

  it('is never further from the relay than the last round trip, whatever the PC clock does', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            there: fc.integer({ min: 0, max: 3_000 }),
            back: fc.integer({ min: 0, max: 3_000 }),
            idle: fc.integer({ min: 0, max: 600_000 }),
            wallJump: fc.integer({ min: -10_800_000, max: 10_800_000 }),
          }),
          { minLength: 1, maxLength: 20 },
        ),
        (steps) => {
          const pc = machine();
          const clock = createRelayClock(pc.clocks, 0);
          for (const { there, back, idle, wallJump } of steps) {
            pc.state.wall += wallJump;
            pc.pass(idle);
            ask(pc, clock, there, back);
            expect(Math.abs(clock.now() - pc.state.truth)).toBeLessThanOrEqual(there + back);
            expect(clock.offset()).toBe(clock.now() - pc.state.wall);
          }
        },
      ),
    );
  });

  it('goes on through sleep, which the fine clock does not count', () => {
    const pc = machine();
    const clock = createRelayClock(pc.clocks, 0);
    ask(pc, clock, 0, 0);
    pc.sleep(8 * 3_600_000);
    expect(clock.now()).toBe(pc.state.truth);
  });

  it('does not take the coarse steps of uptime for sleep', () => {
    const pc = machine();
    const clock = createRelayClock(
      { ...pc.clocks, uptime: () => Math.floor(pc.state.uptime / 1_000) * 1_000 },
      0,
    );
    pc.pass(999);
    ask(pc, clock, 0, 0);
    pc.pass(1_001);
    expect(clock.now()).toBe(pc.state.truth);
  });
});
