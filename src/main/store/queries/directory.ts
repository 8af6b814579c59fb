import type { Directory } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { getAgentId } from './local-values.ts';
import { getClinicSettings, mapReference } from './reference.ts';

const collator = new Intl.Collator('es', { sensitivity: 'base', numeric: true });
const byName = (one: { name: string }, other: { name: string }) => collator.compare(one.name, other.name);

/** Agents, teams and tags by name, and how the clinic wants its inbox. */
export function getDirectory(database: ReadDatabase): Directory {
  const ownId = getAgentId(database);
  const agents = [...mapReference(database, 'agent').values()].sort(byName);
  return {
    agents: agents.map(({ id, name, role, active }) => ({ id, name, role, active, isMe: id === ownId })),
    teams: [...mapReference(database, 'team').values()].sort(byName),
    tags: [...mapReference(database, 'tag').values()].sort(byName),
    settings: getClinicSettings(database),
  };
}
