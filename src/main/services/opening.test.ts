import { expect, it } from 'vitest';
import { createOpening, type Opening } from './opening.ts';

it.each<[string, (opening: Opening) => void, string[]]>([
  ['nobody listens', (it) => it.open('a'), []],
  ['at once, when somebody does', (it) => (it.heard(), it.setReady(true), it.open('a')), ['a']],
  ['when the window is there', (it) => (it.setReady(true), it.open('a'), it.heard()), ['a']],
  ['when somebody has signed in', (it) => (it.heard(), it.open('a'), it.setReady(true)), ['a']],
  ['only the last wish', (it) => (it.open('a'), it.open('b'), it.heard(), it.setReady(true)), ['b']],
  ['once', (it) => (it.heard(), it.setReady(true), it.open('a'), it.heard(), it.setReady(true)), ['a']],
  ['in the next window', (it) => (it.heard(), it.setReady(true), it.gone(), it.open('a'), it.heard()), ['a']],
  [
    'not for who signs in after',
    (it) => (it.setReady(true), it.open('a'), it.setReady(false), it.heard(), it.setReady(true)),
    [],
  ],
])('opens %s', (_when, act, expected) => {
  const opened: string[] = [];
  act(createOpening({ emit: (id) => opened.push(id) }));
  expect(opened).toEqual(expected);
});
