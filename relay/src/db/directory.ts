import { DEFAULT_CLINIC_SETTINGS, isSameName, type ClinicSettings, type Id } from '@recado/protocol';
import { recordChange, recordChanges } from '../feed/record.ts';
import type { Client } from './database.ts';

/** What a clinic names: people, and what conversations are sorted by. */
const TABLES = { agent: 'agents', team: 'teams', tag: 'tags' } as const;

export interface Tag {
  id: Id;
  name: string;
  color: string;
}

export interface Team {
  id: Id;
  name: string;
  memberIds: Id[];
}

/** The first of `ids` that the clinic does not have, or null. An agent who has left counts as not there. */
export async function findUnknown(
  client: Client,
  entity: keyof typeof TABLES,
  clinicId: Id,
  ids: Id[],
): Promise<Id | null> {
  if (ids.length === 0) return null;
  const { rows } = await client.query<{ id: Id }>(
    `select id from ${TABLES[entity]} where clinic_id = $1 and id = any($2) ${entity === 'agent' ? 'and active' : ''}`,
    [clinicId, ids],
  );
  const known = new Set(rows.map(({ id }) => id));
  return ids.find((id) => !known.has(id)) ?? null;
}

export async function readClinicSettings(client: Client, clinicId: Id): Promise<ClinicSettings> {
  const { rows } = await client.query<{ settings: Partial<ClinicSettings> }>(
    'select settings from clinics where clinic_id = $1',
    [clinicId],
  );
  if (!rows[0]) throw new Error('the clinic of the transaction does not exist');
  // Settings this clinic has not seen yet are as by default.
  return { ...DEFAULT_CLINIC_SETTINGS, ...rows[0].settings };
}

export async function writeClinicSettings(
  client: Client,
  clinicId: Id,
  settings: ClinicSettings,
): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'clinic', id: clinicId });
  await client.query('update clinics set settings = $2, version = $3 where clinic_id = $1', [
    clinicId,
    JSON.stringify(settings),
    version,
  ]);
  return version;
}

/** Whether another tag, or another team, already has a name that people would take for the same. */
export async function isNameTaken(
  client: Client,
  entity: 'team' | 'tag',
  clinicId: Id,
  wanted: { id: Id; name: string },
): Promise<boolean> {
  const { rows } = await client.query<{ name: string }>(
    `select name from ${TABLES[entity]} where clinic_id = $1 and id <> $2`,
    [clinicId, wanted.id],
  );
  return rows.some(({ name }) => isSameName(name, wanted.name));
}

export async function findTag(client: Client, clinicId: Id, id: Id): Promise<Tag | null> {
  const { rows } = await client.query<Tag>(
    'select id, name, color from tags where clinic_id = $1 and id = $2',
    [clinicId, id],
  );
  return rows[0] ?? null;
}

/** Writes a tag, new or known, and puts it into the feed. Returns the change's number. */
export async function saveTag(client: Client, clinicId: Id, tag: Tag): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'tag', id: tag.id });
  await client.query(
    `insert into tags (clinic_id, id, name, color, version) values ($1, $2, $3, $4, $5)
     on conflict (clinic_id, id) do update
       set name = excluded.name, color = excluded.color, version = excluded.version`,
    [clinicId, tag.id, tag.name, tag.color, version],
  );
  return version;
}

export async function findTeam(client: Client, clinicId: Id, id: Id): Promise<Team | null> {
  const { rows } = await client.query<Team>(
    'select id, name, member_ids as "memberIds" from teams where clinic_id = $1 and id = $2',
    [clinicId, id],
  );
  return rows[0] ?? null;
}

/** Writes a team, new or known, and puts it into the feed. Returns the change's number. */
export async function saveTeam(client: Client, clinicId: Id, team: Team): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'team', id: team.id });
  await client.query(
    `insert into teams (clinic_id, id, name, member_ids, version) values ($1, $2, $3, $4, $5)
     on conflict (clinic_id, id) do update
       set name = excluded.name, member_ids = excluded.member_ids, version = excluded.version`,
    [clinicId, team.id, team.name, team.memberIds, version],
  );
  return version;
}

/** Forgets a tag or a team that no conversation carries any more. Returns the change's number. */
export async function deleteEntry(
  client: Client,
  entity: 'team' | 'tag',
  clinicId: Id,
  id: Id,
): Promise<number> {
  const version = await recordChange(client, { clinicId, entity, id, op: 'del' });
  await client.query(`delete from ${TABLES[entity]} where clinic_id = $1 and id = $2`, [clinicId, id]);
  return version;
}

const CARRIED_AS = { tag: 'tag_ids', team: 'team_ids' } as const;
/** Conversations rewritten by one statement. */
const BATCH = 1_000;

/** Takes a tag or a team from every conversation that carries it, or puts another in its place. */
export async function replaceInConversations(
  client: Client,
  entity: 'team' | 'tag',
  clinicId: Id,
  replaced: { id: Id; by: Id | null },
): Promise<void> {
  const column = CARRIED_AS[entity];
  const { rows } = await client.query<{ id: Id }>(
    `select id from conversations where clinic_id = $1 and $2 = any(${column}) order by last_activity_at`,
    [clinicId, replaced.id],
  );
  const ids = rows.map(({ id }) => id);
  for (let next = 0; next < ids.length; next += BATCH) {
    const batch = ids.slice(next, next + BATCH);
    const first = await recordChanges(client, { clinicId, entity: 'conversation', ids: batch });
    await client.query(
      `update conversations set version = $3::bigint + place - 1,
         ${column} = case when $5::uuid is null or $5 = any(${column}) then array_remove(${column}, $4::uuid)
                          else array_replace(${column}, $4, $5) end
       from unnest($2::uuid[]) with ordinality as changed(changed_id, place)
       where clinic_id = $1 and id = changed_id`,
      [clinicId, batch, first, replaced.id, replaced.by],
    );
  }
}
