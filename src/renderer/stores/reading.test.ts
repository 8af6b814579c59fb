import { describe, expect, it } from 'vitest';
import type { AppState, InboxRow, ThreadItem, ThreadPage } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import { createClock } from '../lib/clock.ts';
import { buildDetail, buildItem, buildRow, idOf } from '../testing/builders.ts';
import { threadPage } from '../testing/fake-thread.ts';
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
    /** What pages say of themselves besides what they hold. */
    edge: {} as Partial<ThreadPage>,
    isOffline: false,
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
        const page = threadPage(items, input as never);
        return page === null ? null : { ...page, ...truth.edge };
      }
      default:
        return { filters: {}, badge: 0, expiredUnanswered: 0, botSilent: 0 };
    }
  }

  const client = {
    async call(name: string, input: never) {
      asked.push({ name, input });
      if (truth.isOffline && name === 'thread.page')
        return { ok: false, error: { code: 'relay_unreachable' } };
      const data = structuredClone(answer(name, input));
      if (isHolding) await new Promise<void>((resolve) => held.push(resolve));
      return data === null ? { ok: false, error: { code: 'not_found' } } : { ok: true, data };
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
  const store = createAppStore({
    rail: 1,
    list: 1,
    panel: 1,
    isPanelDocked: true,
    sendsOnEnter: true,
    undoesSending: true,
  });
  const clock = createClock({ systemNow: () => 0, schedule: () => () => {} });
  const reading = createReading({ store, client: main.client, isAttended: () => true });
  bindEvents({
    store,
    client: main.client,
    clock,
    reading,
    refreshTemplates: () => {},
    openFromOutside: () => {},
    playSound: () => {},
    sayRefused: () => {},
  });
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

  describe('at a message', () => {
    const id = (index: number) => idOf(2, index);
    async function openedAt(index: number, messages = 500) {
      const all = await setUp(1);
      all.main.truth.items.set(
        idOf(1, 1),
        Array.from({ length: messages }, (_, each) =>
          buildItem({ messageId: id(each + 1), ordinal: each + 1, sentAt: each + 1 }),
        ),
      );
      const error = await all.reading.openAt(idOf(1, 1), id(index), true);
      const thread = () => all.store.getState().thread;
      return { ...all, error, thread, ordinals: () => thread().items.map((item) => item.ordinal ?? 0) };
    }
    const range = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, each) => from + each);

    it('opens there, and reads on in both directions up to the ends', async () => {
      const { reading, thread, ordinals } = await openedAt(250);
      expect(ordinals()).toEqual(range(220, 279));
      expect(thread()).toMatchObject({ target: { messageId: id(250), takesFocus: true }, firstNewId: null });
      for (let page = 0; page < 10; page++) {
        reading.loadOlder();
        reading.loadNewer();
        await settle();
      }
      expect(ordinals()).toEqual(range(1, 500));
      expect(thread()).toMatchObject({ before: null, after: null });
    });

    it('keeps what is shown where it is while patients write at the end', async () => {
      const { main, ordinals, thread } = await openedAt(250);
      const items = main.truth.items.get(idOf(1, 1)) ?? [];
      items[259] = buildItem({ ...items[259]!, text: 'otra cosa' });
      items.push(buildItem({ messageId: id(501), ordinal: 501, sentAt: 501 }));
      main.emit('changed', changed(idOf(1, 1)));
      await settle();
      expect(ordinals()).toEqual(range(220, 279));
      expect(thread().items.find((item) => item.ordinal === 260)?.text).toBe('otra cosa');
      expect(thread().after).not.toBeNull();
    });

    it('only moves the light when the message is held already', async () => {
      const { main, reading, thread } = await openedAt(250);
      main.asked.length = 0;
      const part = thread().window;
      await reading.openAt(idOf(1, 1), id(240), false);
      expect(main.count('thread.page')).toBe(0);
      expect(thread()).toMatchObject({
        window: part,
        target: { messageId: id(240), token: 2, takesFocus: false },
      });
    });

    it('goes back to the newest, and drops what was still being read of the other part', async () => {
      const { main, reading, thread, ordinals } = await openedAt(250);
      main.hold();
      reading.loadOlder();
      reading.showNewest();
      main.release();
      await settle();
      expect(ordinals()).toEqual(range(441, 500));
      expect(thread()).toMatchObject({ after: null, target: null, isLoadingOlder: false });
    });

    it('shows the newest when the message is gone, and leaves an open conversation as it was', async () => {
      const first = await openedAt(900);
      expect(first.error).toEqual({ code: 'not_found' });
      expect(first.ordinals()).toEqual(range(441, 500));
      expect((await first.reading.openAt(idOf(1, 1), id(901), true))?.code).toBe('not_found');
      expect(first.ordinals()).toEqual(range(441, 500));
    });
  });

  it('asks for what this PC does not hold once, says when there is no connection, and again when it is back', async () => {
    const { main, store, reading } = await setUp(1);
    main.truth.items.set(idOf(1, 1), [buildItem({ ordinal: 7, sentAt: 7 })]);
    main.truth.edge = { isComplete: false };
    reading.open(idOf(1, 1));
    await settle();
    main.truth.isOffline = true;
    for (let time = 0; time < 3; time++) {
      reading.loadOlder();
      await settle();
    }
    expect(store.getState().thread.olderFailure).toBe('offline');
    expect(main.count('thread.page')).toBe(2);
    main.emit('state', { ...main.truth.state, sync: { ...main.truth.state.sync, phase: 'offline' } });
    main.truth.isOffline = false;
    main.truth.edge = {};
    main.truth.items.set(idOf(1, 1), [
      buildItem({ messageId: idOf(2, 2), ordinal: 3, sentAt: 3 }),
      buildItem({ ordinal: 7, sentAt: 7 }),
    ]);
    main.emit('state', main.truth.state);
    await settle();
    expect(store.getState().thread).toMatchObject({
      items: { length: 2 },
      isComplete: true,
      olderFailure: null,
    });
  });

  it('tells what is not there offline from what is still on its way', async () => {
    const { main, store, reading } = await setUp(1);
    main.truth.items.set(idOf(1, 1), [buildItem({ ordinal: 7, sentAt: 7 })]);
    main.truth.edge = { isComplete: false };
    reading.open(idOf(1, 1));
    await settle();
    reading.loadOlder();
    await settle();
    expect(store.getState().thread.olderFailure).toBe('pending');
    main.emit('state', { ...main.truth.state, sync: { ...main.truth.state.sync, phase: 'offline' } });
    reading.retryOlder();
    await settle();
    expect(store.getState().thread.olderFailure).toBe('offline');
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
