/**
 * The one worker module, for both threads: `workerData.role` says whether it writes or reads. Calls come by name, are
 * timed, and answer with values; nothing a patient wrote is ever in an error or a log.
 */
import { parentPort, workerData, type MessagePort } from 'node:worker_threads';
import { createReadDatabase, createWriteDatabase, type Connection } from './database.ts';
import { classifyCallFailure, classifyOpenFailure } from './failures.ts';
import type { StoreError, StoreOpenFailure, StoreRecovery } from './interface.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { fileSize, openForReading } from './open.ts';
import { prepareStoreFile } from './prepare.ts';
import { returnAllCommands } from './queries/outbox.ts';
import { reads, writes } from './registry.ts';

export interface WorkerStart {
  role: 'writer' | 'reader';
  file: string;
  key: Uint8Array;
}

export type WorkerRequest = { id: number; name: string; input: unknown };

export type WorkerReply =
  | { type: 'opened'; recovered: StoreRecovery | null }
  | { type: 'refused'; failure: StoreOpenFailure }
  | { type: 'slow'; name: string; durationMs: number }
  | { type: 'answer'; id: number; output: unknown }
  | { type: 'error'; id: number; code: StoreError['code']; frames: string };

/** Calls that take longer are logged by name. */
const SLOW_MS = 50;

/** Asks the thread to checkpoint, close its file and end. */
export const CLOSE = 'close';

type Query = (input: unknown) => unknown;

function open(
  start: WorkerStart,
): { connection: Connection; recovered: StoreRecovery | null } | StoreOpenFailure {
  if (start.role === 'writer') {
    const prepared = prepareStoreFile({ ...start, migrations: MIGRATIONS, at: new Date() });
    return prepared.ok ? prepared : prepared.failure;
  }
  try {
    return { connection: openForReading(start.file, start.key), recovered: null };
  } catch (error) {
    return classifyOpenFailure(error, fileSize(start.file));
  }
}

function createQueries(role: WorkerStart['role'], connection: Connection): Map<string, Query> {
  const queries = new Map<string, Query>();
  if (role === 'reader') {
    const database = createReadDatabase(connection);
    for (const [name, query] of Object.entries(reads) as [string, (...given: unknown[]) => unknown][]) {
      // One transaction per read: everything on a screen is from one state of the file.
      const inTransaction = connection.transaction((input: unknown) => query(database, input));
      queries.set(name, (input) => inTransaction.deferred(input));
    }
    return queries;
  }
  const database = createWriteDatabase(connection);
  database.transaction(() => returnAllCommands(database));
  for (const [name, query] of Object.entries(writes) as [string, (...given: unknown[]) => unknown][]) {
    queries.set(name, (input) => database.transaction(() => query(database, input)));
  }
  queries.set('checkpoint', () => void connection.pragma('wal_checkpoint(TRUNCATE)'));
  return queries;
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
  const post = (reply: WorkerReply) => port.postMessage(reply);
  const opened = open(start);
  if (typeof opened === 'string') {
    post({ type: 'refused', failure: opened });
    port.close();
    return;
  }
  const { connection, recovered } = opened;
  const queries = createQueries(start.role, connection);
  port.on('message', (request: WorkerRequest) => {
    if (request.name === CLOSE) {
      close(start.role, connection, port);
      return;
    }
    const startedAt = performance.now();
    try {
      const query = queries.get(request.name);
      if (query === undefined) throw new RangeError('no such query');
      post({ type: 'answer', id: request.id, output: query(request.input) });
    } catch (error) {
      post({
        type: 'error',
        id: request.id,
        code: classifyCallFailure(error),
        frames: framesOf(error),
      });
    }
    const durationMs = Math.round(performance.now() - startedAt);
    if (durationMs > SLOW_MS) post({ type: 'slow', name: request.name, durationMs });
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
