import type { Checksums, EntityName } from '@recado/protocol';
import type { Client } from '../db/database.ts';

/** Where the versions of each entity are: the condition, if any, says which of them the reader has. */
const SOURCES: Record<EntityName, { table: string; where?: string }> = {
  clinic: { table: 'clinics' },
  agent: { table: 'agents' },
  team: { table: 'teams' },
  patient: { table: 'patients' },
  appointment: { table: 'appointments' },
  tag: { table: 'tags' },
  conversation: { table: 'conversations' },
  message: { table: 'messages', where: 'ordinal >= $2' },
  template: { table: 'templates' },
  quickReply: { table: 'quick_replies', where: '(owner_agent_id is null or owner_agent_id = $3)' },
};

/** One statement, so that PostgreSQL answers all of it from one moment. */
const SQL = Object.entries(SOURCES)
  .map(
    ([entity, { table, where }]) =>
      `select '${entity}' as entity, count(*) as count, coalesce(sum(version), 0)::bigint as versions,
         (select seq from clinics where clinic_id = $1) as seq
       from ${table} where clinic_id = $1 ${where ? `and ${where}` : ''}`,
  )
  .join('\nunion all\n');

/** How many entities an agent should have, and the sums of their versions; messages from an ordinal on. */
export async function readChecksums(
  client: Client,
  request: { clinicId: string; agentId: string; fromOrdinal: number },
): Promise<Checksums> {
  const { rows } = await client.query<{ entity: string; count: number; versions: number; seq: number }>(SQL, [
    request.clinicId,
    request.fromOrdinal,
    request.agentId,
  ]);
  return {
    seq: rows[0]?.seq ?? 0,
    entities: Object.fromEntries(rows.map(({ entity, count, versions }) => [entity, { count, versions }])),
  };
}
