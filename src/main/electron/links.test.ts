import { expect, it } from 'vitest';
import { conversationOfArguments, conversationOfLink } from './links.ts';

const ID = '01900001-0000-7000-8000-000000000001';

it.each([
  [`recado://conversation/${ID}`, ID],
  [`recado://conversation/${ID}/`, ID],
  [`RECADO://Conversation/${ID.toUpperCase()}`, ID],
  [`recado://conversation/${ID}/close`, null],
  [`recado://conversation/${ID}?text=hola`, null],
  [`recado://conversation/../${ID}`, null],
  [`recado://conversation/1`, null],
  [`recado://other/${ID}`, null],
  [`https://conversation/${ID}`, null],
  [` recado://conversation/${ID}`, null],
  ['', null],
])('%s names %s', (link, expected) => {
  expect(conversationOfLink(link)).toBe(expected);
});

it('looks for a link among the arguments', () => {
  expect(conversationOfArguments(['/opt/recado', '--hidden', `recado://conversation/${ID}`])).toBe(ID);
  expect(conversationOfArguments(['/opt/recado', '--hidden'])).toBeNull();
});
