import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

const columns = `
    -- Null until an invited agent has chosen a password.
    alter table agents alter column password_hash drop not null,
      add column invited boolean not null default false;

    -- The one code with which an agent may choose a password; only its SHA-256 is kept.
    create table access_codes (
      clinic_id uuid not null,
      agent_id uuid not null,
      code_hash bytea not null,
      expires_at timestamptz not null,
      primary key (clinic_id, agent_id),
      foreign key (clinic_id, agent_id) references agents
    );
    ${closeToOtherClinics('access_codes', { system: true })}

    alter table sessions
      -- Its device was revoked: whoever still holds the token is told to erase what they have.
      add column device_revoked boolean not null default false;

    alter table quick_replies
      -- Whose it is alone; null for everybody's.
      add column owner_agent_id uuid,
      add column media jsonb;
`;

const indexes = `
    create index messages_by_thread on messages (clinic_id, conversation_id, sent_at desc, ordinal desc);
    -- With the version, so that checksums are read from the index alone.
    create unique index messages_by_ordinal on messages (clinic_id, ordinal) include (version);
    alter table messages drop constraint messages_clinic_id_ordinal_key;
`;

const wireViews = `
    create or replace view wire_agent with (security_invoker = true) as
      select clinic_id, id, version, json_build_object(
        'id', id, 'name', name, 'role', role, 'active', active, 'email', email, 'invited', invited) as data
      from agents;

    -- \`visible_to\`: the one agent who may see the row; null for everybody.
    create or replace view wire_quick_reply with (security_invoker = true) as
      select clinic_id, id, version, json_build_object(
        'id', id, 'shortcut', shortcut, 'text', text, 'ownerAgentId', owner_agent_id, 'media', media) as data,
        owner_agent_id as visible_to
      from quick_replies;
`;

export const colleagues: Migration = {
  version: 60,
  name: 'invited agents, revoked devices, private quick replies, threads and checksums by index',
  sql: `${columns}${indexes}${wireViews}`,
};
