import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDrafts } from './drafts.ts';

describe('drafts', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  function setUp(isKept = () => true) {
    const saved: [string, string][] = [];
    const drafts = createDrafts<string>({
      delayMs: 250,
      save: async (id, text) => {
        saved.push([id, text]);
        return isKept();
      },
    });
    return { drafts, saved };
  }

  it('saves within the delay even while typing never pauses', async () => {
    const { drafts, saved } = setUp();
    for (let index = 1; index <= 30; index++) {
      drafts.type('a', 'x'.repeat(index));
      await vi.advanceTimersByTimeAsync(10);
    }
    expect(saved).toEqual([['a', 'x'.repeat(25)]]);
    await vi.advanceTimersByTimeAsync(250);
    expect(saved.at(-1)).toEqual(['a', 'x'.repeat(30)]);
  });

  it('saves at once when the conversation is switched, each text to its own', async () => {
    const { drafts, saved } = setUp();
    drafts.type('a', 'for a');
    await drafts.flush();
    drafts.type('b', 'for b');
    await drafts.flush();
    expect(saved).toEqual([
      ['a', 'for a'],
      ['b', 'for b'],
    ]);
    expect(drafts.unsaved('a')).toBeUndefined();
  });

  it('keeps what could not be saved and tries again', async () => {
    let works = false;
    const { drafts, saved } = setUp(() => works);
    drafts.type('a', 'text');
    await drafts.flush();
    expect(drafts.unsaved('a')).toBe('text');
    works = true;
    await drafts.flush();
    expect(saved).toHaveLength(2);
    expect(drafts.unsaved('a')).toBeUndefined();
  });
});
