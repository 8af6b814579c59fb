/** The app without Electron, over real files and threads, as a test drives it. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir, uptime } from 'node:os';
import { join } from 'node:path';
import type {
  AppState,
  CallInput,
  CallName,
  CallOutput,
  EventPayload,
  Reply,
} from '../../shared/contract/index.ts';
import { createCore, type Core, type CoreDeps } from '../core.ts';
import { systemScheduler, type Scheduler } from '../lib/time.ts';
import { words as notificationWords } from '../notify/testing/build.ts';
import type { KeyVault } from '../services/key-vault.ts';

const hurried = (by: number): Scheduler => ({
  after: (delayMs, action) => systemScheduler.after(delayMs / by, action),
});
/** Every wait of the app is this much shorter, so that nobody waits for a back-off. */
const HURRY = 10;
/**
 * The relay is not hurried: hashing a password takes its time on a busy machine, and its pings come as seldom as ever.
 * With a shorter patience requests would be given up that are being answered, and every stream while it is quiet.
 */
const NETWORK_HURRY = 2;

export interface TestVault extends KeyVault {
  /** From now on nothing wrapped before can be opened. */
  lose(): void;
  setAvailable(isAvailable: boolean): void;
}

/** A vault that only wraps; what it "lost" it no longer opens. */
export function createTestVault(): TestVault {
  let generation = 1;
  let isAvailable = true;
  return {
    protect: async (secret) =>
      isAvailable ? `${generation}:${Buffer.from(secret).toString('base64')}` : null,
    async reveal(wrapped) {
      if (!isAvailable) return { ok: false, reason: 'unavailable' };
      const [made, text] = wrapped.split(':');
      if (made !== String(generation) || text === undefined) return { ok: false, reason: 'lost' };
      return { ok: true, secret: new Uint8Array(Buffer.from(text, 'base64')), renew: false };
    },
    lose() {
      generation += 1;
    },
    setAvailable(value) {
      isAvailable = value;
    },
  };
}

export interface TestApp {
  core: Core;
  /** The last state seen. */
  state(): AppState;
  events: {
    changed: EventPayload<'changed'>[];
    state: AppState[];
    presence: EventPayload<'presence'>[];
    refused: EventPayload<'refused'>[];
    transfer: EventPayload<'transfer'>[];
    openConversation: EventPayload<'openConversation'>[];
    sound: EventPayload<'sound'>[];
  };
  /** What the system shows by now, by key, and every line that led there. */
  notifications: { shown: Map<string, { title: string; body: string }>; lines: string[] };
  badges: number[];
  /** Lines of the log, as name and fields. */
  logs: { name: string; fields: Record<string, number | string | boolean> }[];
  call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<Reply<CallOutput<Name>>>;
  /** The same, for calls that are expected to succeed. */
  ask<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>>;
  /** Resolves with the first truthy answer of `look`, asked now and again after every event of the app. */
  until<Value>(look: () => Value | Promise<Value>): Promise<NonNullable<Value>>;
  close(): Promise<void>;
}

export interface TestProfile {
  folder: string;
  paths: CoreDeps['paths'];
  vault: TestVault;
  /** Names of everything below the data folder. */
  files(): Promise<string[]>;
  remove(): Promise<void>;
}

/** A PC's profile folder, empty. */
export async function createProfile(): Promise<TestProfile> {
  const folder = await mkdtemp(join(tmpdir(), 'recado-app-'));
  const paths = { data: join(folder, 'clinic'), settings: join(folder, 'settings.json') };
  return {
    folder,
    paths,
    vault: createTestVault(),
    files: async () => {
      const entries = await readdir(folder, { recursive: true }).catch(() => []);
      return entries.sort();
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Starts the app on a profile; resolves when it is no longer `starting`. */
export async function startApp(profile: TestProfile, changes: Partial<CoreDeps> = {}): Promise<TestApp> {
  const events: TestApp['events'] = {
    changed: [],
    state: [],
    presence: [],
    refused: [],
    transfer: [],
    openConversation: [],
    sound: [],
  };
  const notifications: TestApp['notifications'] = { shown: new Map(), lines: [] };
  const badges: number[] = [];
  const logs: TestApp['logs'] = [];
  const waiting = new Set<() => void>();
  const wakeAll = () => {
    for (const wake of waiting) wake();
  };
  const core = await createCore({
    paths: profile.paths,
    keyVault: profile.vault,
    workerFile: new URL('../store/worker.ts', import.meta.url),
    fetch: globalThis.fetch,
    appVersion: '0.1.0',
    device: { name: 'Recepción', platform: 'linux' },
    demo: null,
    checkOutput: true,
    clocks: { wall: Date.now, monotonic: () => performance.now(), uptime: () => uptime() * 1_000 },
    scheduler: hurried(HURRY),
    networkScheduler: hurried(NETWORK_HURRY),
    random: Math.random,
    log: (name, fields) => {
      logs.push({ name, fields });
    },
    showBadge: (count) => {
      badges.push(count);
      wakeAll();
    },
    saveFile: async () => ({ isSaved: true }),
    desktop: {
      door: {
        show({ key, title, body }) {
          notifications.shown.set(key, { title, body });
          notifications.lines.push(`show ${title}: ${body}`);
          wakeAll();
        },
        withdraw(key) {
          notifications.shown.delete(key);
          notifications.lines.push('withdraw');
          wakeAll();
        },
      },
      words: { ...notificationWords, test: { title: 'test', body: 'test' } },
      attention: () => ({ isFocused: false, isLocked: false }),
      hasTray: () => false,
      isBlocked: () => false,
      startsAtLogin: () => null,
      setStartsAtLogin: () => undefined,
    },
    ...changes,
  });
  let last: AppState | null = null;
  core.onEvent((name, payload) => {
    (events[name] as EventPayload<typeof name>[]).push(payload);
    if (name === 'state') last = payload as AppState;
    wakeAll();
  });
  const call: TestApp['call'] = (name, input) =>
    core.dispatch(name, input, { trusted: true }) as ReturnType<TestApp['call']> as never;
  const ask: TestApp['ask'] = async (name, input) => {
    const reply = await call(name, input);
    if (!reply.ok) throw new Error(`${name} answered ${reply.error.code}`);
    return reply.data;
  };
  await core.start();
  const heard = events.state.length;
  const asked = await ask('app.state', {});
  // An event that came while the answer was on its way is the newer of the two.
  if (events.state.length === heard) last = asked;
  return {
    core,
    state: () => last ?? asked,
    events,
    badges,
    notifications,
    logs,
    call,
    ask,
    async until(look) {
      for (;;) {
        let wake: () => void = () => undefined;
        const something = new Promise<void>((resolve) => {
          wake = resolve;
        });
        waiting.add(wake);
        const value = await look();
        if (value) {
          waiting.delete(wake);
          return value as NonNullable<typeof value>;
        }
        await something;
        waiting.delete(wake);
      }
    },
    close: core.close,
  };
}
