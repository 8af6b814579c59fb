import { describe, expect, it } from 'vitest';
import { changesOf, initialMarks, nextMark } from './choices.ts';

describe('choices', () => {
  it('start as all, none or some of the conversations have them', () => {
    const marks = initialMarks(['a', 'b', 'c'], [['a', 'b'], ['a']]);
    expect([...marks]).toEqual([
      ['a', true],
      ['b', 'mixed'],
      ['c', false],
    ]);
  });

  it('are open where nothing is known', () => {
    expect(initialMarks(['a'], []).get('a')).toBe('mixed');
    expect(initialMarks(['a'], [['a'], null]).get('a')).toBe('mixed');
  });

  it('go to and fro, with a way back to what only some have', () => {
    expect(nextMark(true, true)).toBe(false);
    expect(nextMark(false, false)).toBe(true);
    expect(nextMark('mixed', 'mixed')).toBe(true);
    expect(nextMark('mixed', true)).toBe(false);
    expect(nextMark('mixed', false)).toBe('mixed');
  });

  it('change only what was changed', () => {
    const initial = initialMarks(['a', 'b', 'c', 'd'], [['a', 'b'], ['a']]);
    const current = new Map([...initial, ['a', false], ['c', true], ['new', true]] as const);
    expect(changesOf(initial, current)).toEqual({ add: ['c', 'new'], remove: ['a'] });
    expect(changesOf(initial, initial)).toEqual({ add: [], remove: [] });
  });
});
