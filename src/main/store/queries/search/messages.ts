/**
 * Messages a search finds, newest first. Every way of looking walks an index downwards by ordinal, which is the order of
 * time, and stops when it has enough: ranking or sorting by date would touch every hit.
 */
import type { Parameters, ReadDatabase } from '../../database.ts';

/** Hits that are ranked by how well they match; older ones do not come in between. */
export const RANKED = 300;
/** Rows looked at before a filter that most of them fail may have its say, and at most. */
const EXAMINED_FIRST = 1_500;
const EXAMINED_MOST = 50_000;
/** A patient's message rarely comes later than this after it was sent. */
const LATE_MS = 2 * 86_400_000;
/** A word is frequent that is in one of so many messages. */
const FREQUENT = 400;
/** Of all conversations, one in so many: fewer are looked up by their messages, more are met soon enough. */
const SPARSE_SHARE = 50;

export interface Hit {
  ordinal: number;
  id: string;
  conversation_key: number;
  direction: string;
  kind: string;
  text: string | null;
  file_name: string | null;
  author_kind: string;
  author_agent_id: string | null;
  author_name: string | null;
  sent_at: number;
}

/** One way of looking. Everything in it must hold. */
export interface Look {
  /** Of the full-text index; null looks at every message, or every file of `mediaKind`. */
  expression: string | null;
  /**
   * The same for whole words; null when there are none. The index merges all words that begin with one looked for before
   * it answers, which takes long for frequent ones, and of those whole words alone will do.
   */
  wholeWords: string | null;
  mediaKind: string | null;
  /** Local keys of the conversations to look in; null for all. */
  keys: readonly number[] | null;
  /** Conditions on `found`, with their parameters. */
  where: readonly string[];
  parameters: Parameters;
  before: number | null;
  after: number | null;
}

/** These words, or words that begin with them, all or any; quoted, so that nothing typed is syntax. */
export const toExpression = (words: readonly string[], isAny: boolean, isPrefix = true): string =>
  `(${words.map((word) => `"${word}"${isPrefix ? '*' : ''}`).join(isAny ? ' OR ' : ' AND ')})`;

/** Where the ordinals to look at come from, newest first. */
function placesSql(look: Look, isSparse: boolean): string {
  const { expression, mediaKind } = look;
  const inKeys = 'conversation_key in (select value from json_each(:keys))';
  if (expression === null) {
    if (isSparse)
      return `select ordinal as place from messages indexed by ${mediaKind === null ? 'messages_by_conversation' : 'messages_with_media'}
where ${inKeys}${mediaKind === null ? '' : ' and media_kind is not null and media_kind = :mediaKind'} and ordinal between :lowest and :highest`;
    return mediaKind === null
      ? 'select ordinal as place from messages where ordinal between :lowest and :highest'
      : `select ordinal as place from messages indexed by messages_by_media_kind
where media_kind = :mediaKind and ordinal between :lowest and :highest`;
  }
  // A unary plus keeps the index of words in charge: the other way round every message would be looked up in it.
  const narrowed = [
    isSparse
      ? `+rowid in (select ordinal from messages indexed by messages_by_conversation where ${inKeys})`
      : '',
    mediaKind === null
      ? ''
      : '+rowid in (select ordinal from messages indexed by messages_by_media_kind where media_kind = :mediaKind)',
  ].filter(Boolean);
  return `select rowid as place from messages_fts
where ${['messages_fts match :expression', 'rowid between :lowest and :highest', ...narrowed].join(' and ')}`;
}

/** The whole statement; see `findMessages`. */
export function lookSql(look: Look, isSparse: boolean): string {
  const where = [
    ...look.where,
    ...(look.keys !== null && !isSparse
      ? ['found.conversation_key in (select value from json_each(:keys))']
      : []),
    ...(look.before === null ? [] : ['found.sent_at < :before']),
    ...(look.after === null ? [] : ['found.sent_at >= :after']),
  ];
  const order = look.expression === null ? 'ordinal' : 'rowid';
  return `
select found.ordinal, found.id, found.conversation_key, found.direction, found.kind, found.text,
  iif(found.media_kind is null, null, found.content ->> '$.media.fileName') as file_name, found.author_kind,
  found.author_agent_id, found.author_name, found.sent_at
from (${placesSql(look, isSparse)} order by ${order} desc limit :examined)
cross join messages as found on found.ordinal = place
cross join conversations on conversations.key = found.conversation_key and conversations.queue is not null
${where.length === 0 ? '' : `where ${where.join(' and ')}`}
limit :wanted`;
}

/** Up to RANKED hits, newest first; with filters that few messages pass, at least `limit` if there are so many nearby. */
export function findMessages(database: ReadDatabase, look: Look, limit: number): Hit[] {
  const total = database.get<{ key: number | null }>('select max(key) as key from conversations')!.key ?? 0;
  const isSparse = look.keys !== null && look.keys.length * SPARSE_SHARE <= Math.max(total, 5_000);
  const sql = lookSql(look, isSparse);
  const isFiltered = look.where.length > 0 || (look.keys !== null && !isSparse) || look.before !== null;
  // What fills a page when the conversations looked in are like all others.
  const share = look.keys === null || isSparse ? 1 : look.keys.length / Math.max(total, 1);
  const examinedFirst = Math.min(EXAMINED_MOST, Math.max(EXAMINED_FIRST, Math.ceil((2 * limit) / share)));
  const lowest = look.after === null ? 0 : firstReceivedAt(database, look.after);
  const soon = look.before === null ? null : firstReceivedAt(database, look.before + LATE_MS);
  const run = (wanted: number, examined: number, highest: number, expression = look.expression) =>
    readHits(database, sql, {
      ...look.parameters,
      ...(expression === null ? {} : { expression }),
      ...(look.mediaKind === null ? {} : { mediaKind: look.mediaKind }),
      ...(look.keys === null ? {} : { keys: JSON.stringify(look.keys) }),
      ...(look.before === null ? {} : { before: look.before }),
      ...(look.after === null ? {} : { after: look.after }),
      lowest,
      highest,
      examined,
      wanted,
    });
  if (look.wholeWords !== null && !isSparse) {
    const whole = run(
      limit + 1,
      isFiltered ? examinedFirst : limit + 1,
      soon ?? Number.MAX_SAFE_INTEGER,
      look.wholeWords,
    );
    if (whole.length > limit && whole[0]!.ordinal - whole[limit]!.ordinal <= (limit * FREQUENT) / share)
      return whole;
  }
  if (!isFiltered) return run(RANKED, RANKED, Number.MAX_SAFE_INTEGER);
  const first = run(RANKED, examinedFirst, soon ?? Number.MAX_SAFE_INTEGER);
  if (first.length > limit) return first;
  return run(limit + 1, EXAMINED_MOST, Number.MAX_SAFE_INTEGER);
}

/**
 * To the index, letters younger than its tables of Unicode are no letters: a word with one of them in the middle is two
 * words to it, and words one behind the other are what it does not know. Nothing can be found by such a word.
 */
function readHits(database: ReadDatabase, sql: string, parameters: Parameters): Hit[] {
  try {
    return database.all<Hit>(sql, parameters);
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('fts5: phrase')) return [];
    throw error;
  }
}

/** The first ordinal received at an instant or later: ordinals are given in the order of receipt. */
function firstReceivedAt(database: ReadDatabase, at: number): number {
  const ends = database.get<{ low: number | null; high: number | null }>(
    'select (select min(ordinal) from messages) as low, (select max(ordinal) from messages) as high',
  )!;
  let low = ends.low ?? 0;
  let high = (ends.high ?? 0) + 1;
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const next = database.get<{ ordinal: number; received_at: number }>(
      'select ordinal, received_at from messages where ordinal >= :middle order by ordinal limit 1',
      { middle },
    );
    if (next === undefined || next.received_at >= at) high = middle;
    else low = next.ordinal + 1;
  }
  return low;
}
