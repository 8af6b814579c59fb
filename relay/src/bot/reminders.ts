import {
  DAY,
  HOUR,
  readTemplate,
  suggestValues,
  toTimestamp,
  type Id,
  type ReminderSettings,
  type TemplateValues,
} from '@recado/protocol';
import {
  APPOINTMENT_COLUMNS,
  findAppointment,
  saveAppointment,
  type AppointmentRow,
} from '../appointments/appointments.ts';
import type { Clock } from '../clock.ts';
import { composeTemplate } from '../commands/compose.ts';
import type { SendingScope } from '../commands/sending.ts';
import { createConversation, findConversation, type ConversationRow } from '../db/conversations.ts';
import type { Client, Database } from '../db/database.ts';
import { readClinicSettings } from '../db/directory.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Jobs } from '../jobs/jobs.ts';
import { repeat } from '../jobs/repeat.ts';
import type { Logger } from '../logger.ts';
import { findTemplate, type TemplateRow } from '../templates/templates.ts';
import { isQuiet, reminderTime } from './reminder-time.ts';
import { queueBotMessage } from './speak.ts';

const EVERY_MS = 2_000;
/** How late a reminder may still leave, after an outage for instance. */
const LATEST_MS = 3 * HOUR;
/** So shortly before an appointment nobody is reminded any more. */
const TOO_SHORT_MS = HOUR / 2;
/** Reminders of a clinic that leave in one go; the next look takes the others. */
const BATCH = 100;

export interface RemindersDeps {
  database: Database;
  write: WriteToClinic;
  jobs: Jobs;
  clock: Clock;
  logger: Logger;
}

interface Due {
  appointmentId: Id;
  hoursBefore: number;
}

interface Clinic {
  name: string;
  timeZone: string;
  reminders: ReminderSettings;
}

async function readClinic(client: Client, clinicId: Id): Promise<Clinic | null> {
  const { reminders } = await readClinicSettings(client, clinicId);
  const { rows } = await client.query<{ name: string; timeZone: string }>(
    'select name, time_zone as "timeZone" from clinics where clinic_id = $1',
    [clinicId],
  );
  return rows[0] && reminders !== null ? { ...rows[0], reminders } : null;
}

/** The reminder of an appointment that has to leave at this moment, as hours before it; null when none has. */
function dueNow(
  appointment: Pick<AppointmentRow, 'startsAt' | 'placedAt'>,
  { reminders, timeZone }: Clinic,
  now: number,
): number | null {
  const { startsAt, placedAt } = appointment;
  if (now > startsAt - TOO_SHORT_MS || isQuiet(reminders, timeZone, now)) return null;
  const passed = [...new Set(reminders.hoursBefore)]
    .sort((one, other) => one - other)
    .map((hoursBefore) => ({ hoursBefore, at: reminderTime({ startsAt, hoursBefore }, reminders, timeZone) }))
    .filter(({ at }) => at <= now);
  // The nearest alone: one whose time a nearer one has reached would only say the same twice.
  const [nearest] = passed;
  if (!nearest || now > nearest.at + LATEST_MS || placedAt > nearest.at) return null;
  return nearest.hoursBefore;
}

/**
 * Reminders that have to leave, the soonest appointment first, of all appointments or of one. What was sent, or has
 * failed, is not among them.
 */
async function findDue(
  client: Client,
  clinicId: Id,
  { clinic, now, only = null }: { clinic: Clinic; now: number; only?: Id | null },
): Promise<Due[]> {
  const longest = Math.max(...clinic.reminders.hoursBefore);
  const { rows } = await client.query<AppointmentRow & { told: number[] }>(
    `select ${APPOINTMENT_COLUMNS}, array(
       select hours_before from reminders
       where reminders.clinic_id = $1 and appointment_id = appointments.id
         and reminders.starts_at = appointments.starts_at) as told
     from appointments
     where clinic_id = $1 and starts_at > $2 and starts_at < $3 and state in ('scheduled', 'confirmed')
       and ($4::uuid is null or id = $4)
       and exists (
         select from patients where patients.clinic_id = $1 and patients.id = patient_id
           and not reminders_off and (phone is not null or whatsapp_user_id is not null))
     order by starts_at, id`,
    // Quiet hours move a reminder by less than a day.
    [clinicId, toTimestamp(now), toTimestamp(now + longest * HOUR + DAY), only],
  );
  return rows
    .flatMap((appointment) => {
      const hoursBefore = dueNow(appointment, clinic, now);
      return hoursBefore === null || appointment.told.includes(hoursBefore)
        ? []
        : { appointmentId: appointment.id, hoursBefore };
    })
    .slice(0, BATCH);
}

/** Where the patient reads it: the conversation they last had with a number the template belongs to, or a new one. */
async function conversationWith(
  { client, clinicId, now }: SendingScope,
  patientId: Id,
  { wabaId }: TemplateRow,
): Promise<ConversationRow | null> {
  const { rows } = await client.query<{ numberId: string; id: Id | null }>(
    `select phone_number_id as "numberId", conversations.id from numbers
     left join conversations on conversations.clinic_id = numbers.clinic_id
       and number_id = phone_number_id and patient_id = $2
     where numbers.clinic_id = $1 and waba_id = $3
     order by last_activity_at desc nulls last, numbers.created_at, phone_number_id limit 1`,
    [clinicId, patientId, wabaId],
  );
  const [place] = rows;
  if (!place) return null;
  if (place.id !== null) return findConversation(client, clinicId, place.id);
  return createConversation(client, clinicId, { patientId, numberId: place.numberId, at: now });
}

async function valuesFor(
  { client, clinicId, now }: SendingScope,
  clinic: Clinic,
  template: TemplateRow,
  appointment: AppointmentRow,
): Promise<TemplateValues> {
  const { rows } = await client.query<{ name: string | null }>(
    'select coalesce(name, profile_name) as name from patients where clinic_id = $1 and id = $2',
    [clinicId, appointment.patientId],
  );
  const values: TemplateValues = { header: {}, body: {}, buttons: {} };
  const suggestions = suggestValues(readTemplate(template).fields, {
    patientName: rows[0]?.name ?? null,
    clinicName: clinic.name,
    agentName: null,
    appointment,
    now,
    timeZone: clinic.timeZone,
    language: template.language,
  });
  for (const { part, key, value } of suggestions) values[part][key] = value;
  return values;
}

/** Queues one reminder. Null when it cannot be written at all: no such template, a blank that nothing fills, spam. */
async function queueReminder(scope: SendingScope, clinic: Clinic, appointment: AppointmentRow) {
  const { client, clinicId } = scope;
  const { templateId } = clinic.reminders;
  const template = await findTemplate(client, clinicId, templateId);
  const conversation = template && (await conversationWith(scope, appointment.patientId, template));
  if (!template || !conversation || conversation.spam) return null;
  const values = await valuesFor(scope, clinic, template, appointment);
  const composed = await composeTemplate(scope, conversation, {
    template: { templateId, values },
    media: null,
  });
  if ('refusal' in composed) return null;
  return { conversationId: conversation.id, messageId: await queueBotMessage(scope, conversation, composed) };
}

/** Everything is looked at once more in the clinic's turn: another process may have been quicker, or a person. */
function remind({ write, jobs, clock }: RemindersDeps, clinicId: Id, due: Due): Promise<void> {
  return write(clinicId, async (client) => {
    const now = clock.now();
    const scope: SendingScope = { client, clinicId, now, enqueueDelivery: jobs.enqueueDelivery };
    const clinic = await readClinic(client, clinicId);
    const [still] = clinic ? await findDue(client, clinicId, { clinic, now, only: due.appointmentId }) : [];
    if (still?.hoursBefore !== due.hoursBefore) return;
    const appointment = await findAppointment(client, clinicId, due.appointmentId);
    if (!clinic || !appointment) return;
    const queued = await queueReminder(scope, clinic, appointment);
    await client.query(
      `insert into reminders (clinic_id, appointment_id, starts_at, hours_before, conversation_id, message_id,
         created_at)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [
        clinicId,
        appointment.id,
        toTimestamp(appointment.startsAt),
        due.hoursBefore,
        queued?.conversationId ?? null,
        queued?.messageId ?? null,
        toTimestamp(now),
      ],
    );
    if (queued === null && appointment.reminder === null) {
      await saveAppointment(client, clinicId, { ...appointment, reminder: 'failed' });
    }
  });
}

/** Queues every reminder whose time has come, in every clinic that sends any. */
export async function sendDueReminders(deps: RemindersDeps): Promise<void> {
  const { database, clock, jobs, logger } = deps;
  const { rows } = await database.asSystem((client) =>
    client.query<{ clinicId: Id }>(
      `select clinic_id as "clinicId" from clinics where jsonb_typeof(settings -> 'reminders') = 'object'`,
    ),
  );
  for (const { clinicId } of rows) {
    const due = await database.inClinic(clinicId, async (client) => {
      const clinic = await readClinic(client, clinicId);
      return clinic ? findDue(client, clinicId, { clinic, now: clock.now() }) : [];
    });
    for (const each of due) await remind(deps, clinicId, each);
    if (due.length === 0) continue;
    jobs.wake();
    logger.info('reminders queued', { clinicId, count: due.length });
  }
}

/** Looks every few seconds; returns how to stop. */
export function startReminders(deps: RemindersDeps): () => Promise<void> {
  return repeat({
    work: () => sendDueReminders(deps),
    everyMs: EVERY_MS,
    failure: 'sending reminders failed',
    logger: deps.logger,
  });
}
