import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import { describeError, type Logger } from '../logger.ts';
import type { Database } from './database.ts';

const RECONNECT_MS = 1_000;
/** PostgreSQL takes less than 8,000 bytes with a NOTIFY. */
const LONGEST_WORD = 4_000;

/**
 * Short words between the processes of a relay, by LISTEN and NOTIFY over one connection. They may be lost while the
 * connection is: whoever relies on one must also look by the clock, or say it again.
 */
export interface Notifier {
  start(): Promise<void>;
  /** Tells every other process, soon. The same word said twice before it has left is told once. */
  tell(channel: string, word: string): void;
  /** Calls `hear` with what other processes tell. Before `start`. */
  listen(channel: string, hear: (word: string) => void): void;
  stop(): Promise<void>;
}

export function createNotifier({ database, logger }: { database: Database; logger: Logger }): Notifier {
  const self = randomUUID();
  const listeners = new Map<string, (word: string) => void>();
  const waiting = new Map<string, Set<string>>();
  let connection: pg.Client | null = null;
  let telling: Promise<void> | null = null;
  const stopped = new AbortController();

  /** One connection listens for the whole process, and comes back when it is lost. */
  async function connect(): Promise<void> {
    const client = await database.connectListener();
    connection = client;
    client.on('notification', ({ channel, payload = '' }) => {
      const end = payload.indexOf(' ');
      if (payload.slice(0, end) !== self) listeners.get(channel)?.(payload.slice(end + 1));
    });
    client.on('error', () => {});
    client.on('end', () => {
      if (connection === client) void reconnect();
    });
    for (const channel of listeners.keys()) await client.query(`listen ${channel}`);
  }

  async function reconnect(): Promise<void> {
    connection = null;
    while (!stopped.signal.aborted) {
      await sleep(RECONNECT_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      try {
        return await connect();
      } catch (error) {
        logger.warn('notifier is not connected', describeError(error));
      }
    }
  }

  /** Words that come while others are on their way travel together. */
  async function tellOthers(): Promise<void> {
    while (waiting.size > 0 && connection !== null) {
      const words = [...waiting].flatMap(([channel, set]) => [...set].map((word) => ({ channel, word })));
      waiting.clear();
      await connection
        .query(
          `select pg_notify(channel, $1 || ' ' || word) from unnest($2::text[], $3::text[]) as told(channel, word)`,
          [self, words.map(({ channel }) => channel), words.map(({ word }) => word)],
        )
        .catch(() => undefined);
    }
    telling = null;
  }

  return {
    start: connect,
    tell(channel, word) {
      if (word.length > LONGEST_WORD) throw new RangeError('a word for other processes is too long');
      const words = waiting.get(channel) ?? new Set();
      // To the end: a word that takes another back must not come before it.
      words.delete(word);
      waiting.set(channel, words.add(word));
      telling ??= tellOthers();
    },
    listen(channel, hear) {
      listeners.set(channel, hear);
    },
    async stop() {
      stopped.abort();
      const client = connection;
      connection = null;
      await client?.end().catch(() => undefined);
    },
  };
}
