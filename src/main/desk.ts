/** What runs while somebody is signed in: puts the rooms together around one open store. Knows nothing of Electron. */
import type { EventName, EventPayload } from '../shared/contract/index.ts';
import { createFileStore } from './files/file-store.ts';
import { createFileIntake } from './files/intake.ts';
import { createMediaCache } from './files/media-cache.ts';
import { createUploader } from './files/uploader.ts';
import { createChangeEvents } from './ipc/change-events.ts';
import type { Desk, SaveFile } from './ipc/desk.ts';
import type { Log } from './lib/log.ts';
import type { Scheduler } from './lib/time.ts';
import { createBadge } from './notify/badge.ts';
import { createNotifier, type NotifierDeps } from './notify/notifier.ts';
import { createOutboxRunner } from './outbox/runner.ts';
import { decideSend } from './outbox/send-rule.ts';
import type { RelayClient } from './relay/interface.ts';
import { createActions } from './services/actions.ts';
import type { LocalClocks, RelayClock } from './services/clock.ts';
import { createExpiryTimer } from './services/expiry-timer.ts';
import { createPresence } from './services/presence.ts';
import { createRetention } from './services/retention.ts';
import type { EndedBy } from './services/session.ts';
import type { StoredSession } from './services/session-file.ts';
import type { ChangeSet, Store } from './store/interface.ts';
import { createSyncEngine } from './sync/engine.ts';
import type { ChangeOrigin, WakeReason } from './sync/interface.ts';
import { idleStatus } from './sync/status.ts';

export type Emit = <Name extends EventName>(name: Name, payload: EventPayload<Name>) => void;

/** Who is signed in, and where their data is. */
export interface DeskInput {
  store: Store;
  relay: RelayClient;
  session: StoredSession;
  /** Of the database; files are sealed with one derived from it. */
  key: Uint8Array;
  /** The relay has ended the session or revoked this device; may be called more than once. */
  onEnded: (endedBy: EndedBy) => void;
}

export interface DeskDeps extends DeskInput {
  filesFolder: string;
  ownDeviceId: string;
  appVersion: string;
  clock: RelayClock;
  clocks: LocalClocks;
  scheduler: Scheduler;
  random: () => number;
  log: Log;
  emit: Emit;
  /** Something in the app's state may be different. */
  onState: () => void;
  onRefusal: (refusal: EventPayload<'refused'>) => void;
  showBadge: (count: number) => void;
  /** What notifying needs of the system and of this PC's settings. */
  notifying: Pick<NotifierDeps, 'door' | 'playSound' | 'settings' | 'isPaused' | 'attention' | 'words'>;
  saveFile: SaveFile;
  failed: (error: unknown) => void;
}

/** Files nobody needs any more are looked for this often, milliseconds. */
const TIDY_EVERY_MS = 3_600_000;

const UNREAD = {
  assigned: null,
  teamId: null,
  tagIds: [],
  unreadOnly: true,
  unansweredOnly: false,
  sort: 'newest' as const,
};

/** Starts sync, outbox and all that follows the store. */
export async function createRunningDesk(deps: DeskDeps) {
  const {
    store,
    relay,
    session: who,
    key,
    onEnded,
    appVersion,
    clock,
    scheduler,
    random,
    log,
    emit,
    failed,
  } = deps;
  let unsent = 0;
  const presence = createPresence({
    say: relay.presence,
    ownDeviceId: deps.ownDeviceId,
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
  const notifier = createNotifier({
    ...deps.notifying,
    read: store.read,
    write: store.write,
    timeZone: who.clinic.timeZone,
    clock,
    monotonicNow: deps.clocks.monotonic,
    scheduler,
    onError: failed,
  });
  const touched = (changes: ChangeSet, origin: ChangeOrigin) => {
    changeEvents.add(changes, origin);
    notifier.hear(changes, origin);
  };
  const countUnsent = () => {
    store.read.outboxCounts({}).then((counts) => {
      unsent = counts.unsent;
      deps.onState();
    }, failed);
  };
  const files = createFileStore({ folder: deps.filesFolder, key, now: deps.clocks.wall });
  const intake = createFileIntake({ store, files, clock, log });
  const media = createMediaCache({ store, relay, files });
  const uploader = createUploader({
    store,
    relay,
    files,
    scheduler,
    onTransfers(transfers) {
      emit('transfer', { transfers });
    },
  });
  let cancelTidying: () => void = () => undefined;
  const tidyLater = () => {
    cancelTidying = scheduler.after(TIDY_EVERY_MS, () => {
      Promise.all([intake.tidy(), files.trim()]).catch(failed).finally(tidyLater);
    });
  };
  const outbox = createOutboxRunner({
    store,
    relay,
    uploads: uploader,
    clock,
    scheduler,
    random,
    log,
    onRevoked: onEnded,
    onChanges(changes) {
      touched(changes, 'live');
      countUnsent();
    },
    onRefused(refused) {
      actions.forget(refused.map(({ commandId }) => commandId));
      for (const { type, code, conversationId, displayName } of refused)
        deps.onRefusal({ commandType: type, code, conversationId, displayName });
    },
  });
  const retention = createRetention({
    store,
    clock,
    scheduler,
    isIdle() {
      const { phase: now, historyProgress, isHistoryComplete } = sync.status();
      return now === 'live' && (historyProgress === null || isHistoryComplete);
    },
    onForgotten(changes) {
      changeEvents.add(changes, 'history');
    },
    onHistory() {
      sync.historyChanged();
    },
    onError: failed,
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
    historyEdge: retention.edge,
    onHistoryEdge: retention.look,
    onRevoked: onEnded,
    onChanges(changes, origin) {
      touched(changes, origin);
      // A send whose answer was lost leaves the outbox when its message comes.
      if (origin !== 'history') countUnsent();
      if (changes.reference) presence.refreshNames();
    },
    onPresence: presence.hear,
    onStatus(status) {
      // The relay answers again: what waits goes now and not after the outbox's own pause.
      if (status.phase !== phase && (status.phase === 'live' || status.phase === 'catchingUp')) outbox.wake();
      phase = status.phase;
      notifier.setPhase(phase);
      presence.setListening(phase === 'live');
      deps.onState();
    },
  });
  const announce: Desk['announce'] = (changes) => {
    touched(changes, 'live');
    countUnsent();
    outbox.wake();
  };
  const actions = createActions({ store, clock, monotonicNow: deps.clocks.monotonic, announce });
  const desk: Desk = {
    store,
    clock,
    actions,
    presence: {
      set(input) {
        notifier.setOpen(input.conversationId);
        presence.set(input);
      },
    },
    decideSend,
    announce,
    async enqueue(command) {
      announce(await store.write.enqueueCommands({ commands: [command], now: clock.now() }));
    },
    relay,
    ownDeviceId: deps.ownDeviceId,
    timeZone: who.clinic.timeZone,
    clinicName: who.clinic.name,
    files: intake,
    media,
    saveFile: deps.saveFile,
    threadPage: sync.threadPage,
    whileWithdrawn: outbox.whileWithdrawn,
    async checkCopy() {
      await store.verify({ full: true });
      await sync.check();
      await store.write.rebuildSearch({});
    },
    retention,
    mediaBytes: files.usedBytes,
  };
  // Without its files the desk is still a desk.
  await files.prepare().catch(failed);
  await retention.start();
  tidyLater();
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
    lastHeardAt: sync.lastHeardAt,
    presence: presence.others,
    attentionChanged: notifier.attentionChanged,
    /** Conversations with something unread, newest first, as the badge counts them. */
    async unread({ limit }: { limit: number }) {
      const query = { ...UNREAD, filter: 'received' as const };
      const input = { before: null, limit, now: clock.now() };
      const pages = await Promise.all([
        store.read.inboxPage({ ...input, query }),
        store.read.inboxPage({ ...input, query: { ...query, filter: 'expired' } }),
      ]);
      return pages
        .flatMap(({ rows }) => rows)
        .sort((one, other) => other.lastActivityAt - one.lastActivityAt)
        .slice(0, limit);
    },
    async stop() {
      cancelTidying();
      await notifier.stop();
      await presence.stop();
      await Promise.all([sync.stop(), outbox.stop(), retention.stop(), media.close(), intake.close()]);
      await files.close();
      expiry.stop();
      badge.stop();
      changeEvents.close();
    },
  };
}
