/** The app's core in a process of its own: it can be killed as a power cut would, in the middle of anything. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import type {
  AppState,
  CallInput,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
  Reply,
} from '../src/shared/contract/index.ts';
import type { WakeReason } from '../src/main/sync/interface.ts';

export type ToCore =
  | { type: 'start'; folder: string; isHurried: boolean; wallSkewMs: number }
  | { type: 'call'; name: string; input: unknown }
  | { type: 'wake'; reason: WakeReason }
  | { type: 'setWallSkew'; milliseconds: number }
  | { type: 'peakMemory' }
  | { type: 'close' };

export type FromCore =
  | { type: 'answer'; id: number; output: unknown }
  | { type: 'failed'; id: number; reason: string }
  | { type: 'event'; name: EventName; payload: EventPayload<EventName> }
  | { type: 'log'; name: string; fields: Record<string, number | string | boolean> };

export interface CoreProcess {
  /** The last state heard; null before the first. */
  state(): AppState | null;
  /** Null when the process ended before it answered. */
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>> | null>;
  wake(reason: WakeReason): void;
  /** Puts the PC's calendar clock wrong, or right with 0. */
  setWallSkew(milliseconds: number): void;
  /** Most resident memory so far, threads included, megabytes. */
  peakMemory(): Promise<number>;
  /** Resolves with the first truthy answer of `look`, asked now and after every event; rejects after `withinMs`. */
  until<Value>(
    what: string,
    look: () => Value | Promise<Value>,
    withinMs: number,
  ): Promise<NonNullable<Value>>;
  isRunning(): boolean;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
  /** Ends it in order. */
  close(): Promise<void>;
}

/**
 * Starts the core on a profile folder; resolves when it is no longer `starting`. `isHurried`: its waits are a tenth as
 * long, and what it answers is checked.
 */
export async function startCoreProcess(options: {
  folder: string;
  isHurried: boolean;
  wallSkewMs?: number;
  onLog?: (name: string, fields: Record<string, number | string | boolean>) => void;
}): Promise<CoreProcess> {
  const child = fork(new URL('./core-child.ts', import.meta.url), { serialization: 'advanced' });
  const ended = once(child, 'exit');
  const pending = new Map<number, { resolve: (output: unknown) => void; reject: (error: Error) => void }>();
  const waiting = new Set<() => void>();
  let lastId = 0;
  let last: AppState | null = null;
  let isRunning = true;

  const wakeAll = () => {
    for (const wake of waiting) wake();
  };
  child.on('message', (message: FromCore) => {
    switch (message.type) {
      case 'answer':
        pending.get(message.id)?.resolve(message.output);
        pending.delete(message.id);
        break;
      case 'failed':
        pending.get(message.id)?.reject(new Error(`the core answered with ${message.reason}`));
        pending.delete(message.id);
        break;
      case 'event':
        if (message.name === 'state') last = message.payload as AppState;
        wakeAll();
        break;
      case 'log':
        options.onLog?.(message.name, message.fields);
    }
  });
  child.on('error', () => undefined);
  void ended.then(() => {
    isRunning = false;
    for (const { resolve } of pending.values()) resolve(null);
    pending.clear();
    wakeAll();
  });

  /** Null when the process ended before it answered. */
  const ask = (message: ToCore): Promise<unknown> =>
    new Promise((resolve, reject) => {
      if (!isRunning || !child.connected) {
        resolve(null);
        return;
      }
      lastId += 1;
      pending.set(lastId, { resolve, reject });
      child.send({ ...message, id: lastId });
    });

  const { folder, isHurried, wallSkewMs = 0 } = options;
  last = ((await ask({ type: 'start', folder, isHurried, wallSkewMs })) as AppState | null) ?? last;

  return {
    state: () => last,
    call: (name, input) => ask({ type: 'call', name, input }) as never,
    wake: (reason) => void ask({ type: 'wake', reason }),
    setWallSkew: (milliseconds) => void ask({ type: 'setWallSkew', milliseconds }),
    peakMemory: async () => Math.round((await ask({ type: 'peakMemory' })) as number),
    async until(what, look, withinMs) {
      const deadline = performance.now() + withinMs;
      for (;;) {
        let wake: () => void = () => undefined;
        const something = new Promise<void>((resolve) => {
          wake = resolve;
        });
        waiting.add(wake);
        // Not everything that is waited for makes an event of its own.
        const timer = setTimeout(wake, 100);
        const value = await look();
        if (!value && performance.now() < deadline) await something;
        clearTimeout(timer);
        waiting.delete(wake);
        if (value) return value as NonNullable<typeof value>;
        if (performance.now() >= deadline) throw new Error(`${what}: not within ${withinMs} ms`);
      }
    },
    isRunning: () => isRunning,
    async kill() {
      if (!isRunning) return;
      child.kill('SIGKILL');
      await ended;
    },
    async close() {
      if (!isRunning) return;
      await ask({ type: 'close' });
      await ended;
    },
  };
}
