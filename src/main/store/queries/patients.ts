import { formatPhone, patientDisplayName, phoneDigits, type Patient } from '@recado/protocol';
import { searchableName } from '../../../shared/search-text.ts';
import type { WriteDatabase } from '../database.ts';
import { getTombstone, recordTombstone } from './tombstones.ts';

const INSERT = `
insert into patients (id, version, snapshot_seq, name, profile_name, phone, display_name, formatted_phone, whatsapp_user_id,
  language, note, search_name, phone_digits)
values (:id, :version, :snapshotSeq, :name, :profileName, :phone, :displayName, :formattedPhone, :whatsappUserId,
  :language, :note, :searchName, :phoneDigits)`;

function rowOf(patient: Patient, version: number) {
  const { id, name, profileName, phone, whatsappUserId, language, note } = patient;
  return {
    id,
    version,
    name,
    profileName,
    phone,
    displayName: patientDisplayName(patient),
    formattedPhone: phone === null ? null : formatPhone(phone),
    whatsappUserId,
    language,
    note,
    searchName: searchableName([name, profileName]),
    phoneDigits: phone === null ? '' : phoneDigits(phone),
  };
}

/** A patient of this PC's own making, of whom the relay has not heard yet; nothing when the patient is known. */
export function insertStartedPatient(database: WriteDatabase, patient: Patient): void {
  if (database.get('select 1 from patients where id = :id', { id: patient.id }) !== undefined) return;
  database.run(INSERT, { ...rowOf(patient, 0), snapshotSeq: null });
}

/** Takes a patient of this PC's own making away again. */
export function deleteStartedPatient(database: WriteDatabase, id: string): void {
  database.run('delete from patients where id = :id and version = 0', { id });
}

/** Keeps the newer of two versions; names and number are written ready to show. Answers whether anything changed. */
export function upsertPatient(
  database: WriteDatabase,
  input: { patient: Patient; version: number; snapshotSeq: number | null },
): boolean {
  const { patient, version, snapshotSeq } = input;
  if (getTombstone(database, 'patient', patient.id) >= version) return false;
  const held = database.get<{ version: number }>('select version from patients where id = :id', {
    id: patient.id,
  });
  const isNewer = held === undefined || held.version < version;
  if (isNewer) {
    const row = rowOf(patient, version);
    if (held === undefined) {
      database.run(INSERT, { ...row, snapshotSeq });
    } else {
      database.run(
        `update patients set version = :version, name = :name, profile_name = :profileName, phone = :phone,
           display_name = :displayName, formatted_phone = :formattedPhone, whatsapp_user_id = :whatsappUserId,
           language = :language, note = :note, search_name = :searchName, phone_digits = :phoneDigits
         where id = :id`,
        row,
      );
    }
  }
  if (held !== undefined && snapshotSeq !== null) markPatientSeen(database, { id: patient.id, snapshotSeq });
  return isNewer;
}

export function markPatientSeen(database: WriteDatabase, input: { id: string; snapshotSeq: number }): void {
  database.run('update patients set snapshot_seq = :snapshotSeq where id = :id', input);
}

/** Deletes unless a newer version is held; answers whether anything changed. */
export function deletePatient(database: WriteDatabase, input: { id: string; version: number }): boolean {
  if (!recordTombstone(database, 'patient', input.id, input.version)) return false;
  return database.run('delete from patients where id = :id and version < :version', input).changes > 0;
}
