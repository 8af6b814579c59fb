import { MessageSquareText, StickyNote } from 'lucide-react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { NoteBox } from './NoteBox.tsx';
import { Writing } from './Writing.tsx';
import './composer.css';

function Modes({ isNoting }: { isNoting: boolean }) {
  const { t } = useTranslate();
  const actions = useActions();
  function choose(next: boolean) {
    actions.changeUi({ isNoting: next });
    actions.focusComposer();
  }
  return (
    <div className="composer__modes" role="group" aria-label={t('note.modes')}>
      <button type="button" className="composer__mode" aria-pressed={!isNoting} onClick={() => choose(false)}>
        <MessageSquareText size={14} aria-hidden="true" />
        {t('note.reply')}
      </button>
      <button type="button" className="composer__mode" aria-pressed={isNoting} onClick={() => choose(true)}>
        <StickyNote size={14} aria-hidden="true" />
        {t('note.note')}
      </button>
      {isNoting ? <p className="composer__note-hint">{t('note.hint')}</p> : null}
    </div>
  );
}

/** Where one writes to the open conversation. Each conversation has its own: no text goes from one to another. */
export function Composer() {
  const detail = useAppState((state) => state.thread.detail);
  const isNoting = useAppState((state) => state.ui.isNoting);
  if (detail === null) return null;
  const { conversationId } = detail;
  return (
    <footer className="composer" data-pane="composer" data-noting={isNoting}>
      <Modes isNoting={isNoting} />
      {isNoting ? (
        <NoteBox key={conversationId} conversationId={conversationId} />
      ) : (
        <Writing key={conversationId} detail={detail} />
      )}
    </footer>
  );
}
