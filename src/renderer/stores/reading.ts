import type {
  InboxCursor,
  InboxPage,
  InboxQuery,
  InboxRow,
  Reply,
  ThreadCursor,
  ThreadItem,
  ThreadPage,
} from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createLane } from '../lib/lane.ts';
import { share } from '../lib/share.ts';
import { isNarrowed, withoutGone } from './inbox-query.ts';
import { appendPage, mergeTop, showQuery } from './inbox.reduce.ts';
import type { Store } from './store.ts';
import { mergeNewest, openThread, prependPage, receiveDetail, receiveThread } from './thread.reduce.ts';

const LIST_PAGE = 60;
const THREAD_PAGE = 60;
/** The most a call gives at once. */
const MOST = 200;

export interface ReadingDependencies {
  store: Store;
  client: Client;
  /** Whether a person has the window before their eyes. */
  isAttended(): boolean;
}

/** Everything read from main: the list, the counts, the open conversation. One reading of each at a time. */
export interface Reading {
  showQuery(query: InboxQuery): void;
  loadMore(): void;
  /** Reads again all that is listed; `changedIds` are known to be out of date. */
  refreshList(changedIds?: readonly string[]): void;
  refreshCounts(): void;
  refreshDirectory(): void;
  open(conversationId: string | null): void;
  loadOlder(): void;
  refreshThread(): void;
}

export function createReading({ store, client, isAttended }: ReadingDependencies): Reading {
  const listLane = createLane();
  const countsLane = createLane();
  const directoryLane = createLane();
  const threadLane = createLane();
  let changed = new Set<string>();
  /** Something changed that nobody named. */
  let isAllChanged = false;

  function showList(query: InboxQuery): void {
    store.setState(({ inbox }) => ({ inbox: showQuery(inbox, query) }));
    isAllChanged = true;
    listLane.coalesce(readList);
  }

  async function readList(): Promise<void> {
    const { query, generation, rows: held } = store.getState().inbox;
    const named = changed;
    const isTopEnough = !isAllChanged && named.size > 0 && held.length > MOST && !isNarrowed(query);
    changed = new Set();
    isAllChanged = false;
    if (isTopEnough && (await readTop(query, generation, named))) return;
    const target = Math.max(LIST_PAGE, held.length);
    const rows: InboxRow[] = [];
    let before: InboxCursor | null = null;
    for (let isLast = false; !isLast;) {
      const limit = Math.min(MOST, target - rows.length);
      const reply: Reply<InboxPage> = await client.call('inbox.page', {
        query,
        before,
        limit,
      });
      if (store.getState().inbox.generation !== generation) return;
      if (!reply.ok) {
        store.setState(({ inbox }) => ({
          inbox: { ...inbox, status: inbox.status === 'ready' ? 'ready' : 'failed' },
        }));
        return;
      }
      const page: InboxPage = reply.data;
      rows.push(...page.rows);
      before = page.next;
      isLast = page.next === null || rows.length >= target;
      const fresh = { rows: [...rows], next: page.next, isComplete: isLast };
      store.setState(({ inbox }) => ({ inbox: mergeTop(inbox, generation, fresh, named) }));
    }
    if (!isNarrowed(query)) return;
    const match = await client.call('inbox.match', { query });
    if (!match.ok) return;
    store.setState(({ inbox }) =>
      inbox.generation === generation ? { inbox: { ...inbox, matching: match.data.count } } : {},
    );
  }

  /**
   * Reads the top of a long list again; true when all that changed is there, as what patients write is: then the rest
   * is as it was, however far down somebody has gone.
   */
  async function readTop(
    query: InboxQuery,
    generation: number,
    named: ReadonlySet<string>,
  ): Promise<boolean> {
    const reply = await client.call('inbox.page', { query, before: null, limit: LIST_PAGE });
    if (store.getState().inbox.generation !== generation) return true;
    if (!reply.ok) return false;
    const found = new Set(reply.data.rows.map((row) => row.conversationId));
    if (![...named].every((id) => found.has(id))) return false;
    const fresh = { ...reply.data, isComplete: false };
    store.setState(({ inbox }) => ({ inbox: mergeTop(inbox, generation, fresh, named) }));
    return true;
  }

  async function readMore(): Promise<void> {
    const { query, generation, next } = store.getState().inbox;
    if (next === null) return;
    const reply = await client.call('inbox.page', { query, before: next, limit: LIST_PAGE });
    store.setState(({ inbox }) => {
      if (inbox.generation !== generation) return {};
      return {
        inbox: reply.ok ? appendPage(inbox, generation, reply.data) : { ...inbox, isLoadingMore: false },
      };
    });
  }

  async function readCounts(): Promise<void> {
    const reply = await client.call('inbox.counts', {});
    if (reply.ok) store.setState({ counts: reply.data });
  }

  async function readDirectory(): Promise<void> {
    const reply = await client.call('directory.get', {});
    if (!reply.ok) return;
    store.setState(({ directory }) => ({ directory: share(directory, reply.data) }));
    const { query } = store.getState().inbox;
    const possible = withoutGone(query, reply.data);
    if (possible !== query) showList(possible);
  }

  async function readThreadFirst(conversationId: string, generation: number): Promise<void> {
    const [detail, page] = await Promise.all([
      client.call('conversation.get', { conversationId }),
      client.call('thread.page', { conversationId, before: null, limit: THREAD_PAGE }),
    ]);
    store.setState(({ thread }) => {
      if (thread.generation !== generation) return {};
      if (!detail.ok || !page.ok) return { thread: { ...thread, status: 'failed' } };
      return { thread: receiveThread(thread, generation, detail.data, page.data) };
    });
  }

  /** Says who wrote, for those who do not see the message come in. */
  function announce(before: readonly ThreadItem[]): void {
    const { thread } = store.getState();
    const newest = thread.items.at(-1);
    const isNew = newest !== undefined && newest.messageId !== before.at(-1)?.messageId;
    const name = thread.detail?.displayName;
    if (!isNew || newest.direction !== 'inbound' || !name) return;
    store.setState(({ ui }) => ({
      ui: { ...ui, announcement: { name, number: (ui.announcement?.number ?? 0) + 1 } },
    }));
  }

  async function readThreadAgain(): Promise<void> {
    const { conversationId, generation, items: held, status } = store.getState().thread;
    if (conversationId === null) return;
    if (status !== 'ready') return readThreadFirst(conversationId, generation);
    const detail = client.call('conversation.get', { conversationId });
    const target = Math.max(THREAD_PAGE, held.length);
    let items: ThreadItem[] = [];
    let before: ThreadCursor | null = null;
    for (let isLast = false; !isLast;) {
      const limit = Math.min(MOST, target - items.length);
      const reply: Reply<ThreadPage> = await client.call('thread.page', { conversationId, before, limit });
      if (!reply.ok || store.getState().thread.generation !== generation) return;
      const page: ThreadPage = reply.data;
      items = [...page.items, ...items];
      before = page.before;
      isLast = page.before === null || items.length >= target;
      const fresh = { ...page, items, isWhole: isLast };
      store.setState(({ thread }) => ({ thread: mergeNewest(thread, generation, fresh, isAttended()) }));
    }
    const answer = await detail;
    if (answer.ok) {
      store.setState(({ thread }) => ({ thread: receiveDetail(thread, generation, answer.data) }));
    }
    announce(held);
  }

  async function readOlder(): Promise<void> {
    const { conversationId, generation, before } = store.getState().thread;
    if (conversationId === null || before === null) return;
    const reply = await client.call('thread.page', { conversationId, before, limit: THREAD_PAGE });
    store.setState(({ thread }) => {
      if (thread.generation !== generation) return {};
      return {
        thread: reply.ok ? prependPage(thread, generation, reply.data) : { ...thread, isLoadingOlder: false },
      };
    });
  }

  return {
    showQuery: showList,
    loadMore() {
      const { inbox } = store.getState();
      if (inbox.next === null || inbox.isLoadingMore || inbox.status !== 'ready') return;
      store.setState({ inbox: { ...inbox, isLoadingMore: true } });
      void listLane.run(readMore);
    },
    refreshList(changedIds = []) {
      for (const id of changedIds) changed.add(id);
      isAllChanged ||= changedIds.length === 0;
      listLane.coalesce(readList);
    },
    refreshCounts: () => countsLane.coalesce(readCounts),
    refreshDirectory: () => directoryLane.coalesce(readDirectory),
    open(conversationId) {
      store.setState(({ thread }) => ({ thread: openThread(thread, conversationId) }));
      if (conversationId === null) return;
      // Not behind what is still being read of the conversation before: that answer is dropped anyway.
      void readThreadFirst(conversationId, store.getState().thread.generation);
    },
    loadOlder() {
      const { thread } = store.getState();
      if (thread.before === null || thread.isLoadingOlder || thread.status !== 'ready') return;
      store.setState({ thread: { ...thread, isLoadingOlder: true } });
      void threadLane.run(readOlder);
    },
    refreshThread() {
      if (store.getState().thread.conversationId !== null) threadLane.coalesce(readThreadAgain);
    },
  };
}
