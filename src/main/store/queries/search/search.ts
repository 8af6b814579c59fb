/**
 * The search. Words may be in the name of the patient, in a tag of the conversation and in the message: those that a
 * conversation's patient or tags account for narrow the conversations, the remaining ones must be in the message
 * (`munoz ortodon` finds what a Muñoz wrote about *ortodoncia*).
 */
import type { Entity } from '@recado/protocol';
import type { SearchResults } from '../../../../shared/contract/index.ts';
import { readSearchText, wordsOf, type SearchText } from '../../../../shared/search-text.ts';
import type { ReadDatabase } from '../../database.ts';
import { highlightSnippet } from '../../highlight.ts';
import { findConversation } from '../conversations.ts';
import { mapReference } from '../reference.ts';
import { getMessageBounds, getSyncState } from '../sync-state.ts';
import { createAuthorViews } from '../views.ts';
import { createLooks } from './looks.ts';
import { findMessages, RANKED, type Hit } from './messages.ts';
import { findPatients, groupConversations, listConversationsByTag, maskOf, tagResults } from './people.ts';

/** One letter begins half of all words: not looked for in messages. */
const WORD_MIN_LENGTH = 2;
/** Of which words may be in a name or tag instead; shorter ones are in too many. */
const SHARED_WORD_MIN_LENGTH = 3;
const SHARED_WORDS_MOST = 5;
/** Ways of sharing words out that are looked into, those with most words in names and tags first. */
const SHARED_WAYS_MOST = 3;
/** More words than these say nothing new. */
const WORDS_MOST = 12;

export interface SearchInput {
  text: string;
  conversationId: string | null;
  limit: number;
  now: number;
  timeZone: string;
}

/** See `StoreReads.search`. */
export function search(database: ReadDatabase, input: SearchInput): SearchResults {
  const { conversationId, limit } = input;
  const read = readSearchText(input.text, input.timeZone);
  const asked: SearchText = { ...read, words: read.words.slice(0, WORDS_MOST) };
  const tags = [...mapReference(database, 'tag').values()];
  const scope = findScope(database, { asked, tags, conversationId });
  const isAboutMessages =
    conversationId !== null ||
    asked.from.length > 0 ||
    asked.has.length > 0 ||
    asked.before !== null ||
    asked.after !== null;
  const groups = groupsOf(database, { asked, tags, scope });
  const { isHistoryComplete, forgottenBefore } = getSyncState(database);
  return {
    patients: isAboutMessages ? [] : findPatients(database, { search: asked, scope, limit }),
    tags: isAboutMessages || asked.tags.length > 0 ? [] : tagResults(tags, asked.words),
    ...searchMessages(database, { asked, groups, limit }),
    isComplete: isHistoryComplete && forgottenBefore === null && getMessageBounds(database).searchFrom === 0,
  };
}

/** Local keys of the conversations the search is narrowed to from the start; null for all. */
function findScope(
  database: ReadDatabase,
  input: { asked: SearchText; tags: Entity<'tag'>[]; conversationId: string | null },
): Set<number> | null {
  const { asked, tags, conversationId } = input;
  let scope: Set<number> | null = null;
  const narrow = (keys: number[]) => {
    const held: Set<number> | null = scope;
    scope = new Set(held === null ? keys : keys.filter((key) => held.has(key)));
  };
  if (conversationId !== null) {
    const held = findConversation(database, conversationId);
    narrow(held === null ? [] : [held.key]);
  }
  for (const words of asked.tags) {
    const all = 2 ** words.length - 1;
    const matching = tags.filter(({ name }) => maskOf(name, words) === all);
    narrow(matching.flatMap(({ id }) => listConversationsByTag(database, id)));
  }
  return scope;
}

/** Words that must be in the message, and how many the patient or a tag accounts for already. */
interface Group {
  words: string[];
  /** One of the words is enough: the patient or a tag accounts for every one of them. */
  isAny: boolean;
  accountedFor: number;
  /** Local keys of the conversations; null for all. */
  keys: number[] | null;
}

/**
 * All words in the message; and for every part of them that names or tags account for, the other words in the messages of
 * these conversations, at least one in any case.
 */
function groupsOf(
  database: ReadDatabase,
  input: {
    asked: SearchText;
    tags: Entity<'tag'>[];
    scope: Set<number> | null;
  },
): Group[] {
  const { asked, scope } = input;
  const words = asked.words.filter((word) => word.length >= WORD_MIN_LENGTH);
  const isFiltered =
    scope !== null ||
    asked.from.length > 0 ||
    asked.has.length > 0 ||
    asked.before !== null ||
    asked.after !== null;
  if (words.length === 0 && (!isFiltered || asked.words.length > 0)) return [];
  const groups: Group[] = [
    { words, isAny: false, accountedFor: 0, keys: scope === null ? null : [...scope] },
  ];
  if (words.length < 2) return groups;

  const shared = words.filter((word) => word.length >= SHARED_WORD_MIN_LENGTH).slice(0, SHARED_WORDS_MOST);
  const byMask = [...maskConversations(database, { shared, tags: input.tags })].sort(
    ([one], [other]) => countBits(other) - countBits(one),
  );
  for (const [mask, found] of byMask.slice(0, SHARED_WAYS_MOST)) {
    const accounted = shared.filter((_, index) => (mask & (1 << index)) !== 0);
    const rest = words.filter((word) => !accounted.includes(word));
    const isAny = rest.length === 0;
    const keys = scope === null ? found : found.filter((key) => scope.has(key));
    groups.push({ words: isAny ? words : rest, isAny, accountedFor: accounted.length, keys });
  }
  return groups;
}

function countBits(mask: number): number {
  let count = 0;
  for (let rest = mask; rest > 0; rest >>= 1) count += rest & 1;
  return count;
}

/** Local keys of conversations by which of the words their patient or a tag accounts for, bit by bit. */
function maskConversations(
  database: ReadDatabase,
  input: { shared: string[]; tags: Entity<'tag'>[] },
): Map<number, number[]> {
  const { shared } = input;
  const byName = groupConversations(database, shared);
  const tagged = input.tags.map(({ id, name }) => ({ id, mask: maskOf(name, shared) }));
  if (tagged.every(({ mask }) => mask === 0)) return byName;
  const masks = new Map<number, number>();
  const add = (key: number, mask: number) => masks.set(key, (masks.get(key) ?? 0) | mask);
  for (const [mask, keys] of byName) for (const key of keys) add(key, mask);
  for (const { id, mask } of tagged)
    if (mask !== 0) for (const key of listConversationsByTag(database, id)) add(key, mask);
  const byMask = new Map<number, number[]>();
  for (const [key, mask] of masks) {
    const keys = byMask.get(mask);
    if (keys === undefined) byMask.set(mask, [key]);
    else keys.push(key);
  }
  return byMask;
}

interface RankedHit extends Hit {
  quality: number;
}

function searchMessages(
  database: ReadDatabase,
  input: { asked: SearchText; groups: Group[]; limit: number },
): Pick<SearchResults, 'messages' | 'hasMoreMessages'> {
  const { asked, groups, limit } = input;
  const hits = new Map<number, RankedHit>();
  let isCut = false;
  for (const { words, isAny, accountedFor, keys } of groups) {
    if (keys?.length === 0) continue;
    for (const look of createLooks(database, { asked, words, isAny, keys })) {
      const found = findMessages(database, look, limit);
      isCut ||= found.length > limit;
      for (const hit of found) {
        const quality = accountedFor + qualityOf(hit, words);
        if ((hits.get(hit.ordinal)?.quality ?? -1) < quality) hits.set(hit.ordinal, { ...hit, quality });
      }
    }
  }
  const newest = [...hits.values()].sort((one, other) => other.ordinal - one.ordinal).slice(0, RANKED);
  const best = newest
    .sort((one, other) => other.quality - one.quality || other.ordinal - one.ordinal)
    .slice(0, limit);
  return { messages: mapHits(database, best, asked.words), hasMoreMessages: isCut || hits.size > limit };
}

/** How many of the words are whole words of the message and not only the beginning of one. */
function qualityOf(hit: Hit, words: readonly string[]): number {
  if (words.length === 0) return 0;
  const held = new Set(wordsOf(`${hit.text ?? ''} ${hit.file_name ?? ''}`));
  return words.filter((word) => held.has(word)).length;
}

function mapHits(database: ReadDatabase, hits: Hit[], words: readonly string[]): SearchResults['messages'] {
  const author = createAuthorViews(database);
  const conversations = new Map(
    database
      .all<{ key: number; id: string; display_name: string | null }>(
        `select conversations.key, conversations.id, display_name
         from json_each(:keys) cross join conversations on conversations.key = value
         left join patients on patients.id = patient_id`,
        { keys: JSON.stringify([...new Set(hits.map((hit) => hit.conversation_key))]) },
      )
      .map((row) => [row.key, row]),
  );
  return hits.flatMap((hit) => {
    const conversation = conversations.get(hit.conversation_key);
    if (conversation === undefined) return [];
    const { author_kind: kind, author_agent_id: agentId, author_name: name } = hit;
    return {
      messageId: hit.id,
      conversationId: conversation.id,
      displayName: conversation.display_name,
      direction: hit.direction,
      kind: hit.kind,
      author: author({ kind, agentId, name }),
      sentAt: hit.sent_at,
      snippet: snippetOf(hit, words),
    };
  });
}

/** Around the first match in the words, or else in the name of the file. */
function snippetOf({ text, file_name: fileName }: Hit, words: readonly string[]) {
  const inText = highlightSnippet(text ?? '', words);
  if (fileName === null || inText.some(({ isMatch }) => isMatch)) return inText;
  const inName = highlightSnippet(fileName, words);
  return inText.length === 0 || inName.some(({ isMatch }) => isMatch) ? inName : inText;
}
