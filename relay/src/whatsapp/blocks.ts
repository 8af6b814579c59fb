import { toTimestamp, type Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Clock } from '../clock.ts';
import { findConversation, saveConversation } from '../db/conversations.ts';
import type { Client, Database } from '../db/database.ts';
import { insertSystemLine } from '../db/messages.ts';
import type { WriteToClinic } from '../feed/writer.ts';
import type { BlockJob } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import type { BlockResult, GraphClient } from './graph-client.ts';
import { addressOf, Failure } from './prepare.ts';

/** Longer than any call takes: a process that has asked for so long is gone. */
const CALL_MS = 60_000;
/** How long WhatsApp is asked again before people hear that it did not work. */
const GIVE_UP_MS = 30 * 60_000;

/** WhatsApp could not take it now; the job is tried again. Blocking twice is blocking once. */
export class BlockError extends Error {
  override readonly name = 'BlockError';
}

interface Asked {
  block: boolean;
  agentId: Id;
  agentName: string;
  askedAt: number;
}

interface BlocksDeps {
  database: Database;
  write: WriteToClinic;
  graph: GraphClient;
  secrets: SecretBox;
  clock: Clock;
  logger: Logger;
}

/** Asks WhatsApp to block or unblock somebody, as people want it by now. Throws BlockError when it has to be tried again. */
export function createBlocks(deps: BlocksDeps) {
  const { database, write, graph, clock, logger } = deps;

  /** What is asked for, for this process alone from now on. */
  async function take(client: Client, { clinicId, conversationId }: BlockJob): Promise<Asked | null> {
    const now = clock.now();
    const { rows } = await client.query<Asked & { isMine: boolean }>(
      `with taken as (
         update block_requests set calling_since = $3, attempts = attempts + 1
         where clinic_id = $1 and conversation_id = $2 and (calling_since is null or calling_since < $4)
         returning conversation_id)
       select block, agent_id as "agentId", agent_name as "agentName", asked_at as "askedAt",
         exists (select from taken) as "isMine"
       from block_requests where clinic_id = $1 and conversation_id = $2`,
      [clinicId, conversationId, toTimestamp(now), toTimestamp(now - CALL_MS)],
    );
    const [asked] = rows;
    if (asked && !asked.isMine) throw new BlockError('another process is asking');
    return asked ?? null;
  }

  async function call({ clinicId, conversationId }: BlockJob, { block }: Asked): Promise<BlockResult> {
    const target = await database.inClinic(clinicId, async (client) => {
      const conversation = await findConversation(client, clinicId, conversationId);
      return conversation && { ...(await addressOf(deps, client, conversation)), ...conversation };
    });
    const never = ({ code }: Failure): BlockResult => ({ outcome: 'never', code });
    if (!target?.accessToken) return never(Failure.numberNotConnected);
    const { phone, userId, accessToken, numberId: phoneNumberId } = target;
    if (phone === null && userId === null) return never(Failure.noRecipient);
    return graph.setBlocked({ phoneNumberId, accessToken, phone, userId, block });
  }

  /** Tells what became of it, unless people have wanted the opposite since. */
  function settle({ clinicId, conversationId }: BlockJob, asked: Asked, failure: string | null) {
    const { block } = asked;
    return write(clinicId, async (client) => {
      const { rowCount: isStillWanted } = await client.query(
        'delete from block_requests where clinic_id = $1 and conversation_id = $2 and block = $3',
        [clinicId, conversationId, block],
      );
      const conversation = await findConversation(client, clinicId, conversationId);
      if (!conversation || !isStillWanted) return release(client, clinicId, conversationId);
      const did = block ? 'blocked' : 'unblocked';
      const failed = block ? 'block_failed' : 'unblock_failed';
      await insertSystemLine(client, {
        clinicId,
        conversationId,
        numberId: conversation.numberId,
        event: failure === null ? { code: did } : { code: failed, reason: failure },
        at: clock.now(),
        author: { kind: 'agent', agentId: asked.agentId, name: asked.agentName },
      });
      const isBlockedNow = block === (failure === null);
      await saveConversation(client, { ...conversation, blockState: isBlockedNow ? 'blocked' : 'none' });
    });
  }

  /** Lets whoever tries next ask at once. */
  async function release(client: Client, clinicId: Id, conversationId: Id): Promise<void> {
    await client.query(
      'update block_requests set calling_since = null where clinic_id = $1 and conversation_id = $2',
      [clinicId, conversationId],
    );
  }

  return async function setBlocked(job: BlockJob): Promise<void> {
    const { clinicId, conversationId } = job;
    const asked = await database.inClinic(clinicId, (client) => take(client, job));
    if (!asked) return;
    const result = await call(job, asked);
    if (result.outcome === 'done') return settle(job, asked, null);
    logger.warn('block was not taken', { clinicId, conversationId, code: result.code });
    if (result.outcome === 'never' || clock.now() >= asked.askedAt + GIVE_UP_MS) {
      return settle(job, asked, result.code);
    }
    await database.inClinic(clinicId, (client) => release(client, clinicId, conversationId));
    throw new BlockError('whatsapp did not take the block');
  };
}
