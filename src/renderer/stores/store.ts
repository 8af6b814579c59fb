import { createStore, type StoreApi } from 'zustand/vanilla';
import type {
  Action,
  AppState,
  Directory,
  InboxCounts,
  InboxQuery,
  PresenceView,
} from '../../shared/contract/index.ts';
import type { SentenceKey } from '../i18n/index.ts';
import type { Preferences } from '../lib/preferences.ts';
import type { Aim } from './aim.ts';
import { initialAnswering, type AnsweringState } from './answering-state.ts';
import { initialInbox, type InboxState } from './inbox.reduce.ts';
import { initialSearch, type SearchState } from './search.ts';
import { initialThread, type ThreadState } from './thread.reduce.ts';

/** A short word to the person, shown for some seconds. */
export interface Toast {
  id: number;
  tone: 'error' | 'info';
  key: SentenceKey;
  /** What the sentence names. */
  values?: Record<string, string>;
}

/** Sentences for what was done; each has a form for one conversation and one for many. */
export type DoneKey = Extract<SentenceKey, `done.${string}`>;

/** The last action, while it can be taken back. */
export interface Done {
  id: number;
  key: DoneKey;
  /** How many conversations it changed. */
  count: number;
  actionIds: readonly string[];
  /** The conversation to open again when it is undone; null when it was not the open one. */
  back: string | null;
}

/** Something to be sure of before it is done. */
export interface Question {
  kind: 'many' | 'appointment' | 'unseen';
  aim: Aim;
  actions: readonly Action[];
  /** Conversations; with `unseen`, messages. */
  count: number;
  /** The appointment of a patient about to become spam. */
  appointmentAt: number | null;
}

/** The parts of the settings, in the order they are shown. */
export const SETTINGS_SECTIONS = [
  'agents', 'teams', 'tags', 'templates', 'quickReplies', 'hours', 'inbox', 'reminders', 'integrations', 'devices',
  'storage', 'notifications',
] as const; // prettier-ignore
export type SettingsSection = (typeof SETTINGS_SECTIONS)[number];

/** The menu of actions of a conversation, at a place of the window in CSS pixels. */
export interface OpenMenu {
  conversationId: string;
  x: number;
  y: number;
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
  /** The last repair of the copy that was put away, by its time. */
  dismissedCheckAt: number | null;
  /** The page about updating has been read: what is on this PC is shown again. */
  readsOutdated: boolean;
  /** Spoken by screen readers: who wrote in the open conversation, and how many times. Never the words. */
  announcement: { name: string; number: number } | null;
  preferences: Preferences;
  /** Grows each time the row of the open conversation should take the focus. */
  listFocus: number;
  done: Done | null;
  question: Question | null;
  menu: OpenMenu | null;
  /** Something is being chosen for conversations. */
  picker: { kind: 'assign' | 'tag' | 'snooze'; aim: Aim } | null;
  /** The part of the settings that is shown; null when they are closed. */
  dialog: SettingsSection | null;
  /** The composer writes a note, not a message. */
  isNoting: boolean;
  /** The conversation words are being looked for in; `token` grows with each wish to type them. */
  finding: { conversationId: string; token: number } | null;
}

/** All the window knows: readings of main's truth, and where the person is. */
export interface State {
  /** Null until main has answered the first time. */
  app: AppState | null;
  inbox: InboxState;
  counts: InboxCounts | null;
  thread: ThreadState;
  answering: AnsweringState;
  search: SearchState;
  /** Null until it has been read. */
  directory: Directory | null;
  /** Who else is where. */
  presence: readonly PresenceView[];
  ui: UiState;
}

export type Store = StoreApi<State>;

export function createAppStore(preferences: Preferences, query?: InboxQuery): Store {
  return createStore<State>(() => ({
    app: null,
    inbox: query === undefined ? initialInbox : { ...initialInbox, query },
    counts: null,
    thread: initialThread,
    answering: initialAnswering,
    search: initialSearch,
    directory: null,
    presence: [],
    ui: {
      toasts: [],
      composerFocus: 0,
      isPanelOver: false,
      isShortcutsOpen: false,
      dismissedNotice: null,
      dismissedCheckAt: null,
      readsOutdated: false,
      announcement: null,
      preferences,
      listFocus: 0,
      done: null,
      question: null,
      menu: null,
      picker: null,
      dialog: null,
      isNoting: false,
      finding: null,
    },
  }));
}
