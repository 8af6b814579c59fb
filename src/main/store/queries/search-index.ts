/**
 * The full-text index as a thing apart: it may be built anew at any time, newest messages first and a part at a time, while
 * everything else goes on. Below `search_from` messages are not in it yet, and nobody but this file writes there.
 */
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import { getMessageBounds, setSearchFrom } from './sync-state.ts';

/** Messages indexed in one transaction: what a send waits for at most. */
const PART = 2_000;

/** Indexes all messages in a range of ordinals, none of which is in the index yet. */
export function indexRange(database: WriteDatabase, input: { lowest: number; highest: number }): void {
  database.run(
    `insert into messages_fts (rowid, text)
     select ordinal, text from searchable_messages where ordinal between :lowest and :highest order by ordinal`,
    input,
  );
}

/** Indexes one part more; answers whether there is another. */
export function indexPart(database: WriteDatabase): { isDone: boolean } {
  const { searchFrom } = getMessageBounds(database);
  if (searchFrom === 0) return { isDone: true };
  const parameters = { searchFrom, part: PART };
  const { lowest } = database.get<{ lowest: number | null }>(
    `select min(ordinal) as lowest from (
       select ordinal from messages where ordinal < :searchFrom order by ordinal desc limit :part)`,
    parameters,
  )!;
  if (lowest !== null) indexRange(database, { lowest, highest: searchFrom - 1 });
  setSearchFrom(database, lowest ?? 0);
  return { isDone: lowest === null };
}

/** Empties the index; from now on it is built anew. */
export function emptyIndex(database: WriteDatabase): void {
  database.run(`insert into messages_fts (messages_fts) values ('delete-all')`);
  const { next } = database.get<{ next: number | null }>('select max(ordinal) + 1 as next from messages')!;
  setSearchFrom(database, next ?? 0);
}

/** Looks whether the index is sound and says exactly what the messages say; takes as long as building it. */
export function isIndexSound(database: WriteDatabase): boolean {
  try {
    database.run(`insert into messages_fts (messages_fts, rank) values ('integrity-check', 1)`);
    return true;
  } catch {
    return false;
  }
}

/** Whether all messages are in the index. */
export function isIndexComplete(database: ReadDatabase): boolean {
  return getMessageBounds(database).searchFrom === 0;
}
