import { CircleCheck, SendHorizontal, Undo2, X } from 'lucide-react';
import { useEffect } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { UNDO_SEND_MS, useActions, useAppState } from '../../stores/index.ts';

/** As long as an action can be taken back. */
const UNDO_MS = 10_000;

/** What was done last, and how to take it back. */
function Deed() {
  const { t, count } = useTranslate();
  const actions = useActions();
  const done = useAppState((state) => state.ui.done);
  const unsent = useAppState((state) => state.app?.sync.unsent ?? 0);
  const isOnline = useAppState((state) => state.app?.sync.phase === 'live');
  useEffect(() => {
    if (done === null) return undefined;
    const timer = setTimeout(() => actions.changeUi({ done: null }), UNDO_MS);
    return () => clearTimeout(timer);
  }, [actions, done]);
  if (done === null) return null;
  const waiting = done.count > 1 && isOnline ? Math.min(unsent, done.count) : 0;
  return (
    <div className="toast toast--info toast--done" key={done.id}>
      <CircleCheck size={18} aria-hidden="true" />
      <div className="toast__words">
        <p>{count(done.key, done.count)}</p>
        {waiting > 0 ? (
          <progress
            value={done.count - waiting}
            max={done.count}
            aria-label={count('sync.unsent', waiting)}
            title={count('sync.unsent', waiting)}
          />
        ) : null}
      </div>
      <button type="button" className="toast__undo" aria-keyshortcuts="Z" onClick={actions.undo}>
        <Undo2 size={15} aria-hidden="true" />
        {t('done.undo')}
        <kbd className="key" aria-hidden="true">
          Z
        </kbd>
      </button>
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={t('app.close')}
        onClick={() => actions.changeUi({ done: null })}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

/** What is about to leave, where its own bubble is not before the eyes. */
function Leaving() {
  const { t } = useTranslate();
  const actions = useActions();
  const sent = useAppState((state) => state.answering.sent);
  const isSeen = useAppState((state) => state.answering.sent?.conversationId === state.thread.conversationId);
  useEffect(() => {
    if (sent === null) return undefined;
    const timer = setTimeout(actions.forgetSent, UNDO_SEND_MS);
    return () => clearTimeout(timer);
  }, [actions, sent]);
  if (sent === null || isSeen) return null;
  return (
    <div className="toast toast--info" key={sent.id}>
      <SendHorizontal size={18} aria-hidden="true" />
      <div className="toast__words">
        <p>{t(`undo.${sent.kind}`)}</p>
        {sent.displayName === null ? null : (
          <p className="toast__more">{t('undo.to', { name: sent.displayName })}</p>
        )}
      </div>
      <button type="button" className="toast__undo" onClick={() => void actions.undoSend()}>
        <Undo2 size={15} aria-hidden="true" />
        {t('done.undo')}
      </button>
    </div>
  );
}

/** What was done or sent last, and how to take it back. */
export function DoneToast() {
  return (
    <>
      <Deed />
      <Leaving />
    </>
  );
}
