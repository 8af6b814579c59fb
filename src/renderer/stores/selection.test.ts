import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  extend,
  isSelected,
  NAMED_LIMIT,
  noSelection,
  prune,
  selectAll,
  selectedCount,
  toggle,
} from './selection.ts';

const order = ['a', 'b', 'c', 'd', 'e'];
const picked = (ids: string[], anchorId: string | null = null) => ({ ids, anchorId, matching: null });

describe('selection', () => {
  it('picks and lets go', () => {
    const one = toggle(noSelection, order, 'b');
    expect(one).toEqual(picked(['b'], 'b'));
    expect(toggle(one, order, 'b').ids).toEqual([]);
  });

  it('extends from the anchor in both directions, always from the same place', () => {
    const from = toggle(noSelection, order, 'c');
    expect(extend(from, order, 'e').ids).toEqual(['c', 'd', 'e']);
    expect(extend(extend(from, order, 'e'), order, 'a').ids).toEqual(['c', 'b', 'a']);
  });

  it('extends from the open conversation when nothing was picked, or from itself', () => {
    expect(extend(noSelection, order, 'd', 'b').ids).toEqual(['b', 'c', 'd']);
    expect(extend(noSelection, order, 'd', 'gone').ids).toEqual(['d']);
    expect(extend(picked(['a']), order, 'gone')).toEqual(picked(['a']));
  });

  it('lets one go of all that match: those listed stay picked', () => {
    const all = { ...selectAll(order), matching: 900 };
    expect(selectedCount(all)).toBe(900);
    expect(isSelected(all, 'not read yet')).toBe(true);
    expect(toggle(all, order, 'b')).toEqual(picked(['a', 'c', 'd', 'e'], 'b'));
  });

  it('forgets what is no longer listed', () => {
    expect(prune(picked(['a', 'x']), order).ids).toEqual(['a']);
    const same = picked(['a', 'b']);
    expect(prune(same, order)).toBe(same);
  });

  it('never names one twice nor more than an action can', () => {
    const many = Array.from({ length: 300 }, (_, index) => `c${index}`);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat({ max: 299 }))), (steps) => {
        let selection = noSelection;
        for (const [isRange, index] of steps) {
          const id = many[index] as string;
          selection = isRange ? extend(selection, many, id) : toggle(selection, many, id);
          expect(new Set(selection.ids).size).toBe(selection.ids.length);
          expect(selection.ids.length).toBeLessThanOrEqual(NAMED_LIMIT);
        }
      }),
    );
  });
});
