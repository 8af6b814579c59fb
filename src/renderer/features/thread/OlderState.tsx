import { useEffect } from 'react';
import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';

/** Above the oldest message held: the beginning, or where the ones before it are. */
export function OlderState() {
  const { t } = useTranslate();
  const actions = useActions();
  const isComplete = useAppState((state) => state.thread.isComplete);
  const failure = useAppState((state) => state.thread.olderFailure);
  const key: SentenceKey = isComplete
    ? 'thread.beginning'
    : failure === null
      ? 'thread.older.loading'
      : `thread.older.${failure}`;
  return (
    <div className="thread__beginning" role={isComplete ? undefined : 'status'}>
      <p>{t(key)}</p>
      {!isComplete && (failure === 'offline' || failure === 'failed') ? (
        <button type="button" className="button button--compact" onClick={actions.retryOlder}>
          {t('app.retry')}
        </button>
      ) : null}
    </div>
  );
}

/** A conversation of which this PC holds no message: those the relay has are asked for. */
export function NothingHeld() {
  const actions = useActions();
  const isComplete = useAppState((state) => state.thread.isComplete);
  useEffect(() => {
    if (!isComplete) actions.loadOlder();
  }, [actions, isComplete]);
  return (
    <div className="thread__messages thread__messages--nothing">
      <OlderState />
    </div>
  );
}
