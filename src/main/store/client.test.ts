import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStore } from './client.ts';
import type { Store, StoreOptions } from './interface.ts';
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

async function open(given: Partial<StoreOptions> = {}) {
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
    expect(Object.keys(store.write).sort()).toEqual(
      [...Object.keys(writes), 'checkpoint', 'rebuildSearch'].sort(),
    );
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
    expect(await store.write.takeOutbox({ limit: 9, now: NOON })).toHaveLength(1);
    // A second writer on the same file stands for the start after a kill: nothing told the first one to stop.
    const { store: restarted } = await open();
    expect(await restarted.write.takeOutbox({ limit: 9, now: NOON })).toEqual([
      {
        command: buildSend(1, 1),
        conversationId: conversationId(1),
        state: 'sending',
        attempts: 1,
        media: [],
      },
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

  describe('a thread that dies', () => {
    /** Answers how often it was asked, and dies of one question. */
    const DYING = `
      import { parentPort, workerData } from 'node:worker_threads';
      let asked = 0;
      parentPort.on('message', ({ id, name }) => {
        asked += 1;
        if (name === 'close') process.exit(0);
        if (name === 'localValue') throw new TypeError('a text of a patient');
        parentPort.postMessage({ type: 'answer', id, output: { asked, isRestart: workerData.isRestart } });
      });
      parentPort.postMessage({ type: 'opened', recovered: null });`;
    const codeOf = (call: Promise<unknown>) => call.then(() => null, (error: { code: string }) => error.code); // prettier-ignore
    let crashes: number;
    const openDying = () => {
      const dying = join(folder.path, 'dying.mjs');
      writeFileSync(dying, DYING);
      crashes = 0;
      return open({ workerFile: pathToFileURL(dying), onCrashed: () => void (crashes += 1) });
    };

    test('rejects what was asked of it; what is asked from then on another one answers', async () => {
      const { store } = await openDying();
      expect(await store.read.syncState({})).toEqual({ asked: 1, isRestart: false });
      const asked = [store.read.localValue({ key: 'x' }), store.read.outboxCounts({})];
      expect(await Promise.all(asked.map(codeOf))).toEqual(['crashed', 'crashed']);
      expect(await store.read.syncState({})).toEqual({ asked: 1, isRestart: true });
      expect(await store.write.setAgent({ agentId: 'x' })).toEqual({ asked: 1, isRestart: false });
      expect(crashes).toBe(0);
      expect(logged).toEqual([
        'store.threadError {"role":"reader","error":"TypeError"}',
        'store.crashed {"role":"reader"}',
      ]);
    });

    test('twice within a minute is not started a third time, which is said', async () => {
      const { store } = await openDying();
      for (let round = 0; round < 2; round += 1)
        expect(await codeOf(store.read.localValue({ key: 'x' }))).toBe('crashed');
      expect(await codeOf(store.read.syncState({}))).toBe('crashed');
      expect(crashes).toBe(1);
    });

    test('again after a minute is started again', async () => {
      vi.useFakeTimers({ toFake: ['performance'] });
      try {
        const { store } = await openDying();
        for (let round = 0; round < 3; round += 1) {
          expect(await codeOf(store.read.localValue({ key: 'x' }))).toBe('crashed');
          expect(await store.read.syncState({})).toMatchObject({ isRestart: true });
          vi.advanceTimersByTime(60_001);
        }
        expect(crashes).toBe(0);
      } finally {
        vi.useRealTimers();
      }
    });

    test('and was the writer goes on with the same file and what had not left', async () => {
      const killed = join(folder.path, 'killed.mjs');
      writeFileSync(
        killed,
        `import { parentPort } from 'node:worker_threads';
         parentPort.on('message', ({ name }) => { if (name === 'setLocalValue') process.exit(1); });
         await import(${JSON.stringify(workerFile.href)});`,
      );
      const { store } = await open({ workerFile: pathToFileURL(killed) });
      await bootstrap(store);
      await store.write.enqueueCommands({ commands: [buildSend(1, 1)], now: NOON });
      expect(await store.write.takeOutbox({ limit: 9, now: NOON })).toHaveLength(1);
      expect(await codeOf(store.write.setLocalValue({ key: 'x', value: 1 }))).toBe('crashed');
      expect(await store.write.takeOutbox({ limit: 9, now: NOON })).toMatchObject([
        { command: buildSend(1, 1), attempts: 1 },
      ]);
      expect(await store.read.outboxCounts({})).toEqual({ unsent: 1, refused: 0 });
    });
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
