/** The app without its windows: puts the rooms together. Knows nothing of Electron. */
import type { AppState, EventName, EventPayload } from '../shared/contract/index.ts';
import { createChangeEvents } from './ipc/change-events.ts';
import type { Desk } from './ipc/desk.ts';
import { createDispatcher, type Dispatch } from './ipc/dispatcher.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createRefusals } from './ipc/refusals.ts';
import { createStateEvents } from './ipc/state-events.ts';
import type { Log } from './lib/log.ts';
import type { Scheduler } from './lib/time.ts';
import { createBadge } from './notify/badge.ts';
import { createOutboxRunner } from './outbox/runner.ts';
import { decideSend } from './outbox/send-rule.ts';
import { normaliseBaseUrl } from './relay/base-url.ts';
import { createRelayClient } from './relay/client.ts';
import type { RelayClient } from './relay/interface.ts';
import { createActions } from './services/actions.ts';
import { createRelayClock, type LocalClocks } from './services/clock.ts';
import { createExpiryTimer } from './services/expiry-timer.ts';
import { createDataFolder } from './services/files.ts';
import { createKeyFile } from './services/key-file.ts';
import type { KeyVault } from './services/key-vault.ts';
import { createPresence } from './services/presence.ts';
import { createSessionService } from './services/session.ts';
import { openSettings } from './services/settings.ts';
import { createStore } from './store/client.ts';
import type { Store } from './store/interface.ts';
import { createSyncEngine } from './sync/engine.ts';
import type { WakeReason } from './sync/interface.ts';
import { idleStatus } from './sync/status.ts';

export interface CoreDeps {
  /** `data` is a folder that is erased on sign-out; `settings` a small file that stays. */
  paths: { data: string; settings: string };
  keyVault: KeyVault;
  /** The store's worker module, built or source. */
  workerFile: URL;
  fetch: typeof fetch;
  appVersion: string;
  device: { name: string; platform: string };
  /** A clinic to try the app with, behind its own button. */
  demo: { relayUrl: string; email: string; password: string } | null;
  /** Parse also what handlers answer; for development and tests. */
  checkOutput: boolean;
  clocks: LocalClocks;
  scheduler: Scheduler;
  random: () => number;
  log: Log;
  /** Shows the unread number on dock or taskbar; 0 takes it away. */
  showBadge: (count: number) => void;
}

type EventListener = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

export interface Core {
  /** Opens what was there last time. Resolves when the state is no longer `starting`. */
  start(): Promise<void>;
  dispatch: Dispatch;
  onEvent(listener: EventListener): () => void;
  wake(reason: WakeReason): void;
  /** Ends everything in order: nothing is lost, the file is closed. */
  close(): Promise<void>;
}

/** A saved clock offset nearer than this is not written again, milliseconds. */
const OFFSET_WORTH_SAVING_MS = 2_000;

export async function createCore(deps: CoreDeps): Promise<Core> {
  const { clocks, scheduler, random, log, appVersion } = deps;
  const settings = await openSettings(deps.paths.settings);
  const folder = createDataFolder(deps.paths.data);
  const clock = createRelayClock(clocks, settings.get().clockOffsetMs);
  const listeners = new Set<EventListener>();
  const emit: EventListener = (name, payload) => {
    for (const listener of listeners) listener(name, payload);
  };
  const refusals = createRefusals({
    emit: (refusal) => {
      emit('refused', refusal);
    },
  });
  const failed = (error: unknown) => {
    log('core.failed', { error: error instanceof Error ? error.name : 'unknown' });
  };

  const createRelay = (input: { baseUrl: string; token: string | null }): RelayClient =>
    createRelayClient({
      ...input,
      fetch: deps.fetch,
      appVersion,
      scheduler,
      monotonicNow: clocks.monotonic,
      onServerTime(sample) {
        clock.sample(sample);
        states.changed();
        const offset = clock.offset();
        if (Math.abs(offset - settings.get().clockOffsetMs) > OFFSET_WORTH_SAVING_MS)
          settings.update({ clockOffsetMs: offset });
      },
    });

  /** Sync, outbox and all that follows the store, for as long as somebody is signed in. */
  function startDesk({
    store,
    relay,
    onRevoked,
  }: {
    store: Store;
    relay: RelayClient;
    onRevoked: () => void;
  }) {
    let unsent = 0;
    const presence = createPresence({
      say: relay.presence,
      ownDeviceId: settings.get().deviceId,
      async agentNames() {
        const { agents } = await store.read.directory({});
        return new Map(agents.map(({ id, name }) => [id, name]));
      },
      scheduler,
      onChanged(others) {
        emit('presence', { others });
      },
      onError: failed,
    });
    const changeEvents = createChangeEvents({
      scheduler,
      emit(payload) {
        emit('changed', payload);
        expiry.refresh();
        badge.refresh();
      },
    });
    const expiry = createExpiryTimer({
      clock,
      scheduler,
      nextExpiry: store.read.nextExpiry,
      onExpired: changeEvents.addAll,
      onError: failed,
    });
    const badge = createBadge({
      clock,
      scheduler,
      counts: store.read.inboxCounts,
      show: deps.showBadge,
      onError: failed,
    });
    const countUnsent = () => {
      store.read.outboxCounts({}).then((counts) => {
        unsent = counts.unsent;
        states.changed();
      }, failed);
    };
    const outbox = createOutboxRunner({
      store,
      relay,
      scheduler,
      random,
      log,
      onRevoked,
      onChanges(changes) {
        changeEvents.add(changes, 'live');
        countUnsent();
      },
      onRefused(refused) {
        actions.forget(refused.map(({ commandId }) => commandId));
        for (const { type, code, conversationId, displayName } of refused)
          refusals.say({ commandType: type, code, conversationId, displayName });
      },
    });
    let phase = idleStatus.phase;
    const sync = createSyncEngine({
      store,
      relay,
      clock,
      scheduler,
      random,
      appVersion,
      log,
      onRevoked,
      onChanges(changes, origin) {
        changeEvents.add(changes, origin);
        if (changes.reference) presence.refreshNames();
      },
      onPresence: presence.hear,
      onStatus(status) {
        // The relay answers again: what waits goes now and not after the outbox's own pause.
        if (status.phase !== phase && (status.phase === 'live' || status.phase === 'catchingUp'))
          outbox.wake();
        phase = status.phase;
        presence.setListening(phase === 'live');
        states.changed();
      },
    });
    const announce: Desk['announce'] = (changes) => {
      changeEvents.add(changes, 'live');
      countUnsent();
      outbox.wake();
    };
    const actions = createActions({ store, clock, monotonicNow: clocks.monotonic, announce });
    const desk: Desk = {
      store,
      clock,
      actions,
      presence,
      decideSend,
      announce,
      async enqueue(command) {
        announce(await store.write.enqueueCommands({ commands: [command], now: clock.now() }));
      },
    };
    countUnsent();
    expiry.refresh();
    badge.refresh();
    sync.start();
    outbox.start();
    return {
      store,
      relay,
      desk,
      wake(reason: WakeReason) {
        sync.wake(reason);
        outbox.wake();
        expiry.refresh();
      },
      syncView: () => ({ ...sync.status(), unsent }),
      presence: presence.others,
      async stop() {
        await presence.stop();
        await Promise.all([sync.stop(), outbox.stop()]);
        expiry.stop();
        badge.stop();
        changeEvents.close();
      },
    };
  }

  const session = createSessionService({
    folder,
    keyFile: createKeyFile({ file: folder.keyFile, vault: deps.keyVault }),
    settings,
    openStore: (input) => createStore({ ...input, workerFile: deps.workerFile, log }),
    normaliseBaseUrl,
    createRelay,
    startDesk,
    device: { ...deps.device, appVersion },
    demo: deps.demo,
    scheduler,
    random,
    today: () => new Date(clocks.wall()),
    log,
    onState: () => {
      states.changed();
    },
  });

  function state(): AppState {
    const { phase, session: who, endedBy, notice } = session.state();
    const { relayUrl, email } = settings.get();
    return {
      phase,
      signIn: { relayUrl, email, hasDemo: deps.demo !== null, endedBy },
      session: who === null ? null : { agent: who.agent, clinic: who.clinic },
      sync: session.desk()?.syncView() ?? { ...idleStatus, unsent: 0 },
      presence: session.desk()?.presence() ?? [],
      clockOffsetMs: clock.offset(),
      notice,
    };
  }
  const states = createStateEvents({
    scheduler,
    state,
    emit: (payload) => {
      emit('state', payload);
    },
  });

  const handlers = createHandlers({
    session: {
      state() {
        scheduler.after(0, refusals.heard);
        return state();
      },
      signIn: session.signIn,
      signInDemo: session.signInDemo,
      signOut: session.signOut,
    },
    findDesk() {
      const running = session.desk();
      if (running !== null) return running.desk;
      return session.state().phase === 'storeUnavailable' ? 'store_unavailable' : 'signed_out';
    },
  });

  return {
    start: session.start,
    dispatch: createDispatcher({ handlers, checkOutput: deps.checkOutput, log }),
    onEvent(listener) {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
    wake(reason) {
      session.wake();
      session.desk()?.wake(reason);
      states.changed();
    },
    async close() {
      await session.close();
      states.close();
    },
  };
}
