import { serviceWindow, toTimestamp, type Id } from '@recado/protocol';
import type { Clock } from '../clock.ts';
import { conversationWhileSending } from '../commands/sending.ts';
import { findConversation, saveConversation, withMessage } from '../db/conversations.ts';
import type { Database } from '../db/database.ts';
import { findMessage, updateMessage } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Logger } from '../logger.ts';
import { Failure } from '../whatsapp/prepare.ts';
import type { Jobs } from './jobs.ts';
import { repeat } from './repeat.ts';

/** How late a scheduled message may leave, milliseconds. */
const EVERY_MS = 1_000;
const BATCH = 200;

interface ScheduledMessagesDeps {
  database: Database;
  write: WriteToClinic;
  jobs: Jobs;
  clock: Clock;
  logger: Logger;
}

/** Puts a message into the queue as if it were written now. */
function queueScheduled(deps: ScheduledMessagesDeps, clinicId: Id, messageId: Id): Promise<void> {
  const { write, jobs, clock } = deps;
  return write(clinicId, async (client) => {
    const now = clock.now();
    const { rowCount } = await client.query(
      'delete from scheduled_messages where clinic_id = $1 and message_id = $2 and send_at <= $3',
      [clinicId, messageId, toTimestamp(now)],
    );
    const message = rowCount ? await findMessage(client, clinicId, messageId) : null;
    const conversation = message && (await findConversation(client, clinicId, message.conversationId));
    if (!conversation || message?.status !== 'scheduled') return;
    if (conversation.spam) {
      await updateMessage(client, clinicId, messageId, { status: 'cancelled' });
      return;
    }
    if (message.kind !== 'template' && serviceWindow(conversation, now).state !== 'open') {
      // Nothing is said, so nothing happens to the conversation either.
      await updateMessage(client, clinicId, messageId, {
        status: 'failed',
        errorCode: Failure.windowClosed.code,
        sentAt: now,
      });
      return;
    }
    const scope = { client, clinicId, now, enqueueDelivery: jobs.enqueueDelivery };
    const author = { kind: message.authorKind, agentId: message.authorAgentId, name: message.authorName };
    const sending = await conversationWhileSending(scope, conversation, { author, kind: message.kind });
    await updateMessage(client, clinicId, messageId, { status: 'queued', sentAt: now });
    await saveConversation(client, withMessage(sending, { id: messageId, sentAt: now, receivedAt: now }));
    await jobs.enqueueDelivery(client, { clinicId, conversationId: conversation.id });
  });
}

/** Queues every message whose time has come. */
export async function queueDueMessages(deps: ScheduledMessagesDeps): Promise<void> {
  const { rows } = await deps.database.asSystem((client) =>
    client.query<{ clinic_id: Id; message_id: Id }>(
      'select clinic_id, message_id from scheduled_messages where send_at <= $1 order by send_at limit $2',
      [toTimestamp(deps.clock.now()), BATCH],
    ),
  );
  for (const { clinic_id, message_id } of rows) await queueScheduled(deps, clinic_id, message_id);
  if (rows.length > 0) deps.jobs.wake();
}

/** Looks every second; returns how to stop. */
export function startScheduledMessages(deps: ScheduledMessagesDeps): () => Promise<void> {
  return repeat({
    work: () => queueDueMessages(deps),
    everyMs: EVERY_MS,
    failure: 'queueing scheduled messages failed',
    logger: deps.logger,
  });
}
