import { CONVERSATION_FILTERS } from '@recado/protocol';
import { describe, expect, test } from 'vitest';
import { createTestStore, explain } from '../testing.ts';
import { INBOX_COUNTS_SQL, inboxPageSql, NEXT_EXPIRY_SQL } from './inbox.ts';
import { SEARCH_MESSAGES_SQL } from './search.ts';
import { threadPageSql } from './thread.ts';

const { connection } = createTestStore();

/** The plan, after making sure that nothing is sorted and no table read whole. */
function planOf(sql: string): string {
  const steps = explain(connection, sql);
  for (const step of steps) {
    expect(step).not.toContain('TEMP B-TREE');
    expect(step).not.toMatch(/^SCAN (?!messages_fts VIRTUAL)/);
  }
  return steps.join('\n');
}

describe('query plans', () => {
  test.each(CONVERSATION_FILTERS.flatMap((filter) => [true, false].map((isFirst) => ({ filter, isFirst }))))(
    'a page of $filter (first: $isFirst) walks its index',
    ({ filter, isFirst }) => {
      const plan = planOf(inboxPageSql(filter, isFirst));
      expect(plan).toContain('SEARCH page USING INDEX conversations_by_activity (queue=?');
      expect(plan).toContain('SEARCH patients USING INDEX sqlite_autoindex_patients_1 (id=?)');
      expect(plan).toContain(
        'SEARCH appointments USING INDEX appointments_by_patient (patient_id=? AND starts_at>?)',
      );
    },
  );

  test('a later page starts at its cursor', () => {
    expect(planOf(inboxPageSql('received', false))).toContain('last_activity_at<?');
  });

  test.each([true, false])('a thread page (first: %s) walks its index', (isFirst) => {
    expect(planOf(threadPageSql(isFirst))).toContain(
      'SEARCH messages USING INDEX messages_by_conversation (conversation_key=?',
    );
  });

  test('counts stream out of one covering index', () => {
    expect(planOf(INBOX_COUNTS_SQL)).toBe(
      'SEARCH conversations USING COVERING INDEX conversations_by_state (queue>?)',
    );
  });

  test('the next expiry is found by range', () => {
    expect(planOf(NEXT_EXPIRY_SQL)).toBe(
      'SEARCH conversations USING COVERING INDEX conversations_by_state' +
        ' (queue=? AND is_unread=? AND is_unanswered=? AND expires_at>?)',
    );
  });

  test('search is driven by the full-text index in its own order', () => {
    const [first, ...rest] = planOf(SEARCH_MESSAGES_SQL).split('\n');
    expect(first).toMatch(/^SCAN messages_fts VIRTUAL TABLE INDEX/);
    expect(rest).toEqual([
      'SEARCH messages USING INTEGER PRIMARY KEY (rowid=?)',
      'SEARCH conversations USING INTEGER PRIMARY KEY (rowid=?)',
    ]);
  });
});
