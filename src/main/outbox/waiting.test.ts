/** Commands that may not leave yet: held back by the person, or behind their files. */
import { describe, expect, it, vi } from 'vitest';
import type { Outcome } from '../relay/interface.ts';
import { createOutbox, createUploads, failed, idOf } from './testing.ts';

describe('commands held back', () => {
  it('leave when their time has come, without anybody waking them', async () => {
    const { time, queue, requests, runner } = createOutbox([{ holdUntil: 4_000 }, {}], []);
    runner.start();
    await vi.waitUntil(() => queue.length === 1 && time.pending()[0] === 4_000);
    expect(requests).toEqual([[idOf(1)]]);
    time.pass(4_000);
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('leave soon after the clock was set forward', async () => {
    const { time, clock, queue, runner } = createOutbox([{ holdUntil: 30_000 }], []);
    runner.start();
    await vi.waitUntil(() => time.pending()[0] === 5_000);
    clock.skew = 3 * 3_600_000;
    time.pass(5_000);
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('do not wait for hours because the clock was set back', async () => {
    const { time, clock, queue, runner } = createOutbox([{ holdUntil: 10_000 }], []);
    clock.skew = -3 * 3_600_000;
    runner.start();
    await vi.waitUntil(() => queue.length === 0);
    expect(time.now()).toBe(0);
    await runner.stop();
  });
});

describe('files', () => {
  const one = { of: 'one' };

  it('go before their command, and hold up their own conversation only', async () => {
    const uploads = createUploads();
    const { queue, requests, runner } = createOutbox(
      [{ ...one, file: 'a' }, one, { of: 'two' }, { of: 'three' }],
      [],
      uploads.ensureUploaded,
    );
    runner.start();
    await vi.waitUntil(() => queue.length === 2);
    expect(requests).toEqual([[idOf(2), idOf(3)]]);
    uploads.finish('a');
    await vi.waitUntil(() => queue.length === 0);
    expect(requests.slice(1)).toEqual([[idOf(0)], [idOf(1)]]);
    await runner.stop();
  });

  it('keep the order of commands that belong to no conversation', async () => {
    const uploads = createUploads();
    const none = { of: null };
    const { queue, requests, runner } = createOutbox(
      [none, { ...none, file: 'a' }, none, { ...none, file: 'b' }, none],
      [],
      uploads.ensureUploaded,
    );
    runner.start();
    await vi.waitUntil(() => uploads.asked.length === 1 && queue.length === 4);
    expect(requests).toEqual([[idOf(0)]]);
    uploads.finish('a');
    await vi.waitUntil(() => uploads.asked.length === 2);
    uploads.finish('b');
    await vi.waitUntil(() => queue.length === 0);
    expect(requests.flat()).toEqual([0, 1, 2, 3, 4].map(idOf));
    await runner.stop();
  });

  it('are tried again after a back-off when the relay is away, while others go', async () => {
    const away: Outcome<null> = { ok: false, failure: { kind: 'unreachable' } };
    const uploads = createUploads();
    const { time, queue, runner } = createOutbox(
      [{ ...one, file: 'a' }, { of: 'two' }],
      [],
      uploads.ensureUploaded,
    );
    runner.start();
    await vi.waitUntil(() => queue.length === 1);
    uploads.finish('a', away);
    await vi.waitUntil(() => time.pending()[0] === 200);
    time.pass(200);
    await vi.waitUntil(() => uploads.asked.length === 2);
    uploads.finish('a', away);
    await vi.waitUntil(() => time.pending()[0] === 1_000);
    runner.wake();
    await vi.waitUntil(() => uploads.asked.length === 3);
    uploads.finish('a');
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('that the relay will not have take their command with them, and nothing else', async () => {
    const uploads = createUploads();
    const { queue, results, runner } = createOutbox([{ ...one, file: 'a' }, one], [], uploads.ensureUploaded);
    runner.start();
    await vi.waitUntil(() => uploads.asked.length === 1);
    uploads.finish('a', { ok: false, failure: { kind: 'refused', status: 422, code: 'media_refused' } });
    await vi.waitUntil(() => queue.length === 0);
    expect(results).toEqual([
      { id: idOf(0), status: 'refused', code: 'media_refused' },
      { id: idOf(1), status: 'applied' },
    ]);
    await runner.stop();
  });

  it('travel three at a time, and one that is discarded makes room', async () => {
    const uploads = createUploads();
    const files = ['a', 'b', 'c', 'd'];
    const { queue, runner } = createOutbox(
      files.map((file) => ({ of: file, file })),
      [],
      uploads.ensureUploaded,
    );
    runner.start();
    await vi.waitUntil(() => uploads.asked.length === 3);
    await runner.whileWithdrawn('message 1', async () => {
      expect(queue.map(({ state }) => state)).toEqual(['sending', 'queued', 'sending', 'sending']);
      queue.splice(1, 1);
    });
    await vi.waitUntil(() => uploads.asked.length === 4);
    for (const file of files) uploads.finish(file);
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('whose command comes back do not let the next one overtake', async () => {
    const uploads = createUploads();
    const none = { of: null };
    const { time, queue, requests, runner } = createOutbox(
      [none, { ...none, file: 'a' }, none],
      [() => failed({ kind: 'unreachable' })],
      uploads.ensureUploaded,
    );
    runner.start();
    await vi.waitUntil(() => time.pending()[0] === 200);
    expect(queue.map(({ state }) => state)).toEqual(['queued', 'queued', 'queued']);
    time.pass(200);
    await vi.waitUntil(() => uploads.asked.length === 2);
    uploads.finish('a');
    await vi.waitUntil(() => queue.length === 0);
    expect(requests.flat()).toEqual([0, 0, 1, 2].map(idOf));
    await runner.stop();
  });

  it('on their way when the app ends are given back', async () => {
    const uploads = createUploads();
    const { queue, runner } = createOutbox([{ ...one, file: 'a' }, one], [], uploads.ensureUploaded);
    runner.start();
    await vi.waitUntil(() => uploads.asked.length === 1);
    await runner.stop();
    expect(queue.map(({ state }) => state)).toEqual(['queued', 'queued']);
  });
});

describe('a message that is to be taken back', () => {
  it('is waited for while it is being sent', async () => {
    let answer: () => void = () => undefined;
    const { queue, runner, requests } = createOutbox(
      [{ of: 'one' }, { of: 'one' }],
      [],
      undefined,
      () => new Promise<void>((resolve) => (answer = resolve)),
    );
    runner.start();
    await vi.waitUntil(() => requests.length === 1);
    const states = runner.whileWithdrawn('message 0', async () => queue.map(({ state }) => state));
    answer();
    // Its answer is in, and nothing else was taken meanwhile.
    expect(await states).toEqual(['queued']);
    await vi.waitUntil(() => requests.length === 2);
    answer();
    await vi.waitUntil(() => queue.length === 0);
    await runner.stop();
  });

  it('is not waited for for ever', async () => {
    const { time, queue, runner, requests } = createOutbox([{ of: 'one' }], [], undefined, () =>
      time.now() < 60_000 ? new Promise<void>(() => undefined) : Promise.resolve(),
    );
    runner.start();
    await vi.waitUntil(() => requests.length === 1);
    const states = runner.whileWithdrawn('message 0', async () => queue.map(({ state }) => state));
    await vi.waitUntil(() => time.pending().length === 1);
    time.pass(5_000);
    expect(await states).toEqual(['sending']);
  });
});
