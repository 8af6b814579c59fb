import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wordsIn } from '../../testing/words.ts';
import { barsOf, clockTime, refusalWords, typeName } from './media-words.ts';

describe('a file that cannot go', () => {
  const { translation } = wordsIn('es');
  it.each([
    [{ problem: 'too_large', kind: 'video', limitBytes: 16_777_216, remedy: 'compress' }, /16 MB/],
    [{ problem: 'too_large', kind: 'image', limitBytes: 5_242_880, remedy: 'compress' }, /5 MB/],
    [{ problem: 'type_not_accepted', kind: 'audio', limitBytes: null, remedy: 'convert' }, /OGG|MP3/],
    [{ problem: 'type_not_accepted', kind: null, limitBytes: null, remedy: null }, /PDF/],
    [{ problem: 'empty', kind: null, limitBytes: null, remedy: null }, /vacío/],
    [{ problem: 'name_too_long', kind: null, limitBytes: null, remedy: null }, /nombre/],
    [{ problem: 'content_mismatch', kind: null, limitBytes: null, remedy: null }, /contenido/],
  ] as const)('%j', (refusal, expected) => {
    expect(refusalWords(refusal, translation)).toMatch(expected);
  });
});

describe('facts of a file', () => {
  it.each([
    ['application/pdf', 'PDF'],
    ['image/jpeg', 'JPEG'],
    ['audio/ogg; codecs=opus', 'OGG'],
    ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'DOCX'],
    ['', ''],
  ])('%s is a %s', (type, name) => {
    expect(typeName(type)).toBe(name);
  });

  it.each([
    [0, '0:00'],
    [7_400, '0:07'],
    [59_600, '1:00'],
    [750_000, '12:30'],
  ])('%i ms last %s', (ms, shown) => {
    expect(clockTime(ms)).toBe(shown);
  });

  it('draws any number of measures in any number of bars, none louder than what was heard', () => {
    const loudness = fc.array(fc.integer({ min: 0, max: 100 }), { maxLength: 200 });
    fc.assert(
      fc.property(loudness, fc.integer({ min: 1, max: 80 }), (waveform, count) => {
        const bars = barsOf(waveform, count);
        expect(bars).toHaveLength(count);
        expect(Math.max(...bars)).toBeLessThanOrEqual(Math.max(0, ...waveform));
      }),
    );
  });
});
