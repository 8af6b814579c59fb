import { composerMode, TEXT_MAX_LENGTH, windowEnd } from '@recado/protocol';
import { LayoutTemplate, Paperclip, SquareSlash, Smile } from 'lucide-react';
import {
  lazy,
  Suspense,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type ClipboardEvent,
  type KeyboardEvent,
} from 'react';
import type { CallError, ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { these, useActions, useAppState, useNow } from '../../stores/index.ts';
import { DropZone, VoiceButton } from '../media/index.ts';
import { QuickReplyList, slashAt, useQuickReplyChoice } from '../quick-replies/index.ts';
import { Answered } from './Answered.tsx';
import { DraftFiles } from './DraftFiles.tsx';
import { ReplyQuote } from './ReplyQuote.tsx';
import { SendButton, type AfterSending } from './SendButton.tsx';
import { LockedWindow, OpenWindow } from './WindowState.tsx';

const EmojiPicker = lazy(async () => ({ default: (await import('./EmojiPicker.tsx')).EmojiPicker }));

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

/** Where one answers a patient: words, a quoted message, files; or why that is not possible now. */
export function Writing({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { conversationId, facts } = detail;
  const now = useNow('minute', windowEnd(facts));
  const mode = composerMode(facts, now);
  const isFree = mode === 'free';
  const focusToken = useAppState((state) => state.ui.composerFocus);
  const draft = useAppState((state) => state.answering.drafts[conversationId]) ?? detail.draft;
  const isTakingIn = useAppState((state) =>
    state.answering.takingIn.some((each) => each.conversationId === conversationId),
  );
  const hasRefused = useAppState((state) =>
    state.answering.refusedFiles.some((each) => each.conversationId === conversationId),
  );
  const sendsOnEnter = useAppState((state) => state.ui.preferences.sendsOnEnter);
  const canUndo = useAppState((state) => state.answering.sent?.conversationId === conversationId);
  const box = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const caretWanted = useRef<number | null>(null);
  const [caret, setCaret] = useState(draft.caret ?? draft.text.length);
  const [answer, setAnswer] = useState<NonNullable<CallError['answer']> | null>(null);
  const [isEmojiOpen, setIsEmojiOpen] = useState(false);
  const { text, files } = draft;
  const trimmed = text.trim();
  const isEmpty = trimmed === '' && files.length === 0;
  const canSend = isFree && !isEmpty && !isTakingIn && trimmed.length <= TEXT_MAX_LENGTH;
  const slash = isFree ? slashAt(text, caret) : null;
  const quick = useQuickReplyChoice({
    slash,
    detail,
    insert: (words) => {
      if (slash !== null) replaceRange(slash.start, caret, words);
      else replaceRange(caret, caret, words);
    },
    take: () => {
      if (slash !== null) replaceRange(slash.start, caret, '');
    },
  });

  useEffect(() => {
    const element = box.current;
    if (!element || focusToken === 0) return;
    element.focus();
    const at = element.value.length;
    element.setSelectionRange(at, at);
  }, [focusToken]);
  // Where the person was, in a draft of another day.
  const [keptCaret] = useState(draft.caret);
  useEffect(() => {
    if (keptCaret !== null) box.current?.setSelectionRange(keptCaret, keptCaret);
  }, [keptCaret]);
  useLayoutEffect(() => {
    if (caretWanted.current === null) return;
    box.current?.setSelectionRange(caretWanted.current, caretWanted.current);
    caretWanted.current = null;
  });

  function write(next: string, at: number) {
    if (next === '') setAnswer(null);
    setCaret(at);
    actions.changeDraft(conversationId, { text: next, caret: at });
  }
  function replaceRange(start: number, end: number, words: string) {
    const at = start + words.length;
    caretWanted.current = at;
    write(text.slice(0, start) + words + text.slice(end), at);
    box.current?.focus();
  }

  async function send(after: AfterSending, sendAt: number | null = null) {
    box.current?.focus();
    if (!canSend) return;
    const isForced = answer !== null;
    setAnswer(null);
    const error = await actions.sendDraft(conversationId, { sendAt, isForced });
    if (error?.code === 'answered_meanwhile') setAnswer(error.answer ?? { authorName: null, text: null });
    if (error !== null) return;
    // The dialog that asked for the time gives the focus back to its button.
    if (sendAt !== null) actions.focusComposer();
    if (after === 'close') actions.act(these(conversationId), { type: 'close' });
    if (after === 'next') actions.openNeighbour(1);
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    // While an accent or a suggestion is being composed, the keys belong to the keyboard.
    if (event.nativeEvent.isComposing) return;
    if (quick.onKeyDown(event)) return;
    const isControl = event.ctrlKey || event.metaKey;
    if (event.key === 'Enter') {
      if (isControl && event.shiftKey) void send('close');
      else if (event.altKey) void send('next');
      else if (isControl || (sendsOnEnter && !event.shiftKey)) void send('stay');
      else return;
    } else if (event.key.toLowerCase() === 'z' && isControl && !event.shiftKey && text === '' && canUndo) {
      void actions.undoSend();
    } else if (event.key === 'Escape' && draft.replyTo !== null) {
      actions.changeDraft(conversationId, { replyTo: null });
      event.stopPropagation();
    } else return;
    event.preventDefault();
  }
  function onPaste(event: ClipboardEvent) {
    const pasted = [...event.clipboardData.files];
    if (pasted.length === 0) return;
    event.preventDefault();
    actions.attach(conversationId, pasted);
  }

  if (!isFree) {
    return (
      <>
        <LockedWindow facts={facts} hasText={!isEmpty} conversationId={conversationId} />
        {text === '' ? null : (
          <div className="composer__box" data-locked="true">
            <p className="composer__kept">{text}</p>
          </div>
        )}
      </>
    );
  }
  return (
    <>
      {answer === null ? null : <Answered answer={answer} onSend={() => void send('stay')} />}
      <OpenWindow facts={facts} />
      <DropZone
        name={detail.displayName ?? t('list.noName')}
        onDrop={(dropped) => actions.attach(conversationId, dropped)}
      />
      <div className="composer__box" onPaste={onPaste}>
        {quick.isOpen ? <QuickReplyList choice={quick} /> : null}
        {draft.replyTo === null ? null : (
          <ReplyQuote messageId={draft.replyTo} patientName={detail.displayName ?? t('list.noName')} />
        )}
        {files.length > 0 || isTakingIn || hasRefused ? (
          <DraftFiles conversationId={conversationId} draft={draft} />
        ) : null}
        <textarea
          ref={box}
          className="composer__text"
          data-pane-entry=""
          rows={1}
          value={text}
          aria-label={t('composer.label')}
          placeholder={files.length > 0 ? t('files.caption') : t('composer.placeholder')}
          spellCheck
          {...quick.boxProps}
          onChange={(event) => write(event.target.value, event.target.selectionStart)}
          onSelect={(event) => {
            const at = event.currentTarget.selectionStart;
            setCaret(at);
            if (at !== draft.caret && text !== '') actions.changeDraft(conversationId, { caret: at });
          }}
          onKeyDown={onKeyDown}
        />
        <div className="composer__tools">
          <div className="composer__adds">
            <button
              type="button"
              className="icon-button"
              aria-label={t('files.attach')}
              title={t('files.attach')}
              onClick={() => chooser.current?.click()}
            >
              <Paperclip size={18} aria-hidden="true" />
            </button>
            <input
              ref={chooser}
              type="file"
              multiple
              hidden
              onChange={(event) => {
                actions.attach(conversationId, [...(event.target.files ?? [])]);
                event.target.value = '';
                box.current?.focus();
              }}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={t('templates.send')}
              title={t('actions.withKey', { action: t('templates.send'), key: t('templates.key') })}
              onClick={() => actions.pickTemplate([conversationId])}
            >
              <LayoutTemplate size={18} aria-hidden="true" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={t('quickReplies.open')}
              title={t('actions.withKey', { action: t('quickReplies.open'), key: '/' })}
              aria-expanded={quick.isOpen}
              onClick={() => {
                quick.toggle();
                box.current?.focus();
              }}
            >
              <SquareSlash size={18} aria-hidden="true" />
            </button>
            <button
              type="button"
              className="icon-button"
              aria-label={t('emoji.open')}
              title={t('emoji.open')}
              aria-expanded={isEmojiOpen}
              onClick={() => setIsEmojiOpen(!isEmojiOpen)}
            >
              <Smile size={18} aria-hidden="true" />
            </button>
            {isEmojiOpen ? (
              <Suspense fallback={null}>
                <EmojiPicker
                  onPick={(emoji) => {
                    setIsEmojiOpen(false);
                    replaceRange(caret, caret, emoji);
                  }}
                  onClose={() => {
                    setIsEmojiOpen(false);
                    box.current?.focus();
                  }}
                />
              </Suspense>
            ) : null}
            {isEmpty ? <VoiceButton conversationId={conversationId} /> : null}
          </div>
          <Limit length={trimmed.length} />
          <SendButton canSend={canSend} facts={facts} onSend={(after, sendAt) => void send(after, sendAt)} />
        </div>
      </div>
    </>
  );
}
