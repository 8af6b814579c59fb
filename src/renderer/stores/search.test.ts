import { describe, expect, it } from 'vitest';
import type { SearchResults } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createSearch, remember } from './search.ts';
import { createAppStore } from './store.ts';

const found = (text: string): SearchResults => ({
  patients: [],
  messages: [],
  tags: [{ id: text, name: text, color: '#000000', label: [{ text, isMatch: true }] }],
  hasMoreMessages: false,
  isComplete: true,
});

/** A search whose answers are let go one by one, in any order. */
function setUp() {
  const store = createAppStore({
    rail: 1,
    list: 1,
    panel: 1,
    isPanelDocked: true,
    sendsOnEnter: true,
    undoesSending: true,
  });
  const waiting = new Map<string, (reply: unknown) => void>();
  const asked: { text: string; limit: number }[] = [];
  const client = {
    call: (_: string, input: { text: string; limit: number }) => {
      asked.push(input);
      return new Promise((resolve) => waiting.set(input.text, resolve));
    },
  } as unknown as Client;
  async function answer(text: string, reply: unknown = { ok: true, data: found(text) }) {
    waiting.get(text)?.(reply);
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
  return { search: createSearch({ store, client }), state: () => store.getState().search, asked, answer };
}

describe('search', () => {
  it('asks at every letter and shows only the answer to the last', async () => {
    const { search, state, asked, answer } = setUp();
    search.typeSearch('m');
    search.typeSearch('mu');
    await answer('mu');
    await answer('m');
    expect(asked.map((each) => each.text)).toEqual(['m', 'mu']);
    expect(state()).toMatchObject({ text: 'mu', answered: 'mu', results: found('mu') });
  });

  it('keeps what was found on screen until something else is', async () => {
    const { search, state, answer } = setUp();
    search.typeSearch('mu');
    await answer('mu');
    search.typeSearch('muñ');
    expect(state()).toMatchObject({ text: 'muñ', answered: 'mu', results: found('mu') });
  });

  it('shows nothing that comes after it was closed or emptied', async () => {
    const { search, state, answer } = setUp();
    search.typeSearch('mu');
    search.typeSearch('');
    await answer('mu');
    expect(state()).toMatchObject({ isOpen: true, results: null });
    search.typeSearch('ana');
    search.closeSearch();
    await answer('ana');
    expect(state()).toMatchObject({ isOpen: false, text: '', results: null });
  });

  it('says when it could not be read, and forgets it with the next answer', async () => {
    const { search, state, answer } = setUp();
    search.typeSearch('mu');
    await answer('mu', { ok: false, error: { code: 'internal' } });
    expect(state().hasFailed).toBe(true);
    search.typeSearch('muñ');
    await answer('muñ');
    expect(state().hasFailed).toBe(false);
  });

  it('remembers what led somewhere: each once, six at most', () => {
    const seven = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].reduce<readonly string[]>(remember, []);
    expect(seven).toEqual(['g', 'f', 'e', 'd', 'c', 'b']);
    expect(remember(seven, ' d ')).toEqual(['d', 'g', 'f', 'e', 'c', 'b']);
    expect(remember(seven, '  ')).toBe(seven);
  });
});
