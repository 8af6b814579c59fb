import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { catalogues, chooseLanguage, createI18n, LOCALES, type Language } from './i18n.ts';

type Tree = { readonly [key: string]: string | Tree };

function leaves(tree: Tree, prefix = ''): [key: string, sentence: string][] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value]] : leaves(value, `${prefix}${key}.`),
  );
}

const PLURAL = /_(?:one|many|other)$/u;
const base = (key: string): string => key.replace(PLURAL, '');
const sentences = Object.fromEntries(
  Object.entries(catalogues).map(([language, tree]) => [language, new Map(leaves(tree))]),
) as Record<Language, Map<string, string>>;
const spanish = new Set([...sentences.es.keys()].map(base));

function placeholders(sentence: string): string[] {
  return [...sentence.matchAll(/\{\{(\w+)\}\}|<(\w+)>/gu)].map((match) => match[1] ?? `<${match[2]}>`).sort();
}

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'testing' ? [] : sourceFiles(full);
    return /\.tsx?$/u.test(entry.name) && !entry.name.endsWith('.test.ts') ? [full] : [];
  });
}

const sources = sourceFiles(path.join(import.meta.dirname, '..'))
  .filter((file) => !/i18n\/(?:es|en)\.ts$/u.test(file))
  .map((file) => readFileSync(file, 'utf8'));

describe('catalogues', () => {
  it('have the same sentences in every language', () => {
    expect([...new Set([...sentences.en.keys()].map(base))].sort()).toEqual([...spanish].sort());
  });

  it('have no empty sentence', () => {
    for (const map of Object.values(sentences)) {
      expect([...map].filter(([, sentence]) => sentence.trim() === '')).toEqual([]);
    }
  });

  it.each(['es', 'en'] as const)('have every plural form %s needs', (language) => {
    const needed = new Intl.PluralRules(LOCALES[language]).resolvedOptions().pluralCategories;
    const map = sentences[language];
    const plurals = new Set([...map.keys()].filter((key) => PLURAL.test(key)).map(base));
    for (const key of plurals) {
      expect([key, needed.filter((form) => !map.has(`${key}_${form}`))]).toEqual([key, []]);
    }
  });

  it('ask for the same values in every language', () => {
    for (const [key, sentence] of sentences.en) {
      const other = sentences.es.get(key);
      if (other !== undefined) expect([key, placeholders(sentence)]).toEqual([key, placeholders(other)]);
    }
  });

  it('hold every sentence the window asks for', () => {
    const asked = sources.flatMap((source) =>
      [...source.matchAll(/\b(?:t|count)\(\s*'([\w.]+)'/gu)].map((match) => match[1] as string),
    );
    expect(asked.length).toBeGreaterThan(50);
    expect([...new Set(asked)].filter((key) => !spanish.has(key))).toEqual([]);
  });

  it('hold no sentence nobody asks for', () => {
    const everything = sources.join('\n');
    const unused = [...spanish].filter((key) => {
      if (everything.includes(`'${key}'`)) return false;
      // Asked for by a part of its name: `failures.${code}`.
      const parts = key.split('.');
      return !parts.some((_, index) => everything.includes(`\`${parts.slice(0, index + 1).join('.')}.$`));
    });
    expect(unused).toEqual([]);
  });
});

describe('language', () => {
  it.each([
    [['es-ES', 'en-US'], 'es'],
    [['en-GB'], 'en'],
    [['ca-ES', 'es-ES', 'en'], 'es'],
    [['de-DE', 'en-US', 'es'], 'en'],
    [['ca-ES'], 'es'],
    [[], 'es'],
  ] as const)('of %j is %s', (preferred, expected) => {
    expect(chooseLanguage(preferred)).toBe(expected);
  });

  it('says numbers with the right plural', () => {
    const { t } = createI18n('es');
    const say = (count: number) => t('list.expiredStrip', { count, formatted: String(count) } as never);
    expect(say(1)).toBe('1 paciente sin responder caducado');
    expect(say(7)).toBe('7 pacientes sin responder caducados');
  });
});
