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
import { createUploadLanes, messageIdOf } from './upload-lanes.ts';

/** An app that must be updated asks again now and then: the relay may have been put back. */
const OUTDATED_RETRY_MS = 600_000;
/** Nothing is held back for longer, milliseconds: a later end means that the clock was set back meanwhile. */
const LONGEST_HOLD_MS = 60_000;
/** Nobody waits for longer to hear that a message cannot be taken back any more, milliseconds. */
const LONGEST_WITHDRAWAL_MS = 5_000;
/** Timers stand still while a machine sleeps and clocks are set right: the hold is looked at again this often. */
const LOOK_AT_HOLD_MS = 5_000;

const idsOf = (entries: OutboxEntry[]) => entries.map(({ command }) => command.id);

export function createOutboxRunner(deps: OutboxDeps): OutboxRunner {
  const { store, relay, clock, log } = deps;
  const stopped = new AbortController();
  const pause = createPause(deps);
  let running: Promise<void> = Promise.resolve();
  let hasNews = true;
  let isToldToWait = false;
  let isEnded = false;
  /** The request under way. */
  let posting: { entries: OutboxEntry[]; ended: Promise<unknown> } | null = null;
  /** Taken when the store failed: nobody knows how far that got, and giving back what has left is harmless. */
  let stranded: OutboxEntry[] = [];
  /** Commands to a request: all the relay takes, one after it refused a batch as a whole. */
  let limit = COMMANDS_LIMIT;

  function end(failure: RelayFailure) {
    if (isEnded) return;
    isEnded = true;
    stopped.abort();
    pause.close();
    deps.onRevoked(failure.kind === 'deviceRevoked' ? 'deviceRevoked' : 'revoked');
  }

  function takeSoon() {
    hasNews = true;
    if (!isToldToWait) pause.end();
  }

  const lanes = createUploadLanes({
    ...deps,
    onReady: takeSoon,
    async onRefused(entry, code) {
      await record([entry], [{ id: entry.command.id, status: 'refused', code }]);
      takeSoon();
    },
    onEnded: end,
  });

  /** Taking commands and taking them out of its hands never overlap. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Value>(step: () => Promise<Value>): Promise<Value> {
    const result = last.then(step);
    last = result.catch(() => undefined);
    return result;
  }

  /** What comes behind in the same conversations goes back, too, or it would overtake. */
  async function giveBack(entries: OutboxEntry[]) {
    if (entries.length === 0) return;
    const commandIds = idsOf([...entries, ...lanes.withdraw(entries)]);
    deps.onChanges(await store.write.returnOutbox({ commandIds }));
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
    const { failure } = outcome;
    log('outbox.notSent', { reason: failure.kind, count: entries.length, failures: failures + 1 });
    if (failure.kind === 'refused' && failure.status !== 404 && failure.status !== 408) {
      const code = failure.status === 400 ? RefusalCode.invalidArguments : failure.code;
      await refuse(entries, code);
      return 0;
    }
    await giveBack(entries);
    switch (failure.kind) {
      case 'unauthorized':
      case 'deviceRevoked':
        end(failure);
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

  /** What may go now, marked as on its way; and when there is nothing, how long until something held back may. */
  async function take(): Promise<{ entries: OutboxEntry[]; wait: number | null }> {
    await giveBack(stranded);
    stranded = [];
    const entries = lanes.takeReady(limit);
    if (entries.length === limit) return { entries, wait: null };
    const room = limit - entries.length;
    const now = clock.now();
    const taken = await store.write.takeOutbox({ limit: room, now });
    if (taken.length > 0) {
      entries.push(...lanes.sort(taken));
      // What went to wait for its files may have left room for more.
      if (entries.length === 0) hasNews = true;
      return { entries, wait: null };
    }
    const held = await store.read.nextHeld({ now });
    if (held === null) return { entries, wait: null };
    if (held - now <= LONGEST_HOLD_MS) return { entries, wait: Math.min(held - now, LOOK_AT_HOLD_MS) };
    const released = await store.write.takeOutbox({ limit: room, now: held });
    if (released.length > 0) hasNews = true;
    return { entries: [...entries, ...lanes.sort(released)], wait: LOOK_AT_HOLD_MS };
  }

  async function run() {
    let failures = 0;
    while (!stopped.signal.aborted) {
      hasNews = false;
      let wait: number | null;
      let entries: OutboxEntry[] = [];
      try {
        const taken = await inTurn(take);
        entries = taken.entries;
        if (entries.length === 0) {
          if (!hasNews) await pause.wait(taken.wait);
          continue;
        }
        const ended = post(entries, failures);
        posting = { entries, ended };
        wait = await ended;
      } catch (error) {
        log('outbox.failed', { error: error instanceof Error ? error.name : 'unknown' });
        stranded.push(...entries);
        wait = backOffDelay(failures + 1, deps.random);
      } finally {
        posting = null;
      }
      if (wait === null) return;
      failures = wait === 0 ? 0 : failures + 1;
      if (wait > 0 && !stopped.signal.aborted && (await pause.wait(wait))) failures = 0;
      isToldToWait = false;
    }
  }

  const untilLate = (work: Promise<unknown>) =>
    new Promise<void>((resolve) => {
      const cancel = deps.scheduler.after(LONGEST_WITHDRAWAL_MS, resolve);
      const end = () => {
        cancel();
        resolve();
      };
      work.then(end, end);
    });

  function wake() {
    lanes.wake();
    takeSoon();
  }

  return {
    start() {
      running = run();
    },
    wake,
    whileWithdrawn(messageId, step) {
      const result = inTurn(async () => {
        await giveBack(lanes.find(messageId));
        // Perhaps it is on its way at this moment: soon it either has left or is queued again.
        if (posting?.entries.some((entry) => messageIdOf(entry) === messageId) === true)
          await untilLate(posting.ended);
        return step();
      });
      void result.catch(() => undefined).then(wake);
      return result;
    },
    async stop() {
      stopped.abort();
      pause.close();
      const held = await lanes.close();
      await running;
      await giveBack([...stranded, ...held]);
    },
  };
}
