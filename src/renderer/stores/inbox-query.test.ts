import { describe, expect, it } from 'vitest';
import { idOf } from '../testing/builders.ts';
import {
  filterCount,
  INITIAL_QUERY,
  isNarrowed,
  isTouched,
  readQuery,
  withoutGone,
  writeQuery,
} from './inbox-query.ts';

const tag = { id: idOf(9, 1), name: 'Presupuesto', color: '#d97706' };

describe('the remembered query', () => {
  it.each([null, '', '{', '7', 'null', '[]', '{"filter":"unknown","tagIds":"all","sort":4}'])(
    'survives %j',
    (stored) => {
      expect(readQuery({ getItem: () => stored })).toEqual(INITIAL_QUERY);
    },
  );

  it('comes back as it was chosen', () => {
    let kept: string | null = null;
    const query = {
      ...INITIAL_QUERY,
      filter: 'all' as const,
      tagIds: [tag.id],
      unreadOnly: true,
      sort: 'expiresFirst' as const,
    };
    writeQuery({ setItem: (_key, value) => (kept = value) }, query);
    expect(readQuery({ getItem: () => kept })).toEqual(query);
  });

  it('keeps the parts that can be read', () => {
    const stored = JSON.stringify({ filter: 'closed', teamId: 7, unreadOnly: true });
    expect(readQuery({ getItem: () => stored })).toEqual({
      ...INITIAL_QUERY,
      filter: 'closed',
      unreadOnly: true,
    });
  });

  it('does without a storage that refuses', () => {
    const refuse = (): never => {
      throw new Error('quota');
    };
    expect(() => writeQuery({ setItem: refuse }, INITIAL_QUERY)).not.toThrow();
    expect(readQuery({ getItem: refuse })).toEqual(INITIAL_QUERY);
  });

  it('lets go of tags and teams that are gone, and only of them', () => {
    const query = { ...INITIAL_QUERY, tagIds: [tag.id, idOf(9, 2)], teamId: idOf(5, 9) };
    expect(withoutGone(query, { tags: [tag], teams: [] })).toEqual({ ...INITIAL_QUERY, tagIds: [tag.id] });
    const same = { ...INITIAL_QUERY, tagIds: [tag.id] };
    expect(withoutGone(same, { tags: [tag], teams: [] })).toBe(same);
  });

  it('knows what the one button puts back', () => {
    expect([isNarrowed(INITIAL_QUERY), isTouched(INITIAL_QUERY)]).toEqual([false, false]);
    expect(isTouched({ ...INITIAL_QUERY, filter: 'spam' })).toBe(false);
    const sorted = { ...INITIAL_QUERY, sort: 'oldest' as const };
    expect([isNarrowed(sorted), isTouched(sorted)]).toEqual([false, true]);
    expect(isNarrowed({ ...INITIAL_QUERY, assigned: 'nobody' })).toBe(true);
  });

  it('adds the filters up for all', () => {
    const each = { total: 2, unread: 1 };
    const filters = { received: each, bot: each, expired: each, closed: each, spam: each };
    const none = { total: 0, unread: 0 };
    const counts = {
      filters,
      badge: 0,
      expiredUnanswered: 0,
      botSilent: 0,
      assignedToMe: none,
      unassigned: none,
      teams: {},
      tags: {},
    };
    expect(filterCount(counts, 'all')).toEqual({ total: 10, unread: 5 });
    expect(filterCount(counts, 'bot')).toBe(each);
    expect(filterCount(null, 'all')).toBeNull();
  });
});
