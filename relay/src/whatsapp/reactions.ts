import { applyConversationEvent, toTimestamp, type Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import { findConversation, saveConversation } from '../db/conversations.ts';
import type { Client, Database } from '../db/database.ts';
import { findMessage, updateMessage, type MessageRow } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { ReactionJob } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import type { GraphClient } from './graph-client.ts';
import { errorRuleOf } from './graph-errors.ts';
import { addressOf } from './prepare.ts';

/** Marks the statuses of reactions, which are no messages of ours. */
const CALLBACK = 'reaction:';

/** The message a status speaks of a reaction to; null when it speaks of a message. */
export function reactionTarget(callbackData: string | null): string | null {
  return callbackData?.startsWith(CALLBACK) === true ? callbackData.slice(CALLBACK.length) : null;
}

const reactionOf = ({ reactions }: MessageRow) => reactions.find(({ by }) => by === 'clinic')?.emoji ?? null;

/** WhatsApp did not take it: the thread shows again what the patient sees. Returns whether anything changed. */
export async function revertReaction(
  client: Client,
  clinicId: Id,
  refusal: { messageId: Id; code: string; now: number },
): Promise<boolean> {
  const message = await findMessage(client, clinicId, refusal.messageId);
  if (!message) return false;
  const { takenReaction: emoji } = message;
  if (reactionOf(message) !== emoji) {
    const others = message.reactions.filter(({ by }) => by !== 'clinic');
    const at = toTimestamp(refusal.now);
    await updateMessage(client, clinicId, message.id, {
      reactions: emoji === null ? others : [...others, { by: 'clinic', emoji, at }],
    });
  }
  const conversation = errorRuleOf(refusal.code).closesWindow
    ? await findConversation(client, clinicId, message.conversationId)
    : null;
  if (conversation) {
    await saveConversation(
      client,
      applyConversationEvent(conversation, { type: 'windowDenied', at: refusal.now }),
    );
  }
  return true;
}

/** WhatsApp could not take it now; the job is tried again. A reaction sent twice is the same reaction. */
export class ReactionError extends Error {
  override readonly name = 'ReactionError';
}

interface ReactionsDeps {
  database: Database;
  write: WriteToClinic;
  graph: GraphClient;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
}

/** Sends the clinic's reaction to a message as it is by now. Throws ReactionError when it is worth another try. */
export function createReactions(deps: ReactionsDeps) {
  const { database, write, graph, clock, logger } = deps;
  return async function sendReaction({ clinicId, messageId }: ReactionJob): Promise<void> {
    const ready = await database.inClinic(clinicId, async (client) => {
      const message = await findMessage(client, clinicId, messageId);
      const conversation = message && (await findConversation(client, clinicId, message.conversationId));
      if (!conversation || !message || message.wamid === null) return null;
      const emoji = reactionOf(message);
      const address = await addressOf(deps, client, conversation);
      if (emoji === message.takenReaction || address.accessToken === null) return null;
      const { phone, userId, accessToken } = address;
      return {
        emoji,
        wamid: message.wamid,
        phone,
        userId,
        accessToken,
        phoneNumberId: conversation.numberId,
      };
    });
    if (!ready) return;
    const { emoji, wamid, ...sender } = ready;
    const result = await graph.sendMessage({
      ...sender,
      content: { type: 'reaction', reaction: { message_id: wamid, emoji: emoji ?? '' } },
      replyTo: null,
      callbackData: `${CALLBACK}${messageId}`,
    });
    if (result.outcome === 'accepted') {
      // Nothing anybody sees: no change in the feed.
      await database.inClinic(clinicId, (client) =>
        client.query('update messages set taken_reaction = $3 where clinic_id = $1 and id = $2', [
          clinicId,
          messageId,
          emoji,
        ]),
      );
      return;
    }
    logger.warn('reaction was not taken', { clinicId, messageId, code: result.code });
    if (result.outcome === 'unknown' || result.retry !== null) {
      throw new ReactionError('whatsapp did not take the reaction');
    }
    const { code } = result;
    await write(clinicId, (client) =>
      revertReaction(client, clinicId, { messageId, code, now: clock.now() }),
    );
  };
}
