/** What the notifier asks: what arrived since an ordinal, and which patients are about to be answered too late. */
import type { Conversation } from '@recado/protocol';
import { factsOf } from '../conversation-facts.ts';
import type { ReadDatabase } from '../database.ts';
import type { NotifiableConversation } from '../interface.ts';
import { getAgentId } from './local-values.ts';
import { mapReference } from './reference.ts';

/** More than anybody is told one by one. */
const MOST = 1_000;

interface Row {
  id: string;
  shown_json: string;
  display_name: string | null;
  snoozed_until: number;
  ordinal: number | null;
  count: number;
  handed_over_at: number | null;
  kind: string | null;
  text: string | null;
}

/** Walks the messages after an ordinal once: they are few, and the ordinal is their key. */
export const ARRIVED_SQL = `
select conversation_key,
  max(ordinal) filter (where direction = 'inbound' and revoked_at is null) as ordinal,
  count(*) filter (where direction = 'inbound' and revoked_at is null) as count,
  max(ordinal) filter (where kind = 'system' and content ->> '$.event.code' = 'bot_handed_over') as handed_over_at
from messages
where ordinal > :since
group by conversation_key`;

const SHOWN = `
select conversations.id, coalesce(prediction_json, relay_json) as shown_json, display_name, snoozed_until,
  arrived.ordinal, coalesce(arrived.count, 0) as count, arrived.handed_over_at, messages.kind, messages.text
from conversations
left join patients on patients.id = conversations.patient_id
left join arrived on arrived.conversation_key = conversations.key
left join messages on messages.ordinal = arrived.ordinal`;

/** See `StoreReads.notifiable`. */
export function listNotifiable(
  database: ReadDatabase,
  input: { conversationIds: string[] | null; since: number },
): NotifiableConversation[] {
  const { conversationIds, since } = input;
  const among =
    conversationIds === null
      ? 'conversations.key in (select conversation_key from arrived)'
      : 'conversations.id in (select value from json_each(:ids))';
  const rows = database.all<Row>(
    `with arrived as materialized (${ARRIVED_SQL}) ${SHOWN} where ${among} and queue is not null limit ${MOST}`,
    { since, ...(conversationIds === null ? {} : { ids: JSON.stringify(conversationIds) }) },
  );
  return mapRows(database, rows);
}

/** A short walk of the index of states. */
export const EXPIRING_SQL = `
select conversations.id, coalesce(prediction_json, relay_json) as shown_json, display_name, snoozed_until,
  null as ordinal, 0 as count, null as handed_over_at, null as kind, null as text
from conversations indexed by conversations_by_state
left join patients on patients.id = conversations.patient_id
where queue = 'people' and is_unread in (0, 1) and is_unanswered = 1 and expires_at > :now and expires_at <= :before
order by expires_at
limit :limit`;

/** See `StoreReads.expiring`. */
export function listExpiring(
  database: ReadDatabase,
  input: { now: number; before: number; limit: number },
): NotifiableConversation[] {
  return mapRows(database, database.all<Row>(EXPIRING_SQL, input));
}

function mapRows(database: ReadDatabase, rows: Row[]): NotifiableConversation[] {
  const ownId = getAgentId(database);
  const teams = mapReference(database, 'team');
  return rows.map((row) => {
    const conversation = JSON.parse(row.shown_json) as Conversation;
    const { assigneeIds, teamIds } = conversation;
    const isOwnTeam = (id: string) => ownId !== null && teams.get(id)?.memberIds.includes(ownId) === true;
    return {
      conversationId: row.id,
      displayName: row.display_name,
      facts: factsOf(conversation),
      snoozedUntil: row.snoozed_until,
      isMine:
        assigneeIds.length > 0
          ? ownId !== null && assigneeIds.includes(ownId)
          : teamIds.some((id) => isOwnTeam(id)),
      isUnassigned: assigneeIds.length === 0 && teamIds.length === 0,
      arrived:
        row.ordinal === null
          ? null
          : { ordinal: row.ordinal, kind: row.kind ?? 'text', text: row.text, count: row.count },
      handedOverAt: row.handed_over_at,
    };
  });
}
