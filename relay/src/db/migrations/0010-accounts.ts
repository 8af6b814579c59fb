import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

export const accounts: Migration = {
  version: 10,
  name: 'clinics, their numbers, agents and devices',
  sql: `
    create table clinics (
      clinic_id uuid primary key,
      name text not null,
      time_zone text not null,
      -- Number of the clinic's last change; its row lock is what puts changes in order.
      seq bigint not null default 0,
      -- Changes up to this number have been pruned; a cursor below it needs a snapshot.
      retained_after bigint not null default 0,
      version bigint not null default 0,
      created_at timestamptz not null
    );

    create table numbers (
      phone_number_id text primary key,
      clinic_id uuid not null references clinics,
      waba_id text not null,
      display_phone text not null,
      -- AES-256-GCM; null for a number that can receive but not send.
      access_token bytea,
      created_at timestamptz not null
    );
    create index numbers_by_clinic on numbers (clinic_id);
    create index numbers_by_waba on numbers (waba_id);

    create table agents (
      clinic_id uuid not null references clinics,
      id uuid not null,
      email text not null unique check (email = lower(email)),
      name text not null,
      role text not null,
      active boolean not null default true,
      password_hash text not null,
      version bigint not null,
      created_at timestamptz not null,
      primary key (clinic_id, id)
    );

    create table devices (
      clinic_id uuid not null,
      id uuid not null,
      agent_id uuid not null,
      name text not null,
      platform text not null,
      app_version text not null,
      created_at timestamptz not null,
      last_seen_at timestamptz not null,
      primary key (clinic_id, agent_id, id),
      foreign key (clinic_id, agent_id) references agents
    );

    create table sessions (
      -- SHA-256 of the token; the token itself is nowhere.
      token_hash bytea primary key,
      clinic_id uuid not null,
      agent_id uuid not null,
      device_id uuid not null,
      created_at timestamptz not null,
      revoked_at timestamptz,
      foreign key (clinic_id, agent_id, device_id) references devices
    );
    create index sessions_by_agent on sessions (clinic_id, agent_id);

    -- Belongs to no clinic: an unknown e-mail address has none.
    create table login_attempts (
      id bigint generated always as identity primary key,
      account text not null,
      address text not null,
      failed_at timestamptz not null
    );
    create index login_attempts_by_account on login_attempts (account, failed_at);
    create index login_attempts_by_address on login_attempts (address, failed_at);
    create index login_attempts_by_time on login_attempts (failed_at);

    ${closeToOtherClinics('clinics', { system: true })}
    ${closeToOtherClinics('numbers', { system: true })}
    ${closeToOtherClinics('agents', { system: true })}
    ${closeToOtherClinics('devices', { system: true })}
    ${closeToOtherClinics('sessions', { system: true })}
  `,
};
