import type { ReadDatabase } from '../database.ts';
import type { StoreReads } from '../interface.ts';

/** Words worth looking for when there are several: one letter matches half of everything and takes 70 ms. */
const WORD_MIN_LENGTH = 2;

/**
 * What a person typed as an FTS5 expression: every word must occur, as the beginning of a word. Words are letters and
 * digits only and quoted, so that nothing typed is syntax. Null when no word is long enough.
 * https://sqlite.org/fts5.html#full_text_query_syntax
 */
export function toMatchExpression(text: string): string | null {
  // Composed first: the tokenizer drops accents of one letter, but a lone accent would split the word here.
  const words = text.normalize('NFC').match(/[\p{L}\p{N}\p{M}\p{Co}]+/gu) ?? [];
  const kept = words.filter((word) => [...word].length >= WORD_MIN_LENGTH);
  return kept.length === 0 ? null : kept.map((word) => `"${word}"*`).join(' ');
}

/** By rowid, which is the relay's order: ranking or sorting by date would touch every hit. */
export const SEARCH_MESSAGES_SQL = `
select messages.id as messageId, conversations.id as conversationId, messages.ordinal, messages.sent_at as sentAt,
  messages.text
from messages_fts
cross join messages on messages.ordinal = messages_fts.rowid
cross join conversations on conversations.key = messages.conversation_key and conversations.queue is not null
where messages_fts match :expression
order by messages_fts.rowid desc
limit :limit`;

type SearchMessages = StoreReads['searchMessages'];

/** See `StoreReads.searchMessages`. */
export function searchMessages(
  database: ReadDatabase,
  input: Parameters<SearchMessages>[0],
): ReturnType<SearchMessages> {
  const expression = toMatchExpression(input.text);
  return expression === null ? [] : database.all(SEARCH_MESSAGES_SQL, { expression, limit: input.limit });
}
