import type { CallError, CallInput, Reply } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import type { SentenceKey } from '../i18n/index.ts';
import type { Clock } from '../lib/clock.ts';
import type { Drafts } from '../lib/drafts.ts';
import type { Preferences } from '../lib/preferences.ts';
import { neighbour, visibleRows } from './inbox.reduce.ts';
import type { Reading } from './reading.ts';
import type { Store, Toast, UiState } from './store.ts';
import { newestOrdinal } from './thread.reduce.ts';

export interface ActionsDependencies {
  store: Store;
  client: Client;
  clock: Clock;
  drafts: Drafts;
  reading: Reading;
  keepPreferences(preferences: Preferences): void;
}

/** Everything a person can do in the window. */
export interface Actions extends Pick<Reading, 'showFilter' | 'loadMore' | 'loadOlder'> {
  /** Opens a conversation; its draft was kept before the other one is shown. */
  open(conversationId: string): void;
  closeThread(): void;
  openNeighbour(step: 1 | -1): void;
  focusComposer(): void;
  markRead(): void;
  typeDraft(conversationId: string, text: string): void;
  /** What stands in the composer of a conversation: typed here, or kept by the store. */
  draftOf(conversationId: string, stored: string): string;
  send(conversationId: string, text: string): Promise<CallError | null>;
  retryMessage(conversationId: string, messageId: string): void;
  discardMessage(conversationId: string, messageId: string): void;
  reread(): void;
  signIn(input: CallInput<'session.signIn'>): Promise<CallError | null>;
  signInDemo(): Promise<CallError | null>;
  signOut(discardUnsent: boolean): Promise<CallError | null>;
  changeUi(change: Partial<Pick<UiState, 'isPanelOver' | 'isShortcutsOpen' | 'dismissedNotice'>>): void;
  changePreferences(change: Partial<Preferences>): void;
  toast(key: SentenceKey, tone?: Toast['tone']): void;
  dismissToast(id: number): void;
}

export function createActions(dependencies: ActionsDependencies): Actions {
  const { store, client, clock, drafts, reading, keepPreferences } = dependencies;
  let lastToast = 0;
  let lastRead: { conversationId: string; ordinal: number } | null = null;

  const changeUi = (change: Partial<UiState>): void =>
    store.setState(({ ui }) => ({ ui: { ...ui, ...change } }));
  const errorOf = (reply: Reply<unknown>): CallError | null => (reply.ok ? null : reply.error);

  function toast(key: SentenceKey, tone: Toast['tone'] = 'error'): void {
    const id = ++lastToast;
    const others = store.getState().ui.toasts.filter((each) => each.key !== key);
    changeUi({ toasts: [...others, { id, key, tone }].slice(-3) });
  }

  /** What a person asked for and did not happen is said once, in a line that goes away. */
  async function tell(answer: Promise<Reply<unknown>>): Promise<void> {
    const error = errorOf(await answer);
    if (error) toast(`errors.${error.code}`);
  }

  function open(conversationId: string): void {
    void drafts.flush();
    const { thread, ui } = store.getState();
    changeUi({ composerFocus: ui.composerFocus + 1, isPanelOver: false });
    if (thread.conversationId !== conversationId) reading.open(conversationId);
  }

  return {
    showFilter: reading.showFilter,
    loadMore: reading.loadMore,
    loadOlder: reading.loadOlder,
    open,
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
    typeDraft: drafts.type,
    draftOf: (conversationId, stored) => drafts.unsaved(conversationId) ?? stored,
    async send(conversationId, text) {
      const reply = await client.call('message.send', { conversationId, text });
      if (!reply.ok) {
        toast(`errors.${reply.error.code}`);
        reading.refreshThread();
      }
      return errorOf(reply);
    },
    retryMessage: (conversationId, messageId) =>
      void tell(client.call('message.retry', { conversationId, messageId })),
    discardMessage: (conversationId, messageId) =>
      void tell(client.call('message.discard', { conversationId, messageId })),
    reread() {
      reading.refreshList();
      reading.refreshCounts();
      reading.refreshThread();
    },
    signIn: async (input) => errorOf(await client.call('session.signIn', input)),
    signInDemo: async () => errorOf(await client.call('session.signInDemo', {})),
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
