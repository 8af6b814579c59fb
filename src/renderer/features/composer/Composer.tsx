import { composerMode, TEXT_MAX_LENGTH, windowEnd } from '@recado/protocol';
import { SendHorizontal } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useNow, useRecado } from '../../stores/index.ts';
import { focusPane } from '../../ui/index.ts';
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
  const [text, setText] = useState(() => actions.draftOf(conversationId, detail.draft));
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
    setText(next);
    actions.typeDraft(conversationId, next);
  }

  async function send() {
    box.current?.focus();
    // By the clock of this instant, not of the last tick: the window may have closed between them.
    if (!canSend || composerMode(facts, clock.now()) !== 'free') return;
    const sent = text;
    write('');
    const error = await actions.send(conversationId, trimmed);
    if (error === null) return;
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
    <footer className="composer" data-pane="composer">
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
    </footer>
  );
}

/** Where one writes to the open conversation. Each conversation has its own: no text goes from one to another. */
export function Composer() {
  const detail = useAppState((state) => state.thread.detail);
  return detail === null ? null : <Writing key={detail.conversationId} detail={detail} />;
}
