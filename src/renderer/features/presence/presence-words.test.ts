import { describe, expect, it } from 'vitest';
import { idOf } from '../../testing/builders.ts';
import { wordsIn } from '../../testing/words.ts';
import { presenceWords, presentIn } from './presence-words.ts';

const here = idOf(1, 1);
const there = (agent: number, name: string, state: 'viewing' | 'writing', conversationId = here) => ({
  conversationId,
  agentId: idOf(8, agent),
  name,
  state,
});
const say = (...others: ReturnType<typeof there>[]) =>
  presenceWords(presentIn(others, here), wordsIn('es').translation);

describe('presence', () => {
  it.each([
    [[], null],
    [[there(2, 'David León', 'viewing', idOf(1, 2))], null],
    [[there(2, 'David León', 'viewing')], 'David está viendo esta conversación'],
    [[there(2, 'David León', 'viewing'), there(3, 'Inés Peña', 'writing')], 'Inés está escribiendo…'],
    [
      [there(2, 'David León', 'viewing'), there(3, 'Inés Peña', 'viewing')],
      'David e Inés están viendo esta conversación',
    ],
    [[there(2, 'David León', 'writing'), there(3, 'Ana Gil', 'writing')], 'David y Ana están escribiendo…'],
  ])('%j', (others, expected) => {
    expect(say(...others)).toBe(expected);
  });

  it('counts someone on two PCs once, as writing', () => {
    const people = presentIn([there(2, 'David León', 'viewing'), there(2, 'David León', 'writing')], here);
    expect(people.map((each) => each.state)).toEqual(['writing']);
  });
});
