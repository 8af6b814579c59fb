/** Who and what conversations hang on: their tags, agents and teams, by conversation and by target. */
import type { Conversation, ConversationQueue } from '@recado/protocol';
import type { ReadDatabase, WriteDatabase } from '../database.ts';

/** The target of a conversation that neither an agent nor a team has been assigned. */
export const NOBODY = 'nobody';

/** A tag, agent and team have different ids, so that one column names all three. */
function targetsOf({ tagIds, assigneeIds, teamIds }: Conversation): Set<string> {
  const targets = new Set([...tagIds, ...assigneeIds, ...teamIds]);
  if (assigneeIds.length === 0 && teamIds.length === 0) targets.add(NOBODY);
  return targets;
}

/** Brings the links of a conversation in line with how it is shown; most writes change none. */
export function writeLinks(
  database: WriteDatabase,
  input: {
    key: number;
    conversation: Conversation;
    queue: ConversationQueue;
    isUnread: number;
    isNew: boolean;
  },
): void {
  const { key, isUnread } = input;
  const isPeople = input.queue === 'people' ? 1 : 0;
  const wanted = targetsOf(input.conversation);
  const held = input.isNew
    ? []
    : database.all<{ target_id: string; is_people: number; is_unread: number }>(
        'select target_id, is_people, is_unread from conversation_links where conversation_key = :key',
        { key },
      );
  for (const link of held) {
    const targetId = link.target_id;
    if (!wanted.delete(targetId)) {
      database.run('delete from conversation_links where conversation_key = :key and target_id = :targetId', {
        key,
        targetId,
      });
    } else if (link.is_people !== isPeople || link.is_unread !== isUnread) {
      database.run(
        `update conversation_links set is_people = :isPeople, is_unread = :isUnread
         where conversation_key = :key and target_id = :targetId`,
        { key, targetId, isPeople, isUnread },
      );
    }
  }
  for (const targetId of wanted) {
    database.run(
      `insert into conversation_links (conversation_key, target_id, is_people, is_unread)
       values (:key, :targetId, :isPeople, :isUnread)`,
      { key, targetId, isPeople, isUnread },
    );
  }
}

export function deleteLinks(database: WriteDatabase, key: number): void {
  database.run('delete from conversation_links where conversation_key = :key', { key });
}

/** Streams out of one covering index, without a sort. */
export const LINK_COUNTS_SQL = `
select target_id, is_unread, count(*) as count
from conversation_links indexed by conversation_links_by_target
where is_people = 1
group by target_id, is_unread`;

/** How many conversations that people have (received and expired) hang on each target. */
export function countLinks(database: ReadDatabase): Map<string, { total: number; unread: number }> {
  const counts = new Map<string, { total: number; unread: number }>();
  const rows = database.all<{ target_id: string; is_unread: number; count: number }>(LINK_COUNTS_SQL);
  for (const row of rows) {
    const held = counts.get(row.target_id) ?? { total: 0, unread: 0 };
    counts.set(row.target_id, {
      total: held.total + row.count,
      unread: held.unread + (row.is_unread === 1 ? row.count : 0),
    });
  }
  return counts;
}

/** Ids of the conversations with a target. */
export function listLinkedConversations(database: ReadDatabase, targetId: string): string[] {
  return database
    .all<{ id: string }>(
      `select id from conversation_links indexed by conversation_links_by_target
       join conversations on key = conversation_key
       where is_people in (0, 1) and target_id = :targetId`,
      { targetId },
    )
    .map(({ id }) => id);
}
