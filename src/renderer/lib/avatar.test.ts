import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AVATAR_COLOURS, avatarColour, initials } from './avatar.ts';

describe('initials', () => {
  it.each([
    ['Lucía Martín', 'LM'],
    ['Ángela de la Fuente Ruiz', 'ÁR'],
    ['Ana', 'A'],
    ['  josé   luis ', 'JL'],
    ['🌸 Marta 🌸', 'M'],
    ['+34 612 34 56 78', ''],
    ['(Dr.) Íñigo', 'DÍ'],
    ['', ''],
  ])('of %j are %j', (name, expected) => {
    expect(initials(name)).toBe(expected);
  });
});

describe('avatarColour', () => {
  it('is in range and the same for the same seed', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const colour = avatarColour(seed);
        expect(colour).toBe(avatarColour(seed));
        expect(Number.isInteger(colour) && colour >= 0 && colour < AVATAR_COLOURS).toBe(true);
      }),
    );
  });

  it('spreads conversations over every colour', () => {
    const used = new Set(Array.from({ length: 400 }, (_, index) => avatarColour(`conversation-${index}`)));
    expect(used.size).toBe(AVATAR_COLOURS);
  });
});
