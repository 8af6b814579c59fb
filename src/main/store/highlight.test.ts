import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wordsOf } from '../../shared/search-text.ts';
import { highlight, highlightDigits, highlightSnippet } from './highlight.ts';

const show = (segments: { text: string; isMatch: boolean }[]) =>
  segments.map(({ text, isMatch }) => (isMatch ? `[${text}]` : text)).join('');
const plain = (segments: { text: string }[]) => segments.map(({ text }) => text).join('');

describe('highlighting', () => {
  test.each([
    ['Rosa Muñoz', ['muno'], 'Rosa [Muño]z'],
    ['Mun\u0303oz', ['mun'], '[Mun\u0303]oz'],
    ['Muñoz muñeca', ['mun', 'munoz'], '[Muñoz] [muñ]eca'],
    ['hormuñoz', ['mun'], 'hormuñoz'],
    ['a_b-c', ['b', 'c'], 'a_[b]-[c]'],
    ['', ['a'], ''],
    ['sin nada', [], 'sin nada'],
  ])('%s with %j', (text, words, expected) => {
    expect(show(highlight(text, words))).toBe(expected);
  });

  test.each([
    ['+34 600 11 12 22', '60011', '+34 [600 11] 12 22'],
    ['+34 600 11 12 22', '34600', '+[34 600] 11 12 22'],
    ['+34 600 11 12 22', '999', '+34 600 11 12 22'],
    ['sin número', '1', 'sin número'],
  ])('the number %s with %s', (formatted, digits, expected) => {
    expect(show(highlightDigits(formatted, digits))).toBe(expected);
  });

  test('loses nothing and marks what begins with a word looked for, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme', maxLength: 3 }), (text, typed) => {
        const words = wordsOf(typed);
        const segments = highlight(text, words);
        expect(plain(segments)).toBe(text);
        for (const { text: part, isMatch } of segments)
          if (isMatch) expect(words.some((word) => wordsOf(part).join('').startsWith(word))).toBe(true);
      }),
    ); // prettier-ignore
  });

  test('a snippet is one short line with the first match in it', () => {
    const text = `${'uno dos\n'.repeat(80)}tres ${'cuatro '.repeat(80)}`;
    const snippet = highlightSnippet(text, ['tre']);
    expect(show(snippet)).toMatch(/^… .*\[tre\]s .* …$/u);
    expect(plain(snippet).length).toBeLessThan(180);
  });
});
