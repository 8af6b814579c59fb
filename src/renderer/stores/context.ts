import { createContext, useContext, useEffect, useSyncExternalStore } from 'react';
import { useStore } from 'zustand';
import type { Client } from '../api/index.ts';
import { createClock, type Clock, type Granularity } from '../lib/clock.ts';
import { createDrafts } from '../lib/drafts.ts';
import { readPreferences, writePreferences } from '../lib/preferences.ts';
import { playSound } from '../lib/play-sound.ts';
import { createActions, type Actions } from './actions.ts';
import type { Draft } from './answering-state.ts';
import { bindEvents } from './bind-events.ts';
import { readQuery, writeQuery } from './inbox-query.ts';
import { createPresence } from './presence.ts';
import { createReading } from './reading.ts';
import { createAppStore, type State, type Store } from './store.ts';

/** Typing is safe this soon after a pause. */
const DRAFT_DELAY_MS = 250;

/** What the whole window shares. */
export interface Recado {
  store: Store;
  actions: Actions;
  clock: Clock;
}

/** Wires store, clock, drafts and events over a client; `stop` undoes it. */
export function createRecado(client: Client): Recado & { stop(): void } {
  const schedule = (run: () => void, delayMs: number): (() => void) => {
    const timer = setTimeout(run, delayMs);
    return () => clearTimeout(timer);
  };
  const clock = createClock({ systemNow: () => Date.now(), schedule });
  const store = createAppStore(readPreferences(window.localStorage), readQuery(window.localStorage));
  const drafts = createDrafts<Draft>({
    delayMs: DRAFT_DELAY_MS,
    save: async (conversationId, { text, caret, replyTo, files }) =>
      (await client.call('draft.save', { conversationId, text, caret, replyTo, files })).ok,
  });
  const isAttended = (): boolean => document.visibilityState === 'visible' && document.hasFocus();
  const reading = createReading({ store, client, isAttended });
  const keepPreferences = (preferences: State['ui']['preferences']): void =>
    writePreferences(window.localStorage, preferences);
  const presence = createPresence({
    tell: (conversationId, isWriting) => void client.call('presence.set', { conversationId, isWriting }),
    schedule,
  });
  const actions = createActions({
    store,
    client,
    clock,
    drafts,
    reading,
    presence,
    keepPreferences,
    keepQuery: (query) => writeQuery(window.localStorage, query),
  });
  const unbind = bindEvents({
    store,
    client,
    clock,
    reading,
    refreshTemplates: actions.refreshTemplates,
    sayRefused: actions.sayRefused,
    openFromOutside: actions.openFromOutside,
    playSound,
  });

  // Nobody is in front of a window that is out of sight.
  const tellView = (): void => {
    const { app, thread } = store.getState();
    if (app?.phase !== 'ready') return;
    presence.view(document.visibilityState === 'visible' ? thread.conversationId : null);
  };
  const unwatch = store.subscribe((state, before) => {
    if (state.thread.conversationId !== before.thread.conversationId) tellView();
  });

  const whenSeen = (): void => {
    tellView();
    if (document.visibilityState === 'visible') clock.refresh();
    else void drafts.flush();
  };
  const whenLeft = (): void => void drafts.flush();
  document.addEventListener('visibilitychange', whenSeen);
  window.addEventListener('blur', whenLeft);
  window.addEventListener('pagehide', whenLeft);
  return {
    store,
    actions,
    clock,
    stop() {
      unbind();
      unwatch();
      document.removeEventListener('visibilitychange', whenSeen);
      window.removeEventListener('blur', whenLeft);
      window.removeEventListener('pagehide', whenLeft);
    },
  };
}

export const RecadoContext = createContext<Recado | null>(null);

export function useRecado(): Recado {
  const recado = useContext(RecadoContext);
  if (!recado) throw new Error('No RecadoContext above');
  return recado;
}

export const useActions = (): Actions => useRecado().actions;

/** A part of the state. Select values that are there, or build them with `useShallow`: compared by reference. */
export function useAppState<Selected>(select: (state: State) => Selected): Selected {
  return useStore(useRecado().store, select);
}

/**
 * Relay time, drawn again at each full step and exactly at `wakeAt`. Everything on screen that depends on time uses
 * it, never the clock of the PC.
 */
export function useNow(granularity: Granularity = 'minute', wakeAt: number | null = null): number {
  const { clock } = useRecado();
  useEffect(() => (wakeAt === null ? undefined : clock.wakeAt(wakeAt)), [clock, wakeAt]);
  return useSyncExternalStore(
    (listener) => clock.subscribe(granularity, listener),
    () => clock.at(granularity),
  );
}
