import type { Command, CommandResult } from '@recado/protocol';
import { describe, expect, it, vi } from 'vitest';
import type { Outcome, RelayFailure } from '../relay/interface.ts';
import { applied, createOutbox, failed, idOf } from './testing.ts';

const idle = () => new Promise((resolve) => setImmediate(resolve));

describe('outbox runner', () => {
  it('sends everything, fifty at a time', async () => {
    const { queue, requests, runner } = createOutbox(120, []);
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
    const { time, queue, requests, runner } = createOutbox(2, [() => failed(failure)]);
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
    const { time, queue, runner } = createOutbox(1, [away, away, away]);
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
    const { time, queue, requests, runner } = createOutbox(1, [
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
    const { queue, results, runner } = createOutbox(3, [judge, judge, judge, judge, judge]);
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
    const { time, queue, results, runner } = createOutbox(2, [half]);
    runner.start();
    await vi.waitUntil(() => time.pending().length === 1);
    expect(results.map(({ id }) => id)).toEqual([idOf(0)]);
    time.pass(200);
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it.each([
    ['unauthorized', 'revoked'],
    ['deviceRevoked', 'deviceRevoked'],
  ] as const)('stops for good after %s, losing nothing', async (kind, reason) => {
    const { queue, runner, endedBy } = createOutbox(2, [() => failed({ kind })]);
    runner.start();
    await vi.waitUntil(() => endedBy() !== null);
    expect(endedBy()).toBe(reason);
    expect(queue.map(({ state }) => state)).toEqual(['queued', 'queued']);
    await runner.stop();
  });

  it('sends again what the store could not write down', async () => {
    const { time, queue, requests, runner, failNextRecord } = createOutbox(1, []);
    failNextRecord();
    runner.start();
    await vi.waitUntil(() => time.pending().length === 1);
    time.pass(200);
    await vi.waitUntil(() => queue.length === 0);
    expect(requests).toEqual([[idOf(0)], [idOf(0)]]);
    await runner.stop();
  });

  it('stops while there is nothing to do', async () => {
    const { runner } = createOutbox(0, []);
    runner.start();
    await runner.stop();
  });
});
