import { describe, expect, it } from 'vitest';
import type { AppState, InboxRow, ThreadItem } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createClock } from '../lib/clock.ts';
import { buildDetail, buildItem, buildRow, idOf } from '../testing/builders.ts';
import { seedAppState } from '../testing/seed.ts';
import { bindEvents } from './bind-events.ts';
import { INITIAL_QUERY } from './inbox-query.ts';
import { createReading } from './reading.ts';
import { createAppStore } from './store.ts';

/** Main in a few lines, whose answers can be held back and let go one by one. */
function createMain() {
  const truth = {
    state: seedAppState(0),
    rows: [] as InboxRow[],
    items: new Map<string, ThreadItem[]>(),
  };
  const heard = new Map<string, (payload: never) => void>();
  const asked: { name: string; input: Record<string, unknown> }[] = [];
  const held: (() => void)[] = [];
  let isHolding = false;

  function answer(
    name: string,
    input: { conversationId: string; before: { key: number; ordinal: number } | null; limit: number },
  ) {
    const items = truth.items.get(input.conversationId) ?? [];
    switch (name) {
      case 'app.state':
        return truth.state;
      case 'inbox.page': {
        const start = input.before?.key ?? 0;
        const rows = truth.rows.slice(start, start + input.limit);
        const end = start + rows.length;
        const last = rows.at(-1);
        return {
          rows,
          next: last && end < truth.rows.length ? { rank: 0, value: last.lastActivityAt, key: end } : null,
        };
      }
      case 'conversation.get':
        return buildDetail({ conversationId: input.conversationId });
      case 'thread.page': {
        const end =
          input.before === null
            ? items.length
            : items.findIndex((item) => item.ordinal === input.before?.ordinal);
        const start = Math.max(0, end - input.limit);
        const first = items[start];
        return {
          items: items.slice(start, end),
          before: start > 0 && first ? { sentAt: first.sentAt, ordinal: first.ordinal } : null,
          isComplete: true,
        };
      }
      default:
        return { filters: {}, badge: 0, expiredUnanswered: 0 };
    }
  }

  const client = {
    async call(name: string, input: never) {
      asked.push({ name, input });
      const data = structuredClone(answer(name, input));
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
      return { ok: true, data };
    },
    on(name: string, listener: (payload: never) => void) {
      heard.set(name, listener);
      return () => heard.delete(name);
    },
  } as unknown as Client;

  return {
    client,
    truth,
    asked,
    count: (name: string) => asked.filter((each) => each.name === name).length,
    hold: () => void (isHolding = true),
    release() {
      isHolding = false;
      held.splice(0).forEach((letGo) => letGo());
    },
    emit: (name: string, payload: unknown) => heard.get(name)?.(payload as never),
  };
}

/** Lets everything that was asked be answered. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn++) await Promise.resolve();
}

async function setUp(rows = 0) {
  const main = createMain();
  main.truth.rows = Array.from({ length: rows }, (_, index) =>
    buildRow({ conversationId: idOf(1, index + 1), lastActivityAt: 10_000 - index }),
  );
  const store = createAppStore({ rail: 1, list: 1, panel: 1, isPanelDocked: true });
  const clock = createClock({ systemNow: () => 0, schedule: () => () => {} });
  const reading = createReading({ store, client: main.client, isAttended: () => true });
  bindEvents({ store, client: main.client, clock, reading, sayRefused: () => {} });
  await settle();
  return { main, store, reading };
}

const changed = (...conversationIds: string[]) => ({ conversationIds, overflow: false, isLive: true });

describe('reading', () => {
  it('reads list and counts once main says it is ready', async () => {
    const { store } = await setUp(3);
    expect(store.getState().inbox).toMatchObject({ status: 'ready', rows: { length: 3 } });
  });

  it('reads again every loaded page when anything may have changed, in as few questions as it can', async () => {
    const { main, store, reading } = await setUp(500);
    for (let page = 0; page < 4; page++) {
      reading.loadMore();
      await settle();
    }
    expect(store.getState().inbox.rows).toHaveLength(300);
    main.truth.rows = [...main.truth.rows].reverse();
    main.asked.length = 0;
    main.emit('changed', { conversationIds: [], overflow: true, isLive: false });
    await settle();
    expect(main.count('inbox.page')).toBe(2);
    expect(store.getState().inbox.rows.map((row) => row.conversationId)).toEqual(
      main.truth.rows.slice(0, 300).map((row) => row.conversationId),
    );
  });

  it('asks only for the top of a long list while all that changed is there, and keeps the rest', async () => {
    const { main, store, reading } = await setUp(1_000);
    for (let page = 0; page < 14; page++) {
      reading.loadMore();
      await settle();
    }
    const [moved] = main.truth.rows.splice(700, 1);
    main.truth.rows.unshift(buildRow({ ...moved!, lastActivityAt: 20_000 }));
    main.truth.rows.unshift(buildRow({ conversationId: idOf(1, 2_000), lastActivityAt: 20_001 }));
    main.asked.length = 0;
    main.emit('changed', changed(moved!.conversationId, idOf(1, 2_000)));
    await settle();
    expect(main.count('inbox.page')).toBe(1);
    expect(store.getState().inbox.rows).toEqual(main.truth.rows.slice(0, 901));
  });

  it('reads a long list whole when something further down changed', async () => {
    const { main, store, reading } = await setUp(1_000);
    for (let page = 0; page < 14; page++) {
      reading.loadMore();
      await settle();
    }
    main.truth.rows[650] = buildRow({ ...main.truth.rows[650]!, displayName: 'Otro nombre' });
    main.truth.rows.splice(300, 1);
    main.emit('changed', changed(idOf(1, 651), idOf(1, 301)));
    await settle();
    expect(store.getState().inbox.rows).toEqual(main.truth.rows.slice(0, 900));
  });

  it('answers a storm of changes with one reading at a time', async () => {
    const { main } = await setUp(10);
    main.asked.length = 0;
    main.hold();
    for (let index = 0; index < 40; index++) main.emit('changed', changed(idOf(1, 1)));
    await settle();
    expect(main.count('inbox.page')).toBe(1);
    main.emit('changed', changed(idOf(1, 2)));
    main.release();
    await settle();
    expect(main.count('inbox.page')).toBe(2);
  });

  it('drops the late answer of a filter that was left', async () => {
    const { main, store, reading } = await setUp(5);
    main.hold();
    reading.showQuery({ ...INITIAL_QUERY, filter: 'closed' });
    await settle();
    main.truth.rows = [];
    reading.showQuery({ ...INITIAL_QUERY, filter: 'spam' });
    main.release();
    await settle();
    expect(store.getState().inbox).toMatchObject({ query: { filter: 'spam' }, status: 'ready', rows: [] });
  });

  it('shows the conversation opened last, whichever answer comes first', async () => {
    const { main, store, reading } = await setUp(2);
    main.truth.items.set(idOf(1, 1), [buildItem({ text: 'first' })]);
    main.truth.items.set(idOf(1, 2), [buildItem({ text: 'second' })]);
    main.hold();
    reading.open(idOf(1, 1));
    reading.open(idOf(1, 2));
    main.release();
    await settle();
    expect(store.getState().thread).toMatchObject({
      conversationId: idOf(1, 2),
      detail: { conversationId: idOf(1, 2) },
      items: [{ text: 'second' }],
    });
  });

  it('reads the open conversation again only when it is named, or everything may have changed', async () => {
    const { main, reading } = await setUp(2);
    reading.open(idOf(1, 1));
    await settle();
    main.asked.length = 0;
    main.emit('changed', changed(idOf(1, 2)));
    await settle();
    expect(main.count('thread.page')).toBe(0);
    main.emit('changed', changed(idOf(1, 1)));
    await settle();
    expect(main.count('thread.page')).toBe(1);
    main.emit('changed', { conversationIds: [], overflow: true, isLive: false });
    await settle();
    expect(main.count('thread.page')).toBe(2);
  });

  it('keeps older messages that were read while a change arrives at the end', async () => {
    const { main, store, reading } = await setUp(1);
    const history = Array.from({ length: 150 }, (_, index) =>
      buildItem({ messageId: idOf(2, index + 1), ordinal: index + 1, sentAt: index + 1 }),
    );
    main.truth.items.set(idOf(1, 1), history);
    reading.open(idOf(1, 1));
    await settle();
    reading.loadOlder();
    await settle();
    expect(store.getState().thread.items).toHaveLength(120);
    main.truth.items.set(idOf(1, 1), [
      ...history,
      buildItem({ messageId: idOf(2, 151), ordinal: 151, sentAt: 151 }),
    ]);
    main.emit('changed', changed(idOf(1, 1)));
    await settle();
    const numbers = store.getState().thread.items.map((item) => item.ordinal);
    expect(numbers.at(-1)).toBe(151);
    expect(numbers).toEqual([...numbers].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(numbers.length).toBeGreaterThanOrEqual(120);
    expect(store.getState().ui.announcement).toMatchObject({ number: 1 });
  });

  it('forgets everything of a session when it ends', async () => {
    const { main, store, reading } = await setUp(2);
    reading.open(idOf(1, 1));
    await settle();
    const ended: AppState = { ...main.truth.state, phase: 'signedOut', session: null };
    main.emit('state', ended);
    expect(store.getState()).toMatchObject({
      counts: null,
      inbox: { rows: [] },
      thread: { conversationId: null, detail: null, items: [] },
    });
  });
});
