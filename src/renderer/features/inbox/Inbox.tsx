import {
  Archive,
  Bot,
  BotOff,
  ChevronRight,
  CloudDownload,
  HeartPulse,
  ListFilter,
  MessagesSquare,
  OctagonAlert,
  SquarePen,
  TimerOff,
} from 'lucide-react';
import { useShallow } from 'zustand/react/shallow';
import { useTranslate } from '../../i18n/index.ts';
import { filterCount, INITIAL_QUERY, isNarrowed, useActions, useAppState } from '../../stores/index.ts';
import { Empty } from '../../ui/index.ts';
import { BulkBar } from './BulkBar.tsx';
import { InboxList } from './InboxList.tsx';
import { Toolbar } from './Toolbar.tsx';
import './inbox.css';

const EMPTY_ICONS = {
  received: HeartPulse,
  bot: Bot,
  expired: TimerOff,
  closed: Archive,
  spam: OctagonAlert,
  all: MessagesSquare,
  narrowed: ListFilter,
  bootstrapping: CloudDownload,
} as const;

function EmptyList() {
  const { t } = useTranslate();
  const actions = useActions();
  const query = useAppState((state) => state.inbox.query);
  const isBootstrapping = useAppState((state) => state.app?.sync.phase === 'bootstrapping');
  const which = isBootstrapping ? 'bootstrapping' : isNarrowed(query) ? 'narrowed' : query.filter;
  const Icon = EMPTY_ICONS[which];
  return (
    <Empty
      icon={<Icon size={26} />}
      title={t(`list.empty.${which}.title`)}
      text={t(`list.empty.${which}.text`)}
    >
      {which === 'narrowed' ? (
        <button type="button" className="button" onClick={actions.resetQuery}>
          {t('query.showAll')}
        </button>
      ) : undefined}
    </Empty>
  );
}

const STRIPS = [
  { count: 'expiredUnanswered', words: 'list.expiredStrip', filter: 'expired', Icon: TimerOff },
  { count: 'botSilent', words: 'list.botStrip', filter: 'bot', Icon: BotOff },
] as const;

/** Patients who wait for an answer where nobody looks (I5): expired, or with a bot that says nothing. */
function WaitingStrips() {
  const { count } = useTranslate();
  const actions = useActions();
  const counts = useAppState((state) => state.counts);
  const isReceived = useAppState((state) => state.inbox.query.filter === 'received');
  if (!isReceived || counts === null) return null;
  return STRIPS.filter((strip) => counts[strip.count] > 0).map((strip) => (
    <button
      key={strip.filter}
      type="button"
      className="list__strip"
      onClick={() => actions.showQuery({ ...INITIAL_QUERY, filter: strip.filter, unansweredOnly: true })}
    >
      <strip.Icon size={16} aria-hidden="true" />
      <span>{count(strip.words, counts[strip.count])}</span>
      <ChevronRight size={16} aria-hidden="true" />
    </button>
  ));
}

function Bootstrapping() {
  const { t, number } = useTranslate();
  const sync = useAppState((state) => state.app?.sync);
  if (sync?.phase !== 'bootstrapping' || sync.progress === null) return null;
  const { done, total } = sync.progress;
  return (
    <div className="list__progress">
      <label htmlFor="bootstrapping" className="numeric">
        {t('sync.bootstrapping', { done: number(done), total: number(total) })}
      </label>
      <progress id="bootstrapping" value={done} max={Math.max(1, total)} />
      <p>{t('sync.bootstrappingBar')}</p>
    </div>
  );
}

/** The second column: the conversations of the filter. */
export function Inbox() {
  const { t, count } = useTranslate();
  const actions = useActions();
  const query = useAppState((state) => state.inbox.query);
  const { filter } = query;
  const status = useAppState((state) => state.inbox.status);
  const isEmpty = useAppState((state) => state.inbox.rows.length === 0);
  const counts = useAppState(useShallow((state) => filterCount(state.counts, state.inbox.query.filter)));
  const matching = useAppState((state) => state.inbox.matching);
  const total = (isNarrowed(query) ? matching : counts?.total) ?? 0;
  return (
    <section className="list" data-pane="list" aria-label={t(`filters.${filter}`)}>
      <header className="list__head">
        <h2 className="list__title">{t(`filters.${filter}`)}</h2>
        {counts && (!isNarrowed(query) || matching !== null) ? (
          <p className="list__counts numeric">
            {count('counts.conversations', total)}
            {counts.unread > 0 && !isNarrowed(query) ? ` · ${count('counts.unread', counts.unread)}` : ''}
          </p>
        ) : null}
        <button
          type="button"
          className="icon-button list__new"
          aria-label={t('newConversation.open')}
          aria-keyshortcuts="Control+N"
          title={t('actions.withKey', { action: t('newConversation.open'), key: 'Ctrl+N' })}
          onClick={() => actions.showOver({ kind: 'newConversation' })}
        >
          <SquarePen size={18} aria-hidden="true" />
        </button>
      </header>
      <Toolbar />
      <Bootstrapping />
      <WaitingStrips />
      {isEmpty && status === 'ready' ? <EmptyList /> : null}
      {isEmpty && status === 'failed' ? (
        <div className="empty" role="alert">
          <p className="empty__text">{t('list.loadFailed')}</p>
          <div className="empty__more">
            <button type="button" className="button" onClick={actions.reread}>
              {t('app.retry')}
            </button>
          </div>
        </div>
      ) : null}
      {isEmpty ? null : <InboxList key={filter} total={total} />}
      {isEmpty ? null : <BulkBar total={total} />}
    </section>
  );
}
