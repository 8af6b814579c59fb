/** The store as the rest of main holds it: two threads, calls by name. Knows nothing of SQLite. */
import { Worker } from 'node:worker_threads';
import { createStoreError } from './failures.ts';
import type { Store, StoreOpened, StoreOptions, StoreReads, StoreWrites } from './interface.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker.ts';

const READS = [
  'inboxPage',
  'inboxCounts',
  'inboxMatch',
  'matchingConversations',
  'directory',
  'conversationStates',
  'answerAfter',
  'conversationDetail',
  'threadPage',
  'nextExpiry',
  'searchMessages',
  'syncState',
  'outboxCounts',
  'localValue',
] as const satisfies readonly (keyof StoreReads)[];

const WRITES = [
  'setAgent',
  'beginSnapshot',
  'applySnapshot',
  'endSnapshot',
  'applyChanges',
  'applyHistory',
  'enqueueCommands',
  'undoCommands',
  'takeOutbox',
  'recordOutboxResults',
  'returnOutbox',
  'discardMessage',
  'retryRefused',
  'saveDraft',
  'rereadUnreadable',
  'setLocalValue',
  'checkpoint',
] as const satisfies readonly (keyof StoreWrites)[];

type Opened = Extract<WorkerReply, { type: 'opened' | 'refused' }>;

interface Pending {
  name: string;
  resolve: (output: unknown) => void;
  reject: (error: Error) => void;
}

/** One thread: answers by id, fails everything pending when it dies. */
function startThread(options: StoreOptions, role: WorkerStart['role']) {
  const workerData: WorkerStart = { role, file: options.file, key: options.key };
  const worker = new Worker(options.workerFile, { workerData, name: `store-${role}` });
  const pending = new Map<number, Pending>();
  let lastId = 0;
  /** Not running: whether it was asked to end or died. */
  let state: 'running' | 'closed' | 'crashed' = 'running';

  let settleOpened: (opened: Opened) => void;
  let failOpened: (error: Error) => void;
  const opened = new Promise<Opened>((resolve, reject) => {
    settleOpened = resolve;
    failOpened = reject;
  });
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      if (state === 'running') {
        state = 'crashed';
        options.log('store.crashed', { role });
      }
      const code = state;
      for (const { name, reject } of pending.values()) reject(createStoreError(code, `${role} ${name}`));
      pending.clear();
      failOpened(createStoreError(code, `${role} start`));
      resolve();
    });
  });
  worker.on('error', (error: Error) => {
    options.log('store.threadError', { role, error: error.name });
  });
  worker.on('message', (reply: WorkerReply) => {
    switch (reply.type) {
      case 'opened':
        settleOpened(reply);
        return;
      case 'refused':
        state = 'closed';
        settleOpened(reply);
        return;
      case 'slow':
        options.log('store.slow', { role, call: reply.name, durationMs: reply.durationMs });
        return;
      case 'answer':
        pending.get(reply.id)?.resolve(reply.output);
        break;
      case 'error': {
        const call = pending.get(reply.id);
        options.log('store.callFailed', { role, call: call?.name ?? '', code: reply.code });
        call?.reject(createStoreError(reply.code, `${role} ${call.name}`, reply.frames));
      }
    }
    pending.delete(reply.id);
  });

  return {
    opened,
    call: (name: string, input: unknown): Promise<unknown> =>
      new Promise((resolve, reject) => {
        if (state !== 'running') {
          reject(createStoreError(state, `${role} ${name}`));
          return;
        }
        lastId += 1;
        pending.set(lastId, { name, resolve, reject });
        worker.postMessage({ id: lastId, name, input } satisfies WorkerRequest);
      }),
    /** Everything asked before is answered first. */
    close: async (): Promise<void> => {
      if (state === 'running') {
        state = 'closed';
        worker.postMessage({ id: 0, name: 'close', input: null } satisfies WorkerRequest);
      }
      await ended;
    },
  };
}

type Thread = ReturnType<typeof startThread>;

function createMethods<Methods>(thread: Thread, names: readonly (keyof Methods & string)[]): unknown {
  return Object.fromEntries(names.map((name) => [name, (input: unknown) => thread.call(name, input)]));
}

/**
 * Opens the encrypted database, creating it when missing, and starts the writer and the reader. A file that cannot be
 * read is set aside and a fresh one begun: see `recovered`.
 */
export async function createStore(options: StoreOptions): Promise<StoreOpened> {
  const writer = startThread(options, 'writer');
  const written = await writer.opened;
  if (written.type === 'refused') {
    await writer.close();
    return { ok: false, failure: written.failure };
  }
  const reader = startThread(options, 'reader');
  const readable = await reader.opened.catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  if (readable.type === 'refused') {
    await Promise.all([writer.close(), reader.close()]);
    return { ok: false, failure: readable.failure };
  }
  const store: Store = {
    read: createMethods<StoreReads>(reader, READS) as Store['read'],
    write: createMethods<StoreWrites>(writer, WRITES) as Store['write'],
    close: async () => {
      // The reader first: the last one to close empties the log into the file.
      await reader.close();
      await writer.close();
    },
  };
  return { ok: true, store, recovered: written.recovered };
}
