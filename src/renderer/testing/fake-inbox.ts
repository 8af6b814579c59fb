import { conversationFilter, expiresAt, waitsForPeople } from '@recado/protocol';
import type { InboxQuery, InboxRow } from '../../shared/contract/index.ts';
import type { SeededConversation } from './seed-builders.ts';

const LAST = Number.MAX_SAFE_INTEGER;

/** What each order compares; less comes first. */
const RANKS: Record<InboxQuery['sort'], (row: InboxRow, now: number) => number> = {
  newest: (row) => -row.lastActivityAt,
  oldest: (row) => row.lastActivityAt,
  expiresFirst: (row, now) => {
    const end = expiresAt(row.facts);
    return end > now ? end : LAST;
  },
  appointmentFirst: (row, now) => {
    const at = row.nextAppointmentAt;
    return at !== null && at > now ? at : LAST;
  },
};

/** The rows of a query as main would order them: pinned ones first, put off ones last. */
export function rowsOf(
  conversations: Iterable<SeededConversation>,
  query: InboxQuery,
  now: number,
  myId: string,
): InboxRow[] {
  const rank = (row: InboxRow): number => (row.pinned ? 0 : row.snoozedUntil !== null ? 2 : 1);
  const order = RANKS[query.sort];
  return [...conversations]
    .filter(({ row, detail }) => {
      if (query.filter !== 'all' && conversationFilter(row.facts, now) !== query.filter) return false;
      if (query.assigned === 'me' && !row.assignees.some((agent) => agent.id === myId)) return false;
      if (query.assigned === 'nobody' && row.assignees.length + detail.teams.length > 0) return false;
      if (query.teamId !== null && !detail.teams.some((team) => team.id === query.teamId)) return false;
      if (!query.tagIds.every((id) => row.tags.some((tag) => tag.id === id))) return false;
      if (query.unreadOnly && row.facts.unread === 0) return false;
      return !query.unansweredOnly || waitsForPeople(row.facts, now);
    })
    .map(({ row }) => row)
    .sort(
      (a, b) => rank(a) - rank(b) || order(a, now) - order(b, now) || b.lastActivityAt - a.lastActivityAt,
    );
}

export function countOf(rows: readonly InboxRow[]): { total: number; unread: number } {
  return { total: rows.length, unread: rows.filter((row) => row.facts.unread > 0).length };
}
