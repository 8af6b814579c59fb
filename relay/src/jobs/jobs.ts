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

/** The clinic's reaction to a message, whatever it is by then. */
export interface ReactionJob {
  clinicId: string;
  messageId: string;
}

/** Bytes of a file a patient sent with a message. */
export interface MediaFetchJob {
  clinicId: string;
  messageId: string;
}

/** Blocks or unblocks a patient at WhatsApp, whatever is wanted by then. */
export interface BlockJob {
  clinicId: string;
  conversationId: string;
}

/** What Meta has to be asked for about a template. */
export interface TemplateTaskJob {
  clinicId: string;
  templateId: string;
}

/** A worker that died with its process gives the job back after `expireInSeconds`. */
const QUEUES = {
  deliver: {
    retryLimit: 20,
    retryDelay: 1,
    retryBackoff: true,
    retryDelayMax: 60,
    expireInSeconds: 300,
    deleteAfterSeconds: 3_600,
  },
  'read-receipt': {
    retryLimit: 3,
    retryDelay: 5,
    retryBackoff: true,
    expireInSeconds: 60,
    deleteAfterSeconds: 60,
  },
  reaction: {
    retryLimit: 8,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 60,
    deleteAfterSeconds: 60,
  },
  'media-fetch': {
    retryLimit: 20,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 300,
    deleteAfterSeconds: 60,
  },
  block: {
    retryLimit: 20,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 300,
    expireInSeconds: 60,
    deleteAfterSeconds: 60,
  },
  'template-task': {
    retryLimit: 20,
    retryDelay: 2,
    retryBackoff: true,
    retryDelayMax: 900,
    expireInSeconds: 300,
    deleteAfterSeconds: 60,
  },
} as const;
type Queue = keyof typeof QUEUES;

/** Fallback for jobs of other processes and for what was left by a crash; our own are woken at once. */
const POLLING_SECONDS = 2;
const CONCURRENCY = 4;

export interface Jobs {
  /** Creates pg-boss's own tables. */
  install(): Promise<void>;
  start(work: {
    deliver: (job: DeliverJob) => Promise<void>;
    sendReadReceipt: (job: ReadReceiptJob) => Promise<void>;
    sendReaction: (job: ReactionJob) => Promise<void>;
    fetchMedia: (job: MediaFetchJob) => Promise<void>;
    runTemplateTask: (job: TemplateTaskJob) => Promise<void>;
    setBlocked: (job: BlockJob) => Promise<void>;
  }): Promise<void>;
  /** Inside the caller's transaction: the job exists if and only if the transaction commits. Likewise all others. */
  enqueueDelivery(client: Client, job: DeliverJob, startAfter?: Date): Promise<void>;
  /** Tried a few times at most: nobody waits for it. */
  enqueueReadReceipt(client: Client, job: ReadReceiptJob): Promise<void>;
  enqueueReaction(client: Client, job: ReactionJob, startAfter?: Date): Promise<void>;
  enqueueMediaFetch(client: Client, job: MediaFetchJob, startAfter?: Date): Promise<void>;
  enqueueTemplateTask(client: Client, job: TemplateTaskJob, startAfter?: Date): Promise<void>;
  enqueueBlock(client: Client, job: BlockJob): Promise<void>;
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
    max: CONCURRENCY + 4,
    schedule: false,
    registerInstance: false,
  });
  boss.on('error', (error) => logger.error('job queue failed', describeError(error)));
  let workerIds: string[] = [];
  let started: Promise<unknown> | null = null;

  async function install(): Promise<void> {
    started ??= boss.start();
    await started;
    for (const [name, options] of Object.entries(QUEUES)) await boss.createQueue(name, options);
  }

  function work<Job>(queue: Queue, concurrency: number, handle: (job: Job) => Promise<void>) {
    return boss.work<Job>(
      queue,
      { batchSize: 1, localConcurrency: concurrency, pollingIntervalSeconds: POLLING_SECONDS },
      async ([job]) => {
        if (job) await handle(job.data);
      },
    );
  }

  async function enqueue(queue: Queue, client: Client, job: object, startAfter?: Date): Promise<void> {
    await boss.send(queue, job, { ...(startAfter ? { startAfter } : {}), ...inTransaction(client) });
  }

  return {
    install,
    async start({ deliver, sendReadReceipt, sendReaction, fetchMedia, runTemplateTask, setBlocked }) {
      await install();
      workerIds = [
        await work('deliver', CONCURRENCY, deliver),
        await work('read-receipt', 1, sendReadReceipt),
        await work('reaction', 1, sendReaction),
        await work('media-fetch', 2, fetchMedia),
        await work('template-task', 1, runTemplateTask),
        await work('block', 1, setBlocked),
      ];
    },
    enqueueDelivery: (client, job, startAfter) => enqueue('deliver', client, job, startAfter),
    enqueueReadReceipt: (client, job) => enqueue('read-receipt', client, job),
    enqueueReaction: (client, job, startAfter) => enqueue('reaction', client, job, startAfter),
    enqueueMediaFetch: (client, job, startAfter) => enqueue('media-fetch', client, job, startAfter),
    enqueueTemplateTask: (client, job, startAfter) => enqueue('template-task', client, job, startAfter),
    enqueueBlock: (client, job) => enqueue('block', client, job),
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
