import { expect, test } from 'vitest';
import { isSameName } from './names.ts';

test.each([
  ['Urgente', 'urgente', true],
  ['Revisión', 'revision', true],
  ['Revisio\u0301n', 'revisión', true],
  ['  Alta   hoy ', 'alta hoy', true],
  // In Spanish ñ is a letter of its own.
  ['Mano', 'Maño', false],
  ['Alta', 'Alta 2', false],
])('%s and %s: %s', (one, other, same) => {
  expect(isSameName(one, other)).toBe(same);
  expect(isSameName(other, one)).toBe(same);
});
