import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type pg from 'pg';
import type { Database } from '../db/database.ts';
import { describeError, type Logger } from '../logger.ts';

const CHANNEL = 'recado_changes';
const RECONNECT_MS = 1_000;

/**
 * Tells processes that a clinic has new changes. Only a wake-up: it carries no data and may be lost, since readers
 * also look by the clock. Sent after the commit and not in the transaction, because PostgreSQL makes all commits
 * that carry a NOTIFY wait for each other.
 */
export interface Doorbell {
  start(): Promise<void>;
  /** After a commit: tells this process at once, and the others. */
  ring(clinicId: string): void;
  /** Calls `listener` at each ring of any process; returns how to stop. */
  onRing(listener: (clinicId: string) => void): () => void;
  stop(): Promise<void>;
}

export function createDoorbell({ database, logger }: { database: Database; logger: Logger }): Doorbell {
  const self = randomUUID();
  const listeners = new Set<(clinicId: string) => void>();
  const waiting = new Set<string>();
  let connection: pg.Client | null = null;
  let notifying: Promise<void> | null = null;
  const stopped = new AbortController();

  function tell(clinicId: string) {
    for (const listener of listeners) listener(clinicId);
  }

  /** One connection listens for the whole process, and comes back when it is lost. */
  async function connect(): Promise<void> {
    const client = await database.connectListener();
    connection = client;
    client.on('notification', ({ payload = '' }) => {
      const [sender, clinicId] = payload.split(' ');
      if (sender !== self && clinicId) tell(clinicId);
    });
    client.on('error', () => {});
    client.on('end', () => {
      if (connection === client) void reconnect();
    });
    await client.query(`listen ${CHANNEL}`);
  }

  async function reconnect(): Promise<void> {
    connection = null;
    while (!stopped.signal.aborted) {
      await sleep(RECONNECT_MS, undefined, { signal: stopped.signal }).catch(() => undefined);
      if (stopped.signal.aborted) return;
      try {
        return await connect();
      } catch (error) {
        logger.warn('doorbell is not connected', describeError(error));
      }
    }
  }

  /** Rings that come while one is on its way travel together. */
  async function notifyOthers(): Promise<void> {
    while (waiting.size > 0 && connection !== null) {
      const clinics = [...waiting];
      waiting.clear();
      await connection
        .query(`select pg_notify('${CHANNEL}', $1 || ' ' || clinic) from unnest($2::text[]) clinic`, [
          self,
          clinics,
        ])
        .catch(() => undefined);
    }
    notifying = null;
  }

  return {
    start: connect,
    ring(clinicId) {
      tell(clinicId);
      waiting.add(clinicId);
      notifying ??= notifyOthers();
    },
    onRing(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      stopped.abort();
      const client = connection;
      connection = null;
      await client?.end().catch(() => undefined);
    },
  };
}
