import {
  applyConversationEvent,
  serviceWindow,
  toTimestamp,
  type Id,
  type MessageContent,
} from '@recado/protocol';
import {
  findAppointment,
  isExpected,
  saveAppointment,
  type AppointmentRow,
} from '../appointments/appointments.ts';
import type { SendingScope } from '../commands/sending.ts';
import { saveConversation, type ConversationRow } from '../db/conversations.ts';
import { readClinicSettings } from '../db/directory.ts';
import { recordChange } from '../feed/record.ts';
import { sentencesIn } from './i18n/answers.ts';
import { readAnswer, type Answer } from './read-answer.ts';
import { handOver, queueBotMessage } from './speak.ts';
import { withdrawReminders } from './withdraw.ts';

interface PatientMessage {
  text: string | null;
  choice: NonNullable<MessageContent['choice']> | null;
  /** The message it answers. */
  replyTo: Id | null;
}

/** A reminder a patient may be answering. */
interface Reminded {
  messageId: Id;
  appointment: AppointmentRow;
  /** When the appointment was when it was written, epoch milliseconds. */
  spokeOf: number;
  /** Of the template it was. */
  language: string;
  timeZone: string;
  /** Another appointment waits for an answer in the same conversation. */
  isOneOfSeveral: boolean;
}

/** The reminder a message answers: the one it names, or else the newest of the conversation. Null when there never was any. */
async function remindedBy(
  { client, clinicId, now }: SendingScope,
  conversationId: Id,
  replyTo: Id | null,
): Promise<Reminded | null> {
  const { rows } = await client.query<Omit<Reminded, 'appointment'> & { appointmentId: Id }>(
    `select messages.id as "messageId", appointment_id as "appointmentId", reminders.starts_at as "spokeOf",
       coalesce(messages.content -> 'template' ->> 'language', 'es') as language,
       (select time_zone from clinics where clinics.clinic_id = $1) as "timeZone",
       exists (
         select from reminders other join appointments on appointments.clinic_id = $1
           and appointments.id = other.appointment_id and appointments.starts_at = other.starts_at
         where other.clinic_id = $1 and other.conversation_id = $2
           and other.appointment_id <> reminders.appointment_id
           and appointments.reminder = 'sent' and appointments.starts_at > $4) as "isOneOfSeveral"
     from reminders
     join messages on messages.clinic_id = reminders.clinic_id and messages.id = message_id
     where reminders.clinic_id = $1 and reminders.conversation_id = $2
       and status not in ('queued', 'scheduled', 'cancelled')
     order by messages.id = $3 desc nulls last, reminders.created_at desc limit 1`,
    [clinicId, conversationId, replyTo, toTimestamp(now)],
  );
  const [row] = rows;
  const appointment = row && (await findAppointment(client, clinicId, row.appointmentId));
  return row && appointment ? { ...row, appointment } : null;
}

function momentOf({ spokeOf, language, timeZone }: Reminded): { date: string; time: string } {
  const [locale = 'es'] = Intl.DateTimeFormat.supportedLocalesOf([language.replace('_', '-'), 'es']);
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { ...options, timeZone }).format(spokeOf).replace(/[\u00a0\u202f]/g, ' ');
  return {
    date: format({ weekday: 'long', day: 'numeric', month: 'long' }),
    time: format({ hour: 'numeric', minute: '2-digit' }),
  };
}

function sentenceFor(answer: Answer, reminded: Reminded): string | null {
  const sentences = sentencesIn(reminded.language);
  const { date, time } = momentOf(reminded);
  switch (answer) {
    case 'confirm':
      return sentences.confirmed(date, time);
    case 'cancel':
      return sentences.cancelled(date, time);
    case 'optOut':
      return sentences.optedOut;
    case 'change':
      return null;
  }
}

async function optOut(scope: SendingScope, patientId: Id): Promise<void> {
  const { client, clinicId } = scope;
  const { rowCount: wantsThem } = await client.query(
    'select from patients where clinic_id = $1 and id = $2 and not reminders_off',
    [clinicId, patientId],
  );
  if (!wantsThem) return;
  const version = await recordChange(client, { clinicId, entity: 'patient', id: patientId });
  await client.query(
    'update patients set reminders_off = true, version = $3 where clinic_id = $1 and id = $2',
    [clinicId, patientId, version],
  );
  const { rows } = await client.query<{ id: Id }>(
    'select id from appointments where clinic_id = $1 and patient_id = $2',
    [clinicId, patientId],
  );
  await withdrawReminders(
    scope,
    rows.map(({ id }) => id),
  );
}

/** What the answer makes of the appointment. */
async function settle(scope: SendingScope, answer: Answer, reminded: Reminded): Promise<void> {
  if (answer === 'optOut') return optOut(scope, reminded.appointment.patientId);
  const before = reminded.appointment;
  const after: AppointmentRow =
    answer === 'confirm'
      ? { ...before, state: 'confirmed', reminder: 'confirmed' }
      : { ...before, state: answer === 'cancel' ? 'cancelled' : before.state, reminder: 'declined' };
  if (after.state === before.state && after.reminder === before.reminder) return;
  await saveAppointment(scope.client, scope.clinicId, after);
  if (answer === 'cancel') await withdrawReminders(scope, [after.id]);
}

/**
 * Whether the bot may take the message for this. Whoever is talking with people means them by a plain "sí": there only
 * a button of the reminder itself counts (T28), and the wish to hear no more.
 */
function counts(
  answer: Answer,
  reminded: Reminded,
  message: PatientMessage,
  withBot: boolean,
  now: number,
): boolean {
  if (answer === 'optOut') return true;
  const { appointment, messageId, spokeOf } = reminded;
  if (appointment.startsAt !== spokeOf || spokeOf <= now || !isExpected(appointment.state)) return false;
  const isNamed = message.replyTo === messageId;
  return withBot ? isNamed || !reminded.isOneOfSeveral : isNamed && message.choice !== null;
}

/** Why people are needed all the same: somebody has to find another hour, or to tell the practice software. */
function reasonForPeople(answer: Answer, reminded: Reminded): string | null {
  if (answer === 'change') return 'appointment_change';
  return answer === 'cancel' && reminded.appointment.externalId !== null ? 'appointment_cancelled' : null;
}

/**
 * The bot's turn after a message of a patient it has reminded: it does what was asked and says so, or leaves the
 * conversation to people (T9). It writes only where the conversation is its own.
 */
export async function answerPatient(
  scope: SendingScope,
  conversation: ConversationRow,
  message: PatientMessage,
): Promise<void> {
  if (conversation.spam) return;
  const { client, clinicId, now } = scope;
  const reminded = await remindedBy(scope, conversation.id, message.replyTo);
  if (!reminded) return;
  const { reminders } = await readClinicSettings(client, clinicId);
  const withBot = conversation.handler === 'bot';
  const answer = readAnswer(message, reminders?.optOutWords ?? []);
  if (answer === null || !counts(answer, reminded, message, withBot, now)) {
    if (withBot) await handOver(scope, conversation);
    return;
  }
  await settle(scope, answer, reminded);
  if (!withBot) return;
  const reason = reasonForPeople(answer, reminded);
  // What is dealt with is read.
  const handled =
    reason === null
      ? applyConversationEvent(conversation, { type: 'read', unread: conversation.unread - 1 })
      : await handOver(scope, conversation, reason);
  const text = sentenceFor(answer, reminded);
  const isOpen = serviceWindow(conversation, now).state === 'open';
  if (text !== null && isOpen) {
    await queueBotMessage(scope, handled, { kind: 'text', text, notAfter: conversation.windowExpiresAt });
  } else if (handled.unread !== conversation.unread) {
    await saveConversation(client, handled);
  }
}
