/**
 * How what a person types into the search is read: words, and filters such as `from:`, `tag:` or `before:`. Words are
 * folded exactly as the full-text index folds them (unicode61, remove_diacritics 2): Latin letters lose their accents,
 * everything but letters and digits separates. https://sqlite.org/fts5.html#unicode61_tokenizer
 */

/** Without accents and capitals: `Muñoz` is found by `munoz`. */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(/(\p{Script=Latin})[\u0300-\u036f]+/gu, '$1')
    .normalize('NFC')
    .toLowerCase();
}

const WORD = /[\p{L}\p{N}\p{Co}]+/gu;

/** The folded words of a text, in order. */
export function wordsOf(text: string): string[] {
  return fold(text).match(WORD) ?? [];
}

/**
 * Names as one searchable text: every word between blanks, so that ` mu` finds a beginning and ` munoz ` a whole word.
 * Kept in the database: another way of folding needs a migration.
 */
export function searchableName(names: readonly (string | null)[]): string {
  const words = new Set(names.flatMap((name) => (name === null ? [] : wordsOf(name))));
  return words.size === 0 ? '' : ` ${[...words].join(' ')} `;
}

export const SEARCH_HAS = ['file', 'image', 'audio', 'video', 'link'] as const;
export type SearchHas = (typeof SEARCH_HAS)[number];
export type SearchFrom = { kind: 'me' } | { kind: 'patient' } | { kind: 'name'; words: string[] };

export interface SearchText {
  /** Folded; every one must occur. */
  words: string[];
  /** The digits of a telephone number in any format, when what is left of the text is one; else null. */
  phoneDigits: string | null;
  /** Who wrote it: any of these; empty means anybody. */
  from: SearchFrom[];
  /** Words of each tag a conversation must carry. */
  tags: string[][];
  /** Epoch milliseconds: sent before this instant. */
  before: number | null;
  /** Epoch milliseconds: sent at this instant or later. */
  after: number | null;
  /** Any of these; empty means anything. */
  has: SearchHas[];
}

type FilterName = 'from' | 'tag' | 'before' | 'after' | 'has';

const FILTERS: Readonly<Record<string, FilterName>> = {
  from: 'from',
  de: 'from',
  tag: 'tag',
  etiqueta: 'tag',
  before: 'before',
  antes: 'before',
  after: 'after',
  despues: 'after',
  has: 'has',
  con: 'has',
};

const PEOPLE: Readonly<Record<string, 'me' | 'patient'>> = {
  me: 'me',
  yo: 'me',
  patient: 'patient',
  paciente: 'patient',
};

const HAS: Readonly<Record<string, SearchHas>> = {
  file: 'file',
  archivo: 'file',
  image: 'image',
  imagen: 'image',
  audio: 'audio',
  video: 'video',
  link: 'link',
  enlace: 'link',
};

/** A filter with its value, which may be quoted; the closing quote may still be missing while somebody types. */
const FILTER = /(?<=^|\s)(\p{L}+):(?:"([^"]*)(?:"|$)|(\S+))/gu;

/** Reads a search. Filters it does not know, and values it cannot read, are words. `timeZone` is the clinic's. */
export function readSearchText(text: string, timeZone: string): SearchText {
  const read: SearchText = {
    words: [],
    phoneDigits: null,
    from: [],
    tags: [],
    before: null,
    after: null,
    has: [],
  };
  const rest = text
    .normalize('NFC')
    .replace(FILTER, (whole, name: string, quoted?: string, plain?: string) =>
      takeFilter(read, fold(name), quoted ?? plain ?? '', timeZone) ? ' ' : whole,
    );
  read.words = [...new Set(wordsOf(rest))];
  read.phoneDigits = phoneDigitsOf(rest);
  return read;
}

function takeFilter(read: SearchText, name: string, value: string, timeZone: string): boolean {
  const filter = Object.hasOwn(FILTERS, name) ? FILTERS[name] : undefined;
  const words = wordsOf(value);
  const [word = ''] = words;
  switch (filter) {
    case 'from': {
      if (words.length === 0) return false;
      const kind = words.length === 1 && Object.hasOwn(PEOPLE, word) ? PEOPLE[word]! : 'name';
      read.from.push(kind === 'name' ? { kind, words } : { kind });
      return true;
    }
    case 'tag':
      if (words.length === 0) return false;
      read.tags.push(words);
      return true;
    case 'has': {
      const has = words.length === 1 && Object.hasOwn(HAS, word) ? HAS[word] : undefined;
      if (has !== undefined) read.has.push(has);
      return has !== undefined;
    }
    case 'before':
    case 'after': {
      const at = startOfDay(value, timeZone);
      if (at !== null) read[filter] = at;
      return at !== null;
    }
    case undefined:
      return false;
  }
}

/** The number that `600 11 12 22`, `+34 600-111-222` or `0034…` means; null when the text is no number. */
function phoneDigitsOf(text: string): string | null {
  if (!/^[\s+\d().\-/]+$/u.test(text)) return null;
  const digits = text.replace(/\D/gu, '').replace(/^00/u, '');
  return digits === '' ? null : digits;
}

/** The instant at which a day written `YYYY-MM-DD` or `DD/MM/YYYY` begins in a time zone; null when there is no such day. */
function startOfDay(written: string, timeZone: string): number | null {
  const iso = /^(\d{4})-(\d{1,2})-(\d{1,2})$/u.exec(written);
  const spoken = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/u.exec(written);
  const [year, month, day] = iso
    ? [iso[1], iso[2], iso[3]].map(Number)
    : spoken
      ? [spoken[3], spoken[2], spoken[1]].map(Number)
      : [];
  if (year === undefined || month === undefined || day === undefined || year < 1_000) return null;
  const midnight = Date.UTC(year, month - 1, day);
  const date = new Date(midnight);
  if (date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  let at = midnight;
  // The offset at the first guess may be the one of the other side of a change of clocks; the second guess is right.
  for (let round = 0; round < 2; round += 1) at += midnight - wallClock(at, timeZone);
  // Where the clocks skip midnight the day begins at one.
  return wallClock(at, timeZone) < midnight ? at + 3_600_000 : at;
}

/** What a clock on the wall of the time zone shows, as if it were UTC. */
function wallClock(at: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
    hourCycle: 'h23',
  }).formatToParts(at);
  const part = (type: string) => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
