/**
 * Carries this PC's commands to the relay, in order within each conversation. A command leaves the outbox only with
 * the relay's answer; one that was perhaps received is sent again under the same id, which the relay knows.
 */
import { COMMANDS_LIMIT, RefusalCode, type CommandResult } from '@recado/protocol';
import { backOffDelay } from '../lib/back-off.ts';
import { createPause } from '../lib/signal.ts';
import type { RelayFailure } from '../relay/interface.ts';
import type { OutboxEntry } from '../store/interface.ts';
import type { OutboxDeps, OutboxRunner } from './interface.ts';

/** An app that must be updated asks again now and then: the relay may have been put back. */
const OUTDATED_RETRY_MS = 600_000;

const idsOf = (entries: OutboxEntry[]) => entries.map(({ command }) => command.id);

export function createOutboxRunner(deps: OutboxDeps): OutboxRunner {
  const { store, relay, log } = deps;
  const stopped = new AbortController();
  const pause = createPause(deps);
  let running: Promise<void> = Promise.resolve();
  let hasNews = true;
  let isToldToWait = false;
  /** Commands to a request: all the relay takes, one after it refused a batch as a whole. */
  let limit = COMMANDS_LIMIT;

  async function giveBack(entries: OutboxEntry[]) {
    if (entries.length > 0) deps.onChanges(await store.write.returnOutbox({ commandIds: idsOf(entries) }));
  }

  /** Writes down what the relay answered; commands it did not mention wait for the next round. */
  async function record(entries: OutboxEntry[], answered: CommandResult[]): Promise<boolean> {
    const sent = new Set(idsOf(entries));
    const results = answered.filter(({ id }) => sent.has(id));
    if (results.length > 0) {
      const { changes, refused } = await store.write.recordOutboxResults({ results });
      deps.onChanges(changes);
      if (refused.length > 0) deps.onRefused(refused);
    }
    const known = new Set(results.map(({ id }) => id));
    const unanswered = entries.filter(({ command }) => !known.has(command.id));
    await giveBack(unanswered);
    return unanswered.length === 0;
  }

  /** A request refused as a whole: the same one again would be refused again. */
  async function refuse(entries: OutboxEntry[], code: string): Promise<void> {
    if (entries.length > 1) {
      limit = 1;
      await giveBack(entries);
      return;
    }
    await record(
      entries,
      idsOf(entries).map((id) => ({ id, status: 'refused', code })),
    );
    limit = COMMANDS_LIMIT;
  }

  /** One request. Milliseconds to wait before the next, 0 for none, null to stop for good. */
  async function post(entries: OutboxEntry[], failures: number): Promise<number | null> {
    const outcome = await relay.commands({
      commands: entries.map(({ command }) => command),
      signal: stopped.signal,
    });
    if (outcome.ok) {
      const isComplete = await record(entries, outcome.value);
      return isComplete ? 0 : backOffDelay(failures + 1, deps.random);
    }
    const failure: RelayFailure = outcome.failure;
    log('outbox.notSent', { reason: failure.kind, count: entries.length, failures: failures + 1 });
    if (failure.kind === 'refused' && failure.status !== 404 && failure.status !== 408) {
      const code = failure.status === 400 ? RefusalCode.invalidArguments : failure.code;
      await refuse(entries, code);
      return 0;
    }
    await giveBack(entries);
    switch (failure.kind) {
      case 'unauthorized':
        return null;
      case 'outdated':
        return OUTDATED_RETRY_MS;
      case 'rateLimited':
        isToldToWait = true;
        return failure.retryAfterMs;
      default:
        return backOffDelay(failures + 1, deps.random);
    }
  }

  async function run() {
    let failures = 0;
    while (!stopped.signal.aborted) {
      hasNews = false;
      let wait: number | null;
      try {
        const entries = await store.write.takeOutbox({ limit });
        if (entries.length === 0) {
          if (!hasNews) await pause.wait(null);
          continue;
        }
        wait = await post(entries, failures);
      } catch (error) {
        log('outbox.failed', { error: error instanceof Error ? error.name : 'unknown' });
        wait = backOffDelay(failures + 1, deps.random);
      }
      if (wait === null) {
        deps.onRevoked();
        return;
      }
      failures = wait === 0 ? 0 : failures + 1;
      if (wait > 0 && !stopped.signal.aborted && (await pause.wait(wait))) failures = 0;
      isToldToWait = false;
    }
  }

  return {
    start() {
      running = run();
    },
    wake() {
      hasNews = true;
      if (!isToldToWait) pause.end();
    },
    async stop() {
      stopped.abort();
      pause.close();
      await running;
    },
  };
}
