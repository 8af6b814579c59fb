import type { ClinicSettings, Id } from '@recado/protocol';
import type { SecretBox } from '../accounts/secrets.ts';
import type { Client, Database } from '../db/database.ts';
import type { Jobs, ReadReceiptJob } from '../jobs/jobs.ts';
import type { Logger } from '../logger.ts';
import { openAccessToken } from './access-token.ts';
import type { GraphClient } from './graph-client.ts';

/**
 * Asks that the patient gets blue ticks up to a message, if this is the moment the clinic has chosen for them. Once
 * for each message at most, and never in spam: whoever writes there learns nothing.
 */
export async function requestReadReceipt(
  scope: { client: Client; clinicId: Id; enqueueReadReceipt: Jobs['enqueueReadReceipt'] },
  request: {
    conversationId: Id;
    upToOrdinal: number;
    moment: Exclude<ClinicSettings['readReceipts'], 'never'>;
  },
): Promise<void> {
  const { client, clinicId } = scope;
  const { rows } = await client.query<{ id: Id }>(
    `update conversations set receipt_ordinal = seen.ordinal
     from (select id, ordinal from messages
           where clinic_id = $1 and conversation_id = $2 and direction = 'inbound' and wamid is not null
             and ordinal <= $3
           order by ordinal desc limit 1) seen
     where clinic_id = $1 and conversations.id = $2 and not spam and receipt_ordinal < seen.ordinal
       and (select settings ->> 'readReceipts' from clinics where clinic_id = $1) = $4
     returning seen.id`,
    [clinicId, request.conversationId, request.upToOrdinal, request.moment],
  );
  if (rows[0]) await scope.enqueueReadReceipt(client, { clinicId, messageId: rows[0].id });
}

interface ReadReceiptsDeps {
  database: Database;
  graph: GraphClient;
  secrets: SecretBox;
  logger: Logger;
}

/** WhatsApp could not take it now; the job is tried again, a few times. */
export class ReadReceiptError extends Error {
  override readonly name = 'ReadReceiptError';
}

/** Tells WhatsApp that a message has been read. Throws ReadReceiptError when it is worth another try. */
export function createReadReceipts({ database, graph, secrets, logger }: ReadReceiptsDeps) {
  return async function sendReadReceipt({ clinicId, messageId }: ReadReceiptJob): Promise<void> {
    const { rows } = await database.inClinic(clinicId, (client) =>
      client.query<{ wamid: string; number_id: string; token: Buffer | null }>(
        `select wamid, number_id, access_token as token
         from messages join numbers
           on numbers.clinic_id = messages.clinic_id and phone_number_id = number_id
         where messages.clinic_id = $1 and id = $2 and wamid is not null`,
        [clinicId, messageId],
      ),
    );
    const message = rows[0];
    const accessToken = message ? openAccessToken({ secrets, logger }, clinicId, message.token) : null;
    if (!message || accessToken === null) return;
    const result = await graph.markAsRead({
      phoneNumberId: message.number_id,
      accessToken,
      wamid: message.wamid,
    });
    if (result.outcome === 'done') return;
    logger.warn('read receipt was not taken', { clinicId, messageId, code: result.code });
    if (result.outcome === 'later') throw new ReadReceiptError('whatsapp did not take the read receipt');
  };
}
