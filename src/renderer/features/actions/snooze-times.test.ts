import { describe, expect, it } from 'vitest';
import { snoozeTimes } from './snooze-times.ts';

const at = (now: string) =>
  Object.fromEntries(
    snoozeTimes(Date.parse(now), 'Europe/Madrid').map((each) => [each.key, new Date(each.at).toISOString()]),
  );

describe('snoozeTimes', () => {
  it('on a Thursday morning, by the clock of the clinic', () => {
    expect(at('2026-11-26T09:10:00.000Z')).toEqual({
      inOneHour: '2026-11-26T10:10:00.000Z',
      thisAfternoon: '2026-11-26T15:00:00.000Z',
      tomorrow: '2026-11-27T08:00:00.000Z',
      nextMonday: '2026-11-30T08:00:00.000Z',
    });
  });

  it('offers no afternoon that is here already', () => {
    expect(Object.keys(at('2026-11-26T14:45:00.000Z'))).toEqual(['inOneHour', 'tomorrow', 'nextMonday']);
  });

  it('on a Monday the next one is in a week; on a Sunday it is tomorrow', () => {
    expect(at('2026-11-23T09:00:00.000Z').nextMonday).toBe('2026-11-30T08:00:00.000Z');
    expect(at('2026-11-29T09:00:00.000Z')).not.toHaveProperty('nextMonday');
  });

  it('keeps the hour over a change of clocks', () => {
    expect(at('2026-10-24T08:00:00.000Z').tomorrow).toBe('2026-10-25T08:00:00.000Z');
  });
});
