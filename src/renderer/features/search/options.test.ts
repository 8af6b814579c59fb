import { describe, expect, it } from 'vitest';
import type { SearchResults } from '../../../shared/contract/index.ts';
import { idOf } from '../../testing/builders.ts';
import { FEW_PATIENTS, optionsOf, step } from './options.ts';

const part = (text: string) => [{ text, isMatch: false }];
function results(patients: number, tags: number, messages: number): SearchResults {
  const range = <Item>(amount: number, make: (index: number) => Item) =>
    Array.from({ length: amount }, (_, index) => make(index + 1));
  return {
    patients: range(patients, (index) => ({
      conversationId: idOf(1, index),
      name: part('Ana'),
      phone: null,
      lastActivityAt: 0,
    })),
    tags: range(tags, (index) => ({ id: idOf(9, index), name: 'x', color: '#000000', label: part('x') })),
    messages: range(messages, (index) => ({
      messageId: idOf(2, index),
      conversationId: idOf(1, 1),
      displayName: null,
      direction: 'inbound',
      kind: 'text',
      author: { kind: 'patient', name: null, isMe: false },
      sentAt: 0,
      snippet: part('x'),
    })),
    hasMoreMessages: false,
    isComplete: true,
  };
}

describe('optionsOf', () => {
  it('keeps patients few beside messages, until all are asked for', () => {
    expect(optionsOf(results(9, 0, 0), false)).toHaveLength(9);
    expect(optionsOf(results(9, 1, 2), false)).toHaveLength(FEW_PATIENTS + 3);
    expect(optionsOf(results(9, 1, 2), true)).toHaveLength(12);
    expect(optionsOf(null, false)).toEqual([]);
  });

  it('gives each its own key, patients first', () => {
    const options = optionsOf(results(2, 1, 2), false);
    expect(options.map((option) => option.kind)).toEqual(['patient', 'patient', 'tag', 'message', 'message']);
    expect(new Set(options.map((option) => option.key)).size).toBe(5);
  });
});

describe('step', () => {
  const options = optionsOf(results(3, 0, 0), false);
  const [first, second, third] = options.map((option) => option.key);
  it.each([
    [null, 1, first],
    [null, -1, third],
    [first, 1, second],
    [first, -1, first],
    [second, 6, third],
    ['gone', 1, first],
  ])('from %s by %d', (key, by, expected) => {
    expect(step(options, key ?? null, by)).toBe(expected);
    expect(step([], key ?? null, by)).toBeNull();
  });
});
