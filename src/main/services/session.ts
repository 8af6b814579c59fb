/**
 * Who uses this PC, from start to sign-out: the key, the session, the local store and what runs on it. One step at a
 * time; whatever goes wrong ends in a state the window can show, never in a dialog.
 */
import type { RelayFailure, RelayClient, Outcome } from '../relay/interface.ts';
import type { Store, StoreOpened, StoreOpenFailure, StoreOptions } from '../store/interface.ts';
import type { ErrorCode } from '../../shared/contract/index.ts';
import { ProblemCode, type Session } from '@recado/protocol';
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

/** `revoked`: the copy waits for the same agent. `deviceRevoked`: it was erased. */
export type EndedBy = 'revoked' | 'deviceRevoked';

export type StoreFailure = StoreOpenFailure | 'crashed';

export interface SessionState {
  phase: SessionPhase;
  session: StoredSession | null;
  endedBy: EndedBy | null;
  notice: 'storeRebuilt' | null;
  /** With `storeUnavailable`; null there while the system's key vault cannot be asked. */
  storeFailure: StoreFailure | null;
}

export type SignResult = { code: ErrorCode; retryAfterMs?: number; count?: number } | null;

export interface SessionDeps<Desk extends RunningDesk> {
  folder: DataFolder;
  keyFile: KeyFile;
  settings: SettingsFile;
  openStore: (
    input: Pick<StoreOptions, 'file' | 'key'> &
      Required<Pick<StoreOptions, 'rebuild' | 'onDamaged' | 'onCrashed'>>,
  ) => Promise<StoreOpened>;
  /** Null when the address cannot be one of a relay. */
  normaliseBaseUrl: (typed: string) => string | null;
  createRelay: (input: { baseUrl: string; token: string | null }) => RelayClient;
  /** Starts sync and outbox. `onEnded` may be called more than once. */
  startDesk: (input: {
    store: Store;
    relay: RelayClient;
    session: StoredSession;
    key: Uint8Array;
    onEnded: (endedBy: EndedBy) => void;
  }) => Promise<Desk>;
  /** Whether the relay has been silent for so long that this PC has to erase itself; asked at start. */
  isSilentTooLong: () => boolean;
  /** Somebody is signed in and the relay was heard (relay time unknown), or nothing is kept here any more. */
  onSilenceOver: (hasData: boolean) => void;
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
  deviceRevoked: 'invalid_credentials',
  rateLimited: 'too_many_attempts',
  outdated: 'client_too_old',
  gone: 'not_a_relay',
  refused: 'not_a_relay',
  invalidResponse: 'not_a_relay',
};

function refusalOf(failure: RelayFailure): Exclude<SignResult, null> {
  if (failure.kind === 'rateLimited')
    return { code: SIGN_IN_REFUSALS.rateLimited, retryAfterMs: failure.retryAfterMs };
  if (failure.kind === 'refused' && failure.code === ProblemCode.invalidAccessCode)
    return { code: 'invalid_access_code' };
  return { code: SIGN_IN_REFUSALS[failure.kind] };
}

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

const countUnsent = async (store: Store): Promise<number> => {
  // Refused ones have not left either: they wait for a person to send them again.
  const { unsent, refused } = await store.read.outboxCounts({});
  return unsent + refused;
};

type OpenedStore = Extract<StoreOpened, { ok: true }>;

/** Signing in with these, at the address somebody typed. */
interface Credentials {
  relayUrl: string;
  email: string;
  password: string;
}

export function createSessionService<Desk extends RunningDesk>(deps: SessionDeps<Desk>) {
  const { folder, keyFile, settings, log } = deps;
  let state: SessionState = {
    phase: 'starting',
    session: null,
    endedBy: null,
    notice: null,
    storeFailure: null,
  };
  let desk: Desk | null = null;
  /** The copy of somebody whose session the relay has ended, closed. */
  let kept: { key: Uint8Array; session: StoredSession } | null = null;
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

  async function openStore(key: Uint8Array, rebuild = false): Promise<OpenedStore | StoreFailure> {
    let store: Store | null = null;
    /** Only of the store that runs: another one may be open by the time the news has its turn. */
    const ifStillOpen = (step: () => Promise<void>) => () => {
      inTurn(async () => {
        if (desk === null || desk.store !== store) return;
        await closeDesk();
        await step();
      }).catch(() => undefined);
    };
    try {
      const opened = await deps.openStore({
        file: folder.databaseFile,
        key,
        rebuild,
        onDamaged: ifStillOpen(() => resume({ rebuild: true })),
        onCrashed: ifStillOpen(async () => {
          waitForStore('crashed');
        }),
      });
      if (!opened.ok) return opened.failure;
      store = opened.store;
      return opened;
    } catch (error) {
      log('session.failed', { error: error instanceof Error ? error.name : 'unknown' });
      return 'crashed';
    }
  }

  async function enter(
    { store, recovered }: OpenedStore,
    { key, session, token }: { key: Uint8Array; session: StoredSession; token: string },
    notice: SessionState['notice'] = recovered === null ? null : 'storeRebuilt',
  ) {
    const relay = deps.createRelay({ baseUrl: session.relayUrl, token });
    const mine = await deps.startDesk({
      store,
      relay,
      session,
      key,
      onEnded: (endedBy) => {
        // Sync and outbox may both have heard it; by then somebody else may be signed in.
        inTurn(async () => {
          if (desk !== mine) return;
          await (endedBy === 'revoked' ? keepForLater({ key, session }) : leave(endedBy));
        }).catch(() => undefined);
      },
    });
    desk = mine;
    kept = null;
    failures = 0;
    set({ phase: 'ready', session, endedBy: null, notice, storeFailure: null });
  }

  /** Ends what runs and closes the store, whatever state it is in. */
  async function closeDesk(): Promise<void> {
    if (desk === null) return;
    const { store, stop } = desk;
    const failed = (error: unknown) => {
      log('session.failed', { error: error instanceof Error ? error.name : 'unknown' });
    };
    await stop().catch(failed);
    desk = null;
    await store.close().catch(failed);
  }

  async function erase(): Promise<void> {
    kept = null;
    await folder.erase();
    deps.onSilenceOver(false);
  }

  async function leave(endedBy: 'deviceRevoked' | null) {
    const relay = desk?.relay ?? null;
    await closeDesk();
    const farewell = endedBy === null ? relay?.signOut() : null;
    await erase();
    await farewell;
    log('session.ended', { reason: endedBy ?? 'signedOut' });
    set({ phase: 'signedOut', session: null, endedBy, notice: null, storeFailure: null });
  }

  /** The relay has ended the session: nobody gets in, but what was not sent is not lost. */
  async function keepForLater(held: { key: Uint8Array; session: StoredSession }) {
    await closeDesk();
    const session = { ...held.session, token: null };
    writeSession(folder.sessionFile, held.key, session);
    kept = { key: held.key, session };
    log('session.ended', { reason: 'revoked' });
    set({ phase: 'signedOut', session: null, endedBy: 'revoked', notice: null, storeFailure: null });
  }

  /** The store cannot be used now: said once, then tried again quietly. */
  function waitForStore(reason: StoreFailure | 'key_unavailable') {
    failures += 1;
    log('store.unavailable', { reason, failures });
    set({ phase: 'storeUnavailable', storeFailure: reason === 'key_unavailable' ? null : reason });
    cancelRetry();
    // What could not be brought up to date will not be the next time either: a person decides.
    if (reason === 'corrupt') return;
    cancelRetry = deps.scheduler.after(backOffDelay(failures + 2, deps.random), retry);
  }

  function retry() {
    if (state.phase !== 'storeUnavailable' || isClosed) return;
    inTurn(() => resume()).catch(() => undefined);
  }

  async function setAsideAll(reason: string) {
    const wasThere = await folder.setAside(deps.today());
    if (wasThere) log('session.setAside', { reason });
    deps.onSilenceOver(false);
    set({ phase: 'signedOut', session: null, notice: wasThere ? 'storeRebuilt' : null, storeFailure: null });
  }

  /** What a start does: opens what is there, or ends signed out with everything unreadable kept aside. */
  async function resume({ rebuild = false } = {}): Promise<void> {
    if (desk !== null || isClosed) return;
    await folder.prepare();
    const loaded = await keyFile.load();
    if (loaded.state === 'unavailable') return waitForStore('key_unavailable');
    if (loaded.state !== 'ready') return setAsideAll(loaded.state);
    const { key } = loaded;
    const session = readSession(folder.sessionFile, key);
    if (session === null) return setAsideAll('session');
    if (deps.isSilentTooLong()) return leave('deviceRevoked');
    const { token } = session;
    if (token === null) {
      kept = { key, session };
      set({ phase: 'signedOut', session: null, endedBy: 'revoked', notice: null, storeFailure: null });
      return;
    }
    const opened = await openStore(key, rebuild);
    if (typeof opened === 'string') return waitForStore(opened);
    if (opened.recovered !== null) {
      const { reason, commands, drafts } = opened.recovered;
      log('store.rebuilt', { reason, commands, drafts });
      // A fresh file does not know yet who "you" is.
      await opened.store.write.setAgent({ agentId: session.agent.id });
    }
    await enter(opened, { key, session, token });
  }

  /** A copy is kept: its own agent goes on with it, for anybody else it must be empty of unsent work. */
  async function takeKept(
    { key, session: held }: NonNullable<typeof kept>,
    session: StoredSession,
    token: string,
  ): Promise<SignResult | 'erased'> {
    const opened = await openStore(key);
    if (typeof opened === 'string') {
      log('store.unavailable', { reason: opened });
      return { code: 'store_unavailable' };
    }
    if (held.agent.id === session.agent.id) {
      writeSession(folder.sessionFile, key, session);
      await opened.store.write.setAgent({ agentId: session.agent.id });
      log('session.begun', {});
      await enter(opened, { key, session, token });
      return null;
    }
    const count = await countUnsent(opened.store);
    await opened.store.close();
    if (count > 0) return { code: 'unsent_work', count };
    await erase();
    return 'erased';
  }

  async function beginFresh(session: StoredSession, token: string): Promise<SignResult> {
    await folder.prepare();
    await folder.setAside(deps.today());
    const key = await keyFile.create();
    if (key === null) return { code: 'store_unavailable' };
    const opened = await openStore(key);
    if (typeof opened === 'string') {
      log('store.unavailable', { reason: opened });
      return { code: 'store_unavailable' };
    }
    await opened.store.write.setAgent({ agentId: session.agent.id });
    writeSession(folder.sessionFile, key, session);
    log('session.begun', {});
    await enter(opened, { key, session, token }, state.notice);
    return null;
  }

  async function signIn(
    input: Credentials,
    ask: (relay: RelayClient, device: { id: string } & typeof deps.device) => Promise<Outcome<Session>>,
    options: { isRemembered: boolean },
  ): Promise<SignResult> {
    if (state.phase !== 'signedOut') {
      return { code: state.phase === 'ready' ? 'invalid_input' : 'store_unavailable' };
    }
    const relayUrl = deps.normaliseBaseUrl(input.relayUrl);
    if (relayUrl === null) return { code: 'not_a_relay' };
    const device = { id: settings.get().deviceId, ...deps.device };
    const answer = await ask(deps.createRelay({ baseUrl: relayUrl, token: null }), device);
    if (!answer.ok) return refusalOf(answer.failure);
    const { token } = answer.value;
    const session = remember(relayUrl, answer.value);
    const taken = kept === null ? 'erased' : await takeKept(kept, session, token);
    const result = taken === 'erased' ? await beginFresh(session, token) : taken;
    if (result !== null) {
      // A session nobody uses should not stay open at the relay.
      await deps.createRelay({ baseUrl: relayUrl, token }).signOut();
      return result;
    }
    if (options.isRemembered) settings.update({ relayUrl, email: input.email });
    deps.onSilenceOver(true);
    return null;
  }

  const withPassword = (input: Credentials, options: { isRemembered: boolean }) =>
    signIn(
      input,
      (relay, device) => relay.signIn({ email: input.email, password: input.password, device }),
      options,
    );

  async function signOut({ discardUnsent }: { discardUnsent: boolean }): Promise<SignResult> {
    if (desk === null && kept === null) return { code: 'signed_out' };
    if (!discardUnsent) {
      let count = 0;
      if (desk !== null) count = await countUnsent(desk.store);
      else if (kept !== null) {
        const opened = await openStore(kept.key);
        if (typeof opened === 'string') return { code: 'store_unavailable' };
        count = await countUnsent(opened.store);
        await opened.store.close();
      }
      if (count > 0) return { code: 'unsent_work', count };
    }
    await leave(null);
    return null;
  }

  return {
    state: () => state,
    desk: () => desk,
    start: () => inTurn(() => resume()),
    signIn: (input: Credentials) => inTurn(() => withPassword(input, { isRemembered: true })),
    signInDemo: () =>
      inTurn(async () =>
        deps.demo === null
          ? ({ code: 'not_found' } as const)
          : withPassword(deps.demo, { isRemembered: false }),
      ),
    /** Chooses a password with an access code, and signs in. */
    redeem: (input: Credentials & { accessCode: string }) =>
      inTurn(() =>
        signIn(
          input,
          (relay, device) =>
            relay.redeem({
              email: input.email,
              password: input.password,
              accessCode: input.accessCode,
              device,
            }),
          { isRemembered: true },
        ),
      ),
    /** Erases what is here, also what was kept of a session the relay has ended. */
    signOut: (input: { discardUnsent: boolean }) => inTurn(() => signOut(input)),
    /** With `storeUnavailable`: opens the copy again, or sets it aside and begins a fresh one. */
    recover: (way: 'retry' | 'rebuild') =>
      inTurn(async (): Promise<SignResult> => {
        if (state.phase !== 'storeUnavailable') return null;
        cancelRetry();
        await resume({ rebuild: way === 'rebuild' });
        // The compiler cannot see that `resume` has changed it.
        return (state as SessionState).phase === 'storeUnavailable' ? { code: 'store_unavailable' } : null;
      }),
    /** The relay has been silent for too long: everything of the clinic goes. */
    expire: () =>
      inTurn(async () => {
        if (desk !== null || kept !== null) await leave('deviceRevoked');
      }),
    /** Something happened that may have freed the store (a key chain unlocked, a disk cleaned). */
    wake: retry,
    close: () =>
      inTurn(async () => {
        isClosed = true;
        cancelRetry();
        await closeDesk();
      }),
  };
}
export type SessionService<Desk extends RunningDesk> = ReturnType<typeof createSessionService<Desk>>;
