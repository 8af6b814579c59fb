import {
  applyConversationEvent,
  botSilentAt,
  toTimestamp,
  type Id,
  type SystemEvent,
} from '@recado/protocol';
import type { Clock } from '../clock.ts';
import { findConversation, saveConversation } from '../db/conversations.ts';
import type { Client, Database } from '../db/database.ts';
import { countInboundAfter, insertSystemLine } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { Logger } from '../logger.ts';
import { repeat } from './repeat.ts';

/** How late a session may end, milliseconds. */
const EVERY_MS = 2_000;
const BATCH = 200;

interface BotSessionsDeps {
  database: Database;
  write: WriteToClinic;
  clock: Clock;
  logger: Logger;
  /** How long a session lasts after the bot last spoke, milliseconds. */
  sessionMs: number;
}

interface Over {
  id: Id;
  /** Feed number since which the bot has had it. */
  sinceSeq: number | null;
}

async function findOver(
  client: Client,
  clinicId: Id,
  { spokeBefore, only = null }: { spokeBefore: number; only?: Id | null },
): Promise<Over[]> {
  const { rows } = await client.query<Over>(
    `select id, bot_since_seq as "sinceSeq" from conversations
     where clinic_id = $1 and handler = 'bot' and not spam and not closed
       and coalesce(bot_spoke_at, last_interaction_at, last_activity_at) <= $2
       and ($3::uuid is null or id = $3)
     order by coalesce(bot_spoke_at, last_interaction_at, last_activity_at) limit $4`,
    [clinicId, toTimestamp(spokeBefore), only, BATCH],
  );
  return rows;
}

/** Ends one session, unless something else has ended it: another process, a person, a new message of the bot. */
function endSession({ write, clock, sessionMs }: BotSessionsDeps, clinicId: Id, id: Id): Promise<void> {
  return write(clinicId, async (client) => {
    const now = clock.now();
    const [over] = await findOver(client, clinicId, { spokeBefore: now - sessionMs, only: id });
    const conversation = over ? await findConversation(client, clinicId, id) : null;
    if (!over || !conversation) return;
    const unhandled = conversation.lastMessageDirection === 'inbound';
    // Whoever has written a moment ago may still get the bot's answer.
    if (unhandled && now < (botSilentAt(conversation) ?? 0)) return;
    const answers = await countInboundAfter(client, clinicId, id, over.sinceSeq ?? 0);
    const event: SystemEvent = unhandled
      ? { code: 'bot_handed_over' }
      : { code: 'bot_closed', ...(answers === 0 ? { reason: 'no_answer' } : {}) };
    await insertSystemLine(client, {
      clinicId,
      conversationId: id,
      numberId: conversation.numberId,
      event,
      at: now,
    });
    await saveConversation(client, applyConversationEvent(conversation, { type: 'botEnded', unhandled }));
  });
}

/** Ends every session of a bot that has lasted long enough without its word (T29 to T31). */
export async function endBotSessions(deps: BotSessionsDeps): Promise<void> {
  const { database, clock, sessionMs } = deps;
  const { rows: clinics } = await database.asSystem((client) =>
    client.query<{ clinicId: Id }>('select clinic_id as "clinicId" from clinics'),
  );
  for (const { clinicId } of clinics) {
    const over = await database.inClinic(clinicId, (client) =>
      findOver(client, clinicId, { spokeBefore: clock.now() - sessionMs }),
    );
    for (const { id } of over) await endSession(deps, clinicId, id);
  }
}

/** Looks every few seconds; returns how to stop. */
export function startBotSessions(deps: BotSessionsDeps): () => Promise<void> {
  return repeat({
    work: () => endBotSessions(deps),
    everyMs: EVERY_MS,
    failure: 'ending sessions of the bot failed',
    logger: deps.logger,
  });
}
