/** The app without its windows: puts the rooms together. Knows nothing of Electron. */
import type { AppState } from '../shared/contract/index.ts';
import { createRunningDesk, type DeskInput, type Emit } from './desk.ts';
import type { SaveFile } from './ipc/desk.ts';
import { createDispatcher, type Dispatch } from './ipc/dispatcher.ts';
import { createHandlers } from './ipc/handlers.ts';
import { createRefusals } from './ipc/refusals.ts';
import { createStateEvents } from './ipc/state-events.ts';
import type { OpenedMedia } from './files/interface.ts';
import type { Log } from './lib/log.ts';
import type { Scheduler } from './lib/time.ts';
import { normaliseBaseUrl } from './relay/base-url.ts';
import { createRelayClient } from './relay/client.ts';
import type { RelayClient } from './relay/interface.ts';
import { createRelayClock, type LocalClocks } from './services/clock.ts';
import { createDataFolder } from './services/files.ts';
import { createKeyFile } from './services/key-file.ts';
import type { KeyVault } from './services/key-vault.ts';
import { createNotifications, type Desktop, type Notifications } from './services/notifications.ts';
import { createOpening } from './services/opening.ts';
import { createSessionService } from './services/session.ts';
import { openSettings } from './services/settings.ts';
import { createSilenceWatch } from './services/silence.ts';
import { createStore } from './store/client.ts';
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
  /** Timers of requests and of the stream's watchdog, where a test hurries the others; `scheduler` when left out. */
  networkScheduler?: Scheduler;
  random: () => number;
  log: Log;
  /** Shows the unread number on dock or taskbar; 0 takes it away. */
  showBadge: (count: number) => void;
  saveFile: SaveFile;
  desktop: Desktop;
}

export interface Core {
  /** Opens what was there last time. Resolves when the state is no longer `starting`. */
  start(): Promise<void>;
  dispatch: Dispatch;
  onEvent(listener: Emit): () => void;
  /** Bytes of a file of the clinic, for the window. The file is to be closed. */
  openMedia(mediaId: string): Promise<OpenedMedia | { ok: false; reason: 'signed_out' }>;
  wake(reason: WakeReason): void;
  /** The window's focus or the screen's lock may be different. */
  attentionChanged(): void;
  /** Shows a conversation in the window, as soon as there is one and somebody is signed in. */
  openConversation(conversationId: string): void;
  /** The window is gone; what is to be shown waits for the next one. */
  windowGone(): void;
  notifications: Pick<Notifications, 'view' | 'pause'>;
  /** Conversations with something unread, newest first; without a name where the level of privacy asks for it. */
  unread(input: {
    limit: number;
  }): Promise<{ conversationId: string; displayName: string | null; lastActivityAt: number }[]>;
  /** Whether somebody has been told that closing the window leaves the app running; from now on they have. */
  toldAboutTray(): boolean;
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
  const listeners = new Set<Emit>();
  const emit: Emit = (name, payload) => {
    for (const listener of listeners) listener(name, payload);
  };
  const opening = createOpening({
    emit(conversationId) {
      emit('openConversation', { conversationId });
    },
  });
  const notifications = createNotifications({
    settings,
    desktop: deps.desktop,
    wallNow: clocks.wall,
    emitSound(sound) {
      emit('sound', sound);
    },
  });
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
      scheduler: deps.networkScheduler ?? scheduler,
      monotonicNow: clocks.monotonic,
      onServerTime(sample) {
        clock.sample(sample);
        states.changed();
        const offset = clock.offset();
        if (Math.abs(offset - settings.get().clockOffsetMs) > OFFSET_WORTH_SAVING_MS)
          settings.update({ clockOffsetMs: offset });
      },
    });

  const startDesk = (input: DeskInput) =>
    createRunningDesk({
      ...input,
      filesFolder: folder.filesFolder,
      ownDeviceId: settings.get().deviceId,
      appVersion,
      clock,
      clocks,
      scheduler,
      random,
      log,
      emit,
      onState: () => {
        states.changed();
      },
      onRefusal: refusals.say,
      showBadge: deps.showBadge,
      notifying: {
        door: deps.desktop.door,
        words: deps.desktop.words,
        attention: deps.desktop.attention,
        settings: () => settings.get().notifications,
        isPaused: notifications.isPaused,
        playSound: notifications.playSound,
      },
      saveFile: deps.saveFile,
      failed,
    });

  const silence = createSilenceWatch({
    settings,
    now: () => clocks.wall() + settings.get().clockOffsetMs,
    monotonicNow: clocks.monotonic,
    scheduler,
    lastHeardAt: () => session.desk()?.lastHeardAt() ?? null,
    onTooLong() {
      session.expire().catch(failed);
    },
  });
  const session = createSessionService({
    folder,
    keyFile: createKeyFile({ file: folder.keyFile, vault: deps.keyVault }),
    settings,
    openStore: (input) => createStore({ ...input, workerFile: deps.workerFile, log }),
    normaliseBaseUrl,
    createRelay,
    startDesk,
    isSilentTooLong: silence.look,
    onSilenceOver(hasData) {
      silence.heard(hasData ? clock.now() : null);
    },
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
    const { phase, session: who, endedBy, notice, storeFailure } = session.state();
    const { relayUrl, email } = settings.get();
    return {
      phase,
      signIn: { relayUrl, email, hasDemo: deps.demo !== null, endedBy },
      session: who === null ? null : { agent: who.agent, clinic: who.clinic },
      sync: session.desk()?.syncView() ?? { ...idleStatus, unsent: 0 },
      presence: session.desk()?.presence() ?? [],
      clockOffsetMs: clock.offset(),
      notice,
      storeFailure,
    };
  }
  const states = createStateEvents({
    scheduler,
    state,
    emit: (payload) => {
      emit('state', payload);
      opening.setReady(payload.phase === 'ready');
    },
  });

  const handlers = createHandlers({
    session: {
      state() {
        scheduler.after(0, () => {
          refusals.heard();
          opening.heard();
        });
        return state();
      },
      signIn: session.signIn,
      signInDemo: session.signInDemo,
      redeem: session.redeem,
      signOut: session.signOut,
      recover: session.recover,
    },
    findDesk() {
      const running = session.desk();
      if (running !== null) return running.desk;
      return session.state().phase === 'storeUnavailable' ? 'store_unavailable' : 'signed_out';
    },
    notifications,
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
    async openMedia(mediaId) {
      const running = session.desk();
      return running === null ? { ok: false, reason: 'signed_out' } : running.desk.media.open(mediaId);
    },
    wake(reason) {
      session.wake();
      session.desk()?.wake(reason);
      states.changed();
    },
    attentionChanged() {
      session.desk()?.attentionChanged();
    },
    openConversation: opening.open,
    windowGone: opening.gone,
    notifications,
    async unread(input) {
      const rows = (await session.desk()?.unread(input)) ?? [];
      const isNamed = settings.get().notifications.level !== 'nothing' && !deps.desktop.attention().isLocked;
      return rows.map(({ conversationId, displayName, lastActivityAt }) => ({
        conversationId,
        displayName: isNamed ? displayName : null,
        lastActivityAt,
      }));
    },
    toldAboutTray() {
      const { toldAboutTray } = settings.get();
      if (!toldAboutTray) settings.update({ toldAboutTray: true });
      return toldAboutTray;
    },
    async close() {
      silence.close();
      await session.close();
      states.close();
    },
  };
}
