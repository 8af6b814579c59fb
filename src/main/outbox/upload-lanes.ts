/**
 * Commands that wait for their files, and those behind them in their conversation, in order. A long upload holds up its
 * own conversation and nobody else's.
 */
import { backOffDelay } from '../lib/back-off.ts';
import { createPause, type Pause } from '../lib/signal.ts';
import type { Log } from '../lib/log.ts';
import type { Scheduler } from '../lib/time.ts';
import type { RelayFailure } from '../relay/interface.ts';
import type { OutboxEntry } from '../store/interface.ts';
import type { Uploads } from './interface.ts';

/** Files of this many conversations travel at once: more would only make each of them slower. */
const MOST_UPLOADS = 3;
const OUTDATED_RETRY_MS = 600_000;

interface Lane {
  entries: OutboxEntry[];
  controller: AbortController;
  pause: Pause;
  isToldToWait: boolean;
}

export interface UploadLanes {
  /** Keeps back what must wait; answers what may go now, in order. */
  sort(entries: OutboxEntry[]): OutboxEntry[];
  /** Commands whose files have arrived, in order. */
  takeReady(limit: number): OutboxEntry[];
  /** Gives up waiting for everything in the conversations of these; answers what was held of them, in order. */
  withdraw(entries: OutboxEntry[]): OutboxEntry[];
  /** The commands of a message that wait. */
  find(messageId: string): OutboxEntry[];
  /** Uploads that wait after a failure go on now. */
  wake(): void;
  /** Ends all uploads; answers everything held. */
  close(): Promise<OutboxEntry[]>;
}

const laneOf = ({ conversationId }: OutboxEntry) => conversationId ?? '';

/** Of a send or note; anything else has none. */
export const messageIdOf = ({ command }: OutboxEntry): unknown =>
  (command.args as { messageId?: unknown } | null)?.messageId;

export function createUploadLanes(deps: {
  uploads: Uploads;
  scheduler: Scheduler;
  random: () => number;
  log: Log;
  /** Something can be taken. */
  onReady: () => void;
  /** A file never will be at the relay: its command is not to be sent. */
  onRefused: (entry: OutboxEntry, code: string) => Promise<void>;
  /** The relay has ended this session or revoked this device. */
  onEnded: (failure: RelayFailure) => void;
}): UploadLanes {
  const lanes = new Map<string, Lane>();
  const working = new Set<Promise<void>>();
  let ready: OutboxEntry[] = [];
  let uploading = 0;
  let waitingForTurn: (() => void)[] = [];

  async function upload(entry: OutboxEntry, signal: AbortSignal) {
    while (uploading >= MOST_UPLOADS) await new Promise<void>((resolve) => waitingForTurn.push(resolve));
    if (signal.aborted) return { ok: false, failure: { kind: 'aborted' } } as const;
    uploading += 1;
    try {
      return await deps.uploads.ensureUploaded(entry.media, signal);
    } finally {
      uploading -= 1;
      const waiting = waitingForTurn;
      waitingForTurn = [];
      for (const go of waiting) go();
    }
  }

  async function waitAfter(lane: Lane, failure: RelayFailure, failures: number) {
    lane.isToldToWait = failure.kind === 'rateLimited';
    const delay =
      failure.kind === 'rateLimited'
        ? failure.retryAfterMs
        : failure.kind === 'outdated'
          ? OUTDATED_RETRY_MS
          : backOffDelay(failures, deps.random);
    const wasWoken = await lane.pause.wait(delay);
    lane.isToldToWait = false;
    return wasWoken;
  }

  /** What came of the first of a lane: `next` when it is done with, otherwise why it must wait. */
  async function step(lane: Lane, head: OutboxEntry): Promise<'next' | 'ended' | RelayFailure> {
    const { signal } = lane.controller;
    const outcome = head.media.length === 0 ? ({ ok: true } as const) : await upload(head, signal);
    if (signal.aborted) return 'ended';
    if (outcome.ok) {
      lane.entries.shift();
      ready.push(head);
      deps.onReady();
      return 'next';
    }
    const { failure } = outcome;
    deps.log('outbox.notUploaded', { reason: failure.kind });
    if (failure.kind === 'unauthorized' || failure.kind === 'deviceRevoked') {
      deps.onEnded(failure);
      return 'ended';
    }
    if (failure.kind !== 'refused') return failure;
    await deps.onRefused(head, failure.code);
    lane.entries.shift();
    return 'next';
  }

  async function work(key: string, lane: Lane) {
    let failures = 0;
    for (let head = lane.entries[0]; head !== undefined; head = lane.entries[0]) {
      const result = await step(lane, head).catch((error: unknown): RelayFailure => {
        deps.log('outbox.failed', { error: error instanceof Error ? error.name : 'unknown' });
        return { kind: 'unreachable' };
      });
      if (result === 'ended' || lane.controller.signal.aborted) return;
      failures = result === 'next' ? 0 : failures + 1;
      if (result !== 'next' && (await waitAfter(lane, result, failures))) failures = 0;
    }
    if (lanes.get(key) === lane) lanes.delete(key);
  }

  function begin(key: string, entry: OutboxEntry) {
    const lane: Lane = {
      entries: [entry],
      controller: new AbortController(),
      pause: createPause(deps),
      isToldToWait: false,
    };
    lanes.set(key, lane);
    const mine = work(key, lane);
    working.add(mine);
    void mine.then(() => working.delete(mine));
  }

  function end(lane: Lane): OutboxEntry[] {
    lane.controller.abort();
    lane.pause.close();
    return lane.entries.splice(0);
  }

  return {
    sort: (entries) =>
      entries.filter((entry) => {
        const key = laneOf(entry);
        const lane = lanes.get(key);
        if (lane !== undefined) lane.entries.push(entry);
        else if (entry.media.length > 0) begin(key, entry);
        else return true;
        return false;
      }),
    takeReady: (limit) => ready.splice(0, limit),
    withdraw(entries) {
      const keys = new Set(entries.map(laneOf));
      const held = ready.filter((entry) => keys.has(laneOf(entry)));
      ready = ready.filter((entry) => !keys.has(laneOf(entry)));
      for (const key of keys) {
        const lane = lanes.get(key);
        if (lane === undefined) continue;
        lanes.delete(key);
        held.push(...end(lane));
      }
      return held;
    },
    find: (messageId) =>
      [...lanes.values()].flatMap(({ entries }) =>
        entries.filter((entry) => messageIdOf(entry) === messageId),
      ),
    wake() {
      for (const { pause, isToldToWait } of lanes.values()) if (!isToldToWait) pause.end();
    },
    async close() {
      const held = [...ready.splice(0), ...[...lanes.values()].flatMap(end)];
      lanes.clear();
      for (const go of waitingForTurn.splice(0)) go();
      await Promise.all(working);
      return held;
    },
  };
}
