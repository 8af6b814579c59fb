import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fold, readSearchText, searchableName, wordsOf, type SearchText } from './search-text.ts';

const MADRID = 'Europe/Madrid';
const nothing: SearchText = {
  words: [],
  phoneDigits: null,
  from: [],
  tags: [],
  before: null,
  after: null,
  has: [],
};
const read = (text: string, timeZone = MADRID) => readSearchText(text, timeZone);

describe('folding', () => {
  test.each([
    ['Muñoz', 'munoz'],
    ['ÁÉÍÓÚÜÑ', 'aeiouun'],
    ['nin\u0303o', 'nino'],
    ['Œuvre straße', 'œuvre straße'],
    ['Йод', 'йод'],
    ['Nguyễn', 'nguyen'],
  ])('%s is %s', (text, folded) => {
    expect(fold(text)).toBe(folded);
  });

  test('changes nothing a second time', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(wordsOf(wordsOf(text).join(' '))).toEqual(wordsOf(text));
      }),
    );
  });

  test('names are their words between blanks, each once', () => {
    expect(searchableName(['José-María  Muñoz', null, 'Jose'])).toBe(' jose maria munoz ');
    expect(searchableName([null, '👍'])).toBe('');
  });
});

describe('reading a search', () => {
  test.each<[string, Partial<SearchText>]>([
    ['', {}],
    ['  Muñoz  ORTODON munoz ', { words: ['munoz', 'ortodon'] }],
    ['600 11 12 22', { words: ['600', '11', '12', '22'], phoneDigits: '600111222' }],
    ['+34 600-11.12/22', { words: ['34', '600', '11', '12', '22'], phoneDigits: '34600111222' }],
    ['0034 (600) 1', { words: ['0034', '600', '1'], phoneDigits: '346001' }],
    ['ana 600', { words: ['ana', '600'] }],
    ['de:yo', { from: [{ kind: 'me' }] }],
    ['FROM:me de:paciente', { from: [{ kind: 'me' }, { kind: 'patient' }] }],
    ['de:"Ana Ruiz" cita', { words: ['cita'], from: [{ kind: 'name', words: ['ana', 'ruiz'] }] }],
    ['from:Núñez', { from: [{ kind: 'name', words: ['nunez'] }] }],
    ['de: yo', { words: ['de', 'yo'] }],
    ['de:""', { words: ['de'] }],
    ['tag:orto etiqueta:"primera visita"', { tags: [['orto'], ['primera', 'visita']] }],
    ['etiqueta:"primera vi', { tags: [['primera', 'vi']] }],
    ['before:2026-05-01', { before: Date.UTC(2026, 3, 30, 22) }],
    ['antes:1/12/2026', { before: Date.UTC(2026, 10, 30, 23) }],
    ['después:29/02/2024 despues:2026-1-2', { after: Date.UTC(2026, 0, 1, 23) }],
    ['after:2026-02-29', { words: ['after', '2026', '02', '29'] }],
    ['antes:mañana', { words: ['antes', 'manana'] }],
    ['has:image con:audio con:vídeo', { has: ['image', 'audio', 'video'] }],
    ['con:enlace con:archivo', { has: ['link', 'file'] }],
    ['con:dolor', { words: ['con', 'dolor'] }],
    ['hora:10 https://x.es', { words: ['hora', '10', 'https', 'x', 'es'] }],
    ['constructor:x __proto__:y', { words: ['constructor', 'x', 'proto', 'y'] }],
  ])('%s', (text, expected) => {
    expect(read(text)).toEqual({ ...nothing, ...expected });
  });

  test.each([
    // The day the clocks go forward, and the one they go back.
    ['2026-03-29', MADRID, '2026-03-28T23:00:00.000Z'],
    ['2026-03-30', MADRID, '2026-03-29T22:00:00.000Z'],
    ['2026-10-25', MADRID, '2026-10-24T22:00:00.000Z'],
    ['2026-10-26', MADRID, '2026-10-25T23:00:00.000Z'],
    ['2026-07-01', 'Atlantic/Canary', '2026-06-30T23:00:00.000Z'],
    ['2026-07-01', 'America/Bogota', '2026-07-01T05:00:00.000Z'],
    ['2026-07-01', 'Asia/Kolkata', '2026-06-30T18:30:00.000Z'],
    // There is no midnight on this day in Santiago de Chile.
    ['2026-09-06', 'America/Santiago', '2026-09-06T04:00:00.000Z'],
  ])('%s in %s begins at %s', (day, timeZone, instant) => {
    expect(new Date(read(`after:${day}`, timeZone).after!).toISOString()).toBe(instant);
  });

  test('never fails, and what it finds are words as they are indexed', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('de:', 'tag:"', 'antes:', 'con:', '"', ' ', '2026-01-01', '+34 600'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 8 }), (pieces) => {
        const { words, from, tags } = read(pieces.join(''));
        const all = [...words, ...tags.flat(), ...from.flatMap((who) => (who.kind === 'name' ? who.words : []))];
        expect(new Set(words).size).toBe(words.length);
        for (const word of all) expect(wordsOf(word)).toEqual([word]);
      }),
    ); // prettier-ignore
  });
});
