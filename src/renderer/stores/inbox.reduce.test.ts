import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InboxRow } from '../../shared/contract/index.ts';
import { buildFacts, buildRow, idOf } from '../testing/builders.ts';
import {
  appendPage,
  initialInbox,
  mergeTop,
  neighbour,
  nextTurn,
  showQuery,
  successor,
  visibleRows,
  type InboxState,
} from './inbox.reduce.ts';

const HOUR = 3_600_000;
const row = (index: number, lastActivityAt: number, changes: Partial<InboxRow> = {}) =>
  buildRow({ conversationId: idOf(1, index), lastActivityAt, ...changes });
const cursor = (last: InboxRow | undefined) =>
  last ? { rank: 0, value: last.lastActivityAt, key: 1 } : null;
const holding = (rows: InboxRow[], next = cursor(rows.at(-1))): InboxState => ({
  ...initialInbox,
  status: 'ready',
  rows,
  next,
});
const ids = (state: { rows: InboxRow[] }) =>
  state.rows.map((each) => Number.parseInt(each.conversationId.slice(-4), 16));

describe('inbox', () => {
  it('drops answers of a filter that is no longer shown', () => {
    const late = initialInbox.generation;
    const state = showQuery(initialInbox, { ...initialInbox.query, filter: 'closed' });
    expect(appendPage(state, late, { rows: [row(1, 5)], next: null })).toBe(state);
    expect(mergeTop(state, late, { rows: [row(1, 5)], next: null, isComplete: true }, new Set())).toBe(state);
  });

  it('does not show twice a conversation that moved while the next page was read', () => {
    const state = holding([row(1, 9), row(2, 8)]);
    const next = appendPage(state, state.generation, { rows: [row(2, 8), row(3, 7)], next: null });
    expect(ids(next)).toEqual([1, 2, 3]);
    expect(next.next).toBeNull();
  });

  it('moves a conversation to the top at once, keeping what is below and where the list goes on', () => {
    const state = holding([row(1, 9), row(2, 8), row(3, 7), row(4, 6)]);
    const top = [row(4, 10), row(1, 9)];
    const merged = mergeTop(
      state,
      state.generation,
      { rows: top, next: cursor(top.at(-1)), isComplete: false },
      new Set([idOf(1, 4)]),
    );
    expect(ids(merged)).toEqual([4, 1, 2, 3]);
    expect(merged.next).toEqual(state.next);
  });

  it('lets go of a conversation that left the filter', () => {
    const state = holding([row(1, 9), row(2, 8)], null);
    const merged = mergeTop(
      state,
      state.generation,
      { rows: [row(1, 9)], next: null, isComplete: true },
      new Set([idOf(1, 2)]),
    );
    expect(ids(merged)).toEqual([1]);
  });

  it('keeps the same rows when nothing changed, so that nothing is drawn again', () => {
    const state = holding([row(1, 9), row(2, 8)], null);
    const copy = structuredClone(state.rows);
    const merged = mergeTop(state, state.generation, { rows: copy, next: null, isComplete: true }, new Set());
    expect(merged.rows).toBe(state.rows);
  });

  it('ends with exactly what the store holds once everything was read again, whatever was held', () => {
    const rows = fc
      .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
      .map((numbers) =>
        numbers
          .map((number) => row(number, (number * 7) % 31))
          .sort((a, b) => b.lastActivityAt - a.lastActivityAt),
      );
    fc.assert(
      fc.property(rows, rows, (held, truth) => {
        const state = holding(held);
        const merged = mergeTop(
          state,
          state.generation,
          { rows: truth, next: null, isComplete: true },
          new Set(),
        );
        expect(ids(merged)).toEqual(ids({ rows: truth }));
      }),
    );
  });

  it('never shows a conversation twice, and what was read on top, at any step of reading again', () => {
    const rows = fc
      .uniqueArray(fc.integer({ min: 1, max: 30 }), { maxLength: 20 })
      .map((numbers) =>
        numbers.map((number) => row(number, number)).sort((a, b) => b.lastActivityAt - a.lastActivityAt),
      );
    fc.assert(
      fc.property(rows, rows, fc.nat(20), (held, truth, read) => {
        const state = holding(held);
        const fresh = truth.slice(0, read);
        const next = fresh.length < truth.length ? cursor(fresh.at(-1)) : null;
        const merged = mergeTop(state, state.generation, { rows: fresh, next, isComplete: false }, new Set());
        expect(new Set(ids(merged)).size).toBe(merged.rows.length);
        expect(ids(merged).slice(0, fresh.length)).toEqual(ids({ rows: fresh }));
      }),
    );
  });
});

describe('time', () => {
  const now = 100 * HOUR;
  const received = row(1, 5, {
    facts: buildFacts({ lastInteractionAt: now - 23 * HOUR, windowExpiresAt: now + HOUR / 2 }),
  });

  it('takes a conversation out of received at the moment it expires, with no event', () => {
    const state = { query: initialInbox.query, rows: [received] };
    expect(visibleRows({ ...state, rows: [received] }, now)).toHaveLength(1);
    expect(visibleRows({ ...state, rows: [received] }, now + HOUR - 1)).toHaveLength(1);
    expect(visibleRows({ ...state, rows: [received] }, now + HOUR)).toHaveLength(0);
  });

  it('knows the next moment at which something changes', () => {
    expect(nextTurn([received], now)).toBe(now + HOUR / 2);
    expect(nextTurn([received], now + HOUR / 2)).toBe(now + HOUR);
    expect(nextTurn([received], now + HOUR)).toBeNull();
    expect(nextTurn([], now)).toBeNull();
  });
});

describe('neighbour', () => {
  const rows = [row(1, 9), row(2, 8), row(3, 7)];
  it.each([
    [2, 1, 3],
    [2, -1, 1],
  ] as const)('of %d by %d is %d', (from, step, expected) => {
    expect(neighbour(rows, idOf(1, from), step)).toBe(idOf(1, expected));
  });
  it('stays at the ends and starts at the first', () => {
    expect(neighbour(rows, idOf(1, 3), 1)).toBeNull();
    expect(neighbour(rows, idOf(1, 1), -1)).toBeNull();
    expect(neighbour(rows, null, 1)).toBe(idOf(1, 1));
    expect(neighbour([], null, 1)).toBeNull();
  });

  it('goes on below what left, or above it at the end', () => {
    const rows = [row(1, 9), row(2, 8), row(3, 7)];
    const after = (from: number, ...leaving: number[]) =>
      successor(rows, idOf(1, from), new Set(leaving.map((index) => idOf(1, index))));
    expect(after(1, 1)).toBe(idOf(1, 2));
    expect(after(1, 1, 2)).toBe(idOf(1, 3));
    expect(after(3, 3)).toBe(idOf(1, 2));
    expect(after(1, 1, 2, 3)).toBeNull();
    expect(after(9, 9)).toBeNull();
  });

  it('lets what left the list go from the selection too', () => {
    const state = holding([row(1, 9), row(2, 8)], null);
    const picked = { ...state, selection: { ids: [idOf(1, 1), idOf(1, 2)], anchorId: null, matching: null } };
    const fresh = { rows: [row(2, 8)], next: null, isComplete: true };
    expect(mergeTop(picked, state.generation, fresh, new Set()).selection.ids).toEqual([idOf(1, 2)]);
  });
});
