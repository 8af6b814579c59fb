import { toEpoch, type Conversation, type ConversationFilter, type Entity } from '@recado/protocol';
import type {
  InboxCounts,
  InboxCursor,
  InboxPage,
  InboxQuery,
  InboxRow,
} from '../../../shared/contract/index.ts';
import { factsOf } from '../conversation-facts.ts';
import type { ReadDatabase } from '../database.ts';
import { HAS_DRAFT } from './drafts.ts';
import { matchLanes, sectionsOf } from './inbox-query.ts';
import { countLinks, NOBODY } from './links.ts';
import { getAgentId } from './local-values.ts';
import { mapUnsent } from './outbox.ts';
import { mapReference } from './reference.ts';
import { agentViews, createAuthorViews, tagViews } from './views.ts';

interface Place extends InboxCursor {
  rowKey: number;
}

/** The places of a page, and one more when there is more. */
function listPlaces(
  database: ReadDatabase,
  input: { query: InboxQuery; before: InboxCursor | null; limit: number; now: number },
): Place[] {
  const { before, limit, now } = input;
  const places: Place[] = [];
  const sections = sectionsOf(input.query, getAgentId(database));
  for (let rank = before?.rank ?? 0; rank < sections.length && places.length < limit; rank += 1) {
    const section = sections[rank]!;
    const start = before !== null && rank === before.rank ? { value: before.value, key: before.key } : null;
    const left = limit - places.length;
    const found = section
      .lanes(start !== null)
      .flatMap(({ sql, parameters }) =>
        database.all<Omit<Place, 'rank'>>(sql, { ...parameters, ...start, now, limit: left }),
      );
    const direction = section.isDescending ? -1 : 1;
    found.sort((one, other) => direction * (one.value - other.value || one.key - other.key));
    for (const place of found.slice(0, left)) places.push({ rank, ...place });
  }
  return places;
}

interface ConversationRow {
  key: number;
  id: string;
  shown_json: string;
  last_activity_at: number;
  display_name: string | null;
  is_on_file: number;
  next_appointment_at: number | null;
  has_draft: number;
}

/** Everything rows show, for places already found. */
export const INBOX_ROWS_SQL = `
select page.key, page.id, coalesce(page.prediction_json, page.relay_json) as shown_json, page.last_activity_at,
  patients.display_name, coalesce(patients.name, '') <> '' as is_on_file,
  (select min(starts_at) from appointments
   where appointments.patient_id = page.patient_id and starts_at >= :now and state <> 'cancelled'
  ) as next_appointment_at,
  exists (select 1 from drafts where drafts.conversation_id = page.id and ${HAS_DRAFT}) as has_draft
from json_each(:keys)
cross join conversations as page on page.key = value
left join patients on patients.id = page.patient_id`;

/** One page of a list, in its order. */
export function getInboxPage(
  database: ReadDatabase,
  input: { query: InboxQuery; before: InboxCursor | null; limit: number; now: number },
): InboxPage {
  const { limit, now } = input;
  const places = listPlaces(database, { ...input, limit: limit + 1 });
  const shown = places.slice(0, limit);
  const last = shown.at(-1);
  const rows = database.all<ConversationRow>(INBOX_ROWS_SQL, {
    keys: JSON.stringify(shown.map(({ rowKey }) => rowKey)),
    now,
  });
  const lookups: RowLookups = {
    tags: mapReference(database, 'tag'),
    agents: mapReference(database, 'agent'),
    unsent: mapUnsent(
      database,
      rows.map(({ id }) => id),
    ),
    author: createAuthorViews(database),
  };
  return {
    rows: rows.map((row) => mapRow(row, lookups)),
    next:
      places.length > limit && last !== undefined
        ? { rank: last.rank, value: last.value, key: last.key }
        : null,
  };
}

interface RowLookups {
  tags: Map<string, Entity<'tag'>>;
  agents: Map<string, Entity<'agent'>>;
  unsent: ReturnType<typeof mapUnsent>;
  author: ReturnType<typeof createAuthorViews>;
}

function mapRow(row: ConversationRow, lookups: RowLookups): InboxRow {
  const conversation = JSON.parse(row.shown_json) as Conversation;
  const { lastMessage } = conversation;
  const outbox = lookups.unsent.get(row.id);
  return {
    conversationId: row.id,
    displayName: row.display_name,
    isOnFile: row.is_on_file === 1,
    facts: factsOf(conversation),
    lastMessage:
      lastMessage === null
        ? null
        : {
            direction: lastMessage.direction,
            kind: lastMessage.kind,
            text: lastMessage.text,
            author: lookups.author(lastMessage.author),
            sentAt: toEpoch(lastMessage.sentAt),
            deliveryState: lastMessage.status,
          },
    lastActivityAt: row.last_activity_at,
    tags: tagViews(lookups.tags, conversation.tagIds),
    nextAppointmentAt: row.next_appointment_at,
    pinned: conversation.pinned,
    snoozedUntil: toEpoch(conversation.snoozedUntil),
    assignees: agentViews(lookups.agents, conversation.assigneeIds),
    unsent: outbox?.unsent ?? 0,
    failed: outbox?.failed ?? 0,
    hasDraft: row.has_draft === 1,
  };
}

/** Streams the counts out of one covering index, without a sort. */
export const INBOX_COUNTS_SQL = `
select queue, is_unread, is_unanswered, count(*) as total, count(*) filter (where expires_at <= :now) as expired
from conversations indexed by conversations_by_state
where queue is not null
group by queue, is_unread, is_unanswered`;

/** Totals and unread of every filter and view, and the badge (section 4.6 of docs/conversation-states.md). */
export function getInboxCounts(database: ReadDatabase, input: { now: number }): InboxCounts {
  const empty = () => ({ total: 0, unread: 0 });
  const filters = { spam: empty(), closed: empty(), bot: empty(), expired: empty(), received: empty() };
  const links = countLinks(database);
  const linksOf = (targetId: string | null) => links.get(targetId ?? '') ?? empty();
  const countsOf = (targetIds: Iterable<string>) =>
    Object.fromEntries(Array.from(targetIds, (id) => [id, linksOf(id)]));
  const counts: InboxCounts = {
    filters,
    badge: 0,
    expiredUnanswered: 0,
    botSilent: 0,
    assignedToMe: linksOf(getAgentId(database)),
    unassigned: linksOf(NOBODY),
    teams: countsOf(mapReference(database, 'team').keys()),
    tags: countsOf(mapReference(database, 'tag').keys()),
  };
  const groups = database.all<{
    queue: 'spam' | 'closed' | 'bot' | 'people';
    is_unread: number;
    is_unanswered: number;
    total: number;
    expired: number;
  }>(INBOX_COUNTS_SQL, input);
  for (const group of groups) {
    const add = (filter: ConversationFilter, count: number) => {
      filters[filter].total += count;
      if (group.is_unread === 1) filters[filter].unread += count;
    };
    if (group.queue !== 'people') {
      add(group.queue, group.total);
      if (group.queue === 'bot' && group.is_unanswered === 1) counts.botSilent += group.expired;
      continue;
    }
    add('expired', group.expired);
    add('received', group.total - group.expired);
    if (group.is_unread === 1) counts.badge += group.total;
    if (group.is_unanswered === 1) counts.expiredUnanswered += group.expired;
  }
  return counts;
}

/** How many a query matches. */
export function countMatching(database: ReadDatabase, input: { query: InboxQuery; now: number }): number {
  const lanes = matchLanes(input.query, getAgentId(database), 'count(*) as count');
  return lanes
    .map(
      ({ sql, parameters }) => database.get<{ count: number }>(sql, { ...parameters, now: input.now })!.count,
    )
    .reduce((sum, count) => sum + count, 0);
}

/** Up to `limit` conversations a query matches, as an action finds them. */
export function listMatching(
  database: ReadDatabase,
  input: { query: InboxQuery; now: number; limit: number },
): { conversationIds: string[] } {
  const lanes = matchLanes(input.query, getAgentId(database), 'id');
  const ids = lanes.flatMap(({ sql, parameters }) =>
    database.all<{ id: string }>(sql, { ...parameters, now: input.now }).map(({ id }) => id),
  );
  return { conversationIds: ids.slice(0, input.limit) };
}

/** Short walks of indexes: expiries and silences of the bot by the counts' flags, ends of windows and of snoozes. See `StoreReads.nextExpiry`. */
export const NEXT_EXPIRY_SQL = [
  `select min(expires_at) as at from conversations indexed by conversations_by_state
where queue = 'people' and is_unread in (0, 1) and is_unanswered in (0, 1) and expires_at > :now`,
  `select min(expires_at) as at from conversations indexed by conversations_by_state
where queue = 'bot' and is_unread in (0, 1) and is_unanswered = 1 and expires_at > :now`,
  `select min(window_ends_at) as at from conversations indexed by conversations_by_window
where queue = 'people' and rank in (0, 1, 2) and window_ends_at > :now`,
  `select min(snoozed_until) as at from conversations indexed by conversations_by_activity
where queue in ('spam', 'closed', 'bot', 'people') and rank = 2 and snoozed_until > :now`,
] as const;

export function getNextExpiry(database: ReadDatabase, input: { now: number }): number | null {
  const instants = NEXT_EXPIRY_SQL.flatMap(
    (sql) => database.get<{ at: number | null }>(sql, input)!.at ?? [],
  );
  return instants.length === 0 ? null : Math.min(...instants);
}
