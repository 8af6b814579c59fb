import { PgBoss } from 'pg-boss';
import type { Client } from '../db/database.ts';
import { describeError, type Logger } from '../logger.ts';

/** Sends what waits in one conversation. The messages themselves are the queue; the job is what wakes it up. */
export interface DeliverJob {
  clinicId: string;
  conversationId: string;
}

/** Blue ticks for a message of a patient. */
export interface ReadReceiptJob {
  clinicId: string;
  messageId: string;
}

const DELIVER = 'deliver';
const READ_RECEIPT = 'read-receipt';
/** Fallback for jobs of other processes and for what was left by a crash; our own are woken at once. */
const POLLING_SECONDS = 2;
const CONCURRENCY = 4;

export interface Jobs {
  /** Creates pg-boss's own tables. */
  install(): Promise<void>;
  start(work: {
    deliver: (job: DeliverJob) => Promise<void>;
    sendReadReceipt: (job: ReadReceiptJob) => Promise<void>;
  }): Promise<void>;
  /** Inside the caller's transaction: the job exists if and only if the transaction commits. */
  enqueueDelivery(client: Client, job: DeliverJob, startAfter?: Date): Promise<void>;
  /** Likewise. Tried a few times at most: nobody waits for it. */
  enqueueReadReceipt(client: Client, job: ReadReceiptJob): Promise<void>;
  /** After the commit: looks for jobs now instead of at the next poll. */
  wake(): void;
  stop(): Promise<void>;
}

const inTransaction = (client: Client) => ({
  db: { executeSql: (text: string, values?: unknown[]) => client.query(text, values) },
});

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
    max: CONCURRENCY + 2,
    schedule: false,
    registerInstance: false,
  });
  boss.on('error', (error) => logger.error('job queue failed', describeError(error)));
  let workerIds: string[] = [];
  let started: Promise<unknown> | null = null;

  async function install(): Promise<void> {
    started ??= boss.start();
    await started;
    await boss.createQueue(READ_RECEIPT, {
      retryLimit: 3,
      retryDelay: 5,
      retryBackoff: true,
      expireInSeconds: 60,
      deleteAfterSeconds: 60,
    });
    await boss.createQueue(DELIVER, {
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
    async start({ deliver, sendReadReceipt }) {
      await install();
      const deliverer = await boss.work<DeliverJob>(
        DELIVER,
        { batchSize: 1, localConcurrency: CONCURRENCY, pollingIntervalSeconds: POLLING_SECONDS },
        async ([job]) => {
          if (job) await deliver(job.data);
        },
      );
      const receipts = await boss.work<ReadReceiptJob>(
        READ_RECEIPT,
        { batchSize: 1, pollingIntervalSeconds: POLLING_SECONDS },
        async ([job]) => {
          if (job) await sendReadReceipt(job.data);
        },
      );
      workerIds = [deliverer, receipts];
    },
    async enqueueDelivery(client, job, startAfter) {
      await boss.send(DELIVER, job, {
        ...(startAfter ? { startAfter } : {}),
        ...inTransaction(client),
      });
    },
    async enqueueReadReceipt(client, job) {
      await boss.send(READ_RECEIPT, job, inTransaction(client));
    },
    wake() {
      for (const id of workerIds) boss.notifyWorker(id);
    },
    async stop() {
      if (started === null) return;
      await started.catch(() => undefined);
      await boss.stop({ graceful: true, timeout: shutdownMs });
    },
  };
}
