import type { Id } from '@recado/protocol';
import { recordChange } from '../feed/record.ts';
import type { Client } from './database.ts';

export interface AgentRow {
  id: Id;
  name: string;
  role: string;
  active: boolean;
  /** Waits for the first sign-in, with an access code. */
  invited: boolean;
  hasPassword: boolean;
}

export async function findAgent(client: Client, clinicId: Id, id: Id): Promise<AgentRow | null> {
  const { rows } = await client.query<AgentRow>(
    `select id, name, role, active, invited, password_hash is not null as "hasPassword"
     from agents where clinic_id = $1 and id = $2`,
    [clinicId, id],
  );
  return rows[0] ?? null;
}

/** Whether somebody else could still administer the clinic. */
export async function hasOtherAdministrators(client: Client, clinicId: Id, id: Id): Promise<boolean> {
  const { rowCount } = await client.query(
    `select from agents where clinic_id = $1 and id <> $2 and role = 'admin' and active limit 1`,
    [clinicId, id],
  );
  return Boolean(rowCount);
}

/** Writes what administrators change of an agent, and puts it into the feed. Returns the change's number. */
export async function saveAgent(client: Client, clinicId: Id, agent: AgentRow): Promise<number> {
  const version = await recordChange(client, { clinicId, entity: 'agent', id: agent.id });
  await client.query(
    `update agents set name = $3, role = $4, active = $5, invited = $6, version = $7
     where clinic_id = $1 and id = $2`,
    [clinicId, agent.id, agent.name, agent.role, agent.active, agent.invited, version],
  );
  return version;
}
