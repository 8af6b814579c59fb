import { toTimestamp, type Appointment, type Id } from '@recado/protocol';
import type { Client } from '../db/database.ts';
import { recordChange } from '../feed/record.ts';

/** An appointment as the relay keeps it. Times are epoch milliseconds. */
export interface AppointmentRow extends Omit<Appointment, 'startsAt'> {
  startsAt: number;
  /** Since when it has been at this time. */
  placedAt: number;
}

export const APPOINTMENT_COLUMNS = `id, patient_id as "patientId", starts_at as "startsAt", treatment, professional,
  state, external_id as "externalId", reminder, placed_at as "placedAt"`;

export async function findAppointment(client: Client, clinicId: Id, id: Id): Promise<AppointmentRow | null> {
  const { rows } = await client.query<AppointmentRow>(
    `select ${APPOINTMENT_COLUMNS} from appointments where clinic_id = $1 and id = $2`,
    [clinicId, id],
  );
  return rows[0] ?? null;
}

/** Writes an appointment, new or known, and puts it into the feed. Returns the change's number. */
export async function saveAppointment(client: Client, clinicId: Id, row: AppointmentRow): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'appointment', id: row.id });
  await client.query(
    `insert into appointments (clinic_id, id, patient_id, starts_at, treatment, professional, state, external_id,
       reminder, placed_at, version)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
     on conflict (clinic_id, id) do update set
       patient_id = excluded.patient_id, starts_at = excluded.starts_at, treatment = excluded.treatment,
       professional = excluded.professional, state = excluded.state, reminder = excluded.reminder,
       placed_at = excluded.placed_at, version = excluded.version`,
    [
      clinicId,
      row.id,
      row.patientId,
      toTimestamp(row.startsAt),
      row.treatment,
      row.professional,
      row.state,
      row.externalId,
      row.reminder,
      toTimestamp(row.placedAt),
      version,
    ],
  );
  return version;
}

/** Whether patients are reminded of an appointment in this state. */
export const isExpected = (state: string): boolean => state === 'scheduled' || state === 'confirmed';
