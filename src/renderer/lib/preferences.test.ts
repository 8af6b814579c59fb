import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { COLUMN_LIMITS, readPreferences, writePreferences } from './preferences.ts';

const initial = {
  rail: 256,
  list: 336,
  panel: 284,
  isPanelDocked: true,
  sendsOnEnter: true,
  undoesSending: true,
};

describe('preferences', () => {
  it.each([null, '', '{', '7', 'null', '[]', '{"list":"wide","rail":null}'])('survive %j', (stored) => {
    expect(readPreferences({ getItem: () => stored })).toEqual(initial);
  });

  it('come back as they were written, within the limits', () => {
    fc.assert(
      fc.property(fc.integer(), fc.boolean(), (list, isPanelDocked) => {
        let kept: string | null = null;
        writePreferences({ setItem: (_key, value) => (kept = value) }, { ...initial, list, isPanelDocked });
        const read = readPreferences({ getItem: () => kept });
        expect(read.isPanelDocked).toBe(isPanelDocked);
        expect(read.list).toBe(Math.min(COLUMN_LIMITS.list.max, Math.max(COLUMN_LIMITS.list.min, list)));
      }),
    );
  });

  it('do without a storage that refuses', () => {
    const refuse = (): never => {
      throw new Error('quota');
    };
    expect(() => writePreferences({ setItem: refuse }, initial)).not.toThrow();
    expect(readPreferences({ getItem: refuse })).toEqual(initial);
  });
});
