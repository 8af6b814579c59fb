import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

const tables = [
  'patients',
  'patient_identities',
  'conversations',
  'messages',
  'teams',
  'tags',
  'appointments',
  'templates',
  'quick_replies',
];

/**
 * Keys begin with the clinic: an id made by one clinic's app can never collide with another's. `version` is the
 * feed number of the row's last change. Message order inside a thread is (sent_at, ordinal).
 */
export const inbox: Migration = {
  version: 20,
  name: 'patients, conversations, messages and what surrounds them',
  sql: `
    create table patients (
      clinic_id uuid not null references clinics,
      id uuid not null,
      name text,
      profile_name text,
      phone text,
      whatsapp_user_id text,
      language text,
      note text not null default '',
      -- What the patient told WhatsApp about marketing; never blocks an answer.
      marketing_preference text,
      version bigint not null,
      created_at timestamptz not null,
      primary key (clinic_id, id)
    );

    -- By what a webhook may name a patient. Neither a phone nor a WhatsApp id is a key of anything else.
    create table patient_identities (
      clinic_id uuid not null,
      kind text not null check (kind in ('whatsapp_id', 'user_id')),
      value text not null,
      patient_id uuid not null,
      created_at timestamptz not null,
      primary key (clinic_id, kind, value),
      foreign key (clinic_id, patient_id) references patients
    );
    create index patient_identities_by_patient on patient_identities (clinic_id, patient_id);

    create table conversations (
      clinic_id uuid not null references clinics,
      id uuid not null,
      patient_id uuid not null,
      number_id text not null,
      spam boolean not null default false,
      closed boolean not null default false,
      handler text not null default 'human',
      last_inbound_sent_at timestamptz,
      window_expires_at timestamptz,
      last_interaction_at timestamptz,
      last_activity_at timestamptz not null,
      last_message_direction text,
      -- Newest message of the thread that is not internal.
      last_message_id uuid,
      unread integer not null default 0,
      tag_ids uuid[] not null default '{}',
      assignee_ids uuid[] not null default '{}',
      team_ids uuid[] not null default '{}',
      participants jsonb not null default '[]',
      version bigint not null,
      primary key (clinic_id, id),
      unique (clinic_id, patient_id, number_id),
      foreign key (clinic_id, patient_id) references patients
    );
    create index conversations_by_activity on conversations (clinic_id, last_activity_at desc, id desc);

    create table messages (
      clinic_id uuid not null,
      id uuid not null,
      conversation_id uuid not null,
      ordinal bigint not null,
      direction text not null,
      kind text not null,
      text text,
      content jsonb not null default '{}',
      author_kind text not null,
      author_agent_id uuid,
      author_name text,
      sent_at timestamptz not null,
      received_at timestamptz not null,
      -- When WhatsApp accepted an outgoing message.
      accepted_at timestamptz,
      status text,
      error_code text,
      error_title text,
      reactions jsonb not null default '[]',
      reply_to uuid,
      edits jsonb not null default '[]',
      revoked_at timestamptz,
      number_id text not null,
      -- WhatsApp's id, opaque; null until WhatsApp has accepted an outgoing message.
      wamid text,
      -- Latest moment at which free text may still leave.
      not_after timestamptz,
      version bigint not null,
      primary key (clinic_id, id),
      unique (clinic_id, ordinal),
      foreign key (clinic_id, conversation_id) references conversations
    );
    create unique index messages_by_wamid on messages (clinic_id, number_id, wamid) where wamid is not null;
    create index messages_by_conversation on messages (clinic_id, conversation_id, ordinal desc);
    create index messages_waiting on messages (clinic_id, conversation_id, ordinal)
      where direction = 'outbound' and status in ('queued', 'unknown');

    create table teams (
      clinic_id uuid not null references clinics,
      id uuid not null,
      name text not null,
      member_ids uuid[] not null default '{}',
      version bigint not null,
      primary key (clinic_id, id)
    );

    create table tags (
      clinic_id uuid not null references clinics,
      id uuid not null,
      name text not null,
      color text not null,
      version bigint not null,
      primary key (clinic_id, id)
    );

    create table appointments (
      clinic_id uuid not null,
      id uuid not null,
      patient_id uuid not null,
      starts_at timestamptz not null,
      treatment text not null,
      professional text not null,
      state text not null,
      version bigint not null,
      primary key (clinic_id, id),
      foreign key (clinic_id, patient_id) references patients
    );
    create index appointments_by_patient on appointments (clinic_id, patient_id, starts_at);

    create table templates (
      clinic_id uuid not null references clinics,
      id uuid not null,
      waba_id text not null,
      name text not null,
      language text not null,
      category text not null,
      status text not null,
      components jsonb not null default '[]',
      version bigint not null,
      primary key (clinic_id, id),
      unique (clinic_id, waba_id, name, language)
    );

    create table quick_replies (
      clinic_id uuid not null references clinics,
      id uuid not null,
      shortcut text not null,
      text text not null,
      version bigint not null,
      primary key (clinic_id, id)
    );

    ${tables.map((table) => closeToOtherClinics(table)).join('\n')}
  `,
};
