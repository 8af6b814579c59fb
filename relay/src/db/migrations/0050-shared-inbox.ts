import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

/** Lines the relay wrote before they had a place of their own for what happened. */
const OLD_LINES = [
  'reopened_by_patient',
  'reopened_by_staff',
  'taken_over_from_bot',
  'user_changed_number',
  'user_changed_user_id',
];

export const sharedInbox: Migration = {
  version: 50,
  name: 'settings of a clinic, pinned and snoozed conversations, system lines without text',
  sql: `
    alter table clinics
      add column settings jsonb not null default '{"assignOnFirstReply": true, "readReceipts": "onRead"}';

    alter table conversations
      add column pinned boolean not null default false,
      add column snoozed_until timestamptz,
      -- Feed number at which people last closed it or gave it to the bot: what they had sent before does not undo it.
      add column decided_seq bigint not null default 0,
      -- Feed number at which it was marked as spam, while it is.
      add column spam_seq bigint,
      -- Ordinal of the newest message the patient has blue ticks for.
      add column receipt_ordinal bigint not null default 0;

    -- When a conversation comes back: conversations themselves are closed to work that knows no clinic yet.
    create table snoozes (
      clinic_id uuid not null,
      conversation_id uuid not null,
      until timestamptz not null,
      primary key (clinic_id, conversation_id),
      foreign key (clinic_id, conversation_id) references conversations
    );
    create index snoozes_by_time on snoozes (until);
    ${closeToOtherClinics('snoozes', { system: true })}

    alter table messages no force row level security;
    update messages set text = null,
      content = content || jsonb_build_object('event', jsonb_build_object('code', text))
    where kind = 'system' and text in (${OLD_LINES.map((code) => `'${code}'`).join(', ')});
    alter table messages force row level security;

    create or replace view wire_clinic with (security_invoker = true) as
      select clinic_id, clinic_id as id, version, json_build_object(
        'id', clinic_id, 'name', name, 'timeZone', time_zone,
        'numbers', coalesce((
          select json_agg(json_build_object('id', phone_number_id, 'displayPhone', display_phone)
                          order by created_at, phone_number_id)
          from numbers where numbers.clinic_id = clinics.clinic_id), '[]'::json),
        'settings', settings) as data
      from clinics;

    create or replace view wire_conversation with (security_invoker = true) as
      select c.clinic_id, c.id, c.version, json_build_object(
        'id', c.id, 'patientId', c.patient_id, 'numberId', c.number_id, 'spam', c.spam, 'closed', c.closed,
        'handler', c.handler, 'lastInboundSentAt', wire_time(c.last_inbound_sent_at),
        'windowExpiresAt', wire_time(c.window_expires_at),
        'lastInteractionAt', wire_time(c.last_interaction_at),
        'lastActivityAt', wire_time(c.last_activity_at),
        'lastMessageDirection', c.last_message_direction,
        'lastMessage', case when m.id is not null then json_build_object(
          'id', m.id, 'direction', m.direction, 'kind', m.kind, 'text', m.text,
          'author', json_build_object('kind', m.author_kind, 'agentId', m.author_agent_id,
                                      'name', m.author_name),
          'sentAt', wire_time(m.sent_at), 'status', m.status) end,
        'unread', c.unread, 'pinned', c.pinned, 'snoozedUntil', wire_time(c.snoozed_until),
        'tagIds', c.tag_ids, 'assigneeIds', c.assignee_ids, 'teamIds', c.team_ids,
        'participants', c.participants) as data
      from conversations c
      left join messages m on m.clinic_id = c.clinic_id and m.id = c.last_message_id;
  `,
};
