import { describe, expect, it } from 'vitest';
import { matchesIn } from './use-marked-words.ts';

describe('matchesIn', () => {
  it.each([
    ['¿Cuánto cuesta la ortodoncia?', ['ortodon'], ['ortodoncia']],
    ['La Señora Núñez, núñez y nunez', ['nunez'], ['Núñez', 'núñez', 'nunez']],
    ['cita, citas y recitar', ['cita'], ['cita', 'citas']],
    ['👍 sí', ['si'], ['sí']],
    ['nada', [], []],
  ])('%j with %j', (text, words, expected) => {
    expect(matchesIn(text, words).map(([start, end]) => text.slice(start, end))).toEqual(expected);
  });
});
