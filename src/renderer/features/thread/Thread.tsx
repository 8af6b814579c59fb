import { ArrowLeft, MessagesSquare, PanelRightOpen } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { Avatar, Empty } from '../../ui/index.ts';
import { MessageList } from './MessageList.tsx';
import './thread.css';

interface ThreadProps {
  /** Alone on a narrow screen: there is a way back to the list. */
  isAlone: boolean;
  isPanelShown: boolean;
  onShowPanel: () => void;
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
export function Thread({ isAlone, isPanelShown, onShowPanel, composer }: ThreadProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const conversationId = useAppState((state) => state.thread.conversationId);
  const status = useAppState((state) => state.thread.status);
  const isEmpty = useAppState((state) => state.thread.items.length === 0);
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
            {detail === null
              ? ' '
              : phone === displayName
                ? t('list.notOnFile')
                : (phone ?? t('thread.noPhone'))}
          </p>
        </div>
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
      {status === 'ready' && isEmpty ? (
        <div className="thread__messages">
          <Empty icon={<MessagesSquare size={26} />} title={name} text={t('thread.empty')} />
        </div>
      ) : null}
      {status === 'ready' && !isEmpty ? <MessageList key={conversationId} patientName={name} /> : null}
      {status === 'loading' ? <div className="thread__messages" aria-busy="true" /> : null}
      {status === 'ready' ? composer : null}
      <Announcer />
    </main>
  );
}
