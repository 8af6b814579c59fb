import type { Id } from '@recado/protocol';
import { APPOINTMENT_COLUMNS, saveAppointment, type AppointmentRow } from '../appointments/appointments.ts';
import type { Client } from '../db/database.ts';

/** What became of a message may be what became of a reminder; what the patient has answered stands above it. */
export async function followReminder(
  { client, clinicId }: { client: Client; clinicId: Id },
  messageId: Id,
  outcome: 'sent' | 'failed',
): Promise<void> {
  const { rows } = await client.query<AppointmentRow>(
    `select ${APPOINTMENT_COLUMNS} from appointments where clinic_id = $1 and (id, starts_at) in (
       select appointment_id, starts_at from reminders where clinic_id = $1 and message_id = $2)`,
    [clinicId, messageId],
  );
  const [appointment] = rows;
  if (!appointment || appointment.reminder === outcome) return;
  if (appointment.reminder === 'confirmed' || appointment.reminder === 'declined') return;
  await saveAppointment(client, clinicId, { ...appointment, reminder: outcome });
}
