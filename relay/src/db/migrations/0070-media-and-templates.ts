import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

export const mediaAndTemplates: Migration = {
  version: 70,
  name: 'files, scheduled messages, templates as Meta has them',
  sql: `
    -- A file somebody of the clinic or a patient sent. Its bytes are outside, under its clinic and its hash.
    create table media (
      clinic_id uuid not null references clinics,
      id uuid not null,
      file_name text not null,
      mime_type text not null,
      size_bytes bigint not null,
      -- Hexadecimal.
      sha256 text not null,
      created_at timestamptz not null,
      -- Null while bytes are missing.
      completed_at timestamptz,
      primary key (clinic_id, id)
    );
    create index media_by_content on media (clinic_id, sha256) where completed_at is not null;
    create index media_incomplete on media (clinic_id, created_at) where completed_at is null;

    -- Files of patients the relay does not have yet.
    create table media_fetches (
      clinic_id uuid not null,
      message_id uuid not null,
      number_id text not null,
      -- Meta's id of the file, which lives seven days.
      graph_id text not null,
      -- Hexadecimal; null when the webhook gave none.
      sha256 text,
      -- Lives five minutes.
      url text,
      announced_at timestamptz not null,
      attempts integer not null default 0,
      primary key (clinic_id, message_id),
      foreign key (clinic_id, message_id) references messages
    );

    -- What Meta has of the clinic's files: kept there thirty days, for one number.
    create table graph_media (
      clinic_id uuid not null,
      number_id text not null,
      sha256 text not null,
      mime_type text not null,
      graph_id text not null,
      uploaded_at timestamptz not null,
      -- The message it was uploaded for: when even that one is refused, another upload does not help.
      uploaded_for uuid not null,
      primary key (clinic_id, number_id, sha256, mime_type)
    );

    -- Messages of clinics are closed to work that knows no clinic yet: this says when it has to look.
    create table scheduled_messages (
      clinic_id uuid not null,
      message_id uuid not null,
      conversation_id uuid not null,
      send_at timestamptz not null,
      primary key (clinic_id, message_id),
      foreign key (clinic_id, message_id) references messages
    );
    create index scheduled_messages_by_time on scheduled_messages (send_at);

    alter table messages
      add column send_at timestamptz,
      -- What is needed to send it besides what people see: the template and its values.
      add column outgoing jsonb,
      -- The clinic's reaction as WhatsApp last took it, to go back to when a newer one is refused.
      add column taken_reaction text;

    -- An upload may be repeated, a send may not.
    alter table outbound_attempts
      add column kind text not null default 'send' check (kind in ('send', 'upload'));

    alter table templates
      add column graph_id text,
      add column parameter_format text not null default 'POSITIONAL',
      add column quality text not null default 'UNKNOWN',
      add column rejection_reason text,
      add column hidden boolean not null default false,
      -- The example of a new template's header.
      add column header_media jsonb,
      -- What Meta has still to be asked for; such a template is left alone when the others are read again.
      add column task text check (task in ('submit', 'delete'));

    alter table numbers
      add column templates_due_at timestamptz not null default 'epoch',
      -- Of the sealed token the templates were last read with: a new one means that the number was connected again.
      add column templates_token_hash bytea;

    ${closeToOtherClinics('media')}
    ${closeToOtherClinics('media_fetches', { system: true })}
    ${closeToOtherClinics('graph_media')}
    ${closeToOtherClinics('scheduled_messages', { system: true })}

    create or replace view wire_template with (security_invoker = true) as
      select clinic_id, id, version, json_build_object(
        'id', id, 'name', name, 'language', language, 'category', category, 'status', status,
        'components', components, 'parameterFormat', parameter_format, 'quality', quality,
        'rejectionReason', rejection_reason, 'hidden', hidden) as data
      from templates;

    create or replace view wire_message with (security_invoker = true) as
      select clinic_id, id, version, conversation_id, ordinal, json_build_object(
        'id', id, 'conversationId', conversation_id, 'ordinal', ordinal, 'direction', direction,
        'kind', kind, 'text', text, 'content', content,
        'author', json_build_object('kind', author_kind, 'agentId', author_agent_id, 'name', author_name),
        'sentAt', wire_time(sent_at), 'receivedAt', wire_time(received_at), 'status', status,
        'sendAt', wire_time(send_at),
        'error', case when error_code is not null
                      then json_build_object('code', error_code, 'title', error_title) end,
        'reactions', reactions, 'replyTo', reply_to, 'edits', edits,
        'revokedAt', wire_time(revoked_at)) as data
      from messages;
  `,
};
