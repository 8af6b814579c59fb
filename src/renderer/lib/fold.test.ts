import { describe, expect, it } from 'vitest';
import { findByName } from './fold.ts';

const items = ['Inés Peña', 'David León', 'Recepción'].map((name) => ({ name }));
const found = (typed: string) => findByName(items, typed).map((item) => item.name);

describe('findByName', () => {
  it.each([
    ['', ['Inés Peña', 'David León', 'Recepción']],
    ['ines', ['Inés Peña']],
    ['PENA', ['Inés Peña']],
    ['león david', ['David León']],
    ['cion', ['Recepción']],
    ['x', []],
  ])('%j finds %j', (typed, expected) => {
    expect(found(typed)).toEqual(expected);
  });
});
