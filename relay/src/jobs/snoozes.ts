import { toTimestamp, type Id } from '@recado/protocol';
import type { Clock } from '../clock.ts';
import { findConversation, saveConversation } from '../db/conversations.ts';
import type { Database } from '../db/database.ts';
import { insertSystemLine } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Logger } from '../logger.ts';
import { repeat } from './repeat.ts';

/** How late a conversation may come back, milliseconds. */
const EVERY_MS = 1_000;
const BATCH = 200;

interface SnoozesDeps {
  database: Database;
  write: WriteToClinic;
  clock: Clock;
  logger: Logger;
}

/** Brings one conversation back, unless something else has done so or it was put off further. */
function endSnooze({ write, clock }: SnoozesDeps, clinicId: Id, conversationId: Id): Promise<void> {
  return write(clinicId, async (client) => {
    const now = clock.now();
    const { rowCount } = await client.query(
      'delete from snoozes where clinic_id = $1 and conversation_id = $2 and until <= $3',
      [clinicId, conversationId, toTimestamp(now)],
    );
    const conversation = rowCount ? await findConversation(client, clinicId, conversationId) : null;
    if (!conversation || conversation.snoozedUntil === null || conversation.snoozedUntil > now) return;
    await insertSystemLine(client, {
      clinicId,
      conversationId,
      numberId: conversation.numberId,
      event: { code: 'unsnoozed' },
      at: now,
    });
    await saveConversation(client, { ...conversation, snoozedUntil: null });
  });
}

/** Brings back every conversation whose time has come. */
export async function endSnoozes(deps: SnoozesDeps): Promise<void> {
  const { rows } = await deps.database.asSystem((client) =>
    client.query<{ clinic_id: Id; conversation_id: Id }>(
      'select clinic_id, conversation_id from snoozes where until <= $1 order by until limit $2',
      [toTimestamp(deps.clock.now()), BATCH],
    ),
  );
  for (const { clinic_id, conversation_id } of rows) await endSnooze(deps, clinic_id, conversation_id);
}

/** Looks every second; returns how to stop. */
export function startSnoozes(deps: SnoozesDeps): () => Promise<void> {
  return repeat({
    work: () => endSnoozes(deps),
    everyMs: EVERY_MS,
    failure: 'ending snoozes failed',
    logger: deps.logger,
  });
}
