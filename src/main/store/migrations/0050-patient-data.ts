/** What people change about patients and appointments shows at once, on top of what the relay last said of them. */
import type { Migration } from '../migrate.ts';

export const patientData: Migration = {
  version: 50,
  name: 'patient-data',
  up(connection) {
    connection.exec(SQL);
  },
};

const SQL = `
alter table patients add column reminders_off integer not null default 0;
alter table appointments add column external_id text;
alter table appointments add column reminder text;

-- The relay's last word where commands of this PC are on top of it; null where the columns are its word. An appointment
-- this PC has made, and the relay has not heard of, has the word 'null' here and version 0; one this PC has taken away
-- has no patient.
alter table patients add column relay_word text;
alter table appointments add column relay_word text;
create index patients_predicted on patients (id) where relay_word is not null;
create index appointments_predicted on appointments (id) where relay_word is not null;
`;
