import type { Id } from '@recado/protocol';
import type { Identity } from '../accounts/sessions.ts';
import type { Client } from '../db/database.ts';
import type { DeliverJob } from '../jobs/jobs.ts';

/** What a command may use: a transaction that has the clinic's turn, and who asked. */
export interface CommandScope {
  client: Client;
  clinicId: Id;
  agent: Pick<Identity, 'agentId' | 'agentName'>;
  /** Relay time, epoch milliseconds. */
  now: number;
  enqueueDelivery(client: Client, job: DeliverJob): Promise<void>;
}

/** `seq` is the number of the last change; absent when nothing had to change. */
export type CommandOutcome = { status: 'applied'; seq?: number } | { status: 'refused'; code: string };

export const refused = (code: string): CommandOutcome => ({ status: 'refused', code });
export const applied = (seq?: number): CommandOutcome =>
  seq === undefined ? { status: 'applied' } : { status: 'applied', seq };
