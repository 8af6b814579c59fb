import { botSilentAt } from '@recado/protocol';
import { AlarmClock, ArrowLeft, Ban, BotOff, MessagesSquare, PanelRightOpen, Pin } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Avatar, Empty } from '../../ui/index.ts';
import { ThreadActions } from '../actions/index.ts';
import { PresenceLine } from '../presence/index.ts';
import { MessageList } from './MessageList.tsx';
import { NothingHeld } from './OlderState.tsx';
import './thread.css';

interface ThreadProps {
  /** Alone on a narrow screen: there is a way back to the list. */
  isAlone: boolean;
  isPanelShown: boolean;
  onShowPanel: () => void;
  /** Words looked for in the messages, below the header. */
  finder: ReactNode;
  /** Where one writes. */
  composer: ReactNode;
}

function Announcer() {
  const { t } = useTranslate();
  const announcement = useAppState((state) => state.ui.announcement);
  return (
    <div className="visually-hidden" aria-live="polite">
      {announcement === null ? null : (
        <p key={announcement.number}>{t('thread.announceInbound', { name: announcement.name })}</p>
      )}
    </div>
  );
}

/** Pinned, put off, left waiting by the bot, blocked: what is not seen in the messages. */
function Marks() {
  const { t } = useTranslate();
  const dates = useDates();
  const facts = useAppState((state) => state.thread.detail?.facts ?? null);
  const silentAt = facts === null ? null : botSilentAt(facts);
  const blockState = facts?.blockState ?? 'none';
  const now = useNow('minute', silentAt);
  const pinned = useAppState((state) => state.thread.detail?.pinned ?? false);
  const until = useAppState((state) => state.thread.detail?.snoozedUntil ?? null);
  return (
    <>
      {silentAt !== null && now >= silentAt ? (
        <span className="thread__mark thread__mark--warn">
          <BotOff size={12} aria-hidden="true" />
          {t('list.badge.botSilent')}
        </span>
      ) : null}
      {blockState === 'none' ? null : (
        <span className="thread__mark thread__mark--warn">
          <Ban size={12} aria-hidden="true" />
          {t(`list.block.${blockState}`)}
        </span>
      )}
      {pinned ? (
        <span className="thread__mark">
          <Pin size={12} aria-hidden="true" />
          {t('list.pinned')}
        </span>
      ) : null}
      {until === null || until <= now ? null : (
        <span className="thread__mark">
          <AlarmClock size={12} aria-hidden="true" />
          {t('list.snoozed', { time: dates.appointment(until, now).toLocaleLowerCase() })}
        </span>
      )}
    </>
  );
}

function NothingOpen() {
  const { t } = useTranslate();
  return (
    <main className="thread" aria-label={t('thread.pickTitle')}>
      <Empty icon={<MessagesSquare size={26} />} title={t('thread.pickTitle')} text={t('thread.pickText')}>
        <p className="empty__text">{t('thread.pickShortcuts')}</p>
      </Empty>
    </main>
  );
}

/** The third column: who it is with, the messages, and where one writes. */
export function Thread({ isAlone, isPanelShown, onShowPanel, finder, composer }: ThreadProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const conversationId = useAppState((state) => state.thread.conversationId);
  const status = useAppState((state) => state.thread.status);
  const isEmpty = useAppState((state) => state.thread.items.length === 0);
  const isComplete = useAppState((state) => state.thread.isComplete);
  const part = useAppState((state) => state.thread.window);
  const detail = useAppState((state) => state.thread.detail);
  const listedName = useAppState(
    (state) =>
      state.inbox.rows.find((row) => row.conversationId === state.thread.conversationId)?.displayName ?? null,
  );
  if (conversationId === null) return <NothingOpen />;
  const displayName = detail === null ? listedName : detail.displayName;
  const name = displayName ?? t('list.noName');
  const phone = detail?.phone ?? null;
  return (
    <main className="thread" aria-label={t('thread.label', { name })}>
      <header className="thread__head">
        {isAlone ? (
          <button
            type="button"
            className="icon-button"
            aria-label={t('thread.back')}
            title={t('thread.back')}
            onClick={actions.closeThread}
          >
            <ArrowLeft size={19} aria-hidden="true" />
          </button>
        ) : null}
        <Avatar name={displayName} seed={conversationId} />
        <div className="thread__who">
          <h2 className="thread__name" title={name}>
            {name}
          </h2>
          <p className="thread__phone numeric">
            <span className="thread__number">
              {detail === null
                ? ' '
                : phone === displayName
                  ? t('list.notOnFile')
                  : (phone ?? t('thread.noPhone'))}
            </span>
            <Marks />
            <PresenceLine conversationId={conversationId} />
          </p>
        </div>
        <ThreadActions />
        {isPanelShown ? null : (
          <button
            type="button"
            className="icon-button thread__panel-button"
            aria-label={t('thread.showPanel')}
            title={t('thread.showPanel')}
            onClick={onShowPanel}
          >
            <PanelRightOpen size={19} aria-hidden="true" />
          </button>
        )}
      </header>
      {finder}
      {status === 'failed' ? (
        <div className="empty" role="alert">
          <p className="empty__text">{t('thread.loadFailed')}</p>
          <div className="empty__more">
            <button type="button" className="button" onClick={actions.reread}>
              {t('app.retry')}
            </button>
          </div>
        </div>
      ) : null}
      {status === 'ready' && isEmpty && !isComplete ? <NothingHeld /> : null}
      {status === 'ready' && isEmpty && isComplete ? (
        <div className="thread__messages">
          <Empty icon={<MessagesSquare size={26} />} title={name} text={t('thread.empty')} />
        </div>
      ) : null}
      {status === 'ready' && !isEmpty ? (
        <MessageList key={`${conversationId} ${part}`} patientName={name} />
      ) : null}
      {status === 'loading' ? <div className="thread__messages" aria-busy="true" /> : null}
      {status === 'ready' ? composer : null}
      <Announcer />
    </main>
  );
}
