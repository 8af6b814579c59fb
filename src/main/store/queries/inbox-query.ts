/**
 * What a list shows, as SQL. A list is a sequence of sections (pinned, plain, snoozed, each perhaps in parts), each a
 * merge of lanes: ranges of one index that already lie in the section's order. So a page costs what it shows, and what
 * time alone changes (expiry, a snooze or window that ends) is decided by `:now` and not by anything written.
 */
import type { ConversationQueue } from '@recado/protocol';
import type { InboxQuery } from '../../../shared/contract/index.ts';
import type { Parameters } from '../database.ts';
import { NOBODY } from './links.ts';

export interface Lane {
  sql: string;
  parameters: Parameters;
}

export interface Section {
  /** Whether larger values come first. */
  isDescending: boolean;
  /** All take `:now` and `:limit`; those continued behind a row also its `:value` and `:key`. */
  lanes(isContinued: boolean): Lane[];
}

const QUEUES: Record<InboxQuery['filter'], readonly ConversationQueue[]> = {
  spam: ['spam'],
  closed: ['closed'],
  bot: ['bot'],
  expired: ['people'],
  received: ['people'],
  all: ['spam', 'closed', 'bot', 'people'],
};

/** The ranges of the index each rank of the list is made of; a snooze that has run out counts no more. */
const RANKS = [
  ['rank = 0', 'rank = 2 and is_pinned = 1 and snoozed_until <= :now'],
  ['rank = 1', 'rank = 2 and is_pinned = 0 and snoozed_until <= :now'],
  ['rank = 2 and snoozed_until > :now'],
] as const;

interface Part {
  from: string;
  where: string;
  value: string;
  isDescending: boolean;
  /** False when the rows do not lie in order anyway: then one lane gathers them all. */
  isIndexed: boolean;
}

const BY_ACTIVITY = 'conversations as page indexed by conversations_by_activity';
const BY_WINDOW = 'conversations as page indexed by conversations_by_window';
const newest: Part = {
  from: BY_ACTIVITY,
  where: '',
  value: 'page.last_activity_at',
  isDescending: true,
  isIndexed: true,
};
/** Few patients have an appointment ahead, so they are gathered first. */
const UPCOMING = `
(select patient_id, min(starts_at) as next_at from appointments indexed by appointments_by_start
 where starts_at >= :now and state <> 'cancelled' group by patient_id) as upcoming
cross join conversations as page indexed by conversations_by_patient on page.patient_id = upcoming.patient_id`;
const HAS_UPCOMING = `exists (select 1 from appointments indexed by appointments_by_patient
  where appointments.patient_id = page.patient_id and starts_at >= :now and state <> 'cancelled')`;

function partsOf({ sort, filter }: InboxQuery): Part[] {
  switch (sort) {
    case 'newest':
      // Patients still without an answer come first among the expired (A3).
      return filter === 'expired'
        ? [
            { ...newest, where: 'is_unanswered = 1' },
            { ...newest, where: 'is_unanswered = 0' },
          ]
        : [newest];
    case 'oldest':
      return [{ ...newest, isDescending: false }];
    case 'expiresFirst':
      return [
        {
          from: BY_WINDOW,
          where: 'window_ends_at > :now',
          value: 'page.window_ends_at',
          isDescending: false,
          isIndexed: true,
        },
        { ...newest, where: 'window_ends_at <= :now' },
      ];
    case 'appointmentFirst':
      return [
        { from: UPCOMING, where: '', value: 'upcoming.next_at', isDescending: false, isIndexed: false },
        { ...newest, where: `not ${HAS_UPCOMING}` },
      ];
  }
}

/** What narrows a list besides its queue: conditions on `page`, with their parameters. */
function conditionsOf(
  query: InboxQuery,
  ownAgentId: string | null,
): { where: string[]; parameters: Parameters } {
  const where: string[] = [];
  if (query.filter === 'expired') where.push('expires_at <= :now');
  if (query.filter === 'received') where.push('expires_at > :now');
  if (query.unreadOnly) where.push('is_unread = 1');
  // The bot has ten minutes for an answer.
  if (query.unansweredOnly) where.push(`is_unanswered = 1 and (queue <> 'bot' or expires_at <= :now)`);
  const targets = [
    ...(query.assigned === 'me' ? [ownAgentId ?? ''] : []),
    ...(query.assigned === 'nobody' ? [NOBODY] : []),
    ...(query.teamId === null ? [] : [query.teamId]),
    ...query.tagIds,
  ];
  const parameters: Parameters = {};
  targets.forEach((targetId, index) => {
    parameters[`target${index}`] = targetId;
    where.push(
      `exists (select 1 from conversation_links
        where conversation_key = page.key and target_id = :target${index})`,
    );
  });
  return { where, parameters };
}

/** The sections of a list, first to last. */
export function sectionsOf(query: InboxQuery, ownAgentId: string | null): Section[] {
  const conditions = conditionsOf(query, ownAgentId);
  return RANKS.flatMap((ranges) =>
    partsOf(query).map((part): Section => {
      const { value, isDescending } = part;
      const direction = isDescending ? 'desc' : 'asc';
      const laneSql = (range: string, isContinued: boolean) => {
        const where = [
          range,
          ...(part.where === '' ? [] : [part.where]),
          ...conditions.where,
          ...(isContinued ? [`(${value}, page.order_key) ${isDescending ? '<' : '>'} (:value, :key)`] : []),
        ];
        return `select page.key as rowKey, page.order_key as key, ${value} as value from ${part.from}
where ${where.join('\n  and ')}
order by ${value} ${direction}, page.order_key ${direction} limit :limit`;
      };
      const lanes = QUEUES[query.filter].flatMap((queue) =>
        ranges.map((range) => `page.queue = '${queue}' and page.${range}`),
      );
      const wholes = part.isIndexed ? lanes : [`(${lanes.join(' or ')})`];
      return {
        isDescending,
        lanes: (isContinued) =>
          wholes.map((range) => ({
            sql: laneSql(range, isContinued),
            parameters: conditions.parameters,
          })),
      };
    }),
  );
}

/** All a query matches, in no particular order. */
export function matchLanes(query: InboxQuery, ownAgentId: string | null, columns: string): Lane[] {
  const { where, parameters } = conditionsOf(query, ownAgentId);
  const sql = `select ${columns} from ${BY_ACTIVITY} where ${['page.queue = :queue', ...where].join('\n  and ')}`;
  return QUEUES[query.filter].map((queue) => ({ sql, parameters: { ...parameters, queue } }));
}
