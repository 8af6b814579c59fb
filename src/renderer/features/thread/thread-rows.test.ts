import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildItem, idOf } from '../../testing/builders.ts';
import { lookOf, threadRows } from './thread-rows.ts';

const NOON = Date.UTC(2026, 10, 22, 11);
const MINUTE = 60_000;
const item = (index: number, sentAt: number, changes = {}) =>
  buildItem({ messageId: idOf(2, index), sentAt, ...changes });
const flags = (rows: ReturnType<typeof threadRows>) =>
  rows.map((row) => [row.startsGroup ? 'starts' : '', row.endsGroup ? 'ends' : ''].join(' ').trim());

describe('threadRows', () => {
  it('groups what one author wrote within some minutes', () => {
    const rows = threadRows(
      [item(1, NOON), item(2, NOON + MINUTE), item(3, NOON + 10 * MINUTE)],
      'Europe/Madrid',
      null,
      true,
    );
    expect(flags(rows)).toEqual(['starts', 'ends', 'starts ends']);
  });

  it('does not group two agents, though both are the clinic', () => {
    const by = (name: string) => ({ direction: 'outbound', author: { kind: 'agent', name, isMe: false } });
    const rows = threadRows(
      [item(1, NOON, by('Marta')), item(2, NOON, by('David'))],
      'Europe/Madrid',
      null,
      true,
    );
    expect(flags(rows)).toEqual(['starts ends', 'starts ends']);
  });

  it('starts a day at midnight of the clinic, and a group with it', () => {
    const lateEvening = Date.UTC(2026, 10, 22, 22, 59);
    const items = [item(1, lateEvening), item(2, lateEvening + 2 * MINUTE)];
    expect(threadRows(items, 'Europe/Madrid', null, true).map((row) => row.startsDay)).toEqual([true, true]);
    expect(threadRows(items, 'Atlantic/Canary', null, true).map((row) => row.startsDay)).toEqual([
      true,
      false,
    ]);
  });

  it('draws no day above the oldest message while there are older ones', () => {
    const items = [item(1, NOON), item(2, NOON + 24 * 60 * MINUTE)];
    expect(threadRows(items, 'Europe/Madrid', null, false).map((row) => row.startsDay)).toEqual([
      false,
      true,
    ]);
  });

  it('breaks a group at the line of new messages', () => {
    const rows = threadRows([item(1, NOON), item(2, NOON)], 'Europe/Madrid', idOf(2, 2), true);
    expect(rows.map((row) => row.isFirstNew)).toEqual([false, true]);
    expect(rows[1]?.startsGroup).toBe(true);
  });

  it('opens and closes every group', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(30)), (gaps) => {
        let at = NOON;
        const rows = threadRows(
          gaps.map((gap, index) => item(index, (at += gap * MINUTE))),
          'Europe/Madrid',
          null,
          true,
        );
        expect(rows.filter((row) => row.startsGroup)).toHaveLength(
          rows.filter((row) => row.endsGroup).length,
        );
        if (rows.length > 0) expect([rows[0]?.startsGroup, rows.at(-1)?.endsGroup]).toEqual([true, true]);
      }),
    );
  });
});

describe('lookOf', () => {
  it.each([
    ['text', 'inbound', 'bubble'],
    ['note', 'internal', 'note'],
    ['system', 'inbound', 'line'],
    ['assigned', 'internal', 'line'],
    ['hologram', 'inbound', 'bubble'],
  ] as const)('%s %s is a %s', (kind, direction, look) => {
    expect(lookOf({ kind, direction })).toBe(look);
  });
});
