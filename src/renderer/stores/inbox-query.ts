import { InboxQuery, type Directory, type InboxCounts } from '../../shared/contract/index.ts';

/** What the list shows before anybody chose anything. */
export const INITIAL_QUERY: InboxQuery = {
  filter: 'received',
  assigned: null,
  teamId: null,
  tagIds: [],
  unreadOnly: false,
  unansweredOnly: false,
  sort: 'newest',
};

const KEY = 'recado.inbox';

/** What was remembered on this PC, part by part: one that cannot be read is as if nobody had chosen it. */
export function readQuery(storage: Pick<Storage, 'getItem'>): InboxQuery {
  let stored: Record<string, unknown> = {};
  try {
    const parsed: unknown = JSON.parse(storage.getItem(KEY) ?? '{}');
    if (typeof parsed === 'object' && parsed !== null) stored = parsed as Record<string, unknown>;
  } catch {
    // Unreadable choices are no choices.
  }
  const entries = Object.entries(InboxQuery.shape).flatMap(([name, part]) => {
    const read = part.safeParse(stored[name]);
    return read.success ? [[name, read.data]] : [];
  });
  return { ...INITIAL_QUERY, ...(Object.fromEntries(entries) as Partial<InboxQuery>) };
}

export function writeQuery(storage: Pick<Storage, 'setItem'>, query: InboxQuery): void {
  try {
    storage.setItem(KEY, JSON.stringify(query));
  } catch {
    // A full or forbidden storage costs the memory of the view, nothing else.
  }
}

/** Whether the list shows less than its whole filter. */
export function isNarrowed(query: InboxQuery): boolean {
  const { assigned, teamId, tagIds, unreadOnly, unansweredOnly } = query;
  return assigned !== null || teamId !== null || tagIds.length > 0 || unreadOnly || unansweredOnly;
}

/** Whether anything but the filter was chosen: what the one button puts back. */
export const isTouched = (query: InboxQuery): boolean =>
  isNarrowed(query) || query.sort !== INITIAL_QUERY.sort;

/** Without teams and tags that are gone, or the list would stay empty for no reason anybody sees. */
export function withoutGone(query: InboxQuery, directory: Pick<Directory, 'teams' | 'tags'>): InboxQuery {
  const tagIds = query.tagIds.filter((id) => directory.tags.some((tag) => tag.id === id));
  const hasTeam = query.teamId === null || directory.teams.some((team) => team.id === query.teamId);
  if (hasTeam && tagIds.length === query.tagIds.length) return query;
  return { ...query, tagIds, teamId: hasTeam ? query.teamId : null };
}

/** Total and unread of a filter; of all together by adding them up. Null until they have been read. */
export function filterCount(
  counts: InboxCounts | null,
  filter: InboxQuery['filter'],
): { total: number; unread: number } | null {
  if (counts === null) return null;
  if (filter !== 'all') return counts.filters[filter];
  const all = { total: 0, unread: 0 };
  for (const each of Object.values(counts.filters)) {
    all.total += each.total;
    all.unread += each.unread;
  }
  return all;
}
