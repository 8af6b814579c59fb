import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

export const whatsapp: Migration = {
  version: 30,
  name: 'webhooks as they came, and attempts to send',
  sql: `
    create table webhook_events (
      id uuid primary key,
      -- Null while nobody knows whose number it is.
      clinic_id uuid,
      arrival bigint generated always as identity,
      received_at timestamptz not null,
      -- The exact bytes; what is written about them can be worked out again.
      body bytea not null,
      state text not null default 'received' check (state in ('received', 'processed', 'quarantined')),
      effects jsonb not null default '[]',
      reason text,
      attempts integer not null default 0,
      processed_at timestamptz
    );
    create index webhook_events_waiting on webhook_events (arrival) where state = 'received';
    create index webhook_events_by_time on webhook_events (received_at);

    -- What speaks of a message the relay does not hold yet: WhatsApp promises no order.
    create table held_events (
      id bigint generated always as identity primary key,
      clinic_id uuid not null,
      number_id text not null,
      wamid text not null,
      item jsonb not null,
      received_at timestamptz not null
    );
    create index held_events_by_message on held_events (clinic_id, number_id, wamid);

    -- Written before each call to WhatsApp: an attempt without an end may have gone through.
    create table outbound_attempts (
      id uuid primary key,
      clinic_id uuid not null,
      conversation_id uuid not null,
      message_id uuid not null,
      started_at timestamptz not null,
      ended_at timestamptz,
      outcome text check (outcome in ('accepted', 'refused', 'retry', 'unknown')),
      code text,
      wamid text
    );
    create index outbound_attempts_by_message on outbound_attempts (clinic_id, message_id, started_at desc);
    create index outbound_attempts_unsettled on outbound_attempts (started_at)
      where outcome is null or outcome = 'unknown';

    ${closeToOtherClinics('webhook_events', { system: true })}
    ${closeToOtherClinics('held_events', { system: true })}
    ${closeToOtherClinics('outbound_attempts', { system: true })}
  `,
};
