/** Small pieces the screens' rows are made of. */
import type { Author, Entity } from '@recado/protocol';
import type { InboxRow } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { getAgentId } from './local-values.ts';
import { mapReference } from './reference.ts';

type AuthorView = NonNullable<InboxRow['lastMessage']>['author'];

/** Turns authors into what a screen shows, with the names of agents and who is "me". */
export function createAuthorViews(database: ReadDatabase): (author: Author) => AuthorView {
  const ownId = getAgentId(database);
  let agents: Map<string, Entity<'agent'>> | null = null;
  const agentName = (agentId: string | null): string | null => {
    if (agentId === null) return null;
    agents ??= mapReference(database, 'agent');
    return agents.get(agentId)?.name ?? null;
  };
  return (author) => ({
    kind: author.kind,
    name: author.name ?? agentName(author.agentId),
    isMe: author.kind === 'agent' && author.agentId !== null && author.agentId === ownId,
  });
}

/** The tags of a conversation that are still known, in the order they were put on. */
export function tagViews(tags: Map<string, Entity<'tag'>>, tagIds: string[]): InboxRow['tags'] {
  return tagIds.flatMap((id) => {
    const tag = tags.get(id);
    return tag === undefined ? [] : [{ id, name: tag.name, color: tag.color }];
  });
}

/** The agents of a conversation that are still known. */
export function agentViews(agents: Map<string, Entity<'agent'>>, agentIds: string[]): InboxRow['assignees'] {
  return agentIds.flatMap((id) => {
    const agent = agents.get(id);
    return agent === undefined ? [] : [{ id, name: agent.name }];
  });
}
