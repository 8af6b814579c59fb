import { describe, expect, it } from 'vitest';
import { openingBounds } from './window-bounds.ts';

const laptop = { x: 0, y: 25, width: 1_440, height: 875 };
const external = { x: 1_440, y: 0, width: 2_560, height: 1_440 };

describe('openingBounds', () => {
  it.each([
    ['first start', null, [laptop], { x: 80, y: 63, width: 1_280, height: 800 }],
    [
      'as it was',
      { x: 100, y: 100, width: 1_000, height: 700 },
      [laptop],
      { x: 100, y: 100, width: 1_000, height: 700 },
    ],
    [
      'on the second display',
      { x: 1_500, y: 10, width: 2_000, height: 1_200 },
      [laptop, external],
      { x: 1_500, y: 10, width: 2_000, height: 1_200 },
    ],
    [
      'the second display is gone',
      { x: 1_500, y: 10, width: 2_000, height: 1_200 },
      [laptop],
      { x: 0, y: 25, width: 1_440, height: 875 },
    ],
    [
      'half outside',
      { x: 1_000, y: 700, width: 1_000, height: 700 },
      [laptop],
      { x: 440, y: 200, width: 1_000, height: 700 },
    ],
    [
      'above the top, where nobody can grab it',
      { x: 100, y: -500, width: 1_000, height: 700 },
      [laptop],
      { x: 100, y: 25, width: 1_000, height: 700 },
    ],
    ['too small', { x: 0, y: 25, width: 10, height: 10 }, [laptop], { x: 0, y: 25, width: 900, height: 600 }],
    [
      'a display smaller than the minimum',
      null,
      [{ x: 0, y: 0, width: 800, height: 500 }],
      { x: 0, y: 0, width: 900, height: 600 },
    ],
    ['no display at all', null, [], { x: 0, y: 0, width: 1_280, height: 800 }],
  ])('%s', (_name, saved, workAreas, expected) => {
    expect(openingBounds(saved, workAreas)).toEqual(expected);
  });
});
