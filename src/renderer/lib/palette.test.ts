import { expect, it } from 'vitest';
import { nextColour, PALETTE } from './palette.ts';

it('gives each new tag a colour of its own as long as there are any', () => {
  const used: string[] = [];
  for (let index = 0; index < PALETTE.length; index++) used.push(nextColour(used));
  expect(new Set(used)).toEqual(new Set(PALETTE));
  expect(nextColour([...used, PALETTE[0].toUpperCase()])).toBe(PALETTE[1]);
});
