/** Marks in a text what a search has found in it. */
import type { SearchResults } from '../../shared/contract/index.ts';
import { fold } from '../../shared/search-text.ts';

export type Highlighted = SearchResults['tags'][number]['label'];

interface Range {
  from: number;
  to: number;
}

/** A word with the accents that are written after their letter. */
const WORD = /[\p{L}\p{N}\p{Co}][\p{L}\p{N}\p{Co}\u0300-\u036f]*/gu;
/** What is shown of a long text, and how much of it before the first match, in characters. */
const SNIPPET_LENGTH = 160;
const SNIPPET_LEAD = 40;

/** Where words of the text begin with one of the words looked for. */
function findMatches(text: string, words: readonly string[]): Range[] {
  const ranges: Range[] = [];
  if (words.length === 0) return ranges;
  for (const { 0: found, index } of text.matchAll(WORD)) {
    const folded = fold(found);
    let longest = 0;
    for (const word of words) if (word.length > longest && folded.startsWith(word)) longest = word.length;
    if (longest > 0) ranges.push({ from: index, to: index + lengthOfFolded(found, folded, longest) });
  }
  return ranges;
}

/** How much of a written word makes so many folded characters. */
function lengthOfFolded(written: string, folded: string, length: number): number {
  if (length === folded.length) return written.length;
  let end = 0;
  for (const character of written) {
    if (fold(written.slice(0, end + character.length)).length > length) break;
    end += character.length;
  }
  return end;
}

function cut(text: string, ranges: readonly Range[], from: number, to: number): Highlighted {
  const segments: Highlighted = [];
  const push = (start: number, end: number, isMatch: boolean) => {
    if (end > start) segments.push({ text: text.slice(start, end), isMatch });
  };
  let at = from;
  for (const range of ranges) {
    if (range.to <= from || range.from >= to) continue;
    push(at, Math.max(range.from, at), false);
    push(Math.max(range.from, at), Math.min(range.to, to), true);
    at = Math.max(at, Math.min(range.to, to));
  }
  push(at, to, false);
  return segments;
}

/** The whole text with the beginnings of words that match marked. */
export function highlight(text: string, words: readonly string[]): Highlighted {
  return cut(text, findMatches(text, words), 0, text.length);
}

/** What is around the first match, on one line. */
export function highlightSnippet(text: string, words: readonly string[]): Highlighted {
  const line = text.replace(/\s+/gu, ' ').trim();
  const matches = findMatches(line, words);
  if (line.length <= SNIPPET_LENGTH) return cut(line, matches, 0, line.length);
  const first = matches[0]?.from ?? 0;
  let from = first <= SNIPPET_LEAD ? 0 : first - SNIPPET_LEAD;
  // Never in the middle of a word where a blank is near.
  if (from > 0) {
    const blank = line.indexOf(' ', from);
    if (blank !== -1 && blank < first) from = blank + 1;
  }
  let to = Math.min(line.length, from + SNIPPET_LENGTH);
  if (to < line.length) {
    const blank = line.lastIndexOf(' ', to);
    if (blank > first + SNIPPET_LEAD) to = blank;
  }
  const segments = cut(line, matches, from, to);
  if (from > 0) segments.unshift({ text: '… ', isMatch: false });
  if (to < line.length) segments.push({ text: ' …', isMatch: false });
  return segments;
}

/** A formatted number with the digits that match marked, wherever in it they are. */
export function highlightDigits(formatted: string, digits: string): Highlighted {
  const places = [...formatted.matchAll(/\d/gu)].map(({ index }) => index);
  const at = places
    .map((place) => formatted[place])
    .join('')
    .indexOf(digits);
  if (digits === '' || at === -1) return [{ text: formatted, isMatch: false }];
  const range = { from: places[at]!, to: places[at + digits.length - 1]! + 1 };
  return cut(formatted, [range], 0, formatted.length);
}
