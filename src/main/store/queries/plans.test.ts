import { CONVERSATION_FILTERS } from '@recado/protocol';
import { describe, expect, test } from 'vitest';
import { buildQuery, createTestStore, explain, tagId } from '../testing.ts';
import { INBOX_COUNTS_SQL, INBOX_ROWS_SQL, NEXT_EXPIRY_SQL } from './inbox.ts';
import { sectionsOf } from './inbox-query.ts';
import { LINK_COUNTS_SQL } from './links.ts';
import { MEDIA_FACTS_SQL, mediaPageSql } from './media.ts';
import { lookSql, type Look } from './search/messages.ts';
import { groupsSql, patientsSql } from './search/people.ts';
import { threadPageSql } from './thread.ts';

const { connection } = createTestStore();

/** The plan, after making sure that nothing is sorted and no table read whole. */
function planOf(sql: string): string {
  const steps = explain(connection, sql);
  for (const step of steps) {
    expect(step).not.toContain('TEMP B-TREE');
    expect(step).not.toMatch(/^SCAN (?!messages_fts VIRTUAL|\(subquery|json_each)/);
  }
  return steps.join('\n');
}

const narrowed = { tagIds: [tagId(1)], unreadOnly: true, unansweredOnly: true };
const plansOf = (query: ReturnType<typeof buildQuery>, isContinued: boolean) =>
  sectionsOf(query, null).flatMap((section) => section.lanes(isContinued).map(({ sql }) => planOf(sql)));

describe('query plans', () => {
  test.each(
    ([...CONVERSATION_FILTERS, 'all'] as const).flatMap((filter) =>
      (['newest', 'oldest'] as const).map((sort) => ({ filter, sort })),
    ),
  )('a page of $filter, $sort first, walks its index and nothing else', ({ filter, sort }) => {
    for (const plan of plansOf(buildQuery({ filter, sort }), false))
      expect(plan).toMatch(
        /^SEARCH page USING COVERING INDEX conversations_by_activity \(queue=\? AND rank=\?\)$/,
      );
    for (const plan of plansOf(buildQuery({ filter, sort }), true))
      expect(plan).toContain(`(last_activity_at,order_key)${sort === 'newest' ? '<' : '>'}(?,?)`);
    for (const plan of plansOf(buildQuery({ filter, sort, ...narrowed }), true))
      expect(plan).toMatch(
        /conversation_links (EXISTS )?USING PRIMARY KEY \(conversation_key=\? AND target_id=\?\)/,
      );
  });

  test('windows that end first are walked by their end, the rest by activity', () => {
    for (const isContinued of [false, true]) {
      const plans = plansOf(buildQuery({ sort: 'expiresFirst', ...narrowed }), isContinued);
      expect(new Set(plans.map((plan) => /conversations_by_\w+/.exec(plan)?.[0]))).toEqual(
        new Set(['conversations_by_window', 'conversations_by_activity']),
      );
    }
  });

  test('appointments ahead are gathered out of one covering index', () => {
    const [upcoming] = sectionsOf(buildQuery({ sort: 'appointmentFirst' }), null);
    const steps = explain(connection, upcoming!.lanes(false)[0]!.sql);
    expect(steps).toContain('SEARCH appointments USING COVERING INDEX appointments_by_start (starts_at>?)');
    expect(steps).toContain('SEARCH page USING INDEX conversations_by_patient (patient_id=? AND queue=?)');
  });

  test('the rows of a page are looked up one by one', () => {
    const plan = explain(connection, INBOX_ROWS_SQL).join('\n');
    expect(plan).toContain('SEARCH page USING INTEGER PRIMARY KEY (rowid=?)');
    expect(plan).toContain('SEARCH patients USING INDEX sqlite_autoindex_patients_1 (id=?)');
    expect(plan).toContain(
      'SEARCH appointments USING INDEX appointments_by_patient (patient_id=? AND starts_at>?)',
    );
  });

  test.each(['newest', 'before', 'after'] as const)('a thread page (%s) walks its index', (from) => {
    expect(planOf(threadPageSql(from))).toContain(
      'SEARCH messages USING INDEX messages_by_conversation (conversation_key=?',
    );
  });

  test.each([true, false])('a page of files (first: %s) walks its index', (isFirst) => {
    expect(planOf(mediaPageSql(isFirst))).toContain(
      'SEARCH messages USING INDEX messages_with_media (conversation_key=?',
    );
  });

  test('what is known of a file is found by its id', () => {
    expect(planOf(MEDIA_FACTS_SQL)).toBe('SEARCH messages USING INDEX messages_by_media (media_id=?)');
  });

  test('counts stream out of one covering index', () => {
    expect(planOf(INBOX_COUNTS_SQL)).toBe(
      'SEARCH conversations USING COVERING INDEX conversations_by_state (queue>?)',
    );
  });

  test('the counts of views stream out of one covering index', () => {
    expect(planOf(LINK_COUNTS_SQL)).toBe(
      'SEARCH conversation_links USING COVERING INDEX conversation_links_by_target (is_people=?)',
    );
  });

  test.each(NEXT_EXPIRY_SQL)('the next expiry is found by range: %#', (sql) => {
    expect(planOf(sql)).toMatch(/^SEARCH conversations USING COVERING INDEX \w+ \(queue=\? AND /);
  });

  const look: Look = {
    expression: '"cita"*',
    wholeWords: null,
    mediaKind: null,
    keys: null,
    where: [],
    parameters: {},
    before: null,
    after: null,
  };
  const lookedUp = [
    'SEARCH found USING INTEGER PRIMARY KEY (rowid=?)',
    'SEARCH conversations USING INTEGER PRIMARY KEY (rowid=?)',
  ];

  test('search is driven by the full-text index in its own order, and stops when it has enough', () => {
    const steps = planOf(lookSql(look, false)).split('\n');
    expect(steps[0]).toMatch(/^CO-ROUTINE/);
    expect(steps[1]).toMatch(/^SCAN messages_fts VIRTUAL TABLE INDEX/);
    expect(steps.slice(-2)).toEqual(lookedUp);
  });

  test('narrowed to few conversations, their messages are gathered out of an index and words are still in charge', () => {
    const plan = explain(connection, lookSql({ ...look, keys: [1, 2] }, true)).join('\n');
    expect(plan).toMatch(/SCAN messages_fts VIRTUAL TABLE INDEX/);
    expect(plan).toContain(
      'SEARCH messages USING COVERING INDEX messages_by_conversation (conversation_key=?)',
    );
    expect(plan).not.toContain('TEMP B-TREE FOR ORDER BY');
  });

  test('without words, messages are walked by ordinal, and files by their kind', () => {
    expect(planOf(lookSql({ ...look, expression: null }, false))).toContain(
      'SEARCH messages USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)',
    );
    expect(planOf(lookSql({ ...look, expression: null, mediaKind: 'audio' }, false))).toContain(
      'SEARCH messages USING COVERING INDEX messages_by_media_kind (media_kind=? AND rowid>? AND rowid<?)',
    );
  });

  test('names are read out of one covering index', () => {
    for (const sql of [patientsSql(['ana', '600'], true, false), groupsSql(['ana', '600'])]) {
      const plan = explain(connection, sql).join('\n');
      expect(plan).toContain('SCAN patients USING COVERING INDEX patients_by_search');
      expect(plan).toContain(
        'SEARCH conversations USING COVERING INDEX conversations_by_patient (patient_id=? AND queue=?)',
      );
    }
  });
});
