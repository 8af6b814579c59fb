import { PgBoss } from 'pg-boss';
import type { Client } from '../db/database.ts';
import { describeError, type Logger } from '../logger.ts';

/** Sends what waits in one conversation. The messages themselves are the queue; the job is what wakes it up. */
export interface DeliverJob {
  clinicId: string;
  conversationId: string;
}

const QUEUE = 'deliver';
/** Fallback for jobs of other processes and for what was left by a crash; our own are woken at once. */
const POLLING_SECONDS = 2;
const CONCURRENCY = 4;

export interface Jobs {
  /** Creates pg-boss's own tables. */
  install(): Promise<void>;
  start(deliver: (job: DeliverJob) => Promise<void>): Promise<void>;
  /** Inside the caller's transaction: the job exists if and only if the transaction commits. */
  enqueueDelivery(client: Client, job: DeliverJob, startAfter?: Date): Promise<void>;
  /** After the commit: looks for jobs now instead of at the next poll. */
  wake(): void;
  stop(): Promise<void>;
}

/** Background work by pg-boss in the same database (https://pgboss.io). */
export function createJobs({
  databaseUrl,
  logger,
  shutdownMs = 10_000,
}: {
  databaseUrl: string;
  logger: Logger;
  /** How long `stop` waits for running jobs. */
  shutdownMs?: number;
}): Jobs {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    application_name: 'recado-jobs',
    max: CONCURRENCY + 1,
    schedule: false,
    registerInstance: false,
  });
  boss.on('error', (error) => logger.error('job queue failed', describeError(error)));
  let workerId: string | null = null;
  let started: Promise<unknown> | null = null;

  async function install(): Promise<void> {
    started ??= boss.start();
    await started;
    await boss.createQueue(QUEUE, {
      retryLimit: 20,
      retryDelay: 1,
      retryBackoff: true,
      retryDelayMax: 60,
      // A worker that died with its process gives the job back after this.
      expireInSeconds: 120,
      deleteAfterSeconds: 3_600,
    });
  }

  return {
    install,
    async start(deliver) {
      await install();
      workerId = await boss.work<DeliverJob>(
        QUEUE,
        { batchSize: 1, localConcurrency: CONCURRENCY, pollingIntervalSeconds: POLLING_SECONDS },
        async ([job]) => {
          if (job) await deliver(job.data);
        },
      );
    },
    async enqueueDelivery(client, job, startAfter) {
      await boss.send(QUEUE, job, {
        ...(startAfter ? { startAfter } : {}),
        db: { executeSql: (text, values) => client.query(text, values) },
      });
    },
    wake() {
      if (workerId !== null) boss.notifyWorker(workerId);
    },
    async stop() {
      if (started === null) return;
      await started.catch(() => undefined);
      await boss.stop({ graceful: true, timeout: shutdownMs });
    },
  };
}
