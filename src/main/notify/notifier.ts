/** Keeps what the system shows in step with the clinic: the state around the policy. Knows nothing of Electron. */
import { expiresAt, type OpeningHours } from '@recado/protocol';
import { z } from 'zod';
import type { NotificationSettings } from '../../shared/contract/index.ts';
import type { Clock, Scheduler } from '../lib/time.ts';
import type { ChangeSet, NotifiableConversation, Store } from '../store/interface.ts';
import type { ChangeOrigin, SyncPhase } from '../sync/interface.ts';
import {
  decideNews,
  decideWarnings,
  warningHorizon,
  type DeskState,
  type NotificationWords,
  type Shown,
  type Step,
} from './policy.ts';

/** The system's notifications. One per key: showing one again replaces it. */
export interface NotificationDoor {
  show(notification: {
    key: string;
    /** Null for one that speaks of several. */
    conversationId: string | null;
    title: string;
    body: string;
    isReplacing: boolean;
    /** Who and what it is about can be read, so that it can be answered from there. */
    canReply: boolean;
  }): void;
  withdraw(key: string): void;
}

/** What is in front of the person, as the platform knows it. */
export interface Attention {
  isFocused: boolean;
  isLocked: boolean;
}

export interface Notifier {
  /** Something was written to the store. */
  hear(changes: ChangeSet, origin: ChangeOrigin): void;
  setPhase(phase: SyncPhase): void;
  /** The conversation that is open in the window, whether or not the window has the focus. */
  setOpen(conversationId: string | null): void;
  /** Focus or lock may be different. */
  attentionChanged(): void;
  /** Takes everything away. */
  stop(): Promise<void>;
}

/** Long enough for a message read on another PC at once to be read here, too; short enough for nobody to notice. */
const GATHER_MS = 250;
const WARN_EVERY_MS = 60_000;
/**
 * Messages are asked for from an ordinal that was reached this long ago: what was written then has long been told, in
 * whatever order its news came here.
 */
const SETTLED_MS = 60_000;
/** A burst sounds once. */
const SOUND_EVERY_MS = 3_000;
/** More patients than this are never waiting at once. */
const MOST_EXPIRING = 500;
const WARNED_KEY = 'notify.warned';
const Warned = z.record(z.string(), z.number());

export interface NotifierDeps {
  read: Pick<Store['read'], 'notifiable' | 'expiring' | 'syncState' | 'directory' | 'localValue'>;
  write: Pick<Store['write'], 'setLocalValue'>;
  door: NotificationDoor;
  playSound: () => void;
  settings: () => NotificationSettings;
  isPaused: () => boolean;
  attention: () => Attention;
  words: NotificationWords;
  timeZone: string;
  clock: Clock;
  monotonicNow: () => number;
  scheduler: Scheduler;
  onError: (error: unknown) => void;
}

export function createNotifier(deps: NotifierDeps): Notifier {
  const { read, door, clock, scheduler, monotonicNow, words } = deps;
  const shown = new Map<string, Shown>();
  /** By conversation, the ordinal up to which it has been decided on. */
  const decided = new Map<string, number>();
  const warned = new Map<string, number>();
  let since: number | null = null;
  let reached: { ordinal: number; at: number }[] = [];
  let openingHours: OpeningHours | null = null;
  let openId: string | null = null;
  let phase: SyncPhase = 'stopped';
  /** This PC has been up to date since it started: what it holds is what the clinic has. */
  let wasLive = false;
  let isStopped = false;
  let soundedAt = Number.NEGATIVE_INFINITY;
  /** News to look at, of conversations by id or (null) of all; `away` waits until the relay has told everything. */
  let live: Set<string> | null = new Set();
  let away: Set<string> | null = new Set();
  let cancelLook: (() => void) | null = null;
  let cancelWarning: () => void = () => undefined;
  let working: Promise<void> = Promise.resolve();

  /** One after the other: each decides on what the one before has shown. */
  function enqueue(work: () => Promise<void>) {
    working = working.then(async () => {
      if (!isStopped) await work().catch(deps.onError);
    });
  }

  function deskState(): DeskState {
    const { isFocused, isLocked } = deps.attention();
    return {
      now: clock.now(),
      attendedId: isFocused && !isLocked ? openId : null,
      isLocked,
      isPaused: deps.isPaused(),
      timeZone: deps.timeZone,
      openingHours,
      settings: deps.settings(),
    };
  }

  function carryOut(steps: Step[]) {
    if (isStopped) return;
    let sounds = false;
    for (const step of steps) {
      if (step.do === 'withdraw') {
        shown.delete(step.key);
        door.withdraw(step.key);
        continue;
      }
      if (step.do === 'narrow') {
        const held = shown.get(step.key);
        if (held !== undefined) shown.set(step.key, { ...held, conversationIds: step.conversationIds });
        continue;
      }
      const { key, conversationId, title, body, reason, level, conversationIds } = step;
      shown.set(key, { reason, level, conversationIds });
      const canReply = level === 'nameAndText' && reason === 'message' && conversationId !== null;
      door.show({ key, conversationId, title, body, isReplacing: step.do === 'replace', canReply });
      sounds ||= step.sound;
    }
    if (!sounds || monotonicNow() - soundedAt < SOUND_EVERY_MS) return;
    soundedAt = monotonicNow();
    deps.playSound();
  }

  /** What of it has not been decided on. */
  function fresh(conversation: NotifiableConversation): NotifiableConversation {
    const { arrived, handedOverAt, conversationId } = conversation;
    const upTo = decided.get(conversationId) ?? 0;
    return {
      ...conversation,
      arrived: arrived !== null && arrived.ordinal > upTo ? arrived : null,
      handedOverAt: handedOverAt !== null && handedOverAt > upTo ? handedOverAt : null,
    };
  }

  function remember(conversations: readonly NotifiableConversation[]) {
    for (const { conversationId, arrived, handedOverAt, facts } of conversations) {
      // A message may come a moment before the conversation that counts it: what looks read now may not be.
      if (facts.unread === 0 && handedOverAt === null) continue;
      const isWithBot = facts.handler === 'bot';
      const ordinal = Math.max(arrived?.ordinal ?? 0, isWithBot ? 0 : (handedOverAt ?? 0));
      if (ordinal > (decided.get(conversationId) ?? 0)) decided.set(conversationId, ordinal);
    }
    const now = monotonicNow();
    const highest = Math.max(0, ...decided.values());
    // Until the relay has told everything, lower ones may still come.
    if (phase === 'live' && highest > (reached.at(-1)?.ordinal ?? since ?? 0))
      reached.push({ ordinal: highest, at: now });
    const settled = reached.findLast(({ at }) => now - at >= SETTLED_MS);
    if (settled === undefined) return;
    since = Math.max(since ?? 0, settled.ordinal);
    reached = reached.filter(({ at }) => now - at < SETTLED_MS);
    for (const [id, ordinal] of decided) if (ordinal <= since) decided.delete(id);
  }

  async function look(ids: Set<string> | null, isCatchUp: boolean) {
    if (since === null) return;
    // What is shown is asked for in any case when everything may have changed.
    const asked = ids === null ? null : [...ids];
    const conversations = await read.notifiable({ conversationIds: asked, since });
    if (asked === null) {
      const shownIds = [...shown.values()].flatMap(({ conversationIds }) => conversationIds);
      const known = new Set(conversations.map(({ conversationId }) => conversationId));
      const others = shownIds.filter((id) => !known.has(id));
      if (others.length > 0)
        conversations.push(...(await read.notifiable({ conversationIds: others, since })));
    }
    const news = {
      asked: asked ?? [
        ...new Set([
          ...conversations.map(({ conversationId }) => conversationId),
          ...[...shown.values()].flatMap(({ conversationIds }) => conversationIds),
        ]),
      ],
      conversations: conversations.map(fresh),
      isCatchUp,
    };
    carryOut(decideNews(news, deskState(), shown, words));
    remember(conversations);
  }

  const merge = (held: Set<string> | null, { overflow, reference, conversationIds }: ChangeSet) =>
    held === null || overflow || reference ? null : new Set([...held, ...conversationIds]);

  function lookSoon() {
    if (isStopped) return;
    cancelLook ??= scheduler.after(GATHER_MS, () => {
      cancelLook = null;
      const ids = live;
      live = new Set();
      if (ids === null || ids.size > 0) enqueue(() => look(ids, false));
    });
  }

  function lookBack() {
    const ids = away;
    away = new Set();
    if (ids === null || ids.size > 0) enqueue(() => look(ids, true));
  }

  async function warn() {
    ({ openingHours } = (await read.directory({})).settings);
    const before = warningHorizon(deskState());
    if (before === null) return;
    const expiring = await read.expiring({ now: clock.now(), before, limit: MOST_EXPIRING });
    const steps = decideWarnings(expiring, warned, deskState(), shown, words);
    if (steps.length === 0) return;
    carryOut(steps);
    const told = new Set(steps.flatMap((step) => ('reason' in step ? step.conversationIds : [])));
    for (const [id, at] of warned) if (at < clock.now()) warned.delete(id);
    for (const { conversationId, facts } of expiring)
      if (told.has(conversationId)) warned.set(conversationId, expiresAt(facts));
    await deps.write.setLocalValue({ key: WARNED_KEY, value: Object.fromEntries(warned) });
  }

  function warnLater() {
    cancelWarning = scheduler.after(WARN_EVERY_MS, () => {
      if (wasLive) enqueue(warn);
      enqueue(async () => warnLater());
    });
  }

  enqueue(async () => {
    since = (await read.syncState({})).cursor;
    const held = Warned.safeParse(await read.localValue({ key: WARNED_KEY }));
    for (const [id, at] of Object.entries(held.success ? held.data : {})) warned.set(id, at);
  });
  warnLater();

  return {
    hear(changes, origin) {
      if (isStopped || origin === 'history') return;
      if (origin === 'live' || phase === 'live') {
        live = merge(live, changes);
        lookSoon();
      } else away = merge(away, changes);
    },
    setPhase(next) {
      if (isStopped || next === phase) return;
      phase = next;
      if (next !== 'live') return;
      lookBack();
      wasLive = true;
      // The first copy of a clinic is no news.
      enqueue(async () => {
        since ??= (await read.syncState({})).cursor;
      });
      enqueue(warn);
    },
    setOpen(conversationId) {
      openId = conversationId;
      if (conversationId === null || !shown.has(conversationId)) return;
      live?.add(conversationId);
      lookSoon();
    },
    attentionChanged() {
      const { isFocused, isLocked } = deps.attention();
      if (isLocked) {
        // What names somebody is not left for whoever comes by.
        const named = [...shown].filter(([, { level }]) => level !== 'nothing');
        carryOut(named.map(([key]) => ({ do: 'withdraw', key })));
      }
      if (!isFocused || openId === null || !shown.has(openId)) return;
      live?.add(openId);
      lookSoon();
    },
    async stop() {
      isStopped = true;
      cancelLook?.();
      cancelWarning();
      await working;
      for (const key of shown.keys()) door.withdraw(key);
      shown.clear();
    },
  };
}
