import type { EntityName } from '@recado/protocol';
import type { Client, Database } from '../db/database.ts';
import { changeText, WIRE_VIEWS, type ChangeText } from './wire.ts';

export interface FeedPage {
  /** For all of the clinic: `visibleChanges` says what an agent may be told. */
  changes: ChangeText[];
  /** Cursor to continue from. */
  next: number;
  more: boolean;
  head: number;
}

const DATA = (Object.keys(WIRE_VIEWS) as EntityName[])
  .map(
    (entity) => `when '${entity}' then (
      select wire.data::text from ${WIRE_VIEWS[entity]} wire
      where wire.clinic_id = changes.clinic_id and wire.id = changes.id and wire.version = changes.seq)`,
  )
  .join('\n');

/**
 * Reads the feed after `after`. An entity's data is joined only to its newest change: an older change of it has been
 * superseded and is left out, and its newest state comes under the later number. Null when the cursor is not one
 * of this feed any more, or not yet: the reader needs a snapshot.
 */
export async function readChanges(
  client: Client,
  request: { clinicId: string; after: number; limit: number },
): Promise<FeedPage | null> {
  const clinic = await client.query<{ seq: number; retained_after: number }>(
    'select seq, retained_after from clinics where clinic_id = $1',
    [request.clinicId],
  );
  const { seq: headBefore, retained_after: retainedAfter } = clinic.rows[0] ?? { seq: 0, retained_after: 0 };
  if (request.after < retainedAfter || request.after > headBefore) return null;
  const { rows } = await client.query<{
    seq: number;
    entity: string;
    id: string;
    op: 'put' | 'del';
    data: string | null;
    visibleTo: string | null;
  }>(
    `select seq, entity, id, op, case when op = 'put' then case entity ${DATA} end end as data,
       case when op = 'put' and entity = 'quickReply' then (
         select owner_agent_id from quick_replies reply
         where reply.clinic_id = changes.clinic_id and reply.id = changes.id) end as "visibleTo"
     from changes where clinic_id = $1 and seq > $2 order by seq limit $3`,
    [request.clinicId, request.after, request.limit],
  );
  const next = rows.at(-1)?.seq ?? request.after;
  const changes = rows.filter(({ op, data }) => op === 'del' || data !== null).map(changeText);
  return { changes, next, more: rows.length === request.limit, head: Math.max(headBefore, next) };
}

/**
 * Forgets a clinic's changes up to and including `upTo`; readers that were not there yet take a snapshot. Returns
 * how many rows went. Everything stays in the entities themselves.
 */
export async function pruneChanges(
  database: Database,
  request: { clinicId: string; upTo: number },
): Promise<number> {
  return database.inClinic(request.clinicId, async (client) => {
    const { rows } = await client.query<{ retained_after: number }>(
      `update clinics set retained_after = greatest(retained_after, least($2::bigint, seq))
       where clinic_id = $1 returning retained_after`,
      [request.clinicId, request.upTo],
    );
    const { rowCount } = await client.query('delete from changes where clinic_id = $1 and seq <= $2', [
      request.clinicId,
      rows[0]?.retained_after ?? 0,
    ]);
    return rowCount ?? 0;
  });
}
