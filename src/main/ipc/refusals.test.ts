import { expect, it } from 'vitest';
import { createRefusals } from './refusals.ts';

const refusal = (code: string) => ({
  commandType: 'conversation.close',
  code,
  conversationId: null,
  displayName: null,
});

it('keeps what was refused until a window listens, then says each once and in order', () => {
  const said: string[] = [];
  const refusals = createRefusals({ emit: ({ code }) => said.push(code) });
  refusals.say(refusal('stale'));
  refusals.say(refusal('forbidden'));
  expect(said).toEqual([]);
  refusals.heard();
  expect(said).toEqual(['stale', 'forbidden']);
  refusals.heard();
  refusals.say(refusal('name_taken'));
  expect(said).toEqual(['stale', 'forbidden', 'name_taken']);
});
