import {
  formatPhone,
  patientDisplayName,
  phoneDigits,
  type KnownCommand,
  type Patient,
} from '@recado/protocol';
import { searchableName } from '../../../shared/search-text.ts';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import { predictPatient } from '../predictions.ts';
import { getTombstone, recordTombstone } from './tombstones.ts';

const INSERT = `
insert into patients (id, version, snapshot_seq, name, profile_name, phone, display_name, formatted_phone, whatsapp_user_id,
  language, note, reminders_off, search_name, phone_digits)
values (:id, :version, :snapshotSeq, :name, :profileName, :phone, :displayName, :formattedPhone, :whatsappUserId,
  :language, :note, :remindersOff, :searchName, :phoneDigits)`;

const UPDATE = `
update patients set version = :version, name = :name, profile_name = :profileName, phone = :phone,
  display_name = :displayName, formatted_phone = :formattedPhone, whatsapp_user_id = :whatsappUserId,
  language = :language, note = :note, reminders_off = :remindersOff, search_name = :searchName,
  phone_digits = :phoneDigits, relay_word = :relayWord
where id = :id`;

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
    remindersOff: patient.remindersOff ? 1 : 0,
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
      database.run(UPDATE, { ...row, relayWord: null });
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

interface PatientRow {
  id: string;
  version: number;
  name: string | null;
  profile_name: string | null;
  phone: string | null;
  whatsapp_user_id: string | null;
  language: string | null;
  note: string;
  reminders_off: number;
  relay_word: string | null;
}

/** Ids of the patients who are shown otherwise than the relay last said. */
export function listPredictedPatients(database: ReadDatabase): string[] {
  return database
    .all<{ id: string }>('select id from patients where relay_word is not null')
    .map(({ id }) => id);
}

/**
 * Works out again what this PC's pending commands make of the relay's word; answers whether the patient looks different
 * now.
 */
export function refreshPatient(database: WriteDatabase, id: string, pending: KnownCommand[]): boolean {
  const row = database.get<PatientRow>(
    `select id, version, name, profile_name, phone, whatsapp_user_id, language, note, reminders_off, relay_word
     from patients where id = :id`,
    { id },
  );
  if (row === undefined) return false;
  const held: Patient = {
    id,
    name: row.name,
    profileName: row.profile_name,
    phone: row.phone,
    whatsappUserId: row.whatsapp_user_id,
    language: row.language,
    note: row.note,
    remindersOff: row.reminders_off === 1,
  };
  const relayed = row.relay_word === null ? held : (JSON.parse(row.relay_word) as Patient);
  const shown = pending.reduce((patient, command) => predictPatient(command, patient), relayed);
  const relayWord = shown === relayed ? null : JSON.stringify(relayed);
  const isSame = JSON.stringify(rowOf(shown, 0)) === JSON.stringify(rowOf(held, 0));
  if (isSame && relayWord === row.relay_word) return false;
  database.run(UPDATE, { ...rowOf(shown, row.version), relayWord });
  return !isSame;
}
