import type { Id } from '@recado/protocol';
import type { Client } from '../../db/database.ts';
import type { DeliverJob, MediaFetchJob, ReadReceiptJob } from '../../jobs/jobs.ts';

/** What applying something needs to know: a transaction that has the clinic's turn, and where it is. */
export interface ApplyScope {
  client: Client;
  clinicId: Id;
  /** Meta's phone_number_id of the clinic's number. */
  numberId: string;
  /** Relay time, epoch milliseconds. */
  now: number;
  /** Asks for delivery of what waits in a conversation, in the same transaction. */
  enqueueDelivery(client: Client, job: DeliverJob): Promise<void>;
  /** Asks for blue ticks, likewise. */
  enqueueReadReceipt(client: Client, job: ReadReceiptJob): Promise<void>;
  /** Asks for the bytes of a patient's file, likewise. */
  enqueueMediaFetch(client: Client, job: MediaFetchJob): Promise<void>;
}
