import type { Id } from '@recado/protocol';
import type { Identity } from '../accounts/sessions.ts';
import type { Client } from '../db/database.ts';
import type { NewMessage } from '../db/messages.ts';
import type { Jobs } from '../jobs/jobs.ts';

/** What a command may use: a transaction that has the clinic's turn, and who asked. */
export interface CommandScope extends Pick<
  Jobs,
  'enqueueDelivery' | 'enqueueReadReceipt' | 'enqueueReaction' | 'enqueueTemplateTask' | 'enqueueBlock'
> {
  client: Client;
  clinicId: Id;
  agent: Pick<Identity, 'agentId' | 'agentName' | 'role'>;
  /** Version of the conversation the person was looking at, for commands that must not act on an older one. */
  basedOn: number | null;
  /** Relay time, epoch milliseconds. */
  now: number;
  /** To be called when the command has ended sessions: what is open on them ends after the commit. */
  onSessionsEnded: () => void;
}

/** `seq` is the number of the last change; absent when nothing had to change. */
export type CommandOutcome = { status: 'applied'; seq?: number } | { status: 'refused'; code: string };

export const refused = (code: string): CommandOutcome => ({ status: 'refused', code });
export const applied = (seq?: number): CommandOutcome =>
  seq === undefined ? { status: 'applied' } : { status: 'applied', seq };

/** Whoever gave the command, as the thread names them. */
export const authorOf = ({ agent }: CommandScope): NewMessage['author'] => ({
  kind: 'agent',
  agentId: agent.agentId,
  name: agent.agentName,
});

/** What a person wrote, without what PostgreSQL cannot keep. */
export const cleanText = (text: string): string => text.replaceAll('\0', '').toWellFormed();
