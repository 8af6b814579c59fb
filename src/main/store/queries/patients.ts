import { formatPhone, patientDisplayName, type Patient } from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import { getTombstone, recordTombstone } from './tombstones.ts';

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
    const row = {
      id: patient.id,
      version,
      name: patient.name,
      profileName: patient.profileName,
      phone: patient.phone,
      displayName: patientDisplayName(patient),
      formattedPhone: patient.phone === null ? null : formatPhone(patient.phone),
      whatsappUserId: patient.whatsappUserId,
      language: patient.language,
      note: patient.note,
    };
    if (held === undefined) {
      database.run(
        `insert into patients (id, version, snapshot_seq, name, profile_name, phone, display_name, formatted_phone,
           whatsapp_user_id, language, note)
         values (:id, :version, :snapshotSeq, :name, :profileName, :phone, :displayName, :formattedPhone,
           :whatsappUserId, :language, :note)`,
        { ...row, snapshotSeq },
      );
    } else {
      database.run(
        `update patients set version = :version, name = :name, profile_name = :profileName, phone = :phone,
           display_name = :displayName, formatted_phone = :formattedPhone, whatsapp_user_id = :whatsappUserId,
           language = :language, note = :note
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
