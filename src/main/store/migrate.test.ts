import { conversationQueue, expiresAt, isUnanswered, toEpoch, type Conversation } from '@recado/protocol';
import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { factsOf } from './conversation-facts.ts';
import type { Connection } from './database.ts';
import { migrate, readVersion, type Migration } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { isPlainSqlite, openForReading, openForWriting } from './open.ts';
import { LOCAL_TABLES, MIRROR_TABLES } from './tables.ts';
import {
  agentId,
  buildConversation,
  buildQuery,
  checkSearchIndex,
  createTemporaryFolder,
  createTestStore,
  dumpMirror,
  foundMessages,
  indexAll,
  NOON,
  put,
  searchFor,
  tagId,
  teamId,
} from './testing.ts';

const step = (version: number, sql: string): Migration => ({
  version,
  name: `step-${version}`,
  up: (connection) => connection.exec(sql),
});

const schemaOf = (connection: Connection) =>
  connection.prepare('select type, name, tbl_name, sql from sqlite_schema order by type, name').all();

describe('the migrations of the store', () => {
  test('a new file and one that came step by step have the same shape', () => {
    const fresh = new Database(':memory:');
    migrate(fresh, MIGRATIONS);
    const stepped = new Database(':memory:');
    for (let count = 1; count <= MIGRATIONS.length; count += 1) migrate(stepped, MIGRATIONS.slice(0, count));
    expect(schemaOf(stepped)).toEqual(schemaOf(fresh));
    expect(readVersion(stepped)).toBe(MIGRATIONS.at(-1)!.version);
  });

  test('a new store is empty, and every table is a mirror, local, or derived', () => {
    const connection = new Database(':memory:');
    migrate(connection, MIGRATIONS);
    const tables = connection
      .prepare(`select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'`)
      .pluck()
      .all() as string[];
    const kept = tables.filter((name) => !name.startsWith('messages_fts'));
    expect(kept.sort()).toEqual([...MIRROR_TABLES, ...LOCAL_TABLES].sort());
    expect(connection.prepare('select cursor, snapshot_seq from sync_state').all()).toEqual([
      { cursor: null, snapshot_seq: null },
    ]);
    for (const table of LOCAL_TABLES) {
      expect(connection.pragma(`foreign_key_list(${table})`)).toEqual([]);
    }
  });
});

/** What a store of the version before holds: columns of its own time, JSON without the newer fields. */
function fillVersion10(connection: Connection, conversations: Conversation[], version: number) {
  const insert = connection.prepare(
    `insert into conversations (id, version, patient_id, relay_json, prediction_json, queue, expires_at,
       last_activity_at, is_unread, is_unanswered)
     values (:id, :version, :patientId, :relay, :prediction, :queue, :expiresAt, :lastActivityAt, :isUnread, :isUnanswered)`,
  );
  conversations.forEach((conversation, index) => {
    const { pinned: _pinned, snoozedUntil: _snoozedUntil, blockState: _blockState, ...old } = conversation;
    const facts = factsOf(conversation);
    insert.run({
      id: old.id,
      version,
      patientId: old.patientId,
      relay: JSON.stringify(old),
      prediction: index === 0 ? JSON.stringify({ ...old, tagIds: [tagId(7)] }) : null,
      queue: conversationQueue(facts),
      expiresAt: expiresAt(facts),
      lastActivityAt: toEpoch(old.lastActivityAt),
      isUnread: facts.unread > 0 ? 1 : 0,
      isUnanswered: isUnanswered(facts) ? 1 : 0,
    });
  });
  connection.exec(`
    insert into conversations (id, version) values ('placeholder', 0);
    insert into messages (ordinal, version, conversation_key, id, direction, kind, text, author_kind, sent_at, received_at)
    values (5, 5, 1, 'a', 'inbound', 'text', 'cita mañana', 'patient', 1, 1),
      (6, 6, 1, 'b', 'internal', 'system', 'cita anotada', 'relay', 2, 2);
    insert into messages_fts (rowid, text) values (5, 'cita mañana'), (6, 'cita anotada')`);
}

describe('0020, over a store that is in use', () => {
  const conversations = [
    buildConversation(1, { tagIds: [tagId(1), tagId(2)], assigneeIds: [agentId(1)] }),
    buildConversation(2, { closed: true, teamIds: [teamId(1)], unread: 0 }),
    buildConversation(3, { windowExpiresAt: null }),
    buildConversation(4, { windowExpiresAt: null, lastInboundSentAt: null, handler: 'bot' }),
  ];
  const upgraded = () => {
    const connection = new Database(':memory:');
    migrate(connection, MIGRATIONS.slice(0, 1));
    fillVersion10(connection, conversations, 9);
    migrate(connection, MIGRATIONS);
    return createTestStore(connection);
  };

  test('works out the same columns and links as if every conversation came anew', () => {
    const before = upgraded();
    const fresh = createTestStore();
    const [first, ...others] = conversations;
    fresh.write.applyChanges({
      changes: [{ ...first!, tagIds: [tagId(7)] }, ...others].map((each) => put('conversation', 9, each)),
      next: 9,
    });
    const shape = (store: ReturnType<typeof createTestStore>) => {
      const { conversations: rows, links } = dumpMirror(store);
      return {
        links,
        rows: rows!.map((row) => ({ ...(row as object), relay_json: '', prediction_json: '' })),
      };
    };
    expect(shape(before)).toEqual(shape(fresh));
  });

  test('rows, lists and what this PC predicted are as they were', () => {
    const store = upgraded();
    const page = store.read.inboxPage({
      query: buildQuery({ filter: 'all' }),
      before: null,
      limit: 9,
      now: NOON,
    });
    expect(page.rows).toHaveLength(4);
    for (const row of page.rows) expect(row).toMatchObject({ pinned: false, snoozedUntil: null });
    const [state] = store.read.conversationStates({ conversationIds: [conversations[0]!.id] });
    expect(state?.conversation).toEqual({ ...conversations[0], tagIds: [tagId(7)] });
  });

  test('what the app noted itself is no longer found', () => {
    const store = upgraded();
    expect(searchFor(store, 'cita')).toMatchObject({ messages: [], isComplete: false });
    indexAll(store);
    checkSearchIndex(store);
    expect(foundMessages(store, 'cita')).toEqual(['a']);
  });
});

describe('the runner', () => {
  let folder: ReturnType<typeof createTemporaryFolder>;
  const key = randomBytes(32);
  beforeEach(() => {
    folder = createTemporaryFolder();
  });
  afterEach(() => folder.remove());

  const first = step(10, 'create table parent (id integer primary key); insert into parent values (1)');
  const second = step(
    20,
    'create table child (parent_id integer references parent on delete cascade); insert into child values (1)',
  );
  const rebuild = step(
    30,
    `create table parent_new (id integer primary key, name text);
     insert into parent_new (id) select id from parent; drop table parent; alter table parent_new rename to parent`,
  );

  test('runs what is missing, once', () => {
    const connection = new Database(':memory:');
    expect(migrate(connection, [first])).toEqual({ ok: true, applied: [10] });
    expect(migrate(connection, [first, second])).toEqual({ ok: true, applied: [20] });
    expect(migrate(connection, [first, second])).toEqual({ ok: true, applied: [] });
  });

  test('a rebuilt parent keeps its children', () => {
    const connection = new Database(':memory:');
    migrate(connection, [first, second, rebuild]);
    expect(connection.prepare('select * from child').all()).toEqual([{ parent_id: 1 }]);
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test.each([
    ['a failing step', step(20, 'create table other (id); insert into nowhere values (1)')],
    [
      'a broken reference',
      step(20, 'create table child (parent_id references parent); insert into child values (9)'),
    ],
  ])('%s leaves the file as it was', (_, broken) => {
    const connection = new Database(':memory:');
    migrate(connection, [first]);
    const before = schemaOf(connection);
    expect(() => migrate(connection, [first, broken])).toThrow();
    expect(schemaOf(connection)).toEqual(before);
    expect(readVersion(connection)).toBe(10);
    expect(connection.pragma('foreign_keys', { simple: true })).toBe(1);
  });

  test('refuses a file from a newer version and a list out of order', () => {
    const connection = new Database(':memory:');
    migrate(connection, [first, second]);
    expect(migrate(connection, [first])).toEqual({ ok: false, failure: 'from_newer_version' });
    expect(() => migrate(connection, [second, first])).toThrow(/order/);
  });

  test('copies an existing file first, encrypted, and keeps the newest copy', () => {
    const file = join(folder.path, 'recado.db');
    const steps = [first, second, rebuild, step(40, 'create table last (id)')];
    for (let count = 1; count <= steps.length; count += 1) {
      const connection = openForWriting(file, key);
      migrate(connection, steps.slice(0, count));
      connection.close();
    }
    const backups = readdirSync(folder.path).filter((name) => name.endsWith('.backup'));
    expect(backups).toEqual(['recado.db.before-000030.backup']);
    const backup = join(folder.path, backups[0]!);
    expect(isPlainSqlite(backup)).toBe(false);
    const restored = openForReading(backup, key);
    expect(readVersion(restored)).toBe(30);
    expect(restored.prepare('select * from child').all()).toEqual([{ parent_id: 1 }]);
    restored.close();
  });
});
