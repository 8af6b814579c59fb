import { describe, expect, it } from 'vitest';
import type { ThreadItem } from '../../shared/contract/index.ts';
import { buildDetail, buildFacts, buildItem, idOf } from '../testing/builders.ts';
import {
  initialThread,
  mergeNewest,
  newestOrdinal,
  openThread,
  prependPage,
  receiveThread,
  type ThreadState,
} from './thread.reduce.ts';

const item = (index: number, changes: Partial<ThreadItem> = {}) =>
  buildItem({ messageId: idOf(2, index), ordinal: index, sentAt: index * 1_000, ...changes });
const numbers = (state: ThreadState) =>
  state.items.map((each) => Number.parseInt(each.messageId.slice(-4), 16));

function opened(items: ThreadItem[], unread = 0): ThreadState {
  const state = openThread(initialThread, idOf(1, 1));
  return receiveThread(state, state.generation, buildDetail({ facts: buildFacts({ unread }) }), {
    items,
    before: { sentAt: 1_000, ordinal: 1 },
    after: null,
    isComplete: true,
  });
}

const page = (items: ThreadItem[], isWhole = true) => ({
  items,
  before: items[0] ? { sentAt: items[0].sentAt, ordinal: items[0].ordinal ?? 0 } : null,
  after: null,
  isComplete: true,
  isWhole,
});

describe('thread', () => {
  it('drops answers about the conversation that was open before', () => {
    const first = openThread(initialThread, idOf(1, 1));
    const second = openThread(first, idOf(1, 2));
    const late = receiveThread(second, first.generation, buildDetail(), page([item(1)]));
    expect(late).toBe(second);
    expect(prependPage(second, first.generation, page([item(1)]))).toBe(second);
    expect(mergeNewest(second, first.generation, page([item(1)]), true)).toBe(second);
  });

  it('carries nothing of one conversation into the next', () => {
    const next = openThread(opened([item(1), item(2)], 1), idOf(1, 2));
    expect(next).toMatchObject({ items: [], detail: null, firstNewId: null, before: null });
  });

  it('draws the line above the first of the unread messages of the patient', () => {
    const items = [item(1), item(2), item(3, { direction: 'outbound' }), item(4), item(5)];
    expect(opened(items, 3).firstNewId).toBe(idOf(2, 2));
    expect(opened(items, 0).firstNewId).toBeNull();
    expect(opened(items, 50).firstNewId).toBe(idOf(2, 1));
  });

  it('draws a line for what arrives while nobody looks, and none while someone does', () => {
    const state = opened([item(1)]);
    const fresh = page([item(1), item(2), item(3)]);
    expect(mergeNewest(state, state.generation, fresh, false).firstNewId).toBe(idOf(2, 2));
    expect(mergeNewest(state, state.generation, fresh, true).firstNewId).toBeNull();
  });

  it('keeps the line where it is until it was read', () => {
    const state = opened([item(1), item(2)], 1);
    const fresh = page([item(1), item(2), item(3)]);
    expect(mergeNewest(state, state.generation, fresh, false).firstNewId).toBe(idOf(2, 2));
    const read = { ...state, isNewRead: true };
    expect(mergeNewest(read, state.generation, fresh, false).firstNewId).toBe(idOf(2, 3));
  });

  it('keeps older messages while only the newest were read again', () => {
    const state = opened([item(1), item(2), item(3), item(4)]);
    const merged = mergeNewest(state, state.generation, page([item(3), item(4), item(5)], false), true);
    expect(numbers(merged)).toEqual([1, 2, 3, 4, 5]);
    expect(merged.before).toEqual(state.before);
  });

  it('lets go of a discarded message of the outbox', () => {
    const state = opened([item(1), item(9, { ordinal: null, direction: 'outbound' })]);
    expect(numbers(mergeNewest(state, state.generation, page([item(1)], false), true))).toEqual([1]);
  });

  it('keeps the same objects for what did not change', () => {
    const state = opened([item(1), item(2)]);
    const merged = mergeNewest(state, state.generation, page([item(1), item(2, { isEdited: true })]), true);
    expect(merged.items[0]).toBe(state.items[0]);
    expect(merged.items[1]).not.toBe(state.items[1]);
  });

  it('puts older messages before, once', () => {
    const state = opened([item(3), item(4)]);
    const merged = prependPage(state, state.generation, { ...page([item(2), item(3)]), before: null });
    expect(numbers(merged)).toEqual([2, 3, 4]);
    expect(merged.before).toBeNull();
  });

  it('marks as read up to the newest message the relay knows', () => {
    expect(newestOrdinal([item(4), item(7), item(8, { ordinal: null })])).toBe(7);
    expect(newestOrdinal([])).toBe(0);
  });
});
