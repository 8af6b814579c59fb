import type { Migration } from '../migrate.ts';
import { closeToOtherClinics } from './row-security.ts';

export const appointments: Migration = {
  version: 100,
  name: 'appointments of the practice software, its keys, and reminders',
  sql: `
    alter table patients add column reminders_off boolean not null default false;
    create index patients_by_phone on patients (clinic_id, phone);

    alter table appointments
      add column external_id text,
      -- What the practice software said last: what a patient answered since stays when it repeats itself.
      add column external_state text,
      add column reminder text,
      -- Since when it has been at this time: what should have left before is not sent afterwards.
      add column placed_at timestamptz not null default 'epoch';
    create unique index appointments_by_external_id on appointments (clinic_id, external_id)
      where external_id is not null;
    create index appointments_by_time on appointments (clinic_id, starts_at);

    -- Each reminder once: an appointment that moves is reminded of its new time.
    create table reminders (
      clinic_id uuid not null,
      appointment_id uuid not null,
      starts_at timestamptz not null,
      hours_before integer not null,
      conversation_id uuid,
      -- Null when it could not be written at all.
      message_id uuid,
      created_at timestamptz not null,
      primary key (clinic_id, appointment_id, starts_at, hours_before),
      foreign key (clinic_id, appointment_id) references appointments on delete cascade
    );
    create index reminders_by_message on reminders (clinic_id, message_id);
    create index reminders_by_conversation on reminders (clinic_id, conversation_id, created_at desc);
    ${closeToOtherClinics('reminders')}

    create table integration_keys (
      clinic_id uuid not null references clinics,
      id uuid not null,
      name text not null,
      -- SHA-256 of the key; the key itself is nowhere.
      key_hash bytea not null unique,
      created_at timestamptz not null,
      last_used_at timestamptz,
      primary key (clinic_id, id)
    );
    ${closeToOtherClinics('integration_keys', { system: true })}

    create or replace view wire_patient with (security_invoker = true) as
      select clinic_id, id, version, json_build_object(
        'id', id, 'name', name, 'profileName', profile_name, 'phone', phone,
        'whatsappUserId', whatsapp_user_id, 'language', language, 'note', note,
        'remindersOff', reminders_off) as data
      from patients;

    create or replace view wire_appointment with (security_invoker = true) as
      select clinic_id, id, version, json_build_object(
        'id', id, 'patientId', patient_id, 'startsAt', wire_time(starts_at), 'treatment', treatment,
        'professional', professional, 'state', state, 'externalId', external_id, 'reminder', reminder) as data
      from appointments;
  `,
};
