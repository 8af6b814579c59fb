import { toEpoch, type Appointment } from '@recado/protocol';
import type { AppointmentView } from '../../../shared/contract/index.ts';
import type { z } from 'zod';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import { getTombstone, recordTombstone } from './tombstones.ts';

/** Keeps the newer of two versions. Answers the patients whose conversations look different, none when nothing changed. */
export function upsertAppointment(
  database: WriteDatabase,
  input: { appointment: Appointment; version: number; snapshotSeq: number | null },
): string[] {
  const { appointment, version, snapshotSeq } = input;
  if (getTombstone(database, 'appointment', appointment.id) >= version) return [];
  const held = database.get<{ version: number; patient_id: string }>(
    'select version, patient_id from appointments where id = :id',
    { id: appointment.id },
  );
  const isNewer = held === undefined || held.version < version;
  if (isNewer) {
    database.run(
      `insert into appointments (id, version, snapshot_seq, patient_id, starts_at, treatment, professional, state)
       values (:id, :version, :snapshotSeq, :patientId, :startsAt, :treatment, :professional, :state)
       on conflict (id) do update set version = excluded.version, patient_id = excluded.patient_id,
         starts_at = excluded.starts_at, treatment = excluded.treatment, professional = excluded.professional,
         state = excluded.state`,
      {
        id: appointment.id,
        version,
        snapshotSeq,
        patientId: appointment.patientId,
        startsAt: toEpoch(appointment.startsAt),
        treatment: appointment.treatment,
        professional: appointment.professional,
        state: appointment.state,
      },
    );
  }
  if (held !== undefined && snapshotSeq !== null)
    markAppointmentSeen(database, { id: appointment.id, snapshotSeq });
  if (!isNewer) return [];
  return held === undefined ? [appointment.patientId] : [appointment.patientId, held.patient_id];
}

export function markAppointmentSeen(
  database: WriteDatabase,
  input: { id: string; snapshotSeq: number },
): void {
  database.run('update appointments set snapshot_seq = :snapshotSeq where id = :id', input);
}

/** Deletes unless a newer version is held; answers the patient it was for, or null when nothing changed. */
export function deleteAppointment(
  database: WriteDatabase,
  input: { id: string; version: number },
): string | null {
  if (!recordTombstone(database, 'appointment', input.id, input.version)) return null;
  const held = database.get<{ patient_id: string }>(
    'select patient_id from appointments where id = :id and version < :version',
    input,
  );
  if (held === undefined) return null;
  database.run('delete from appointments where id = :id', { id: input.id });
  return held.patient_id;
}

interface AppointmentRow {
  id: string;
  starts_at: number;
  treatment: string;
  professional: string;
  state: string;
}

const mapAppointment = (row: AppointmentRow): z.infer<typeof AppointmentView> => ({
  id: row.id,
  startsAt: row.starts_at,
  treatment: row.treatment,
  professional: row.professional,
  state: row.state,
});

const COLUMNS = 'id, starts_at, treatment, professional, state';

/** The patient's nearest appointments on both sides of `now`; cancelled ones do not count. */
export function getNearestAppointments(database: ReadDatabase, input: { patientId: string; now: number }) {
  const next = database.get<AppointmentRow>(
    `select ${COLUMNS} from appointments
     where patient_id = :patientId and starts_at >= :now and state <> 'cancelled'
     order by starts_at limit 1`,
    input,
  );
  const last = database.get<AppointmentRow>(
    `select ${COLUMNS} from appointments
     where patient_id = :patientId and starts_at < :now and state <> 'cancelled'
     order by starts_at desc limit 1`,
    input,
  );
  return {
    next: next === undefined ? null : mapAppointment(next),
    last: last === undefined ? null : mapAppointment(last),
  };
}
