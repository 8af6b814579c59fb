import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findQuickReplies, slashAt } from './find-quick-replies.ts';

const saved = [
  { shortcut: 'hola', text: '¡Hola, {nombre}! ¿En qué podemos ayudarte?' },
  { shortcut: 'horario', text: 'Abrimos de 9:00 a 20:00.' },
  { shortcut: 'cómo-llegar', text: 'Estamos en la calle Alameda, 12.' },
  { shortcut: 'despedida', text: 'Hasta pronto, que pases un buen día.' },
];
const found = (typed: string) => findQuickReplies(saved, typed).map(({ shortcut }) => shortcut);

describe('a slash', () => {
  it.each([
    ['/', 1, { start: 0, typed: '' }],
    ['/hol', 4, { start: 0, typed: 'hol' }],
    ['Buenas /hol', 11, { start: 7, typed: 'hol' }],
    ['línea\n/ho', 9, { start: 6, typed: 'ho' }],
    ['/hola ', 6, null],
    ['24/11', 5, null],
    ['y/o', 3, null],
    ['https://', 8, null],
    ['/hola y más', 3, { start: 0, typed: 'ho' }],
  ])('in %j at %i', (text, caret, expected) => {
    expect(slashAt(text, caret)).toEqual(expected);
  });

  it('always stands where it says', () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(50), (text, place) => {
        const caret = Math.min(place, text.length);
        const slash = slashAt(text, caret);
        if (slash !== null) expect(text.slice(slash.start, caret)).toBe(`/${slash.typed}`);
      }),
    );
  });
});

describe('saved texts', () => {
  it('are found by shortcut before text, without accents', () => {
    expect(found('')).toHaveLength(4);
    expect(found('ho')).toEqual(['hola', 'horario']);
    expect(found('COMO')).toEqual(['cómo-llegar']);
    expect(found('dia')).toEqual(['despedida']);
    expect(found('alameda')).toEqual(['cómo-llegar']);
    expect(found('zzz')).toEqual([]);
  });

  it('are found by the beginnings of words only', () => {
    expect(found('ayud')).toEqual(['hola']);
    expect(found('yudar')).toEqual([]);
  });
});
