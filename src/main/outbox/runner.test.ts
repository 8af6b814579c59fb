import type { Command, CommandResult } from '@recado/protocol';
import { describe, expect, it, vi } from 'vitest';
import type { Outcome, RelayFailure } from '../relay/interface.ts';
import type { ChangeSet, OutboxEntry } from '../store/interface.ts';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createOutboxRunner } from './runner.ts';

const nothing: ChangeSet = { conversationIds: [], overflow: false, reference: false };
const idOf = (number: number) => `018f3f2e-7c1a-7000-8000-${String(number).padStart(12, '0')}`;
const command = (number: number): Command => ({
  id: idOf(number),
  type: 'conversation.markRead',
  args: {},
  basedOn: null,
  issuedAt: '2026-11-22T12:00:00.000Z',
});
const applied = (commands: Command[]): Outcome<CommandResult[]> => ({
  ok: true,
  value: commands.map(({ id }) => ({ id, status: 'applied' })),
});
const failed = (failure: RelayFailure): Outcome<CommandResult[]> => ({ ok: false, failure });

/** An outbox in memory with the store's own rules, and a relay that answers by script, then applies everything. */
function setUp(count: number, script: ((commands: Command[]) => Outcome<CommandResult[]>)[]) {
  const time = createManualScheduler();
  const queue = Array.from({ length: count }, (_, index) => ({
    command: command(index),
    state: 'queued',
    attempts: 0,
  }));
  const results: CommandResult[] = [];
  const requests: string[][] = [];
  let isRevoked = false;
  const runner = createOutboxRunner({
    store: {
      write: {
        async takeOutbox({ limit }) {
          const taken = queue.filter(({ state }) => state === 'queued').slice(0, limit);
          for (const entry of taken) entry.state = 'sending';
          return taken.map(({ command: held, attempts }): OutboxEntry => ({
            command: held,
            conversationId: null,
            state: 'sending',
            attempts,
          }));
        },
        async recordOutboxResults(input) {
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
      async commands({ commands }) {
        requests.push(commands.map(({ id }) => id));
        return (script.shift() ?? applied)(commands);
      },
    },
    scheduler: time.scheduler,
    random: () => 0,
    log: () => undefined,
    onChanges: () => undefined,
    onRefused: () => undefined,
    onRevoked: () => {
      isRevoked = true;
    },
  });
  return { time, queue, results, requests, runner, isRevoked: () => isRevoked };
}

const idle = () => new Promise((resolve) => setImmediate(resolve));

describe('outbox runner', () => {
  it('sends everything, fifty at a time', async () => {
    const { queue, requests, runner } = setUp(120, []);
    runner.start();
    await vi.waitUntil(() => queue.length === 0);
    expect(requests.map(({ length }) => length)).toEqual([50, 50, 20]);
    await runner.stop();
  });

  it.each<RelayFailure>([
    { kind: 'unreachable' },
    { kind: 'server', status: 503 },
    { kind: 'invalidResponse' },
    { kind: 'refused', status: 404, code: 'not_found' },
  ])('gives everything back after $kind and tries again later', async (failure) => {
    const { time, queue, requests, runner } = setUp(2, [() => failed(failure)]);
    runner.start();
    await vi.waitUntil(() => time.pending().length === 1);
    expect(queue.map(({ state, attempts }) => [state, attempts])).toEqual([
      ['queued', 1],
      ['queued', 1],
    ]);
    expect(time.pending()).toEqual([200]);
    time.pass(200);
    await vi.waitUntil(() => queue.length === 0);
    expect(requests).toHaveLength(2);
    await runner.stop();
  });

  it('waits longer each time, and not at all when woken', async () => {
    const away = () => failed({ kind: 'unreachable' });
    const { time, queue, runner } = setUp(1, [away, away, away]);
    runner.start();
    await vi.waitUntil(() => time.pending()[0] === 200);
    time.pass(200);
    await vi.waitUntil(() => time.pending()[0] === 1_000);
    time.pass(1_000);
    await vi.waitUntil(() => time.pending()[0] === 3_000);
    runner.wake();
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('obeys Retry-After even when woken', async () => {
    const { time, queue, requests, runner } = setUp(1, [
      () => failed({ kind: 'rateLimited', retryAfterMs: 9_000 }),
    ]);
    runner.start();
    await vi.waitUntil(() => time.pending()[0] === 9_000);
    runner.wake();
    await idle();
    expect(requests).toHaveLength(1);
    time.pass(9_000);
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('finds the one command that spoils a request, and sends the others', async () => {
    const bad = idOf(1);
    const judge = (commands: Command[]) =>
      commands.some(({ id }) => id === bad)
        ? failed({ kind: 'refused', status: 400, code: 'invalid_request' })
        : applied(commands);
    const { queue, results, runner } = setUp(3, [judge, judge, judge, judge, judge]);
    runner.start();
    await vi.waitUntil(() => queue.length === 0);
    expect(results.map(({ id, status, code }) => [id, status, code])).toEqual([
      [idOf(0), 'applied', undefined],
      [bad, 'refused', 'invalid_arguments'],
      [idOf(2), 'applied', undefined],
    ]);
    await runner.stop();
  });

  it('sends what the relay did not answer again, and ignores answers to what was not asked', async () => {
    const half = (commands: Command[]): Outcome<CommandResult[]> => ({
      ok: true,
      value: [
        { id: commands[0]!.id, status: 'applied' },
        { id: idOf(99), status: 'applied' },
      ],
    });
    const { time, queue, results, runner } = setUp(2, [half]);
    runner.start();
    await vi.waitUntil(() => time.pending().length === 1);
    expect(results.map(({ id }) => id)).toEqual([idOf(0)]);
    time.pass(200);
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('stops for good when the session was revoked, losing nothing', async () => {
    const { queue, runner, isRevoked } = setUp(2, [() => failed({ kind: 'unauthorized' })]);
    runner.start();
    await vi.waitUntil(isRevoked);
    expect(queue.map(({ state }) => state)).toEqual(['queued', 'queued']);
    await runner.stop();
  });

  it('stops while there is nothing to do', async () => {
    const { runner } = setUp(0, []);
    runner.start();
    await runner.stop();
  });
});
