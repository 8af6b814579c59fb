import { composerMode, TEXT_MAX_LENGTH, windowEnd } from '@recado/protocol';
import { MessageSquareText, SendHorizontal, StickyNote } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { CallError, ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { newestOrdinal, useActions, useAppState, useNow, useRecado } from '../../stores/index.ts';
import { focusPane } from '../../ui/index.ts';
import { Answered } from './Answered.tsx';
import { NoteBox } from './NoteBox.tsx';
import { LockedWindow, OpenWindow } from './WindowState.tsx';
import './composer.css';

/** The count of characters appears when this few are left. */
const NEAR_LIMIT = 200;

function Limit({ length }: { length: number }) {
  const { t, number } = useTranslate();
  const left = TEXT_MAX_LENGTH - length;
  if (left > NEAR_LIMIT) return null;
  return (
    <span className="composer__limit numeric" role="status" data-over={left < 0}>
      {left < 0
        ? t('composer.tooLong', { over: number(-left) })
        : t('composer.characters', { left: number(left) })}
    </span>
  );
}

function Writing({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { clock } = useRecado();
  const { conversationId, facts } = detail;
  const now = useNow('minute', windowEnd(facts));
  const isFree = composerMode(facts, now) === 'free';
  const focusToken = useAppState((state) => state.ui.composerFocus);
  const box = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(() => actions.draftOf(conversationId, detail.draft.text));
  const items = useAppState((state) => state.thread.items);
  /** The newest message on screen when the draft began: someone else may answer while it is being written. */
  const basedOn = useRef(newestOrdinal(items));
  const [answer, setAnswer] = useState<NonNullable<CallError['answer']> | null>(null);
  const trimmed = text.trim();
  const canSend = isFree && trimmed !== '' && trimmed.length <= TEXT_MAX_LENGTH;

  useEffect(() => {
    const element = box.current;
    if (!element || focusToken === 0) return;
    element.focus();
    element.setSelectionRange(element.value.length, element.value.length);
  }, [focusToken]);

  // The box goes away when the window closes over nothing written; the focus must not go with it.
  useEffect(() => {
    if (!isFree && document.activeElement === document.body) focusPane('list');
  }, [isFree]);

  function write(next: string) {
    if (text === '') basedOn.current = newestOrdinal(items);
    if (next === '') setAnswer(null);
    setText(next);
    actions.typeDraft(conversationId, next);
  }

  async function send() {
    box.current?.focus();
    // By the clock of this instant, not of the last tick: the window may have closed between them.
    if (!canSend || composerMode(facts, clock.now()) !== 'free') return;
    const sent = text;
    const based = answer === null ? basedOn.current : null;
    write('');
    const error = await actions.send(conversationId, trimmed, based);
    if (error === null) return;
    if (error.code === 'answered_meanwhile') setAnswer(error.answer ?? { authorName: null, text: null });
    // Back where it was, above whatever was typed meanwhile.
    const meanwhile = actions.draftOf(conversationId, '');
    const restored = meanwhile === '' ? sent : `${sent}\n${meanwhile}`;
    actions.typeDraft(conversationId, restored);
    setText(restored);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an accent or a suggestion is being composed, Enter belongs to the keyboard.
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void send();
  }

  return (
    <>
      {answer === null ? null : <Answered answer={answer} onSend={() => void send()} />}
      {isFree ? <OpenWindow facts={facts} /> : <LockedWindow facts={facts} hasText={trimmed !== ''} />}
      {isFree || text !== '' ? (
        <div className="composer__box" data-locked={!isFree}>
          <textarea
            ref={box}
            className="composer__text"
            data-pane-entry=""
            rows={1}
            value={text}
            readOnly={!isFree}
            aria-label={t('composer.label')}
            placeholder={t('composer.placeholder')}
            spellCheck
            onChange={(event) => write(event.target.value)}
            onKeyDown={onKeyDown}
          />
          {isFree ? (
            <div className="composer__tools">
              <Limit length={trimmed.length} />
              <button
                type="button"
                className="button button--primary composer__send"
                aria-disabled={!canSend}
                title={t('composer.hint')}
                onClick={() => void send()}
              >
                {t('composer.send')}
                <SendHorizontal size={16} aria-hidden="true" />
              </button>
            </div>
          ) : null}
        </div>
      ) : null}
    </>
  );
}

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
