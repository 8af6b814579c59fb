import type { InboxCursor, InboxPage, InboxQuery, InboxRow, Reply } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createLane } from '../lib/lane.ts';
import { share } from '../lib/share.ts';
import { isNarrowed, withoutGone } from './inbox-query.ts';
import { appendPage, mergeTop, showQuery } from './inbox.reduce.ts';
import type { Store } from './store.ts';
import { createThreadReading, type ThreadReading } from './thread-reading.ts';

const LIST_PAGE = 60;
/** The most a call gives at once. */
const MOST = 200;

export interface ReadingDependencies {
  store: Store;
  client: Client;
  /** Whether a person has the window before their eyes. */
  isAttended(): boolean;
}

/** Everything read from main: the list, the counts, the open conversation. One reading of each at a time. */
export interface Reading extends ThreadReading {
  showQuery(query: InboxQuery): void;
  loadMore(): void;
  /** Reads again all that is listed; `changedIds` are known to be out of date. */
  refreshList(changedIds?: readonly string[]): void;
  refreshCounts(): void;
  refreshDirectory(): void;
}

export function createReading({ store, client, isAttended }: ReadingDependencies): Reading {
  const listLane = createLane();
  const countsLane = createLane();
  const directoryLane = createLane();
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
    ...createThreadReading({ store, client, isAttended }),
  };
}
