import { createStore, type StoreApi } from 'zustand/vanilla';
import type { AppState, Directory, InboxCounts } from '../../shared/contract/index.ts';
import type { SentenceKey } from '../i18n/index.ts';
import type { Preferences } from '../lib/preferences.ts';
import { initialInbox, type InboxState } from './inbox.reduce.ts';
import { initialThread, type ThreadState } from './thread.reduce.ts';

/** A short word to the person, shown for some seconds. */
export interface Toast {
  id: number;
  tone: 'error' | 'info';
  key: SentenceKey;
}

export interface UiState {
  toasts: Toast[];
  /** Grows each time the composer should take the focus. */
  composerFocus: number;
  /** The patient panel over the thread, where there is no room beside it. */
  isPanelOver: boolean;
  isShortcutsOpen: boolean;
  /** The last notice put away, so that it stays away. */
  dismissedNotice: AppState['notice'];
  /** Spoken by screen readers: who wrote in the open conversation, and how many times. Never the words. */
  announcement: { name: string; number: number } | null;
  preferences: Preferences;
}

/** All the window knows: readings of main's truth, and where the person is. */
export interface State {
  /** Null until main has answered the first time. */
  app: AppState | null;
  inbox: InboxState;
  counts: InboxCounts | null;
  thread: ThreadState;
  /** Null until it has been read. */
  directory: Directory | null;
  ui: UiState;
}

export type Store = StoreApi<State>;

export function createAppStore(preferences: Preferences): Store {
  return createStore<State>(() => ({
    app: null,
    inbox: initialInbox,
    counts: null,
    thread: initialThread,
    directory: null,
    ui: {
      toasts: [],
      composerFocus: 0,
      isPanelOver: false,
      isShortcutsOpen: false,
      dismissedNotice: null,
      announcement: null,
      preferences,
    },
  }));
}
