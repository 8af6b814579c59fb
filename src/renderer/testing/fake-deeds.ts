import type { Action, Directory, InboxRow } from '../../shared/contract/index.ts';
import { buildMessage, type SeededConversation } from './seed-builders.ts';

type Change = Pick<SeededConversation, 'row' | 'detail'>;

/** Both views of a conversation with the same changes. */
export function changeBoth(
  { row, detail }: SeededConversation,
  change: Partial<Pick<InboxRow, 'tags' | 'pinned' | 'snoozedUntil' | 'assignees'>> & {
    teams?: Directory['teams'];
    facts?: Partial<InboxRow['facts']>;
  },
): Change {
  const { facts: some, teams, ...both } = change;
  const facts = { ...row.facts, ...some };
  return {
    row: { ...row, ...both, facts },
    detail: {
      ...detail,
      ...both,
      facts,
      ...(teams ? { teams: teams.map(({ id, name }) => ({ id, name })) } : {}),
    },
  };
}

function merged<Item extends { id: string }>(
  held: readonly Item[],
  all: readonly Item[],
  ids: string[],
): Item[] {
  const added = all.filter((each) => ids.includes(each.id) && !held.some((other) => other.id === each.id));
  return [...held, ...added];
}
const without = <Item extends { id: string }>(held: readonly Item[], ids: string[]): Item[] =>
  held.filter((each) => !ids.includes(each.id));

/** What an action makes of a conversation, with the line it leaves in the thread. */
export function deed(
  conversation: SeededConversation,
  action: Action,
  directory: Directory,
): SeededConversation {
  const { row, detail, items } = conversation;
  const teams = detail.teams.map((team) => ({ ...team, memberIds: [] }));
  const agents = directory.agents.map(({ id, name }) => ({ id, name }));
  const line = (code: string, more: object = {}) => [
    ...items,
    buildMessage(Date.now(), {
      direction: 'internal',
      kind: 'system',
      content: { event: { code, ...more } },
      author: { kind: 'agent', name: 'Marta Ruiz', isMe: true },
    }),
  ];
  const make = (change: Parameters<typeof changeBoth>[1], lines = items): SeededConversation => ({
    ...changeBoth(conversation, change),
    items: lines,
  });
  switch (action.type) {
    case 'close':
      return make({ facts: { closed: true, unread: 0 } }, line('closed'));
    case 'reopen':
      return make({ facts: { closed: false, handler: 'human' } }, line('reopened'));
    case 'markSpam':
      return make({ facts: { spam: true } }, line('marked_spam'));
    case 'unmarkSpam':
      return make({ facts: { spam: false } }, line('unmarked_spam'));
    case 'block':
      return make({ facts: { blockState: 'blocked' } }, line('blocked'));
    case 'unblock':
      return make({ facts: { blockState: 'none' } }, line('unblocked'));
    case 'markRead':
      return make({ facts: { unread: 0 } });
    case 'markUnread':
      return make({ facts: { unread: Math.max(1, row.facts.unread) } });
    case 'assign':
      return make(
        {
          assignees: merged(row.assignees, agents, action.agentIds),
          teams: merged(teams, directory.teams, action.teamIds),
        },
        line('assigned', action),
      );
    case 'unassign':
      return make(
        { assignees: without(row.assignees, action.agentIds), teams: without(teams, action.teamIds) },
        line('unassigned', action),
      );
    case 'tag':
      return make({ tags: merged(row.tags, directory.tags, action.tagIds) }, line('tagged', action));
    case 'untag':
      return make({ tags: without(row.tags, action.tagIds) }, line('untagged', action));
    case 'setBot':
      return make(
        { facts: { handler: action.active ? 'bot' : 'human' } },
        line(action.active ? 'bot_activated' : 'bot_paused'),
      );
    case 'pin':
      return make({ pinned: action.pinned }, line(action.pinned ? 'pinned' : 'unpinned'));
    case 'snooze':
      return make(
        { snoozedUntil: action.until },
        action.until === null
          ? line('unsnoozed')
          : line('snoozed', { until: new Date(action.until).toISOString() }),
      );
  }
}
