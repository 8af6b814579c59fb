/**
 * Who uses this PC, from start to sign-out: the key, the session, the local store and what runs on it. One step at a
 * time; whatever goes wrong ends in a state the window can show, never in a dialog.
 */
import type { RelayFailure, RelayClient } from '../relay/interface.ts';
import type { Store, StoreOpened, StoreOpenFailure } from '../store/interface.ts';
import type { ErrorCode } from '../../shared/contract/index.ts';
import type { Session } from '@recado/protocol';
import { backOffDelay } from '../lib/back-off.ts';
import type { Log } from '../lib/log.ts';
import type { Scheduler } from '../lib/time.ts';
import type { DataFolder } from './files.ts';
import type { KeyFile } from './key-file.ts';
import { readSession, writeSession, type StoredSession } from './session-file.ts';
import type { SettingsFile } from './settings.ts';

/** What runs while somebody is signed in. */
export interface RunningDesk {
  store: Store;
  relay: RelayClient;
  /** Stops sync and outbox; the store stays open. */
  stop(): Promise<void>;
}

export type SessionPhase = 'starting' | 'signedOut' | 'ready' | 'storeUnavailable';

export interface SessionState {
  phase: SessionPhase;
  session: StoredSession | null;
  endedBy: 'revoked' | null;
  notice: 'storeRebuilt' | null;
}

export type SignResult = { code: ErrorCode; retryAfterMs?: number; count?: number } | null;

export interface SessionDeps<Desk extends RunningDesk> {
  folder: DataFolder;
  keyFile: KeyFile;
  settings: SettingsFile;
  openStore: (input: { file: string; key: Uint8Array }) => Promise<StoreOpened>;
  /** Null when the address cannot be one of a relay. */
  normaliseBaseUrl: (typed: string) => string | null;
  createRelay: (input: { baseUrl: string; token: string | null }) => RelayClient;
  /** Starts sync and outbox. `onRevoked` may be called once. */
  startDesk: (input: {
    store: Store;
    relay: RelayClient;
    session: StoredSession;
    onRevoked: () => void;
  }) => Desk;
  device: { name: string; platform: string; appVersion: string };
  demo: { relayUrl: string; email: string; password: string } | null;
  scheduler: Scheduler;
  random: () => number;
  /** The PC's clock, for the names of files that are set aside. */
  today: () => Date;
  log: Log;
  onState: () => void;
}

const SIGN_IN_REFUSALS: Record<RelayFailure['kind'], ErrorCode> = {
  unreachable: 'relay_unreachable',
  aborted: 'relay_unreachable',
  server: 'relay_unreachable',
  invalidCredentials: 'invalid_credentials',
  unauthorized: 'invalid_credentials',
  rateLimited: 'too_many_attempts',
  outdated: 'client_too_old',
  gone: 'not_a_relay',
  refused: 'not_a_relay',
  invalidResponse: 'not_a_relay',
};

function remember(relayUrl: string, session: Session): StoredSession {
  const { agent, clinic, token } = session;
  return {
    relayUrl,
    token,
    agent: { id: agent.id, name: agent.name },
    clinic: {
      name: clinic.name,
      timeZone: clinic.timeZone,
      displayPhone: clinic.numbers[0]?.displayPhone ?? null,
    },
  };
}

export function createSessionService<Desk extends RunningDesk>(deps: SessionDeps<Desk>) {
  const { folder, keyFile, settings, log } = deps;
  let state: SessionState = { phase: 'starting', session: null, endedBy: null, notice: null };
  let desk: Desk | null = null;
  let cancelRetry: () => void = () => undefined;
  let failures = 0;
  let isClosed = false;

  const set = (change: Partial<SessionState>) => {
    state = { ...state, ...change };
    deps.onState();
  };

  /** Steps of signing in and out never overlap. */
  let last: Promise<unknown> = Promise.resolve();
  function inTurn<Value>(step: () => Promise<Value>): Promise<Value> {
    const result = last.then(step);
    last = result.catch((error: unknown) => {
      log('session.failed', { error: error instanceof Error ? error.name : 'unknown' });
    });
    return result;
  }

  function enter(store: Store, session: StoredSession, notice: SessionState['notice']) {
    const relay = deps.createRelay({ baseUrl: session.relayUrl, token: session.token });
    const mine: Desk = deps.startDesk({
      store,
      relay,
      session,
      onRevoked: () => {
        // Sync and outbox may both have heard it; by then somebody else may be signed in.
        void inTurn(async () => {
          if (desk === mine) await leave('revoked');
        });
      },
    });
    desk = mine;
    failures = 0;
    set({ phase: 'ready', session, endedBy: null, notice });
  }

  async function leave(endedBy: 'revoked' | null) {
    if (desk === null) return;
    const { store, relay, stop } = desk;
    await stop();
    desk = null;
    const farewell = endedBy === null ? relay.signOut() : null;
    await store.close();
    await folder.erase();
    await farewell;
    log('session.ended', { reason: endedBy ?? 'signedOut' });
    set({ phase: 'signedOut', session: null, endedBy, notice: null });
  }

  /** The store cannot be used now: said once, then tried again quietly. */
  function waitForStore(reason: StoreOpenFailure | 'key_unavailable') {
    failures += 1;
    log('store.unavailable', { reason, failures });
    set({ phase: 'storeUnavailable' });
    cancelRetry();
    cancelRetry = deps.scheduler.after(backOffDelay(failures + 2, deps.random), retry);
  }

  function retry() {
    if (state.phase !== 'storeUnavailable' || isClosed) return;
    void inTurn(resume);
  }

  async function setAsideAll(reason: string) {
    const wasThere = await folder.setAside(deps.today());
    if (wasThere) log('session.setAside', { reason });
    set({ phase: 'signedOut', session: null, notice: wasThere ? 'storeRebuilt' : null });
  }

  /** What a start does: opens what is there, or ends signed out with everything unreadable kept aside. */
  async function resume(): Promise<void> {
    if (desk !== null || isClosed) return;
    await folder.prepare();
    const loaded = await keyFile.load();
    if (loaded.state === 'unavailable') return waitForStore('key_unavailable');
    if (loaded.state !== 'ready') return setAsideAll(loaded.state);
    const session = readSession(folder.sessionFile, loaded.key);
    if (session === null) return setAsideAll('session');
    const opened = await deps.openStore({ file: folder.databaseFile, key: loaded.key });
    if (!opened.ok) return waitForStore(opened.failure);
    if (opened.recovered !== null) {
      const { reason, commands, drafts } = opened.recovered;
      log('store.rebuilt', { reason, commands, drafts });
      // A fresh file does not know yet who "you" is.
      await opened.store.write.setAgent({ agentId: session.agent.id });
    }
    enter(opened.store, session, opened.recovered === null ? null : 'storeRebuilt');
  }

  async function begin(relayUrl: string, answer: Session): Promise<SignResult> {
    const session = remember(relayUrl, answer);
    const giveUp = async (): Promise<SignResult> => {
      await deps.createRelay({ baseUrl: relayUrl, token: answer.token }).signOut();
      return { code: 'store_unavailable' };
    };
    await folder.prepare();
    await folder.setAside(deps.today());
    const key = await keyFile.create();
    if (key === null) return giveUp();
    const opened = await deps.openStore({ file: folder.databaseFile, key });
    if (!opened.ok) {
      log('store.unavailable', { reason: opened.failure });
      return giveUp();
    }
    await opened.store.write.setAgent({ agentId: session.agent.id });
    writeSession(folder.sessionFile, key, session);
    log('session.begun', {});
    enter(opened.store, session, state.notice);
    return null;
  }

  async function signIn(
    input: { relayUrl: string; email: string; password: string },
    options: { isRemembered: boolean },
  ): Promise<SignResult> {
    if (state.phase !== 'signedOut') {
      return { code: state.phase === 'ready' ? 'invalid_input' : 'store_unavailable' };
    }
    const relayUrl = deps.normaliseBaseUrl(input.relayUrl);
    if (relayUrl === null) return { code: 'not_a_relay' };
    const { device } = deps;
    const answer = await deps.createRelay({ baseUrl: relayUrl, token: null }).signIn({
      email: input.email,
      password: input.password,
      device: { id: settings.get().deviceId, ...device },
    });
    if (!answer.ok) {
      const { failure } = answer;
      const code = SIGN_IN_REFUSALS[failure.kind];
      return failure.kind === 'rateLimited' ? { code, retryAfterMs: failure.retryAfterMs } : { code };
    }
    if (options.isRemembered) settings.update({ relayUrl, email: input.email });
    return begin(relayUrl, answer.value);
  }

  return {
    state: () => state,
    desk: () => desk,
    start: () => inTurn(resume),
    signIn: (input: { relayUrl: string; email: string; password: string }) =>
      inTurn(() => signIn(input, { isRemembered: true })),
    signInDemo: () =>
      inTurn(async () =>
        deps.demo === null ? ({ code: 'not_found' } as const) : signIn(deps.demo, { isRemembered: false }),
      ),
    signOut: ({ discardUnsent }: { discardUnsent: boolean }) =>
      inTurn(async (): Promise<SignResult> => {
        if (desk === null) return { code: 'signed_out' };
        // Refused ones have not left either: they wait for a person to send them again.
        const { unsent, refused } = await desk.store.read.outboxCounts({});
        if (!discardUnsent && unsent + refused > 0) return { code: 'unsent_work', count: unsent + refused };
        await leave(null);
        return null;
      }),
    /** Something happened that may have freed the store (a key chain unlocked, a disk cleaned). */
    wake: retry,
    close: () =>
      inTurn(async () => {
        isClosed = true;
        cancelRetry();
        if (desk === null) return;
        const { store, stop } = desk;
        await stop();
        desk = null;
        await store.close();
      }),
  };
}
export type SessionService<Desk extends RunningDesk> = ReturnType<typeof createSessionService<Desk>>;
