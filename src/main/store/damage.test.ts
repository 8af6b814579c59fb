/** What can happen to the file: each ends in a state that was thought of, and what has not left is never lost. */
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStore } from './client.ts';
import { createWriteDatabase } from './database.ts';
import { classifyCallFailure } from './failures.ts';
import type { Store, StoreOptions } from './interface.ts';
import { readVersion, type Migration } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { openForReading, openForWriting } from './open.ts';
import { prepareStoreFile } from './prepare.ts';
import { writes } from './registry.ts';
import {
  buildConversation,
  buildDraft,
  buildFile,
  buildMedia,
  buildMessage,
  buildPatient,
  buildQuery,
  buildSend,
  conversationId,
  createTemporaryFolder,
  createTestStore,
  fileId,
  messageId,
  NOON,
  put,
} from './testing.ts';
import { isIntact } from './verify.ts';

const KEY = randomBytes(32);
const workerFile = new URL('./worker.ts', import.meta.url);
let folder: ReturnType<typeof createTemporaryFolder>;
let file: string;
let logged: string[];
const stores: Store[] = [];

beforeEach(() => {
  folder = createTemporaryFolder();
  file = join(folder.path, 'recado.db');
  logged = [];
});
afterEach(async () => {
  await Promise.all(stores.splice(0).map((store) => store.close()));
  folder.remove();
});

const prepare = (given: Partial<Parameters<typeof prepareStoreFile>[0]> = {}) =>
  prepareStoreFile({
    file,
    key: KEY,
    migrations: MIGRATIONS,
    at: new Date(NOON),
    mayReplace: true,
    rebuild: false,
    ...given,
  });

async function open(given: Partial<StoreOptions> = {}) {
  const log = (name: string, fields: object) => void logged.push(`${name} ${JSON.stringify(fields)}`);
  const opened = await createStore({ file, key: KEY, workerFile, log, ...given });
  if (!opened.ok) throw new Error(opened.failure);
  stores.push(opened.store);
  return opened;
}

const codeOf = (call: Promise<unknown>): Promise<string | null> =>
  call.then(
    () => null,
    (error: { code: string }) => error.code,
  );

/** A file with messages over many pages, and unsent work of every kind. */
function fill(messages = 2_000): void {
  const prepared = prepare();
  if (!prepared.ok) throw new Error(prepared.failure);
  const store = createTestStore(prepared.connection);
  store.write.beginSnapshot({ seq: 1, expected: 0 });
  store.write.endSnapshot({ seq: 1 });
  store.write.applyChanges({
    changes: [
      put('patient', 2, buildPatient(1)),
      put('conversation', 3, buildConversation(1)),
      ...Array.from({ length: messages }, (_, index) =>
        put('message', index + 4, buildMessage(1, index + 4, { text: `mensaje ${'hola '.repeat(40)}` })),
      ),
    ],
    next: messages + 4,
  });
  store.write.putLocalFile({ file: buildFile(1) });
  store.write.enqueueCommands({
    commands: [buildSend(1, 1, 'a', NOON, { media: buildMedia(1) })],
    now: NOON,
  });
  store.write.enqueueCommands({ commands: [buildSend(2, 1)], now: NOON, holdUntil: NOON + 9 });
  store.write.saveDraft({
    conversationId: conversationId(1),
    draft: buildDraft('a medias', { files: [{ fileId: fileId(1), caption: 'b' }] }),
  });
  store.connection.pragma('wal_checkpoint(TRUNCATE)');
  store.connection.close();
}

/** Overwrites pages, as a failing disk would. */
function damage(...pages: number[]): void {
  const descriptor = openSync(file, 'r+');
  for (const page of pages) writeSync(descriptor, randomBytes(512), 0, 512, (page - 1) * 4_096 + 1_000);
  closeSync(descriptor);
}

/** The pages a table's rows lie on. */
function pagesOf(table: string): number[] {
  const connection = openForReading(file, KEY);
  const pages = connection
    .prepare(`select pageno from dbstat where name = :table and pagetype = 'leaf' order by path`)
    .pluck()
    .all({ table }) as number[];
  connection.close();
  return pages;
}

async function expectUnsentWork({ store }: { store: Store }): Promise<void> {
  expect(await store.read.outboxCounts({})).toEqual({ unsent: 2, refused: 0 });
  expect(await store.read.localFile({ fileId: fileId(1) })).toEqual(buildFile(1));
  await store.write.beginSnapshot({ seq: 1, expected: 1 });
  await store.write.applySnapshot({ changes: [put('conversation', 1, buildConversation(1))] });
  await store.write.endSnapshot({ seq: 1 });
  const detail = await store.read.conversationDetail({ conversationId: conversationId(1), now: NOON });
  expect(detail?.draft).toMatchObject({ text: 'a medias', files: [{ fileId: fileId(1), caption: 'b' }] });
  const taken = await store.write.takeOutbox({ limit: 5, now: NOON });
  expect(taken).toMatchObject([{ command: { id: buildSend(1, 1).id }, media: [buildMedia(1)] }]);
}

describe('a damaged page', () => {
  test('is found behind everything else, told once, and the file rebuilt with what has not left', async () => {
    fill();
    const pages = pagesOf('messages');
    damage(pages[Math.floor(pages.length / 2)]!);
    let tell: () => void = () => undefined;
    const told = new Promise<void>((resolve) => (tell = resolve));
    const { store, recovered } = await open({ verifyAfterMs: 0, onDamaged: tell });
    expect(recovered).toBeNull();
    await told;
    expect(logged.join()).toMatch(/store\.verified {"full":false,"intact":false/);
    await store.close();
    const rebuilt = await open({ rebuild: true });
    expect(rebuilt.recovered).toMatchObject({ reason: 'asked', commands: 2, drafts: 1, files: 1 });
    expect(existsSync(rebuilt.recovered!.setAsideFile)).toBe(true);
    await expectUnsentWork(rebuilt);
    expect(await rebuilt.store.verify({ full: true })).toEqual({ intact: true });
  });

  test('met by a call rejects it as corrupt; others go on', async () => {
    fill();
    damage(...pagesOf('messages').slice(10, -10));
    const { store } = await open();
    const around = { conversationId: conversationId(1), before: null, aroundMessageId: messageId(900), limit: 50 };
    expect(await codeOf(store.read.threadPage(around))).toBe('corrupt');
    expect((await store.read.inboxPage({ query: buildQuery(), before: null, limit: 5, now: NOON })).rows).toHaveLength(1);
    await store.write.setLocalValue({ key: 'x', value: 1 });
    expect(await store.read.localValue({ key: 'x' })).toBe(1);
  }); // prettier-ignore

  test('among the unsent work costs only what lay on it', async () => {
    const prepared = prepare();
    if (!prepared.ok) throw new Error(prepared.failure);
    const store = createTestStore(prepared.connection);
    const count = 300;
    store.write.enqueueCommands({
      commands: Array.from({ length: count }, (_, index) => buildSend(index, 1, 'x'.repeat(1_500))),
      now: NOON,
    });
    store.connection.pragma('wal_checkpoint(TRUNCATE)');
    store.connection.close();
    const pages = pagesOf('outbox');
    damage(pages[Math.floor(pages.length / 2)]!);
    const { recovered } = await open({ rebuild: true });
    expect(recovered!.commands).toBeGreaterThan(count - 10);
    expect(recovered!.commands).toBeLessThan(count);
  });

  test('an intact file is intact, also while its search index is being built', async () => {
    fill(3_000);
    const connection = openForWriting(file, KEY);
    connection.exec(`insert into messages_fts (messages_fts) values ('delete-all'); update sync_state set search_from = 9999`);
    for (const full of [false, true]) expect(isIntact(connection, { full })).toBe(true);
    connection.close();
    const { store } = await open();
    expect(await store.verify({ full: true })).toEqual({ intact: true });
    expect(await store.write.rebuildSearch({})).toEqual({ rebuilt: false });
    expect(logged.join()).toMatch(/store\.searchIndexed/);
    const search = { text: 'mensaj', conversationId: null, limit: 50, now: NOON, timeZone: 'Europe/Madrid' };
    expect((await store.read.search(search)).messages).toHaveLength(50);
  }); // prettier-ignore

  test('a search index that is wrong is built anew', async () => {
    fill(10);
    const connection = openForWriting(file, KEY);
    connection.exec(`insert into messages_fts (messages_fts, rowid, text) values ('delete', 5, 'algo que nunca hubo')`);
    connection.close();
    const { store } = await open();
    expect(await store.write.rebuildSearch({})).toEqual({ rebuilt: true });
    expect(await store.write.rebuildSearch({})).toEqual({ rebuilt: false });
  }); // prettier-ignore
});

describe('a full disk', () => {
  test('rejects the write with its code, keeps what was there, and goes on when there is room', () => {
    fill(50);
    const connection = openForWriting(file, KEY);
    const database = createWriteDatabase(connection);
    const enqueue = (number: number, text: string) =>
      database.transaction(() =>
        writes.enqueueCommands(database, { commands: [buildSend(number, 1, text)], now: NOON }),
      );
    const pages = connection.pragma('page_count', { simple: true }) as number;
    connection.pragma(`max_page_count = ${pages}`);
    let failure: unknown = null;
    let sent = 2;
    try {
      for (; sent < 200; sent += 1) enqueue(sent + 1, 'y'.repeat(4_000));
    } catch (error) {
      failure = error;
    }
    expect(classifyCallFailure(failure)).toBe('disk_full');
    expect(connection.inTransaction).toBe(false);
    const count = () => connection.prepare('select count(*) from outbox').pluck().get();
    expect(count()).toBe(sent);
    connection.pragma('max_page_count = 100000');
    enqueue(500, 'z');
    expect(count()).toBe(sent + 1);
    expect(isIntact(connection, { full: true })).toBe(true);
    connection.close();
  });

  test('reaches the caller of a store as a code, and the store stays usable', async () => {
    fill(50);
    // The worker, on a disk with hardly any room left.
    const cramped = join(folder.path, 'cramped.mjs');
    writeFileSync(
      cramped,
      `import Database from ${JSON.stringify(import.meta.resolve('better-sqlite3'))};
       const { prepare } = Database.prototype;
       Database.prototype.prepare = function (sql) {
         if (sql.includes('into outbox')) this.pragma('max_page_count = ' + this.pragma('page_count', { simple: true }));
         return prepare.call(this, sql);
       };
       await import(${JSON.stringify(workerFile.href)});`,
    );
    const { store } = await open({ workerFile: pathToFileURL(cramped) });
    const sends = Array.from({ length: 300 }, (_, index) => buildSend(index + 10, 1, 'y'.repeat(4_000)));
    expect(await codeOf(store.write.enqueueCommands({ commands: sends, now: NOON }))).toBe('disk_full');
    expect(await store.read.outboxCounts({})).toEqual({ unsent: 2, refused: 0 });
    await store.write.setLocalValue({ key: 'x', value: 1 });
    expect(await store.read.localValue({ key: 'x' })).toBe(1);
  });
});

describe('a file somebody else holds', () => {
  test('is locked, and left alone', () => {
    fill(10);
    const other = openForWriting(file, KEY);
    other.pragma('locking_mode = exclusive');
    other.exec('begin exclusive; delete from local_values');
    expect(prepare({ busyTimeoutMs: 50 })).toMatchObject({ ok: false, failure: 'locked' });
    other.exec('rollback');
    other.close();
    const prepared = prepare();
    expect(prepared).toMatchObject({ ok: true, recovered: null });
    if (prepared.ok) prepared.connection.close();
  });
});

describe('a migration', () => {
  const newer = (up: Migration['up']): Migration[] => [...MIGRATIONS, { version: 990, name: 'newer', up }];
  const backups = () => readdirSync(folder.path).filter((name) => name.endsWith('.backup'));
  const broken = newer((connection) => {
    connection.exec('drop table drafts; create table half (id); insert into nowhere values (1)');
  });

  test('that fails leaves everything as it was, for a person to decide', () => {
    fill(10);
    const before = statSync(file).size;
    expect(prepare({ migrations: broken })).toMatchObject({ ok: false, failure: 'corrupt' });
    expect(readdirSync(folder.path).filter((name) => name.includes('set-aside'))).toEqual([]);
    expect(backups()).toHaveLength(1);
    const reader = openForReading(file, KEY);
    expect(readVersion(reader)).toBe(MIGRATIONS.at(-1)!.version);
    expect(reader.prepare('select count(*) from drafts').pluck().get()).toBe(1);
    reader.close();
    expect(statSync(file).size).toBeGreaterThanOrEqual(before);
    // The app of before still opens it, and finds the copy of no use any more.
    const again = prepare();
    expect(again).toMatchObject({ ok: true, recovered: null });
    if (again.ok) again.connection.close();
    expect(backups()).toEqual([]);
  });

  test('that fails and takes the file with it is put back from its copy', () => {
    fill(10);
    const wrecking = newer(() => {
      damage(1);
      throw new Error('wrecked');
    });
    expect(prepare({ migrations: wrecking })).toMatchObject({ ok: false, failure: 'corrupt' });
    const again = prepare();
    if (!again.ok) throw new Error(again.failure);
    expect(again.recovered).toBeNull();
    expect(again.connection.prepare('select count(*) from outbox').pluck().get()).toBe(2);
    again.connection.close();
  });

  test('that fails can be got past by rebuilding', () => {
    fill(10);
    prepare({ migrations: broken });
    const rebuilt = prepare({ rebuild: true });
    if (!rebuilt.ok) throw new Error(rebuilt.failure);
    expect(rebuilt.recovered).toMatchObject({ reason: 'asked', commands: 2, drafts: 1, files: 1 });
    rebuilt.connection.close();
  });

  test('keeps its copy, encrypted, until the start after it', () => {
    fill(10);
    const fine = newer((connection) => connection.exec('create table another (id)'));
    const close = (prepared: ReturnType<typeof prepare>) => {
      if (!prepared.ok) throw new Error(prepared.failure);
      prepared.connection.close();
    };
    close(prepare({ migrations: fine }));
    expect(backups()).toHaveLength(1);
    expect(readFileSync(join(folder.path, backups()[0]!)).includes('medias')).toBe(false);
    close(prepare({ migrations: fine }));
    expect(backups()).toEqual([]);
    expect(prepare()).toMatchObject({ ok: false, failure: 'from_newer_version' });
    const rebuilt = prepare({ rebuild: true });
    expect(rebuilt).toMatchObject({ ok: true, recovered: { commands: 2, drafts: 1, files: 1 } });
    close(rebuilt);
  });
});

describe('a transaction that does not end', () => {
  test('holds up no read: screens show what was there before', async () => {
    fill(20);
    const { store } = await open();
    const other = openForWriting(file, KEY);
    other.exec(
      'begin immediate; delete from messages; delete from conversation_links; delete from conversations',
    );
    // Asked while nothing can be written, and answered before anything is.
    let isWritten = false;
    const write = store.write.setLocalValue({ key: 'x', value: 1 }).then(() => (isWritten = true));
    const page = { conversationId: conversationId(1), before: null, limit: 50 };
    const [thread, list, counts, found] = await Promise.all([
      store.read.threadPage(page),
      store.read.inboxPage({ query: buildQuery(), before: null, limit: 5, now: NOON }),
      store.read.inboxCounts({ now: NOON }),
      store.read.search({
        text: 'hol',
        conversationId: null,
        limit: 5,
        now: NOON,
        timeZone: 'Europe/Madrid',
      }),
    ]);
    expect(thread!.items).toHaveLength(22);
    expect([list.rows.length, counts.filters.received.total, found.messages.length]).toEqual([1, 1, 5]);
    expect(isWritten).toBe(false);
    other.exec('rollback');
    other.close();
    await write;
    expect(await store.read.localValue({ key: 'x' })).toBe(1);
  });

  test('what reads whole tables is asked of a thread of its own', async () => {
    fill(20);
    const { store } = await open();
    const other = openForWriting(file, KEY);
    other.exec('begin immediate; delete from messages');
    expect(await store.read.storage({})).toMatchObject({ messages: 20, conversations: 1 });
    expect((await store.read.checksums({ fromOrdinal: 0 }))!.entities.message!.count).toBe(20);
    other.exec('rollback');
    other.close();
  });
});
