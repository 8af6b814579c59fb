import { describe, expect, it } from 'vitest';
import { createLane } from './lane.ts';

describe('lane', () => {
  it('runs one thing at a time, in order, and goes on after a failure', async () => {
    const lane = createLane();
    const seen: string[] = [];
    const first = lane.run(async () => {
      seen.push('first starts');
      await Promise.resolve();
      seen.push('first ends');
      throw new Error('failed');
    });
    const second = lane.run(async () => {
      seen.push('second');
    });
    await expect(first).rejects.toThrow('failed');
    await second;
    expect(seen).toEqual(['first starts', 'first ends', 'second']);
  });

  it('runs once what was asked for many times, and again when asked while it runs', async () => {
    const lane = createLane();
    let runs = 0;
    let again = true;
    const work = async () => {
      runs++;
      if (again) {
        again = false;
        lane.coalesce(work);
        lane.coalesce(work);
      }
    };
    for (let index = 0; index < 5; index++) lane.coalesce(work);
    await lane.run(async () => {});
    await lane.run(async () => {});
    expect(runs).toBe(2);
  });
});
