/** What the shared inbox filters and orders by: pins, snoozes, window ends, and who and what a conversation hangs on. */
import type { Migration } from '../migrate.ts';
import { orderKeyOf } from '../order-key.ts';

export const sharedInbox: Migration = {
  version: 20,
  name: 'shared-inbox',
  up(connection) {
    connection.function('order_key_of', { deterministic: true }, (id) => orderKeyOf(String(id)));
    connection.exec(SQL);
  },
};

const SQL = `
-- rank orders the list before anything else: 0 pinned, 1 plain, 2 with a snooze, also one that has run out meanwhile:
-- pages tell them apart by relay time. snoozed_until and window_ends_at are 0 when there is none.
-- order_key orders rows of the same instant, the same way on every PC (order-key.ts).
alter table conversations add column order_key integer not null default 0;
update conversations set order_key = order_key_of(id);
alter table conversations add column rank integer not null default 1;
alter table conversations add column is_pinned integer not null default 0;
alter table conversations add column snoozed_until integer not null default 0;
alter table conversations add column window_ends_at integer not null default 0;

drop index conversations_by_activity;
create index conversations_by_activity on conversations (queue, rank, last_activity_at, order_key, expires_at, is_unread,
  is_unanswered, window_ends_at, snoozed_until, is_pinned) where queue is not null;
create index conversations_by_window on conversations (queue, rank, window_ends_at, order_key, expires_at, is_unread,
  is_unanswered, snoozed_until, is_pinned) where queue is not null;
create index conversations_with_prediction on conversations (key) where prediction_json is not null;

-- Tags, assigned agents and assigned teams of a conversation as it is shown; 'nobody' when neither agent nor team has
-- it. The flags repeat the conversation's, so that the views are counted without a look at it.
create table conversation_links (
  conversation_key integer not null references conversations (key),
  target_id text not null,
  is_people integer not null,
  is_unread integer not null,
  primary key (conversation_key, target_id)
) without rowid;
create index conversation_links_by_target on conversation_links (is_people, target_id, is_unread, conversation_key);

update conversations set
  relay_json = json_set(relay_json,
    '$.pinned', json(iif(coalesce(relay_json ->> 'pinned', 0), 'true', 'false')),
    '$.snoozedUntil', relay_json ->> 'snoozedUntil'),
  prediction_json = iif(prediction_json is null, null, json_set(prediction_json,
    '$.pinned', json(iif(coalesce(prediction_json ->> 'pinned', 0), 'true', 'false')),
    '$.snoozedUntil', prediction_json ->> 'snoozedUntil'))
where relay_json is not null;

update conversations set
  window_ends_at = coalesce(
    cast(round(unixepoch(shown ->> 'windowExpiresAt', 'subsec') * 1000) as integer),
    cast(round(unixepoch(shown ->> 'lastInboundSentAt', 'subsec') * 1000) as integer) + 86400000,
    0)
from (select key as shown_key, coalesce(prediction_json, relay_json) as shown from conversations)
where key = shown_key and queue is not null;

insert into conversation_links (conversation_key, target_id, is_people, is_unread)
select distinct held.key, targets.value, queue = 'people', is_unread
from (select key, queue, is_unread, coalesce(prediction_json, relay_json) as shown from conversations
    where queue is not null) as held,
  json_each(json_array(shown -> 'tagIds', shown -> 'assigneeIds', shown -> 'teamIds')) as lists,
  json_each(lists.value) as targets;
insert into conversation_links (conversation_key, target_id, is_people, is_unread)
select key, 'nobody', queue = 'people', is_unread from conversations
where queue is not null
  and json_array_length(coalesce(prediction_json, relay_json), '$.assigneeIds') = 0
  and json_array_length(coalesce(prediction_json, relay_json), '$.teamIds') = 0;

create index appointments_by_start on appointments (starts_at, patient_id, state);

-- Sends and notes are looked up beside every page; commands about tags and teams have no conversation.
create index outbox_by_type on outbox (type, conversation_id, message_id, state);

-- What the app itself noted in a thread is not what a person searches for.
insert into messages_fts (messages_fts, rowid, text)
select 'delete', ordinal, text from messages where kind = 'system' and text is not null;
drop view searchable_messages;
create view searchable_messages as
select ordinal, text from messages where text is not null and kind <> 'system';
`;
