import Database from 'better-sqlite3';
import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { classifyOpenFailure } from './failures.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { isPlainSqlite, openForReading, openForWriting } from './open.ts';
import { prepareStoreFile, type Prepared } from './prepare.ts';
import { emptyIndex } from './queries/search-index.ts';
import {
  buildConversation,
  buildDraft,
  buildFile,
  buildMedia,
  buildMessage,
  buildPatient,
  buildSend,
  conversationId,
  createTemporaryFolder,
  createTestStore,
  fileId,
  foundMessages,
  indexAll,
  NOON,
  put,
} from './testing.ts';

const KEY = randomBytes(32);
const MARKER = 'MARCADOR';
let folder: ReturnType<typeof createTemporaryFolder>;
let file: string;

beforeEach(() => {
  folder = createTemporaryFolder();
  file = join(folder.path, 'recado.db');
});
afterEach(() => folder.remove());

const prepare = (
  key: Uint8Array = KEY,
  given: Partial<Parameters<typeof prepareStoreFile>[0]> = {},
): Prepared =>
  prepareStoreFile({
    file,
    key,
    migrations: MIGRATIONS,
    at: new Date(NOON),
    mayReplace: true,
    rebuild: false,
    ...given,
  });

function open(key?: Uint8Array) {
  const prepared = prepare(key);
  if (!prepared.ok) throw new Error(prepared.failure);
  return { store: createTestStore(prepared.connection), recovered: prepared.recovered };
}

/** Fills the file with the marker in every place a text can be. */
function fill(): void {
  const { store } = open();
  const changes = Array.from({ length: 300 }, (_, index) => index + 1).flatMap((number) => [
    put('patient', number, buildPatient(number, { name: `${MARKER} ${number}`, note: MARKER })),
    put('conversation', number, buildConversation(number)),
    put('message', number, buildMessage(number, number, { text: `${MARKER} ${'hola '.repeat(50)}` })),
  ]);
  store.write.setAgent({ agentId: conversationId(7) });
  store.write.applyChanges({ changes, next: 300 });
  store.write.enqueueCommands({ commands: [buildSend(1, 1, `${MARKER} ya`)], now: NOON });
  store.write.enqueueCommands({ commands: [buildSend(2, 2)], now: NOON });
  store.write.saveDraft({ conversationId: conversationId(3), draft: buildDraft(`${MARKER} borrador`) });
  store.connection.close();
}

const filesWithMarker = () =>
  readdirSync(folder.path).filter((name) => readFileSync(join(folder.path, name)).includes(MARKER));

describe('encryption', () => {
  test('no byte of any file tells what was written, searched or chosen, while it goes on and after', () => {
    fill();
    const writer = openForWriting(file, KEY);
    const store = createTestStore(writer);
    const name = `${MARKER}.pdf`;
    const media = buildMedia(9, { fileName: name });
    store.write.putLocalFile({ file: buildFile(9, { fileName: name, media }) });
    store.write.saveDraft({
      conversationId: conversationId(4),
      draft: buildDraft(MARKER, { files: [{ fileId: fileId(9), caption: MARKER }] }),
    });
    store.write.enqueueCommands({ commands: [buildSend(9, 5, MARKER, NOON, { media })], now: NOON });
    store.write.setLocalValue({ key: 'searches', value: [MARKER] });
    const changes = Array.from({ length: 300 }, (_, index) =>
      put('message', 1_000 + index, buildMessage(1, 1_000 + index, { text: `${MARKER} adiós` })),
    );
    store.write.applyChanges({ changes, next: 1_300 });
    // Sorts, lists of keys and all that SQLite might put into a temporary file.
    writer.pragma('cache_size = 10');
    expect(foundMessages(store, `${MARKER} hola`)).toHaveLength(100);
    expect(foundMessages(store, `${MARKER} con:archivo antes:2027-01-01`)).toEqual([]);
    writer.exec(`create temporary table copy as select * from messages order by text`);
    store.database.transaction(() => emptyIndex(store.database));
    indexAll(store);
    expect(readdirSync(folder.path).sort()).toEqual(['recado.db', 'recado.db-shm', 'recado.db-wal']);
    expect(filesWithMarker()).toEqual([]);
    expect(isPlainSqlite(file)).toBe(false);
    writer.pragma('wal_checkpoint(TRUNCATE)');
    expect(filesWithMarker()).toEqual([]);
    writer.close();
    // Set aside, rebuilt, and copied for a migration.
    const rebuilt = prepare(KEY, { rebuild: true });
    if (!rebuilt.ok) throw new Error(rebuilt.failure);
    rebuilt.connection.close();
    const newer = { version: 990, name: 'newer', up: () => undefined };
    const migrated = prepare(KEY, { migrations: [...MIGRATIONS, newer] });
    if (!migrated.ok) throw new Error(migrated.failure);
    migrated.connection.close();
    expect(readdirSync(folder.path).length).toBeGreaterThan(2);
    expect(filesWithMarker()).toEqual([]);
  });

  test('every open makes writes durable and keeps temporary data out of files', () => {
    fill();
    for (const connection of [openForWriting(file, KEY), openForReading(file, KEY)]) {
      const pragma = (name: string) => connection.pragma(name, { simple: true });
      expect(pragma('synchronous')).toBe(2);
      expect(pragma('journal_mode')).toBe('wal');
      expect(pragma('foreign_keys')).toBe(1);
      expect(pragma('temp_store')).toBe(2);
      expect(pragma('cipher')).toBe('aegis');
      connection.close();
    }
  });

  test('the reader cannot write', () => {
    fill();
    const reader = openForReading(file, KEY);
    expect(() => reader.exec('delete from drafts')).toThrow(/readonly/);
    reader.close();
  });

  test('a key of another length is refused', () => {
    expect(() => openForWriting(file, randomBytes(16))).toThrow(RangeError);
  });
});

describe('a file that cannot be read', () => {
  const setAsideName = 'recado.db.set-aside-2026-10-05T12-00-00-000Z';
  const isUsable = () => {
    const { store, recovered } = open();
    expect(recovered).toBeNull();
    store.connection.close();
  };

  test('under another key is set aside whole, and opens again with its own', () => {
    fill();
    const { store, recovered } = open(randomBytes(32));
    expect(recovered).toEqual({
      reason: 'wrong_key',
      setAsideFile: join(folder.path, setAsideName),
      commands: 0,
      drafts: 0,
      files: 0,
    });
    expect(store.read.syncState({}).cursor).toBeNull();
    store.connection.close();
    const old = openForReading(join(folder.path, setAsideName), KEY);
    expect(old.prepare('select count(*) as count from messages').get()).toEqual({ count: 300 });
    old.close();
  });

  test('with garbage in it is set aside', () => {
    writeFileSync(file, randomBytes(10_000));
    const { store, recovered } = open();
    expect(recovered).toMatchObject({ reason: 'corrupt', commands: 0 });
    store.connection.close();
    expect(readdirSync(folder.path)).toContain(setAsideName);
    isUsable();
  });

  test('that is not encrypted is set aside, never used', () => {
    const plain = new Database(file);
    plain.exec('create table outbox (command_id text)');
    plain.close();
    const { store, recovered } = open();
    expect(recovered).toMatchObject({ reason: 'corrupt', commands: 0 });
    expect(isPlainSqlite(file)).toBe(false);
    store.connection.close();
  });

  test('because it was cut short is set aside, and unsent work is carried over', () => {
    fill();
    truncateSync(file, 200 * 1_024);
    const { store, recovered } = open();
    expect(recovered).toMatchObject({ reason: 'corrupt', commands: 2, drafts: 1 });
    expect(store.read.outboxCounts({})).toEqual({ unsent: 2, refused: 0 });
    expect(store.write.takeOutbox({ limit: 5, now: NOON }).map(({ command }) => command)).toEqual([
      buildSend(1, 1, `${MARKER} ya`),
      buildSend(2, 2),
    ]);
    store.connection.close();
    isUsable();
  });

  test('twice at the same instant keeps both files', () => {
    for (let round = 0; round < 2; round += 1) {
      writeFileSync(file, randomBytes(10_000));
      open().store.connection.close();
    }
    const kept = readdirSync(folder.path).filter((name) => name.startsWith(setAsideName));
    expect(kept.filter((name) => !/-(wal|shm)$/.test(name)).sort()).toEqual([
      setAsideName,
      `${setAsideName}-2`,
    ]);
  });
});

describe('a file that must be left alone', () => {
  test('from a newer version of the app', () => {
    fill();
    const connection = openForWriting(file, KEY);
    connection.pragma('user_version = 990');
    connection.close();
    expect(prepare()).toEqual({ ok: false, failure: 'from_newer_version' });
    expect(readdirSync(folder.path)).toEqual(['recado.db']);
  });

  test('in a folder that is not there', () => {
    file = join(folder.path, 'nowhere', 'recado.db');
    expect(prepare()).toMatchObject({ ok: false, failure: 'no_access' });
  });

  test('that is a folder', () => {
    file = folder.path;
    expect(prepare()).toMatchObject({ ok: false, failure: 'no_access' });
  });

  test.each([
    ['SQLITE_BUSY', 'locked'],
    ['SQLITE_FULL', 'disk_full'],
    ['ENOSPC', 'disk_full'],
    ['SQLITE_CANTOPEN', 'no_access'],
    ['SQLITE_READONLY', 'no_access'],
    ['SQLITE_IOERR_READ', 'no_access'],
    ['EACCES', 'no_access'],
    ['', 'no_access'],
    ['SQLITE_CORRUPT', 'corrupt'],
    ['SQLITE_ERROR', 'corrupt'],
    ['SQLITE_NOTADB', 'wrong_key'],
  ])('%s is %s', (code, failure) => {
    expect(classifyOpenFailure(Object.assign(new Error(), { code }), 8_192)).toBe(failure);
  });
});
