/** Whose conversations the words of a search speak of: patients by name or number, and tags by name. */
import type { Entity } from '@recado/protocol';
import type { SearchResults } from '../../../../shared/contract/index.ts';
import { wordsOf, type SearchText } from '../../../../shared/search-text.ts';
import type { Parameters, ReadDatabase } from '../../database.ts';
import { highlight, highlightDigits } from '../../highlight.ts';

/** A digit or two are in every number. */
const DIGITS_MIN_LENGTH = 3;
const isDigits = (word: string) => word.length >= DIGITS_MIN_LENGTH && /^\d+$/u.test(word);

/** Every name is read once, out of one covering index: a few milliseconds for 20,000 patients. */
const PEOPLE = `patients indexed by patients_by_search
cross join conversations indexed by conversations_by_patient
  on patient_id = patients.id and queue in ('people', 'bot', 'closed', 'spam')`;

/** Whether the patient's names have a word that begins with each of these, or the number holds it. */
const matchesOf = (words: readonly string[]): string[] =>
  words.map((word, index) =>
    isDigits(word)
      ? `(instr(search_name, :name${index}) > 0 or instr(phone_digits, :digits${index}) > 0)`
      : `(instr(search_name, :name${index}) > 0)`,
  );

function wordParameters(words: readonly string[]): Parameters {
  const parameters: Parameters = {};
  words.forEach((word, index) => {
    parameters[`name${index}`] = ` ${word}`;
    if (isDigits(word)) parameters[`digits${index}`] = word;
  });
  return parameters;
}

/** Conversations by which of the words their patient accounts for, bit by bit; only where there is any. */
export function groupsSql(words: readonly string[]): string {
  const matches = matchesOf(words);
  return `
select mask, json_group_array(key) as keys
from (select conversations.key as key, ${matches.map((match, index) => `${match} * ${1 << index}`).join(' + ')} as mask
  from ${PEOPLE} where ${matches.join(' or ')})
group by mask`;
}

/** Local keys of conversations by which of the words their patient accounts for, bit by bit. */
export function groupConversations(database: ReadDatabase, words: readonly string[]): Map<number, number[]> {
  if (words.length === 0) return new Map();
  const rows = database.all<{ mask: number; keys: string }>(groupsSql(words), wordParameters(words));
  return new Map(rows.map(({ mask, keys }) => [mask, JSON.parse(keys) as number[]]));
}

/** Local keys of the conversations whose patient has all these words in the name. */
export const listConversationsByName = (database: ReadDatabase, words: readonly string[]): number[] =>
  groupConversations(database, words).get(2 ** words.length - 1) ?? [];

/** Local keys of the conversations with a tag. */
export function listConversationsByTag(database: ReadDatabase, tagId: string): number[] {
  return database
    .all<{ conversation_key: number }>(
      `select conversation_key from conversation_links indexed by conversation_links_by_target
       where is_people in (0, 1) and target_id = :tagId`,
      { tagId },
    )
    .map((row) => row.conversation_key);
}

/** Bit by bit, which of the words a name's words begin with. */
export function maskOf(name: string, words: readonly string[]): number {
  const parts = wordsOf(name);
  return words.reduce(
    (mask, word, index) => (parts.some((part) => part.startsWith(word)) ? mask | (1 << index) : mask),
    0,
  );
}

export function tagResults(tags: Entity<'tag'>[], words: readonly string[]): SearchResults['tags'] {
  if (words.length === 0) return [];
  const all = 2 ** words.length - 1;
  return tags
    .filter(({ name }) => maskOf(name, words) === all)
    .map(({ id, name, color }) => ({ id, name, color, label: highlight(name, words) }));
}

/** Patients all the words, or the number, speak of: whole words before beginnings of words, then the most recent. */
export function patientsSql(words: readonly string[], hasPhone: boolean, isNarrowed: boolean): string {
  const isAll = words.length === 0 ? '0' : matchesOf(words).join(' and ');
  const isPhone = hasPhone ? ' or instr(phone_digits, :phoneDigits) > 0' : '';
  const quality =
    words.map((_, index) => `(instr(search_name, :name${index} || ' ') > 0)`).join(' + ') || '0';
  return `
select conversations.key, last_activity_at from ${PEOPLE}
where (${isAll}${isPhone})${isNarrowed ? ' and conversations.key in (select value from json_each(:keys))' : ''}
order by ${quality} desc, last_activity_at desc, conversations.key
limit :limit`;
}

/** See `patientsSql`. */
export function findPatients(
  database: ReadDatabase,
  input: { search: SearchText; scope: ReadonlySet<number> | null; limit: number },
): SearchResults['patients'] {
  const { search, scope, limit } = input;
  const { words, phoneDigits } = search;
  if (words.length === 0 && phoneDigits === null) return [];
  const found = database.all<{ key: number; last_activity_at: number }>(
    patientsSql(words, phoneDigits !== null, scope !== null),
    {
      ...wordParameters(words),
      ...(phoneDigits === null ? {} : { phoneDigits }),
      ...(scope === null ? {} : { keys: JSON.stringify([...scope]) }),
      limit,
    },
  );
  return found.flatMap(({ key, last_activity_at: lastActivityAt }) => {
    const row = database.get<{ id: string; display_name: string | null; formatted_phone: string | null }>(
      `select conversations.id, display_name, formatted_phone
       from conversations join patients on patients.id = patient_id where conversations.key = :key`,
      { key },
    );
    if (row === undefined) return [];
    const digits = phoneDigits ?? words.find(isDigits) ?? '';
    const phone = row.formatted_phone === null ? null : highlightDigits(row.formatted_phone, digits);
    const isNumberTheName = row.display_name !== null && row.display_name === row.formatted_phone;
    const name = isNumberTheName ? phone! : highlight(row.display_name ?? '', words);
    return [{ conversationId: row.id, name, phone, lastActivityAt }];
  });
}
