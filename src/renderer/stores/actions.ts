import type { CallError, CallInput, EventPayload, InboxQuery, Reply } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import type { SentenceKey } from '../i18n/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Drafts } from '../lib/drafts.ts';
import { holdKeys } from '../lib/hold-keys.ts';
import type { Preferences } from '../lib/preferences.ts';
import { createAnswering, type Answering } from './answering.ts';
import type { Draft } from './answering-state.ts';
import { createDeeds, type Deeds } from './deeds.ts';
import { INITIAL_QUERY, isTouched } from './inbox-query.ts';
import { neighbour, visibleRows } from './inbox.reduce.ts';
import type { PresenceTeller } from './presence.ts';
import { refusalWords } from './refusal.ts';
import type { Reading } from './reading.ts';
import { createSearch, type Search } from './search.ts';
import { noSelection, type Selection } from './selection.ts';
import type { Store, Toast, UiState } from './store.ts';
import { newestOrdinal } from './thread.reduce.ts';

export interface ActionsDependencies {
  store: Store;
  client: Client;
  clock: Clock;
  drafts: Drafts<Draft>;
  reading: Reading;
  presence: PresenceTeller;
  keepPreferences(preferences: Preferences): void;
  keepQuery(query: InboxQuery): void;
}

/** Everything a person can do in the window. */
export interface Actions
  extends
    Deeds,
    Answering,
    Search,
    Pick<Reading, 'loadMore' | 'loadOlder' | 'loadNewer' | 'retryOlder' | 'showNewest'> {
  /** Shows another list: what is not named stays as it was chosen. */
  showQuery(change: Partial<InboxQuery>): void;
  /** The whole filter again, newest first. */
  resetQuery(): void;
  select(change: (selection: Selection, order: readonly string[]) => Selection): void;
  clearSelection(): void;
  /** Opens a conversation with the composer ready for a note. */
  writeNote(conversationId: string): void;
  typeNote(conversationId: string, text: string): void;
  noteOf(conversationId: string): string;
  sayRefused(refusal: EventPayload<'refused'>): void;
  /** Opens a conversation; its draft was kept before the other one is shown. */
  open(conversationId: string): void;
  /**
   * Opens a conversation that was asked for outside the window: what is being typed stays where it is, and the keyboard
   * does not follow, so that the next key cannot reach another patient.
   */
  openFromOutside(conversationId: string): void;
  /** Opens a conversation at one of its messages, scrolled to and lit; the keyboard goes there unless it is kept. */
  openAt(conversationId: string, messageId: string, takesFocus?: boolean): void;
  closeThread(): void;
  /** Looks for words in the open conversation, or everywhere when none is open. */
  find(): void;
  stopFinding(): void;
  openNeighbour(step: 1 | -1): void;
  focusComposer(): void;
  markRead(): void;
  reread(): void;
  signIn(input: CallInput<'session.signIn'>): Promise<CallError | null>;
  signInDemo(): Promise<CallError | null>;
  redeem(input: CallInput<'session.redeem'>): Promise<CallError | null>;
  signOut(discardUnsent: boolean): Promise<CallError | null>;
  /** With a copy that cannot be used: again, or set aside and built anew. */
  recoverStore(way: CallInput<'store.recover'>['way']): Promise<CallError | null>;
  changeUi(
    change: Partial<
      Pick<
        UiState,
        | 'isPanelOver'
        | 'isShortcutsOpen'
        | 'dismissedNotice'
        | 'dismissedCheckAt'
        | 'readsOutdated'
        | 'menu'
        | 'picker'
        | 'dialog'
        | 'isNoting'
        | 'done'
      >
    >,
  ): void;
  changePreferences(change: Partial<Preferences>): void;
  toast(key: SentenceKey, tone?: Toast['tone'], values?: Toast['values']): void;
  dismissToast(id: number): void;
}

export function createActions(dependencies: ActionsDependencies): Actions {
  const { store, client, clock, drafts, reading, presence, keepPreferences, keepQuery } = dependencies;
  const search = createSearch({ store, client });
  const notes = new Map<string, string>();
  let lastToast = 0;
  let lastRead: { conversationId: string; ordinal: number } | null = null;

  const changeUi = (change: Partial<UiState>): void =>
    store.setState(({ ui }) => ({ ui: { ...ui, ...change } }));
  const errorOf = (reply: Reply<unknown>): CallError | null => (reply.ok ? null : reply.error);

  function toast(key: SentenceKey, tone: Toast['tone'] = 'error', values?: Toast['values']): void {
    const id = ++lastToast;
    const others = store.getState().ui.toasts.filter((each) => each.key !== key);
    changeUi({ toasts: [...others, { id, key, tone, ...(values ? { values } : {}) }].slice(-3) });
  }

  function open(conversationId: string): void {
    void drafts.flush();
    const { thread, ui } = store.getState();
    const isOther = thread.conversationId !== conversationId;
    changeUi({
      composerFocus: ui.composerFocus + 1,
      isPanelOver: false,
      isNoting: ui.isNoting && !isOther,
    });
    if (isOther) reading.open(conversationId);
  }

  function showQuery(change: Partial<InboxQuery>): void {
    const query = { ...store.getState().inbox.query, ...change };
    keepQuery(query);
    reading.showQuery(query);
  }

  const setSelection = (selection: Selection): void =>
    store.setState(({ inbox }) => ({ inbox: { ...inbox, selection } }));

  return {
    ...createDeeds({ store, client, clock, reading, changeUi, toast }),
    ...createAnswering({ store, client, clock, drafts, reading, presence, open, changeUi, toast }),
    ...search,
    showQuery,
    resetQuery() {
      const { query } = store.getState().inbox;
      if (isTouched(query)) showQuery({ ...INITIAL_QUERY, filter: query.filter });
    },
    select(change) {
      const { inbox } = store.getState();
      const order = visibleRows(inbox, clock.now()).map((row) => row.conversationId);
      setSelection(change(inbox.selection, order));
    },
    clearSelection: () => setSelection(noSelection),
    writeNote(conversationId) {
      open(conversationId);
      changeUi({ isNoting: true });
    },
    typeNote: (conversationId, text) => void notes.set(conversationId, text),
    noteOf: (conversationId) => notes.get(conversationId) ?? '',
    sayRefused(refusal) {
      const { key, reason } = refusalWords(refusal);
      const { displayName } = refusal;
      toast(key, 'error', { reasonKey: reason, name: displayName ?? '' });
    },
    loadMore: reading.loadMore,
    loadOlder: reading.loadOlder,
    loadNewer: reading.loadNewer,
    retryOlder: reading.retryOlder,
    showNewest: reading.showNewest,
    open,
    openFromOutside(conversationId) {
      void drafts.flush();
      const { thread, ui } = store.getState();
      const isOther = thread.conversationId !== conversationId;
      if (isOther) {
        holdKeys();
        if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      }
      changeUi({
        composerFocus: isOther ? 0 : ui.composerFocus,
        isPanelOver: false,
        isNoting: ui.isNoting && !isOther,
        dialog: null,
        menu: null,
        picker: null,
      });
      if (isOther) reading.open(conversationId);
    },
    openAt(conversationId, messageId, takesFocus = true) {
      void drafts.flush();
      const { thread, ui } = store.getState();
      const isOther = thread.conversationId !== conversationId;
      // The message gets the focus, not the composer.
      changeUi({
        composerFocus: 0,
        isPanelOver: false,
        isNoting: ui.isNoting && !isOther,
      });
      void reading.openAt(conversationId, messageId, takesFocus).then((error) => {
        if (error !== null) toast(error.code === 'not_found' ? 'thread.gone' : `errors.${error.code}`);
      });
    },
    find() {
      const { thread, ui } = store.getState();
      const { conversationId } = thread;
      if (conversationId === null) search.openSearch();
      else changeUi({ finding: { conversationId, token: (ui.finding?.token ?? 0) + 1 } });
    },
    stopFinding: () => changeUi({ finding: null }),
    closeThread() {
      void drafts.flush();
      reading.open(null);
    },
    openNeighbour(step) {
      const { inbox, thread } = store.getState();
      const next = neighbour(visibleRows(inbox, clock.now()), thread.conversationId, step);
      if (next !== null) open(next);
    },
    focusComposer: () => changeUi({ composerFocus: store.getState().ui.composerFocus + 1 }),
    markRead() {
      const { thread } = store.getState();
      const upToOrdinal = newestOrdinal(thread.items);
      if (!thread.detail || thread.detail.facts.unread === 0 || upToOrdinal === 0) return;
      const { conversationId } = thread.detail;
      // Asked once per message: a refusal must not become a loop.
      if (lastRead?.conversationId === conversationId && lastRead.ordinal >= upToOrdinal) return;
      lastRead = { conversationId, ordinal: upToOrdinal };
      store.setState({ thread: { ...thread, isNewRead: true } });
      void client.call('conversation.markRead', { conversationId, upToOrdinal });
    },
    reread() {
      reading.refreshList();
      reading.refreshCounts();
      reading.refreshThread();
    },
    signIn: async (input) => errorOf(await client.call('session.signIn', input)),
    redeem: async (input) => errorOf(await client.call('session.redeem', input)),
    signInDemo: async () => errorOf(await client.call('session.signInDemo', {})),
    recoverStore: async (way) => errorOf(await client.call('store.recover', { way })),
    async signOut(discardUnsent) {
      if (!discardUnsent) await drafts.flush();
      return errorOf(await client.call('session.signOut', { discardUnsent }));
    },
    changeUi,
    changePreferences(change) {
      const preferences = { ...store.getState().ui.preferences, ...change };
      changeUi({ preferences });
      keepPreferences(preferences);
    },
    toast,
    dismissToast: (id) => changeUi({ toasts: store.getState().ui.toasts.filter((each) => each.id !== id) }),
  };
}
