/**
 * The one worker module, for all threads: `workerData.role` says whether it writes, reads for screens, or reads whole
 * tables. Calls come by name, are timed, and answer with values; nothing a patient wrote is ever in an error or a log.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createReadDatabase, createWriteDatabase, type Connection, type WriteDatabase } from './database.ts';
import { classifyCallFailure, classifyOpenFailure } from './failures.ts';
import type { StoreError, StoreOpenFailure, StoreRecovery } from './interface.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { fileSize, openForReading } from './open.ts';
import { prepareStoreFile, type Prepared } from './prepare.ts';
import { returnAllCommands } from './queries/outbox.ts';
import { emptyIndex, indexPart, isIndexComplete, isIndexSound } from './queries/search-index.ts';
import { reads, writes } from './registry.ts';
import { isIntact } from './verify.ts';

export interface WorkerStart {
  role: 'writer' | 'reader' | 'auditor';
  file: string;
  key: Uint8Array;
  /** Sets the file aside first and begins a new one. */
  rebuild: boolean;
  /** Another thread has died; others still have the file open, so that it must stay where it is. */
  isRestart: boolean;
}

export type WorkerRequest = { id: number; name: string; input: unknown };

export type WorkerReply =
  | { type: 'opened'; recovered: StoreRecovery | null }
  | { type: 'refused'; failure: StoreOpenFailure; frames: string }
  | { type: 'slow'; name: string; durationMs: number }
  | { type: 'indexed'; durationMs: number }
  | { type: 'answer'; id: number; output: unknown }
  | { type: 'error'; id: number; code: StoreError['code']; frames: string };

/** Calls that take longer are logged by name. */
const SLOW_MS = 50;

/** Asks the thread to checkpoint, close its file and end. */
export const CLOSE = 'close';

/** Most answer at once; one that works in parts answers with a promise and lets others in between. */
type Query = (input: unknown) => unknown;
type Post = (reply: WorkerReply) => void;

function open(start: WorkerStart): Prepared {
  if (start.role === 'writer')
    return prepareStoreFile({
      ...start,
      migrations: MIGRATIONS,
      at: new Date(),
      mayReplace: !start.isRestart,
    });
  try {
    return { ok: true, connection: openForReading(start.file, start.key), recovered: null };
  } catch (error) {
    return { ok: false, failure: classifyOpenFailure(error, fileSize(start.file)), error };
  }
}

function createReads(connection: Connection): Map<string, Query> {
  const queries = new Map<string, Query>();
  const database = createReadDatabase(connection);
  for (const [name, query] of Object.entries(reads) as [string, (...given: unknown[]) => unknown][]) {
    // One transaction per read: everything on a screen is from one state of the file.
    const inTransaction = connection.transaction((input: unknown) => query(database, input));
    queries.set(name, (input) => inTransaction.deferred(input));
  }
  queries.set('verify', (input) => ({ intact: isIntact(connection, input as { full: boolean }) }));
  return queries;
}

function createWrites(connection: Connection, post: Post): Map<string, Query> {
  const queries = new Map<string, Query>();
  const database = createWriteDatabase(connection);
  database.transaction(() => returnAllCommands(database));
  for (const [name, query] of Object.entries(writes) as [string, (...given: unknown[]) => unknown][]) {
    queries.set(name, (input) => database.transaction(() => query(database, input)));
  }
  queries.set('checkpoint', () => void connection.pragma('wal_checkpoint(TRUNCATE)'));
  const indexing = createIndexing(connection, database, post);
  queries.set('rebuildSearch', async () => {
    await indexing.run();
    if (isIndexSound(database)) return { rebuilt: false };
    database.transaction(() => emptyIndex(database));
    await indexing.run();
    return { rebuilt: true };
  });
  // A migration has left the index behind, or the app was closed while it was being built. A failure shows in the log
  // of the call that next asks for it.
  if (!isIndexComplete(database)) indexing.run().catch(() => undefined);
  return queries;
}

/** Brings the search index up to the messages, a part at a time; other writes go in between. */
function createIndexing(connection: Connection, database: WriteDatabase, post: Post) {
  let running: Promise<void> | null = null;
  const work = async () => {
    const startedAt = performance.now();
    while (connection.open && !database.transaction(() => indexPart(database)).isDone)
      await new Promise((resolve) => setImmediate(resolve));
    post({ type: 'indexed', durationMs: Math.round(performance.now() - startedAt) });
  };
  return {
    run: (): Promise<void> => {
      if (isIndexComplete(database)) return Promise.resolve();
      running ??= work().finally(() => {
        running = null;
      });
      return running;
    },
  };
}

function close(role: WorkerStart['role'], connection: Connection, port: MessagePort): void {
  try {
    if (role === 'writer') connection.pragma('wal_checkpoint(TRUNCATE)');
  } finally {
    connection.close();
    port.close();
  }
}

function serve(port: MessagePort, start: WorkerStart): void {
  const post: Post = (reply) => port.postMessage(reply);
  const opened = open(start);
  if (!opened.ok) {
    post({ type: 'refused', failure: opened.failure, frames: framesOf(opened.error) });
    port.close();
    return;
  }
  const { connection, recovered } = opened;
  const queries = start.role === 'writer' ? createWrites(connection, post) : createReads(connection);
  const fail = (id: number, error: unknown) => {
    post({ type: 'error', id, code: classifyCallFailure(error), frames: framesOf(error) });
  };
  port.on('message', (request: WorkerRequest) => {
    const { id, name } = request;
    if (name === CLOSE) {
      close(start.role, connection, port);
      return;
    }
    const startedAt = performance.now();
    try {
      const query = queries.get(name);
      if (query === undefined) throw new RangeError('no such query');
      const output = query(request.input);
      if (output instanceof Promise)
        output.then(
          (value: unknown) => post({ type: 'answer', id, output: value }),
          (error: unknown) => fail(id, error),
        );
      else post({ type: 'answer', id, output });
    } catch (error) {
      fail(id, error);
    }
    const durationMs = Math.round(performance.now() - startedAt);
    if (durationMs > SLOW_MS && start.role !== 'auditor') post({ type: 'slow', name, durationMs });
  });
  post({ type: 'opened', recovered });
}

/** Where an error arose, without its message, which may quote what was being read or written. */
function framesOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const frames = (error.stack ?? '').split('\n').filter((line) => line.startsWith('    at '));
  const code = (error as { code?: unknown }).code;
  return `\n    (${error.name}${typeof code === 'string' ? ` ${code}` : ''})\n${frames.join('\n')}`;
}

if (parentPort !== null) serve(parentPort, workerData as WorkerStart);
