import type { AppState, EventPayload } from '../../shared/contract/index.ts';
import type { Client } from '../api/index.ts';
import type { Clock } from '../lib/clock.ts';
import { initialAnswering } from './answering-state.ts';
import { INITIAL_QUERY } from './inbox-query.ts';
import { initialInbox, nextTurn } from './inbox.reduce.ts';
import type { Reading } from './reading.ts';
import type { Store } from './store.ts';
import { initialSearch } from './search.ts';
import { initialThread } from './thread.reduce.ts';

export interface BinderDependencies {
  store: Store;
  client: Client;
  clock: Clock;
  reading: Reading;
  /** Templates change with the clinic, not with a conversation. */
  refreshTemplates(): void;
  /** Shows a conversation asked for by a notification or a link. */
  openFromOutside(conversationId: string): void;
  playSound(sound: EventPayload<'sound'>): void;
  /** What the relay did not accept, said to the person who asked for it. */
  sayRefused(refusal: EventPayload<'refused'>): void;
}

/** The one listener to main: on each event reads again what is on screen. Returns how to stop. */
export function bindEvents(dependencies: BinderDependencies): () => void {
  const { store, client, clock, reading, refreshTemplates, sayRefused } = dependencies;
  const { openFromOutside, playSound } = dependencies;
  let heardState = false;
  let takeBackAlarm = (): void => {};

  function applyState(app: AppState): void {
    const before = store.getState().app;
    clock.setOffset(app.clockOffsetMs);
    const isReady = app.phase === 'ready';
    const isOtherSession = before?.session?.agent.id !== app.session?.agent.id;
    if (isReady && before?.phase === 'ready' && !isOtherSession) {
      store.setState({ app, presence: app.presence });
      const isBack = app.sync.phase === 'live' && before.sync.phase !== 'live';
      if (isBack && store.getState().thread.olderFailure !== null) reading.retryOlder();
      return;
    }
    // What was chosen is remembered for the person who comes back, not for another one.
    const isSameAgent = !before?.session || !app.session || !isOtherSession;
    // Nothing of one session is left for the next; generations go on, so that late answers are still dropped.
    store.setState(({ inbox, thread, ui }) => ({
      app,
      counts: null,
      directory: null,
      presence: app.presence,
      inbox: {
        ...initialInbox,
        query: isSameAgent ? inbox.query : INITIAL_QUERY,
        generation: inbox.generation + 1,
      },
      thread: { ...initialThread, generation: thread.generation + 1 },
      answering: initialAnswering,
      search: initialSearch,
      ui: {
        ...ui,
        isPanelOver: false,
        isShortcutsOpen: false,
        announcement: null,
        done: null,
        question: null,
        menu: null,
        picker: null,
        dialog: null,
        isNoting: false,
        finding: null,
      },
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
      if (!overflow) return;
      reading.refreshDirectory();
      refreshTemplates();
    }),
    client.on('transfer', ({ transfers }) =>
      store.setState(({ answering }) => ({ answering: { ...answering, transfers } })),
    ),
    client.on('presence', ({ others }) => store.setState({ presence: others })),
    client.on('openConversation', ({ conversationId }) => {
      if (isReady()) openFromOutside(conversationId);
    }),
    client.on('sound', playSound),
    client.on('refused', (refusal) => {
      store.setState(({ ui }) => ({ ui: { ...ui, done: null } }));
      sayRefused(refusal);
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
