import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createStore } from './client.ts';
import type { Store } from './interface.ts';
import { reads, writes } from './registry.ts';
import {
  buildConversation,
  buildPatient,
  buildQuery,
  buildSend,
  conversationId,
  createTemporaryFolder,
  NOON,
  put,
} from './testing.ts';

const workerFile = new URL('./worker.ts', import.meta.url);
const key = randomBytes(32);
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

const log = (name: string, fields: object) => void logged.push(`${name} ${JSON.stringify(fields)}`);

async function open(given: { workerFile?: URL } = {}) {
  const opened = await createStore({ file, key, workerFile, log, ...given });
  if (!opened.ok) throw new Error(opened.failure);
  stores.push(opened.store);
  return opened;
}

async function bootstrap({ write }: Store): Promise<void> {
  await write.beginSnapshot({ seq: 5, expected: 2 });
  await write.applySnapshot({
    changes: [put('patient', 1, buildPatient(1)), put('conversation', 2, buildConversation(1))],
  });
  await write.endSnapshot({ seq: 5 });
}

describe('the store behind its threads', () => {
  test('offers every read and write of the registry', async () => {
    const { store } = await open();
    expect(Object.keys(store.read).sort()).toEqual(Object.keys(reads).sort());
    expect(Object.keys(store.write).sort()).toEqual([...Object.keys(writes), 'checkpoint'].sort());
  });

  test('what one thread writes the other reads, also after opening again', async () => {
    const first = await open();
    await bootstrap(first.store);
    const input = { query: buildQuery(), before: null, limit: 10, now: NOON };
    const page = await first.store.read.inboxPage(input);
    expect(page.rows.map((row) => row.displayName)).toEqual(['Paciente 1']);
    await first.store.write.checkpoint({});
    await first.store.close();
    const again = await open();
    expect(again.recovered).toBeNull();
    expect(await again.store.read.inboxPage(input)).toEqual(page);
  });

  test('a command on its way when everything stopped is queued again', async () => {
    const { store } = await open();
    await bootstrap(store);
    await store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
    expect(await store.write.takeOutbox({ limit: 9 })).toHaveLength(1);
    // A second writer on the same file stands for the start after a kill: nothing told the first one to stop.
    const { store: restarted } = await open();
    expect(await restarted.write.takeOutbox({ limit: 9 })).toEqual([
      { command: buildSend(1, 1), conversationId: conversationId(1), state: 'sending', attempts: 1 },
    ]);
  });

  test('a failing call rejects with a code and tells nothing of what was in it', async () => {
    const { store } = await open();
    const secret = 'Ana tiene dolor';
    const call = store.write.enqueueCommands({
      commands: [{ ...buildSend(1, 1), type: 'unheard.of', args: { text: secret } }],
      now: NOON,
    });
    const error = await call.then(
      () => null,
      (reason: unknown) => reason as Error & { code: string },
    );
    expect(error).toMatchObject({ name: 'StoreError', code: 'failed' });
    expect(`${error!.message} ${error!.stack} ${logged.join()}`).not.toContain(secret);
    expect(logged).toEqual(['store.callFailed {"role":"writer","call":"enqueueCommands","code":"failed"}']);
  });

  test('after closing, calls reject', async () => {
    const { store } = await open();
    const last = store.write.setLocalValue({ key: 'window', value: { width: 800 } });
    await store.close();
    await last;
    await expect(store.read.localValue({ key: 'window' })).rejects.toMatchObject({ code: 'closed' });
    const { store: again } = await open();
    expect(await again.read.localValue({ key: 'window' })).toEqual({ width: 800 });
  });

  test('a thread that dies rejects what was asked of it and is reported', async () => {
    const dying = join(folder.path, 'dying.mjs');
    writeFileSync(
      dying,
      `import { parentPort } from 'node:worker_threads';
       parentPort.once('message', () => { throw new TypeError('a text of a patient'); });
       parentPort.postMessage({ type: 'opened', recovered: null });`,
    );
    const { store } = await open({ workerFile: pathToFileURL(dying) });
    const calls = [store.read.syncState({}), store.read.outboxCounts({})];
    const settled = await Promise.allSettled(calls);
    expect(settled.map((each) => each.status === 'rejected' && each.reason.code)).toEqual([
      'crashed',
      'crashed',
    ]);
    await expect(store.read.syncState({})).rejects.toMatchObject({ code: 'crashed' });
    expect(logged).toEqual([
      'store.threadError {"role":"reader","error":"TypeError"}',
      'store.crashed {"role":"reader"}',
    ]);
  });

  test('a folder that cannot be written is a value, not an exception', async () => {
    const opened = await createStore({ file: join(folder.path, 'no', 'recado.db'), key, workerFile, log });
    expect(opened).toEqual({ ok: false, failure: 'no_access' });
  });

  test('a file under another key is replaced, and the old one kept', async () => {
    const { store } = await open();
    await bootstrap(store);
    await store.close();
    const opened = await createStore({ file, key: randomBytes(32), workerFile, log });
    if (!opened.ok) throw new Error(opened.failure);
    stores.push(opened.store);
    expect(opened.recovered).toMatchObject({ reason: 'wrong_key' });
    expect((await opened.store.read.syncState({})).cursor).toBeNull();
  });
});
