import type { AppState } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import type { Clock } from '../lib/clock.ts';
import { initialInbox, nextTurn } from './inbox.reduce.ts';
import type { Reading } from './reading.ts';
import type { Store } from './store.ts';
import { initialThread } from './thread.reduce.ts';

export interface BinderDependencies {
  store: Store;
  client: Client;
  clock: Clock;
  reading: Reading;
}

/** The one listener to main: on each event reads again what is on screen. Returns how to stop. */
export function bindEvents({ store, client, clock, reading }: BinderDependencies): () => void {
  let heardState = false;
  let takeBackAlarm = (): void => {};

  function applyState(app: AppState): void {
    const before = store.getState().app;
    clock.setOffset(app.clockOffsetMs);
    const isReady = app.phase === 'ready';
    const isOtherSession = before?.session?.agent.id !== app.session?.agent.id;
    if (isReady && before?.phase === 'ready' && !isOtherSession) {
      store.setState({ app });
      return;
    }
    // Nothing of one session is left for the next; generations go on, so that late answers are still dropped.
    store.setState(({ inbox, thread, ui }) => ({
      app,
      counts: null,
      directory: null,
      inbox: { ...initialInbox, generation: inbox.generation + 1 },
      thread: { ...initialThread, generation: thread.generation + 1 },
      ui: { ...ui, isPanelOver: false, isShortcutsOpen: false, announcement: null },
    }));
    if (isReady) {
      reading.refreshList();
      reading.refreshCounts();
      reading.refreshDirectory();
    }
  }

  const isReady = (): boolean => store.getState().app?.phase === 'ready';

  const stops = [
    client.on('state', (app) => {
      heardState = true;
      applyState(app);
    }),
    client.on('changed', ({ conversationIds, overflow }) => {
      if (!isReady()) return;
      const open = store.getState().thread.conversationId;
      if (open !== null && (overflow || conversationIds.includes(open))) reading.refreshThread();
      reading.refreshList(conversationIds);
      reading.refreshCounts();
      // Changes of tags, teams and agents may touch any row: main names none then.
      if (overflow) reading.refreshDirectory();
    }),
    clock.subscribe('minute', () => {
      if (!isReady()) return;
      reading.refreshList();
      reading.refreshCounts();
    }),
    store.subscribe((state, before) => {
      if (state.inbox.rows === before.inbox.rows) return;
      takeBackAlarm();
      const next = nextTurn(state.inbox.rows, clock.now());
      takeBackAlarm = next === null ? () => {} : clock.wakeAt(next);
    }),
    () => takeBackAlarm(),
  ];

  void client.call('app.state', {}).then((reply) => {
    if (reply.ok && !heardState) applyState(reply.data);
  });

  return () => stops.forEach((stop) => stop());
}
