import type { Client } from '../db/database.ts';
import { changeText } from './wire.ts';

interface ThreadRequest {
  clinicId: string;
  conversationId: string;
  /** Messages older than this place; null for the newest. */
  before: { sentAt: string; ordinal: number } | null;
  limit: number;
}

/**
 * The JSON of one page of a thread in the order it is shown, newest first, and where the next one begins. Null when the
 * clinic has no such conversation.
 */
export async function readThread(client: Client, request: ThreadRequest): Promise<string | null> {
  const { clinicId, conversationId, before, limit } = request;
  const { rows } = await client.query<{
    version: number;
    id: string;
    data: string;
    sentAt: string;
    ordinal: number;
  }>(
    `select version, id, data, wire_time(sent_at) as "sentAt", ordinal from wire_message
     where clinic_id = $1 and conversation_id = $2
       ${before ? 'and (sent_at, ordinal) < ($4::timestamptz, $5::bigint)' : ''}
     order by wire_message.sent_at desc, ordinal desc limit $3`,
    // One more than asked for tells whether there are more.
    [clinicId, conversationId, limit + 1, ...(before ? [before.sentAt, before.ordinal] : [])],
  );
  if (rows.length === 0) {
    const { rowCount } = await client.query('select from conversations where clinic_id = $1 and id = $2', [
      clinicId,
      conversationId,
    ]);
    if (!rowCount) return null;
  }
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const next =
    rows.length > limit && last ? JSON.stringify({ sentAt: last.sentAt, ordinal: last.ordinal }) : 'null';
  const changes = page.map(
    ({ version, id, data }) =>
      changeText({ seq: version, entity: 'message', id, op: 'put', data, visibleTo: null }).json,
  );
  return `{"changes":[${changes.join(',')}],"before":${next}}`;
}
