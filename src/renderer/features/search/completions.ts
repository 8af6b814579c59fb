import type { Directory } from '../../../shared/contract/index.ts';
import { readSearchText } from '../../../shared/search-text.ts';
import type { Translate } from '../../i18n/index.ts';
import { dayNumber } from '../../lib/dates.ts';
import { fold } from '../../lib/fold.ts';

export const FILTER_NAMES = ['from', 'tag', 'before', 'after', 'has'] as const;
export type FilterName = (typeof FILTER_NAMES)[number];

/** Something that could be typed next. */
export interface Completion {
  label: string;
  hint?: string;
  /** The whole search with it. */
  text: string;
}

/** The filter being filled in at the end of what is typed: `etiqueta:"primera v`. */
const OPEN_FILTER = /(?:^|\s)(\p{L}+):("[^"]*|[^\s"]*)$/u;

const quoted = (value: string): string => (/\s/u.test(value) ? `"${value}"` : value);

/** The filter a person began, accents or not. */
function filterOf(typed: string, t: Translate): FilterName | null {
  const wanted = `${fold(typed)}:`;
  return FILTER_NAMES.find((name) => fold(t(`search.keys.${name}`)) === wanted) ?? null;
}

export interface Sources {
  t: Translate;
  directory: Pick<Directory, 'agents' | 'tags'>;
  now: number;
  timeZone: string;
}

/** `2026-11-26`, as days are told apart in a search whatever the language. */
function isoDay(day: number): string {
  return new Date(day * 86_400_000).toISOString().slice(0, 10);
}

function valuesOf(
  name: FilterName,
  { t, directory, now, timeZone }: Sources,
): { label: string; value: string }[] {
  const word = (key: Parameters<Translate>[0]) => ({ label: t(key), value: t(key) });
  switch (name) {
    case 'from':
      return [
        word('search.values.patient'),
        word('search.values.me'),
        ...directory.agents
          .filter((agent) => agent.active && !agent.isMe)
          .map((agent) => ({ label: agent.name, value: agent.name })),
      ];
    case 'tag':
      return directory.tags.map((tag) => ({ label: tag.name, value: tag.name }));
    case 'has':
      return [
        word('search.values.file'),
        word('search.values.image'),
        word('search.values.audio'),
        word('search.values.video'),
        word('search.values.link'),
      ];
    case 'before':
    case 'after': {
      const today = dayNumber(now, timeZone);
      const iso = isoDay(today);
      return [
        { label: t('search.values.today'), value: iso },
        { label: t('search.values.yesterday'), value: isoDay(today - 1) },
        { label: t('search.values.thisMonth'), value: `${iso.slice(0, 7)}-01` },
        { label: t('search.values.thisYear'), value: `${iso.slice(0, 4)}-01-01` },
      ];
    }
  }
}

/** What could follow what is typed: the filters there are, or the values of the one being filled in. */
export function completionsOf(text: string, sources: Sources, limit = 8): Completion[] {
  const { t } = sources;
  const match = OPEN_FILTER.exec(text);
  const open = match === null ? null : filterOf(match[1] ?? '', t);
  if (match !== null && open !== null) {
    const typed = fold((match[2] ?? '').replace('"', ''));
    const head = text.slice(0, text.length - (match[2] ?? '').length);
    return valuesOf(open, sources)
      .filter(({ label }) => fold(label).includes(typed))
      .slice(0, limit)
      .map(({ label, value }) => ({ label, text: `${head}${quoted(value)} ` }));
  }
  const head = text === '' || /\s$/u.test(text) ? text : `${text} `;
  return FILTER_NAMES.map((name) => ({
    label: t(`search.keys.${name}`),
    hint: t(`search.hints.${name}`),
    text: `${head}${t(`search.keys.${name}`)}`,
  }));
}

/** Whether a filter was begun that has no value yet: nothing has been looked for. */
export function awaitsValue(text: string, t: Translate): boolean {
  const match = OPEN_FILTER.exec(text);
  return match !== null && match[2] === '' && filterOf(match[1] ?? '', t) !== null;
}

/** Whether messages are searched for it: two letters, a number or a filter. */
export function reachesMessages(text: string, timeZone: string): boolean {
  const { words, from, tags, before, after, has } = readSearchText(text, timeZone);
  const isFiltered = from.length + tags.length + has.length > 0 || before !== null || after !== null;
  return isFiltered || words.join('').length >= 2;
}
