/** An outbox in memory and a relay that answers by script. */
import type { Command, CommandResult, OutgoingMedia } from '@recado/protocol';
import type { Outcome, RelayFailure } from '../relay/interface.ts';
import type { ChangeSet, OutboxEntry } from '../store/interface.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import type { Uploads } from './interface.ts';
import { createOutboxRunner } from './runner.ts';

const nothing: ChangeSet = { conversationIds: [], overflow: false, reference: false };
export const idOf = (number: number) => `018f3f2e-7c1a-7000-8000-${String(number).padStart(12, '0')}`;
const command = (number: number): Command => ({
  id: idOf(number),
  type: 'conversation.markRead',
  args: { messageId: `message ${number}` },
  basedOn: null,
  issuedAt: '2026-11-22T12:00:00.000Z',
});
export const applied = (commands: Command[]): Outcome<CommandResult[]> => ({
  ok: true,
  value: commands.map(({ id }) => ({ id, status: 'applied' })),
});
export const failed = (failure: RelayFailure): Outcome<CommandResult[]> => ({ ok: false, failure });

export interface Queued {
  /** Its conversation; commands of one keep their order. */
  of?: string | null;
  file?: string;
  holdUntil?: number;
}

const mediaOf = (file: string) => ({ mediaId: file }) as OutgoingMedia;

/** An outbox in memory with the store's own rules, and a relay that answers by script, then applies everything. */
export function createOutbox(
  wanted: number | Queued[],
  script: ((commands: Command[]) => Outcome<CommandResult[]>)[],
  ensureUploaded: Uploads['ensureUploaded'] = async () => ({ ok: true, value: null }),
  beforeAnswer: () => Promise<void> = async () => undefined,
) {
  const time = createManualScheduler();
  const clock = { skew: 0, now: () => time.now() + clock.skew };
  const commands = typeof wanted === 'number' ? Array.from({ length: wanted }, (): Queued => ({})) : wanted;
  const queue = commands.map((queued, index) => ({
    command: command(index),
    conversationId: queued.of === undefined ? `own ${index}` : queued.of,
    media: queued.file === undefined ? [] : [mediaOf(queued.file)],
    holdUntil: queued.holdUntil ?? 0,
    state: 'queued',
    attempts: 0,
  }));
  const results: CommandResult[] = [];
  const requests: string[][] = [];
  let endedBy: string | null = null;
  let failure: Error | null = null;
  const runner = createOutboxRunner({
    store: {
      read: {
        async nextHeld({ now }) {
          const held = queue.filter(({ holdUntil }) => holdUntil > now).map(({ holdUntil }) => holdUntil);
          return held.length === 0 ? null : Math.min(...held);
        },
      },
      write: {
        async takeOutbox({ limit, now }) {
          const taken = queue
            .filter(
              (entry, index) =>
                entry.state === 'queued' &&
                entry.holdUntil <= now &&
                (entry.conversationId === null ||
                  !queue.slice(0, index).some((earlier) => earlier.conversationId === entry.conversationId)),
            )
            .slice(0, limit);
          for (const entry of taken) entry.state = 'sending';
          return taken.map(({ command: held, conversationId, media, attempts }): OutboxEntry => ({
            command: held,
            conversationId,
            media,
            state: 'sending',
            attempts,
          }));
        },
        async recordOutboxResults(input) {
          if (failure !== null) {
            const error = failure;
            failure = null;
            throw error;
          }
          results.push(...input.results);
          for (const { id } of input.results) {
            queue.splice(
              queue.findIndex((entry) => entry.command.id === id),
              1,
            );
          }
          return { changes: nothing, refused: [] };
        },
        async returnOutbox({ commandIds }) {
          for (const entry of queue) {
            if (!commandIds.includes(entry.command.id)) continue;
            entry.state = 'queued';
            entry.attempts += 1;
          }
          return nothing;
        },
      },
    },
    relay: {
      async commands({ commands: sent }) {
        requests.push(sent.map(({ id }) => id));
        await beforeAnswer();
        return (script.shift() ?? applied)(sent);
      },
    },
    uploads: { ensureUploaded },
    clock,
    scheduler: time.scheduler,
    random: () => 0,
    log: () => undefined,
    onChanges: () => undefined,
    onRefused: () => undefined,
    onRevoked: (reason) => {
      endedBy = reason;
    },
  });
  return {
    time,
    clock,
    queue,
    results,
    requests,
    runner,
    endedBy: () => endedBy,
    failNextRecord: () => {
      failure = new Error('disk full');
    },
  };
}

/** Uploads that end when the test says so. */
export function createUploads() {
  const asked: string[] = [];
  const waiting = new Map<string, (outcome: Outcome<null>) => void>();
  const ensureUploaded: Uploads['ensureUploaded'] = (media, signal) =>
    new Promise((resolve) => {
      const file = media[0]!.mediaId;
      asked.push(file);
      waiting.set(file, resolve);
      signal.addEventListener('abort', () => {
        resolve({ ok: false, failure: { kind: 'aborted' } });
      });
    });
  return {
    asked,
    ensureUploaded,
    finish(file: string, outcome: Outcome<null> = { ok: true, value: null }) {
      waiting.get(file)?.(outcome);
    },
  };
}
