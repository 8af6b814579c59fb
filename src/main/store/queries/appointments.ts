import { toEpoch, toTimestamp, type Appointment, type KnownCommand } from '@recado/protocol';
import type { AppointmentView } from '../../../shared/contract/index.ts';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import { predictAppointment } from '../predictions.ts';
import { getTombstone, recordTombstone } from './tombstones.ts';

const PUT = `
insert into appointments (id, version, snapshot_seq, patient_id, starts_at, treatment, professional, state, external_id,
  reminder, relay_word)
values (:id, :version, :snapshotSeq, :patientId, :startsAt, :treatment, :professional, :state, :externalId, :reminder,
  :relayWord)
on conflict (id) do update set version = excluded.version, patient_id = excluded.patient_id,
  starts_at = excluded.starts_at, treatment = excluded.treatment, professional = excluded.professional,
  state = excluded.state, external_id = excluded.external_id, reminder = excluded.reminder,
  relay_word = excluded.relay_word`;

const rowOf = (appointment: Appointment) => ({
  id: appointment.id,
  patientId: appointment.patientId,
  startsAt: toEpoch(appointment.startsAt),
  treatment: appointment.treatment,
  professional: appointment.professional,
  state: appointment.state,
  externalId: appointment.externalId,
  reminder: appointment.reminder,
});

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
    database.run(PUT, { ...rowOf(appointment), version, snapshotSeq, relayWord: null });
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
  external_id: string | null;
  reminder: string | null;
}

const mapAppointment = (row: AppointmentRow): AppointmentView => ({
  id: row.id,
  startsAt: row.starts_at,
  treatment: row.treatment,
  professional: row.professional,
  state: row.state,
  isExternal: row.external_id !== null,
  reminder: row.reminder,
});

const COLUMNS = 'id, starts_at, treatment, professional, state, external_id, reminder';

/** All appointments of a patient, the newest first. */
export function listAppointments(database: ReadDatabase, input: { patientId: string }) {
  return database
    .all<AppointmentRow>(
      `select ${COLUMNS} from appointments where patient_id = :patientId order by starts_at desc, key desc`,
      input,
    )
    .map(mapAppointment);
}

/** One appointment with the patient it is for; null when it is not held. */
export function getAppointment(database: ReadDatabase, input: { appointmentId: string }) {
  const row = database.get<AppointmentRow & { patient_id: string }>(
    `select ${COLUMNS}, patient_id from appointments where id = :appointmentId and patient_id <> ''`,
    input,
  );
  return row === undefined ? null : { ...mapAppointment(row), patientId: row.patient_id };
}

/** Ids of the appointments that are shown otherwise than the relay last said. */
export function listPredictedAppointments(database: ReadDatabase): string[] {
  return database
    .all<{ id: string }>('select id from appointments where relay_word is not null')
    .map(({ id }) => id);
}

/**
 * Works out again what this PC's pending commands make of the relay's word. Answers the patients whose appointments look
 * different now.
 */
export function refreshAppointment(database: WriteDatabase, id: string, pending: KnownCommand[]): string[] {
  const row = database.get<
    AppointmentRow & { version: number; patient_id: string; relay_word: string | null }
  >(`select ${COLUMNS}, version, patient_id, relay_word from appointments where id = :id`, { id });
  const held: Appointment | null =
    row === undefined
      ? null
      : {
          id,
          patientId: row.patient_id,
          startsAt: toTimestamp(row.starts_at),
          treatment: row.treatment,
          professional: row.professional,
          state: row.state,
          externalId: row.external_id,
          reminder: row.reminder,
        };
  const word = row?.relay_word ?? null;
  const relayed = word === null ? held : (JSON.parse(word) as Appointment | null);
  const shown = pending.reduce((each, command) => predictAppointment(command, id, each), relayed);
  if (shown === null && relayed === null) {
    if (held === null) return [];
    database.run('delete from appointments where id = :id', { id });
    return [held.patientId];
  }
  // One taken away keeps its row, with the version the relay knows, and belongs to nobody.
  const next = shown ?? { ...relayed!, patientId: '' };
  const relayWord = shown === relayed ? null : JSON.stringify(relayed);
  const isSame = held !== null && JSON.stringify(rowOf(next)) === JSON.stringify(rowOf(held));
  if (isSame && relayWord === word) return [];
  database.run(PUT, { ...rowOf(next), version: row?.version ?? 0, snapshotSeq: null, relayWord });
  return isSame ? [] : [next.patientId, held?.patientId ?? ''].filter((each) => each !== '');
}

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
