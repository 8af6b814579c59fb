import { toEpoch, type Conversation, type ConversationFilter } from '@recado/protocol';
import type { InboxCounts, InboxCursor, InboxPage, InboxRow } from '../../../shared/contract/index.ts';
import { factsOf } from '../conversation-facts.ts';
import type { ReadDatabase } from '../database.ts';
import { mapUnsentByConversation } from './outbox.ts';
import { mapReference } from './reference.ts';
import { createAuthorViews, tagViews } from './views.ts';

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

/** The part of the partition each filter is; `people` splits at `expires_at`, which time alone reaches. */
const FILTER_SQL: Record<ConversationFilter, string> = {
  spam: `queue = 'spam'`,
  closed: `queue = 'closed'`,
  bot: `queue = 'bot'`,
  expired: `queue = 'people' and expires_at <= :now`,
  received: `queue = 'people' and expires_at > :now`,
};

/** The page is cut in the index before anything else is looked up. */
export const inboxPageSql = (filter: ConversationFilter, isFirst: boolean): string => `
select page.key, page.id, coalesce(page.prediction_json, page.relay_json) as shown_json, page.last_activity_at,
  patients.display_name, coalesce(patients.name, '') <> '' as is_on_file,
  (select min(starts_at) from appointments
   where appointments.patient_id = page.patient_id and starts_at >= :now and state <> 'cancelled'
  ) as next_appointment_at,
  exists (select 1 from drafts where drafts.conversation_id = page.id) as has_draft
from conversations as page indexed by conversations_by_activity
left join patients on patients.id = page.patient_id
where ${FILTER_SQL[filter]} ${isFirst ? '' : 'and (last_activity_at, page.key) < (:lastActivityAt, :key)'}
order by page.last_activity_at desc, page.key desc
limit :limit`;

/** One page of a filter, latest activity first. */
export function getInboxPage(
  database: ReadDatabase,
  input: { filter: ConversationFilter; before: InboxCursor | null; limit: number; now: number },
): InboxPage {
  const { filter, before, limit, now } = input;
  const rows = database.all<ConversationRow>(inboxPageSql(filter, before === null), {
    now,
    limit: limit + 1,
    ...(before === null ? {} : { lastActivityAt: before.lastActivityAt, key: before.key }),
  });
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const tags = mapReference(database, 'tag');
  const unsent = mapUnsentByConversation(database);
  const author = createAuthorViews(database);
  return {
    rows: shown.map((row) => mapRow(row, { tags, unsent, author })),
    next:
      rows.length > limit && last !== undefined
        ? { lastActivityAt: last.last_activity_at, key: last.key }
        : null,
  };
}

function mapRow(
  row: ConversationRow,
  lookups: {
    tags: Parameters<typeof tagViews>[0];
    unsent: ReturnType<typeof mapUnsentByConversation>;
    author: ReturnType<typeof createAuthorViews>;
  },
): InboxRow {
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

/** Totals and unread of every filter, and the badge (section 4.6 of docs/conversation-states.md). */
export function getInboxCounts(database: ReadDatabase, input: { now: number }): InboxCounts {
  const empty = () => ({ total: 0, unread: 0 });
  const filters = { spam: empty(), closed: empty(), bot: empty(), expired: empty(), received: empty() };
  const counts: InboxCounts = { filters, badge: 0, expiredUnanswered: 0 };
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
      continue;
    }
    add('expired', group.expired);
    add('received', group.total - group.expired);
    if (group.is_unread === 1) counts.badge += group.total;
    if (group.is_unanswered === 1) counts.expiredUnanswered += group.expired;
  }
  return counts;
}

/** See `StoreReads.nextExpiry`: four short walks of the counts' index, one per combination of its flags. */
export const NEXT_EXPIRY_SQL = `
select min(expires_at) as at from conversations indexed by conversations_by_state
where queue = 'people' and is_unread in (0, 1) and is_unanswered in (0, 1) and expires_at > :now`;

export function getNextExpiry(database: ReadDatabase, input: { now: number }): number | null {
  return database.get<{ at: number | null }>(NEXT_EXPIRY_SQL, input)!.at;
}
