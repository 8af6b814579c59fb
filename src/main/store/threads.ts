/** The store's threads from outside: calls by name, answers by id, and another one where one has died. */
import { Worker } from 'node:worker_threads';
import { createStoreError } from './failures.ts';
import type { StoreError, StoreOptions } from './interface.ts';
import type { WorkerReply, WorkerRequest, WorkerStart } from './worker.ts';

export type Caller = (name: string, input: unknown) => Promise<unknown>;

export type ThreadStart = Pick<WorkerStart, 'role'> & { rebuild?: boolean; isRestart?: boolean };

type Opened = Extract<WorkerReply, { type: 'opened' | 'refused' }>;

interface Pending {
  name: string;
  resolve: (output: unknown) => void;
  reject: (error: Error) => void;
}

/** A thread that dies a second time within this is not started again: it would die for ever. */
const CRASHES_APART_MS = 60_000;

export interface Thread {
  /** Rejects when the thread dies before it has opened the file. */
  opened: Promise<Opened>;
  /** Rejects with `closed` at once when `isOver`. */
  call(name: string, input: unknown, isOver?: boolean): Promise<unknown>;
  /** Everything asked before is answered first. */
  close(): Promise<void>;
}

/** One thread: fails everything pending when it dies, after which `onCrash` is called. */
export function startThread(
  options: StoreOptions,
  start: ThreadStart,
  onCrash: () => void = () => undefined,
): Thread {
  const { role } = start;
  const workerData: WorkerStart = {
    role,
    file: options.file,
    key: options.key,
    rebuild: start.rebuild === true,
    isRestart: start.isRestart === true,
  };
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
  // Whoever waits for it hears of it; nobody has to.
  opened.catch(() => undefined);
  const ended = new Promise<void>((resolve) => {
    worker.once('exit', () => {
      const hasCrashed = state === 'running';
      if (hasCrashed) {
        state = 'crashed';
        options.log('store.crashed', { role });
      }
      const code = state as StoreError['code'];
      for (const { name, reject } of pending.values()) reject(createStoreError(code, `${role} ${name}`));
      pending.clear();
      failOpened(createStoreError(code, `${role} start`));
      if (hasCrashed) onCrash();
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
        options.log('store.refused', { role, failure: reply.failure, frames: reply.frames });
        settleOpened(reply);
        return;
      case 'slow':
        options.log('store.slow', { role, call: reply.name, durationMs: reply.durationMs });
        return;
      case 'indexed':
        options.log('store.searchIndexed', { durationMs: reply.durationMs });
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
    call: (name, input, isOver = false) =>
      new Promise((resolve, reject) => {
        if (state !== 'running' || isOver) {
          reject(createStoreError(state === 'running' ? 'closed' : state, `${role} ${name}`));
          return;
        }
        lastId += 1;
        pending.set(lastId, { name, resolve, reject });
        worker.postMessage({ id: lastId, name, input } satisfies WorkerRequest);
      }),
    close: async () => {
      if (state === 'running') {
        state = 'closed';
        worker.postMessage({ id: 0, name: 'close', input: null } satisfies WorkerRequest);
      }
      await ended;
    },
  };
}

/**
 * A thread that is started again when it dies: what it had been asked rejects with `crashed`, what is asked from then on
 * waits for the next one.
 */
export function superviseThread(options: StoreOptions, start: ThreadStart): Thread {
  let crashedAt = -Infinity;
  let isClosed = false;
  const run = (again: boolean): Thread => {
    const onCrash = () => {
      if (isClosed) return;
      const at = performance.now();
      const isTooSoon = at - crashedAt < CRASHES_APART_MS;
      crashedAt = at;
      // One that never opened the file will not do so now.
      if (isTooSoon || !hasOpened) options.onCrashed?.();
      else thread = run(true);
    };
    const next = startThread(options, again ? { role: start.role, isRestart: true } : start, onCrash);
    let hasOpened = again;
    next.opened.then(
      ({ type }) => {
        hasOpened ||= type === 'opened';
        if (again && type === 'refused') options.onCrashed?.();
      },
      () => undefined,
    );
    return next;
  };
  let thread = run(false);
  return {
    opened: thread.opened,
    call: (name, input) => thread.call(name, input),
    close: () => {
      isClosed = true;
      return thread.close();
    },
  };
}
