import type { Client } from '../db/database.ts';
import { queryBytes } from './bytes.ts';
import { lineSql } from './wire.ts';

/** Messages per chunk; some 500 kB of JSON. */
const PAGE = 1_000;

/**
 * NDJSON of the whole clinic's messages with an ordinal below `before`, newest first; then an end line with the ordinal to continue from, null at the beginning of everything.
 */
export async function* history(
  client: Client,
  request: { clinicId: string; before: number | null; limit: number },
): AsyncGenerator<Buffer> {
  let before = request.before ?? Number.MAX_SAFE_INTEGER;
  let left = request.limit;
  let reachedBeginning = false;
  while (left > 0 && !reachedBeginning) {
    const limit = Math.min(PAGE, left);
    const page = await queryBytes<'text' | 'lowest' | 'count'>(
      client,
      `select string_agg(line, '' order by ordinal desc) as text, min(ordinal)::text as lowest,
         count(*)::text as count
       from (select ${lineSql('message', 'wire')} as line, ordinal from wire_message wire
             where clinic_id = $1 and ordinal < $2 order by ordinal desc limit $3) page`,
      [request.clinicId, before, limit],
    );
    const count = Number(page.count.toString());
    if (count === 0) break;
    before = Number(page.lowest.toString());
    left -= count;
    reachedBeginning = count < limit;
    yield page.text;
  }
  const more = left === 0 && !reachedBeginning && before < Number.MAX_SAFE_INTEGER && before > 1;
  yield Buffer.from(`${JSON.stringify({ type: 'end', before: more ? before : null })}\n`);
}
