import { describe, expect, it } from 'vitest';
import { completeMention, mentionable, mentionAt, mentionedIn } from './mentions.ts';

const agents = [
  { id: '1', name: 'David' },
  { id: '2', name: 'David León' },
  { id: '3', name: 'Inés Peña' },
];

describe('mentions', () => {
  it.each([
    ['@', { start: 0, typed: '' }],
    ['Hola @Da', { start: 5, typed: 'Da' }],
    ['Hola @David Le', { start: 5, typed: 'David Le' }],
    ['correo@casa', null],
    ['@David León ven', null],
    ['nada', null],
  ])('%j is being typed', (text, expected) => {
    expect(mentionAt(text, text.length)).toEqual(expected);
  });

  it('are found without accents, until the name is whole', () => {
    expect(mentionable(agents, 'ine').map((agent) => agent.name)).toEqual(['Inés Peña']);
    expect(mentionable(agents, '')).toHaveLength(3);
    expect(mentionable(agents, 'Inés Peña ')).toEqual([]);
  });

  it('are completed where they stand', () => {
    expect(completeMention('Ver @da mañana', 7, 4, 'David León')).toEqual({
      text: 'Ver @David León mañana',
      caret: 16,
    });
  });

  it('name the longest name that fits, each once', () => {
    expect(mentionedIn('@David León y @ines peña', agents)).toEqual(['2', '3']);
    expect(mentionedIn('@David mira', agents)).toEqual(['1']);
    expect(mentionedIn('David', agents)).toEqual([]);
  });
});
