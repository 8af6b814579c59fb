import { describe, expect, it } from 'vitest';
import { createLatest } from './latest.ts';

/** A question answered when we say so. */
function question<Answer>(answer: Answer) {
  let settle = (): void => {};
  const asked = new Promise<Answer>((resolve) => {
    settle = () => resolve(answer);
  });
  return { ask: () => asked, settle };
}

describe('createLatest', () => {
  it('gives the answer of the last question, in whichever order they are answered', async () => {
    const latest = createLatest();
    const first = question('m');
    const second = question('mu');
    const answers = [latest.ask(first.ask), latest.ask(second.ask)];
    second.settle();
    first.settle();
    expect(await Promise.all(answers)).toEqual([null, { answer: 'mu' }]);
  });

  it('gives nothing once nobody wants it any more', async () => {
    const latest = createLatest();
    const only = question('mu');
    const answer = latest.ask(only.ask);
    latest.forget();
    only.settle();
    expect(await answer).toBeNull();
  });
});
