import { newId, toTimestamp, type Id } from '@recado/protocol';
import { EventEmitter, once } from 'node:events';
import { describeError } from '../logger.ts';
import type { Effect } from './apply/effects.ts';
import { parseWebhook } from './inbound/parse-webhook.ts';
import { countFailure, processEvent, type ProcessEventDeps } from './process-event.ts';
import { repeat } from '../jobs/repeat.ts';

/** How often what was left behind is looked for: by a crash, or by a try that failed. */
const SWEEP_MS = 2_000;
/** Younger ones are in somebody's hands. */
const LEFT_BEHIND_MS = 5_000;
const SWEEP_BATCH = 500;
const LOOK_AGAIN_MS = 250;

export interface WebhookState {
  state: 'received' | 'processed' | 'quarantined';
  effects: Effect[];
}

export interface WebhookEvents {
  start(): void;
  /** Keeps the exact bytes, and answers with their id; processing begins right after. */
  receive(body: Buffer): Promise<Id>;
  /** What became of a webhook, waiting up to `waitMs` while it is still being processed; null when unknown. */
  outcome(id: Id, waitMs: number): Promise<WebhookState | null>;
  /** Finishes what is running. The rest is found at the next start. */
  stop(): Promise<void>;
}

interface WebhookEventsDeps extends ProcessEventDeps {
  /** After the commit: readers hear of it, and deliveries begin. */
  onCommitted(clinicIds: Set<Id>): void;
}

/**
 * Webhooks are kept first and processed after the answer, one at a time per number and in the order they came. They
 * wait in the database, so neither a crash nor a failing try loses one.
 */
export function createWebhookEvents(deps: WebhookEventsDeps): WebhookEvents {
  const { database, clock, logger } = deps;
  const lines = new Map<string, Promise<void>>();
  const finished = new EventEmitter().setMaxListeners(0);
  let stopSweeping: (() => Promise<void>) | null = null;
  let stopping = false;

  async function run(id: Id): Promise<void> {
    if (stopping) return;
    try {
      const clinicIds = await processEvent(deps, id);
      if (clinicIds !== null) {
        deps.onCommitted(clinicIds);
        finished.emit(id);
      }
    } catch (error) {
      logger.error('webhook failed', { webhookEventId: id, ...describeError(error) });
      await countFailure(deps, id).catch(() => undefined);
    }
  }

  /** Behind everything of the same number that came before. */
  function enqueue(line: string, id: Id): void {
    const turn = (lines.get(line) ?? Promise.resolve()).then(() => run(id));
    lines.set(line, turn);
    void turn.finally(() => {
      if (lines.get(line) === turn) lines.delete(line);
    });
  }

  async function sweep(): Promise<void> {
    const now = clock.now();
    const { rows } = await database.asSystem((client) =>
      client.query<{ id: Id }>(
        `select id from webhook_events
         where state = 'received' and received_at < $1 order by arrival limit $2`,
        [toTimestamp(now - LEFT_BEHIND_MS), SWEEP_BATCH],
      ),
    );
    for (const { id } of rows) await run(id);
  }

  async function read(id: Id): Promise<WebhookState | null> {
    const { rows } = await database.asSystem((client) =>
      client.query<WebhookState>('select state, effects from webhook_events where id = $1', [id]),
    );
    return rows[0] ?? null;
  }

  return {
    start() {
      stopSweeping = repeat({
        work: sweep,
        everyMs: SWEEP_MS,
        failure: 'sweeping webhooks failed',
        logger,
      });
    },

    async receive(body) {
      const id = newId();
      const line = parseWebhook(body).find(({ route }) => route.phoneNumberId ?? route.wabaId)?.route;
      await database.asSystem((client) =>
        client.query('insert into webhook_events (id, received_at, body) values ($1, $2, $3)', [
          id,
          toTimestamp(clock.now()),
          body,
        ]),
      );
      enqueue(line?.phoneNumberId ?? line?.wabaId ?? 'nobody', id);
      return id;
    },

    async outcome(id, waitMs) {
      const patienceEnds = performance.now() + waitMs;
      for (;;) {
        // Another process may have it: then nobody tells us, and we look again after a while.
        const waiting = once(finished, id, { signal: AbortSignal.timeout(LOOK_AGAIN_MS) }).catch(
          () => undefined,
        );
        const state = await read(id);
        if (!state || state.state !== 'received' || performance.now() >= patienceEnds) return state;
        await waiting;
      }
    },

    async stop() {
      stopping = true;
      await stopSweeping?.();
      await Promise.all(lines.values());
    },
  };
}
