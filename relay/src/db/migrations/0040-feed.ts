import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

/**
 * The wire form of every entity is a view, so that PostgreSQL writes the JSON and the relay only joins strings:
 * a snapshot of a million messages never becomes a million JavaScript objects. The views obey the reader's
 * row-level security.
 */
const wireViews = `
  create function wire_time(moment timestamptz) returns text language sql stable strict parallel safe
    return to_char(moment at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

  create view wire_clinic with (security_invoker = true) as
    select clinic_id, clinic_id as id, version, json_build_object(
      'id', clinic_id, 'name', name, 'timeZone', time_zone,
      'numbers', coalesce((
        select json_agg(json_build_object('id', phone_number_id, 'displayPhone', display_phone)
                        order by created_at, phone_number_id)
        from numbers where numbers.clinic_id = clinics.clinic_id), '[]'::json)) as data
    from clinics;

  create view wire_agent with (security_invoker = true) as
    select clinic_id, id, version,
      json_build_object('id', id, 'name', name, 'role', role, 'active', active) as data
    from agents;

  create view wire_team with (security_invoker = true) as
    select clinic_id, id, version,
      json_build_object('id', id, 'name', name, 'memberIds', member_ids) as data
    from teams;

  create view wire_tag with (security_invoker = true) as
    select clinic_id, id, version, json_build_object('id', id, 'name', name, 'color', color) as data
    from tags;

  create view wire_patient with (security_invoker = true) as
    select clinic_id, id, version, json_build_object(
      'id', id, 'name', name, 'profileName', profile_name, 'phone', phone,
      'whatsappUserId', whatsapp_user_id, 'language', language, 'note', note) as data
    from patients;

  create view wire_appointment with (security_invoker = true) as
    select clinic_id, id, version, json_build_object(
      'id', id, 'patientId', patient_id, 'startsAt', wire_time(starts_at), 'treatment', treatment,
      'professional', professional, 'state', state) as data
    from appointments;

  create view wire_template with (security_invoker = true) as
    select clinic_id, id, version, json_build_object(
      'id', id, 'name', name, 'language', language, 'category', category, 'status', status,
      'components', components) as data
    from templates;

  create view wire_quick_reply with (security_invoker = true) as
    select clinic_id, id, version, json_build_object('id', id, 'shortcut', shortcut, 'text', text) as data
    from quick_replies;

  create view wire_message with (security_invoker = true) as
    select clinic_id, id, version, conversation_id, ordinal, json_build_object(
      'id', id, 'conversationId', conversation_id, 'ordinal', ordinal, 'direction', direction,
      'kind', kind, 'text', text, 'content', content,
      'author', json_build_object('kind', author_kind, 'agentId', author_agent_id, 'name', author_name),
      'sentAt', wire_time(sent_at), 'receivedAt', wire_time(received_at), 'status', status,
      'error', case when error_code is not null
                    then json_build_object('code', error_code, 'title', error_title) end,
      'reactions', reactions, 'replyTo', reply_to, 'edits', edits,
      'revokedAt', wire_time(revoked_at)) as data
    from messages;

  create view wire_conversation with (security_invoker = true) as
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
      'unread', c.unread, 'tagIds', c.tag_ids, 'assigneeIds', c.assignee_ids, 'teamIds', c.team_ids,
      'participants', c.participants) as data
    from conversations c
    left join messages m on m.clinic_id = c.clinic_id and m.id = c.last_message_id;
`;

export const feed: Migration = {
  version: 40,
  name: 'the change feed, its wire forms and the results of commands',
  sql: `
    create table changes (
      clinic_id uuid not null references clinics,
      seq bigint not null,
      entity text not null,
      id uuid not null,
      op text not null check (op in ('put', 'del')),
      changed_at timestamptz not null default now(),
      primary key (clinic_id, seq)
    );

    create table commands (
      clinic_id uuid not null references clinics,
      id uuid not null,
      agent_id uuid not null,
      type text not null,
      result jsonb,
      created_at timestamptz not null,
      primary key (clinic_id, id)
    );
    create index commands_by_time on commands (created_at);

    ${closeToOtherClinics('changes')}
    ${closeToOtherClinics('commands')}
    ${wireViews}
  `,
};
