import type { SearchResults } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createLatest } from '../lib/latest.ts';
import type { Store } from './store.ts';

/** Searching over everything this PC holds. */
export interface SearchState {
  /** What was found stands in the place of the list. */
  isOpen: boolean;
  text: string;
  /** What was found for `answered`; null when nothing has been asked. */
  results: SearchResults | null;
  answered: string;
  hasFailed: boolean;
  /** How many of each kind are asked for. */
  limit: number;
  /** What led somewhere, newest first. In memory only: it may name patients. */
  recent: readonly string[];
  /** Grows each time the field should take the focus. */
  focus: number;
  /** Whether it then marks what is typed, to be replaced. */
  isMarked: boolean;
}

const FIRST_LIMIT = 40;
const MOST = 200;
const MOST_RECENT = 6;

export const initialSearch: SearchState = {
  isOpen: false,
  text: '',
  results: null,
  answered: '',
  hasFailed: false,
  limit: FIRST_LIMIT,
  recent: [],
  focus: 0,
  isMarked: true,
};

/** The last searches with one more: each once, the newest first. */
export function remember(recent: readonly string[], text: string): readonly string[] {
  const wanted = text.trim();
  if (wanted === '') return recent;
  return [wanted, ...recent.filter((each) => each !== wanted)].slice(0, MOST_RECENT);
}

export interface Search {
  openSearch(): void;
  /** The field takes the keyboard after what is typed, to go on. */
  typeOn(): void;
  /** The list again, as it was. */
  closeSearch(): void;
  /** Searches at once; an answer to what was typed before is never shown. */
  typeSearch(text: string): void;
  moreResults(): void;
  /** Something of what was found has been opened. */
  rememberSearch(): void;
  /** Messages of one conversation, newest first; null when that cannot be read. */
  findIn(conversationId: string, text: string): Promise<SearchResults | null>;
}

export function createSearch({ store, client }: { store: Store; client: Client }): Search {
  const latest = createLatest();
  const change = (part: Partial<SearchState>): void =>
    store.setState(({ search }) => ({ search: { ...search, ...part } }));

  async function run(text: string, limit: number): Promise<void> {
    const asked = await latest.ask(() => client.call('search.run', { text, limit }));
    if (asked === null) return;
    const { answer } = asked;
    if (answer.ok) change({ results: answer.data, answered: text, hasFailed: false });
    else change({ hasFailed: true });
  }

  return {
    openSearch: () => change({ isOpen: true, isMarked: true, focus: store.getState().search.focus + 1 }),
    typeOn: () => change({ isMarked: false, focus: store.getState().search.focus + 1 }),
    closeSearch() {
      latest.forget();
      const { recent, focus } = store.getState().search;
      change({ ...initialSearch, recent, focus });
    },
    typeSearch(text) {
      change({ isOpen: true, text, limit: FIRST_LIMIT });
      if (text.trim() === '') {
        latest.forget();
        change({ results: null, answered: '', hasFailed: false });
      } else void run(text, FIRST_LIMIT);
    },
    moreResults() {
      change({ limit: MOST });
      void run(store.getState().search.text, MOST);
    },
    rememberSearch() {
      const { recent, text } = store.getState().search;
      change({ recent: remember(recent, text) });
    },
    async findIn(conversationId, text) {
      const reply = await client.call('search.run', { text, conversationId, limit: MOST });
      return reply.ok ? reply.data : null;
    },
  };
}
