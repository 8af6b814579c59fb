import type { CallError, Reply, ThreadCursor, ThreadItem, ThreadPage } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createLane } from '../lib/lane.ts';
import type { Store } from './store.ts';
import {
  aimAt,
  appendPage,
  failOlder,
  mergeNewest,
  mergeWindow,
  openThread,
  prependPage,
  receiveDetail,
  receiveThread,
  showWindow,
} from './thread.reduce.ts';

const THREAD_PAGE = 60;
/** The most a call gives at once. */
const MOST = 200;
/** Before this come all messages: where a thread starts of which this PC holds none. */
const END_OF_TIME: ThreadCursor = { sentAt: Date.UTC(9999, 11, 31), ordinal: Number.MAX_SAFE_INTEGER };

export interface ThreadReadingDependencies {
  store: Store;
  client: Client;
  /** Whether a person has the window before their eyes. */
  isAttended(): boolean;
}

/** The open conversation as main holds it, in pages both ways from where one is. */
export interface ThreadReading {
  open(conversationId: string | null): void;
  /** Opens a conversation at one of its messages, which is scrolled to and lit. The error when it cannot be had. */
  openAt(conversationId: string, messageId: string, takesFocus: boolean): Promise<CallError | null>;
  loadOlder(): void;
  loadNewer(): void;
  /** Asks again for older messages that did not come. */
  retryOlder(): void;
  /** Back to the newest messages, wherever one was. */
  showNewest(): void;
  refreshThread(): void;
}

export function createThreadReading({ store, client, isAttended }: ThreadReadingDependencies): ThreadReading {
  const lane = createLane();

  async function readFirst(conversationId: string, generation: number): Promise<void> {
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

  async function readAround(
    conversationId: string,
    generation: number,
    messageId: string,
    takesFocus: boolean,
  ): Promise<CallError | null> {
    const [detail, page] = await Promise.all([
      client.call('conversation.get', { conversationId }),
      client.call('thread.page', {
        conversationId,
        before: null,
        aroundMessageId: messageId,
        limit: THREAD_PAGE,
      }),
    ]);
    if (store.getState().thread.generation !== generation) return null;
    if (!detail.ok || !page.ok) {
      // The conversation is still worth seeing; one that is shown already stays as it is.
      if (store.getState().thread.status !== 'ready') await readFirst(conversationId, generation);
      return detail.ok ? (page.ok ? null : page.error) : detail.error;
    }
    store.setState(({ thread }) => ({
      thread: aimAt(receiveThread(thread, generation, detail.data, page.data), messageId, takesFocus),
    }));
    return null;
  }

  async function readNewest(conversationId: string, generation: number): Promise<void> {
    const page = await client.call('thread.page', { conversationId, before: null, limit: THREAD_PAGE });
    if (!page.ok) return;
    store.setState(({ thread }) => ({ thread: showWindow(thread, generation, page.data) }));
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

  async function readAgain(): Promise<void> {
    const { conversationId, generation, items: held, status, after } = store.getState().thread;
    if (conversationId === null) return;
    if (status !== 'ready') return readFirst(conversationId, generation);
    const detail = client.call('conversation.get', { conversationId });
    if (after === null) await readNewestAgain(conversationId, generation, held.length);
    else await readWindowAgain(conversationId, generation, held);
    const answer = await detail;
    if (answer.ok) {
      store.setState(({ thread }) => ({ thread: receiveDetail(thread, generation, answer.data) }));
    }
    if (after === null) announce(held);
  }

  async function readNewestAgain(conversationId: string, generation: number, held: number): Promise<void> {
    const target = Math.max(THREAD_PAGE, held);
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
  }

  /** What is shown is somewhere in the middle: read again from its oldest message on, no further than it went. */
  async function readWindowAgain(
    conversationId: string,
    generation: number,
    held: readonly ThreadItem[],
  ): Promise<void> {
    const [oldest] = held;
    if (oldest === undefined || oldest.ordinal === null) return;
    const items: ThreadItem[] = [];
    let after: ThreadCursor | null = { sentAt: oldest.sentAt, ordinal: oldest.ordinal - 1 };
    while (after !== null && items.length < held.length) {
      const limit = Math.min(MOST, held.length - items.length);
      const reply: Reply<ThreadPage> = await client.call('thread.page', {
        conversationId,
        before: null,
        after,
        limit,
      });
      if (!reply.ok || store.getState().thread.generation !== generation) return;
      items.push(...reply.data.items);
      after = reply.data.after;
    }
    store.setState(({ thread }) => ({ thread: mergeWindow(thread, generation, items, after) }));
  }

  async function readOlder(): Promise<void> {
    const { conversationId, generation, before, items } = store.getState().thread;
    if (conversationId === null) return;
    const [oldest] = items;
    // Beyond what this PC holds main asks the relay, from the oldest message there is.
    const edge = oldest === undefined ? END_OF_TIME : { sentAt: oldest.sentAt, ordinal: oldest.ordinal ?? 0 };
    const reply = await client.call('thread.page', {
      conversationId,
      before: before ?? edge,
      limit: THREAD_PAGE,
    });
    store.setState(({ app, thread }) => {
      if (thread.generation !== generation) return {};
      if (!reply.ok) {
        const isUnreachable = reply.error.code === 'relay_unreachable';
        return { thread: failOlder(thread, isUnreachable ? 'offline' : 'failed') };
      }
      const next = prependPage(thread, generation, reply.data);
      // Without a connection main answers with what it has, which is nothing more.
      const isCutOff = next.olderFailure === 'pending' && app?.sync.phase === 'offline';
      return { thread: isCutOff ? failOlder(next, 'offline') : next };
    });
  }

  async function readNewer(): Promise<void> {
    const { conversationId, generation, after } = store.getState().thread;
    if (conversationId === null || after === null) return;
    const reply = await client.call('thread.page', {
      conversationId,
      before: null,
      after,
      limit: THREAD_PAGE,
    });
    store.setState(({ thread }) => {
      if (thread.generation !== generation) return {};
      return {
        thread: reply.ok ? appendPage(thread, generation, reply.data) : { ...thread, isLoadingNewer: false },
      };
    });
  }

  /** What is still being read of the same conversation belongs to another part of it. */
  function beginAnew(): number {
    store.setState(({ thread }) => ({
      thread: {
        ...thread,
        generation: thread.generation + 1,
        isLoadingOlder: false,
        isLoadingNewer: false,
      },
    }));
    return store.getState().thread.generation;
  }

  function loadOlder(): void {
    const { thread } = store.getState();
    const isMore = thread.before !== null || (!thread.isComplete && thread.olderFailure === null);
    if (!isMore || thread.isLoadingOlder || thread.status !== 'ready') return;
    store.setState({ thread: { ...thread, isLoadingOlder: true } });
    void lane.run(readOlder);
  }

  return {
    open(conversationId) {
      store.setState(({ thread }) => ({ thread: openThread(thread, conversationId) }));
      if (conversationId === null) return;
      // Not behind what is still being read of the conversation before: that answer is dropped anyway.
      void readFirst(conversationId, store.getState().thread.generation);
    },
    async openAt(conversationId, messageId, takesFocus) {
      const { thread } = store.getState();
      if (thread.conversationId !== conversationId) {
        store.setState({ thread: openThread(thread, conversationId) });
        return readAround(conversationId, store.getState().thread.generation, messageId, takesFocus);
      }
      if (thread.items.some((item) => item.messageId === messageId)) {
        store.setState({ thread: aimAt(thread, messageId, takesFocus) });
        return null;
      }
      return readAround(conversationId, beginAnew(), messageId, takesFocus);
    },
    loadOlder,
    retryOlder() {
      store.setState(({ thread }) => ({ thread: { ...thread, olderFailure: null } }));
      loadOlder();
    },
    loadNewer() {
      const { thread } = store.getState();
      if (thread.after === null || thread.isLoadingNewer || thread.status !== 'ready') return;
      store.setState({ thread: { ...thread, isLoadingNewer: true } });
      void lane.run(readNewer);
    },
    showNewest() {
      const { conversationId, after } = store.getState().thread;
      if (conversationId !== null && after !== null) void readNewest(conversationId, beginAnew());
    },
    refreshThread() {
      if (store.getState().thread.conversationId !== null) lane.coalesce(readAgain);
    },
  };
}
