import type { Template } from '@recado/protocol';
import type { Directory } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { mediaView } from './local-files.ts';
import { getAgentId } from './local-values.ts';
import { getClinicSettings, mapReference } from './reference.ts';

const collator = new Intl.Collator('es', { sensitivity: 'base', numeric: true });
const byName = (one: { name: string }, other: { name: string }) => collator.compare(one.name, other.name);

/** Who and what can be chosen from, by name, and how the clinic wants its inbox. */
export function getDirectory(database: ReadDatabase): Directory {
  const ownId = getAgentId(database);
  const agents = [...mapReference(database, 'agent').values()].sort(byName);
  const quickReplies = [...mapReference(database, 'quickReply').values()]
    .filter(({ ownerAgentId = null }) => ownerAgentId === null || ownerAgentId === ownId)
    .sort((one, other) => collator.compare(one.shortcut, other.shortcut));
  const [clinic] = mapReference(database, 'clinic').values();
  return {
    // What a version before these fields has kept does not say.
    agents: agents.map(({ id, name, role, active, email = null, invited = false }) => ({
      id,
      name,
      role,
      active,
      isMe: id === ownId,
      email,
      invited,
    })),
    teams: [...mapReference(database, 'team').values()].sort(byName),
    tags: [...mapReference(database, 'tag').values()].sort(byName),
    quickReplies: quickReplies.map(({ id, shortcut, text, ownerAgentId = null, media = null }) => ({
      id,
      shortcut,
      text,
      isMine: ownerAgentId !== null,
      file: media === null ? null : mediaView(media),
    })),
    numbers: clinic?.numbers ?? [],
    settings: getClinicSettings(database),
  };
}

/** See `StoreReads.templates`. */
export function listTemplates(database: ReadDatabase): Template[] {
  return [...mapReference(database, 'template').values()].sort(byName);
}
