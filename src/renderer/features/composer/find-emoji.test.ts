import data from 'emojibase-data/es/compact.json' with { type: 'json' };
import { describe, expect, it } from 'vitest';
import { findEmoji } from './EmojiPicker.tsx';

const found = (typed: string) => findEmoji(data, typed).map(({ unicode }) => unicode);

describe('emoji', () => {
  it.each([
    ['corazon', '❤️'],
    ['CORAZÓN rojo', '❤️'],
    ['diente', '🦷'],
    ['calendario', '📅'],
  ])('are found in Spanish without accents: %s', (typed, emoji) => {
    expect(found(typed)).toContain(emoji);
  });

  it('are found by the beginnings of words', () => {
    expect(found('orazon')).toEqual([]);
  });
});
