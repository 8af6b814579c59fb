import { describe, expect, it } from 'vitest';
import { readSearchText } from '../../../shared/search-text.ts';
import { seedDirectory } from '../../testing/seed.ts';
import { wordsIn } from '../../testing/words.ts';
import { awaitsValue, completionsOf, FILTER_NAMES, reachesMessages } from './completions.ts';

/** Thursday 26 November 2026, 0:30 in Madrid: still the 25th in London. */
const NOW = Date.UTC(2026, 10, 25, 23, 30);
const timeZone = 'Europe/Madrid';
const sources = (language: 'es' | 'en') => ({
  t: wordsIn(language).translation.t,
  directory: seedDirectory(),
  now: NOW,
  timeZone,
});
const offer = (text: string, language: 'es' | 'en' = 'es') =>
  completionsOf(text, sources(language)).map((each) => [each.label, each.text]);

describe('completionsOf', () => {
  it('offers the filters after what is typed', () => {
    expect(offer('implante')).toContainEqual(['etiqueta:', 'implante etiqueta:']);
    expect(offer('implante ', 'en')).toContainEqual(['tag:', 'implante tag:']);
    expect(offer('').map(([label]) => label)).toEqual(['de:', 'etiqueta:', 'antes:', 'después:', 'con:']);
  });

  it('offers the values of the filter being filled in, quoted where they have blanks', () => {
    expect(offer('cita etiqueta:prim')).toEqual([['Primera visita', 'cita etiqueta:"Primera visita" ']]);
    expect(offer('etiqueta:"primera v')).toEqual([['Primera visita', 'etiqueta:"Primera visita" ']]);
    expect(offer('de:ine')).toEqual([['Inés Peña', 'de:"Inés Peña" ']]);
    expect(offer('con:VID')).toEqual([['vídeo', 'con:vídeo ']]);
  });

  it('knows the days around today by the clock of the clinic, and filters without their accents', () => {
    expect(offer('despues:')).toEqual([
      ['hoy', 'despues:2026-11-26 '],
      ['ayer', 'despues:2026-11-25 '],
      ['este mes', 'despues:2026-11-01 '],
      ['este año', 'despues:2026-01-01 '],
    ]);
  });

  it('goes on with filters after one that is finished, and takes other words with a colon as words', () => {
    expect(offer('etiqueta:"Primera visita" ')).toHaveLength(FILTER_NAMES.length);
    expect(offer('nota:')).toHaveLength(FILTER_NAMES.length);
  });

  it.each(['es', 'en'] as const)('offers in %s nothing the search does not understand', (language) => {
    for (const filter of completionsOf('', sources(language))) {
      for (const { text } of completionsOf(filter.text, sources(language), 99)) {
        expect([text, readSearchText(text, timeZone).words]).toEqual([text, []]);
      }
    }
  });
});

describe('awaitsValue', () => {
  it.each([
    ['etiqueta:', true],
    ['cita de:', true],
    ['etiqueta:u', false],
    ['nota:', false],
    ['', false],
  ])('%j: %s', (text, expected) => {
    expect(awaitsValue(text, sources('es').t)).toBe(expected);
  });
});

describe('reachesMessages', () => {
  it.each([
    ['m', false],
    ['mu', true],
    ['m u', true],
    ['¡!', false],
    ['con:imagen', true],
    ['antes:2026-01-01', true],
    ['de:', true],
  ])('%j: %s', (text, expected) => {
    expect(reachesMessages(text, timeZone)).toBe(expected);
  });
});
