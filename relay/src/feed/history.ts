import type { Client } from '../db/database.ts';
import { lineSql } from './wire.ts';

/** Messages per chunk; some 500 kB of JSON. */
const PAGE = 1_000;

/**
 * NDJSON of messages with an ordinal below `before`, newest first, of one conversation or of the whole clinic; then
 * an end line with the ordinal to continue from, null at the beginning of everything.
 */
export async function* history(
  client: Client,
  request: { clinicId: string; conversationId?: string; before: number | null; limit: number },
): AsyncGenerator<string> {
  let before = request.before ?? Number.MAX_SAFE_INTEGER;
  let left = request.limit;
  let reachedBeginning = false;
  while (left > 0 && !reachedBeginning) {
    const limit = Math.min(PAGE, left);
    const { rows } = await client.query<{ text: string | null; lowest: number | null; count: number }>(
      `select string_agg(line, '' order by ordinal desc) as text, min(ordinal) as lowest, count(*) as count
       from (select ${lineSql('message', 'wire')} as line, ordinal from wire_message wire
             where clinic_id = $1 and ordinal < $2 ${request.conversationId ? 'and conversation_id = $4' : ''}
             order by ordinal desc limit $3) page`,
      [request.clinicId, before, limit, ...(request.conversationId ? [request.conversationId] : [])],
    );
    const page = rows[0];
    if (!page || page.lowest === null) break;
    before = page.lowest;
    left -= page.count;
    if (page.text) yield page.text;
    reachedBeginning = page.count < limit;
  }
  const more = left === 0 && !reachedBeginning && before < Number.MAX_SAFE_INTEGER && before > 1;
  yield `${JSON.stringify({ type: 'end', before: more ? before : null })}\n`;
}
