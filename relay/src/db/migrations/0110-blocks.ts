import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

export const blocks: Migration = {
  version: 110,
  name: 'patients blocked at WhatsApp',
  sql: `
    alter table conversations
      add column block_state text not null default 'none'
        check (block_state in ('none', 'blocking', 'blocked', 'unblocking'));

    -- What WhatsApp has still to be asked for.
    create table block_requests (
      clinic_id uuid not null,
      conversation_id uuid not null,
      block boolean not null,
      agent_id uuid not null,
      agent_name text not null,
      asked_at timestamptz not null,
      -- Since when a process has been asking; null while none is.
      calling_since timestamptz,
      attempts integer not null default 0,
      primary key (clinic_id, conversation_id),
      foreign key (clinic_id, conversation_id) references conversations
    );
    ${closeToOtherClinics('block_requests')}

    create or replace view wire_conversation with (security_invoker = true) as
      select c.clinic_id, c.id, c.version, json_build_object(
        'id', c.id, 'patientId', c.patient_id, 'numberId', c.number_id, 'spam', c.spam, 'closed', c.closed,
        'handler', c.handler, 'lastInboundSentAt', wire_time(c.last_inbound_sent_at),
        'windowExpiresAt', wire_time(c.window_expires_at),
        'lastInteractionAt', wire_time(c.last_interaction_at),
        'lastActivityAt', wire_time(c.last_activity_at),
        'lastMessageDirection', c.last_message_direction,
        'lastMessage', (
          select json_build_object(
            'id', m.id, 'direction', m.direction, 'kind', m.kind, 'text', m.text,
            'author', json_build_object('kind', m.author_kind, 'agentId', m.author_agent_id,
                                        'name', m.author_name),
            'sentAt', wire_time(m.sent_at), 'status', m.status)
          from messages m where m.clinic_id = c.clinic_id and m.id = c.last_message_id),
        'unread', c.unread, 'pinned', c.pinned, 'snoozedUntil', wire_time(c.snoozed_until),
        'tagIds', c.tag_ids, 'assigneeIds', c.assignee_ids, 'teamIds', c.team_ids,
        'participants', c.participants, 'blockState', c.block_state) as data
      from conversations c;
  `,
};
