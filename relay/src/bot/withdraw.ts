import type { Id } from '@recado/protocol';
import { cancelMessage } from '../commands/messages.ts';
import type { SendingScope } from '../commands/sending.ts';

/** Takes back the reminders of appointments that have not left yet: their time, or their patient's wish, has changed. */
export async function withdrawReminders(scope: SendingScope, appointmentIds: readonly Id[]): Promise<void> {
  if (appointmentIds.length === 0) return;
  const { rows } = await scope.client.query<{ messageId: Id; conversationId: Id }>(
    `select messages.id as "messageId", messages.conversation_id as "conversationId"
     from reminders join messages on messages.clinic_id = reminders.clinic_id and messages.id = message_id
     where reminders.clinic_id = $1 and appointment_id = any($2) and status in ('queued', 'scheduled')
     order by ordinal`,
    [scope.clinicId, appointmentIds],
  );
  for (const message of rows) {
    const outcome = await cancelMessage(scope, message);
    if (outcome.status === 'refused') continue;
    // Nobody was reminded: should it come back to this time, it is told then.
    await scope.client.query('delete from reminders where clinic_id = $1 and message_id = $2', [
      scope.clinicId,
      message.messageId,
    ]);
  }
}
