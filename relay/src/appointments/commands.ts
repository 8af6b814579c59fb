import { RefusalCode, toEpoch, type CommandArguments, type Id } from '@recado/protocol';
import { isDeepStrictEqual } from 'node:util';
import { withdrawReminders } from '../bot/withdraw.ts';
import { applied, cleanText, refused, type CommandOutcome, type CommandScope } from '../commands/scope.ts';
import { recordChange } from '../feed/record.ts';
import { findAppointment, isExpected, saveAppointment, type AppointmentRow } from './appointments.ts';

interface PatientDetails {
  name: string | null;
  language: string | null;
  note: string;
  remindersOff: boolean;
}

/** Changes what the clinic itself knows of a patient. An empty name leaves WhatsApp's. */
export async function updatePatient(
  scope: CommandScope,
  args: CommandArguments<'patient.update'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  const { rows } = await client.query<PatientDetails>(
    `select name, language, note, reminders_off as "remindersOff" from patients
     where clinic_id = $1 and id = $2`,
    [clinicId, args.patientId],
  );
  const before = rows[0];
  if (!before) return refused(RefusalCode.patientNotFound);
  const after: PatientDetails = {
    name: args.name === undefined ? before.name : cleanText(args.name).trim() || null,
    language: args.language === undefined ? before.language : args.language && cleanText(args.language),
    note: args.note === undefined ? before.note : cleanText(args.note),
    remindersOff: args.remindersOff ?? before.remindersOff,
  };
  if (isDeepStrictEqual(before, after)) return applied();
  const version = await recordChange(client, { clinicId, entity: 'patient', id: args.patientId });
  await client.query(
    `update patients set name = $3, language = $4, note = $5, reminders_off = $6, version = $7
     where clinic_id = $1 and id = $2`,
    [clinicId, args.patientId, after.name, after.language, after.note, after.remindersOff, version],
  );
  if (after.remindersOff && !before.remindersOff) {
    await withdrawReminders(scope, await appointmentsOf(scope, args.patientId));
  }
  return applied(version);
}

async function appointmentsOf({ client, clinicId }: CommandScope, patientId: Id): Promise<Id[]> {
  const { rows } = await client.query<{ id: Id }>(
    'select id from appointments where clinic_id = $1 and patient_id = $2',
    [clinicId, patientId],
  );
  return rows.map(({ id }) => id);
}

/** Makes or changes an appointment. What moves, or is not expected any more, takes its waiting reminders back. */
export async function putAppointment(
  scope: CommandScope,
  args: CommandArguments<'appointment.put'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const before = await findAppointment(client, clinicId, args.appointmentId);
  if (before && before.externalId !== null) return refused(RefusalCode.forbidden);
  const { rowCount: isOurPatient } = await client.query(
    'select from patients where clinic_id = $1 and id = $2',
    [clinicId, args.patientId],
  );
  if (!isOurPatient) return refused(RefusalCode.patientNotFound);
  const startsAt = toEpoch(args.startsAt);
  const hasMoved = before?.startsAt !== startsAt || before.patientId !== args.patientId;
  const after: AppointmentRow = {
    id: args.appointmentId,
    patientId: args.patientId,
    startsAt,
    treatment: cleanText(args.treatment),
    professional: cleanText(args.professional),
    state: args.state,
    externalId: null,
    reminder: hasMoved ? null : before.reminder,
    placedAt: hasMoved ? now : before.placedAt,
  };
  if (before && isDeepStrictEqual(before, after)) return applied();
  const seq = await saveAppointment(client, clinicId, after);
  if (before && (hasMoved || !isExpected(after.state))) await withdrawReminders(scope, [after.id]);
  return applied(seq);
}

export async function deleteAppointment(
  scope: CommandScope,
  { appointmentId }: CommandArguments<'appointment.delete'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  const appointment = await findAppointment(client, clinicId, appointmentId);
  if (!appointment) return refused(RefusalCode.appointmentNotFound);
  if (appointment.externalId !== null) return refused(RefusalCode.forbidden);
  await withdrawReminders(scope, [appointmentId]);
  const version = await recordChange(client, {
    clinicId,
    entity: 'appointment',
    id: appointmentId,
    op: 'del',
  });
  await client.query('delete from appointments where clinic_id = $1 and id = $2', [clinicId, appointmentId]);
  return applied(version);
}
