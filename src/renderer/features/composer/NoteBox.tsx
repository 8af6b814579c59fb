import { TEXT_MAX_LENGTH } from '@recado/protocol';
import { StickyNote } from 'lucide-react';
import { useEffect, useId, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { Avatar } from '../../ui/index.ts';
import { completeMention, mentionable, mentionAt, mentionedIn } from './mentions.ts';

/** Where a note to colleagues is written: it looks unlike a message, and the patient never sees it. */
export function NoteBox({ conversationId }: { conversationId: string }) {
  const { t } = useTranslate();
  const actions = useActions();
  const focusToken = useAppState((state) => state.ui.composerFocus);
  const agents = useAppState((state) => state.directory?.agents);
  const box = useRef<HTMLTextAreaElement>(null);
  const caretWanted = useRef<number | null>(null);
  const listId = useId();
  const [text, setText] = useState(() => actions.noteOf(conversationId));
  const [caret, setCaret] = useState(text.length);
  const [active, setActive] = useState(0);
  const [isDismissed, setIsDismissed] = useState(false);
  const others = agents?.filter((agent) => agent.active && !agent.isMe) ?? [];
  const mention = isDismissed ? null : mentionAt(text, caret);
  const offered = mention === null ? [] : mentionable(others, mention.typed);
  const activeIndex = Math.min(active, Math.max(0, offered.length - 1));
  const trimmed = text.trim();
  const canAdd = trimmed !== '' && trimmed.length <= TEXT_MAX_LENGTH;

  useEffect(() => {
    const element = box.current;
    element?.focus();
    element?.setSelectionRange(element.value.length, element.value.length);
  }, [focusToken]);
  useEffect(() => {
    if (caretWanted.current === null) return;
    box.current?.setSelectionRange(caretWanted.current, caretWanted.current);
    caretWanted.current = null;
  });

  function write(next: string, at: number) {
    setText(next);
    setCaret(at);
    setActive(0);
    setIsDismissed(false);
    actions.typeNote(conversationId, next);
  }
  function complete(index: number) {
    const agent = offered[index];
    if (mention === null || agent === undefined) return;
    const completed = completeMention(text, caret, mention.start, agent.name);
    caretWanted.current = completed.caret;
    write(completed.text, completed.caret);
    box.current?.focus();
  }
  async function add() {
    box.current?.focus();
    if (!canAdd) return;
    const written = text;
    write('', 0);
    const error = await actions.addNote(conversationId, trimmed, mentionedIn(trimmed, others));
    if (error !== null) write(written, written.length);
    else if (actions.noteOf(conversationId) === '') actions.changeUi({ isNoting: false });
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>) {
    if (event.nativeEvent.isComposing) return;
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (offered.length > 0 && step !== 0) setActive((activeIndex + step + offered.length) % offered.length);
    else if (offered.length > 0 && (event.key === 'Enter' || event.key === 'Tab')) complete(activeIndex);
    else if (offered.length > 0 && event.key === 'Escape') setIsDismissed(true);
    else if (event.key === 'Escape') actions.changeUi({ isNoting: false });
    else if (event.key === 'Enter' && !event.shiftKey) void add();
    else return;
    event.preventDefault();
  }

  return (
    <div className="composer__box composer__box--note">
      {offered.length === 0 ? null : (
        <div className="mentions" id={listId} role="listbox" aria-label={t('note.agents')}>
          {offered.map((agent, index) => (
            <div
              key={agent.id}
              id={`${listId}-${index}`}
              role="option"
              aria-selected={index === activeIndex}
              className="picker__option"
              data-active={index === activeIndex}
              onPointerDown={(event) => {
                event.preventDefault();
                complete(index);
              }}
            >
              <Avatar name={agent.name} seed={agent.id} size="small" />
              <span className="picker__name">{agent.name}</span>
            </div>
          ))}
        </div>
      )}
      <textarea
        ref={box}
        className="composer__text"
        data-pane-entry=""
        rows={1}
        value={text}
        aria-label={t('note.label')}
        aria-autocomplete="list"
        aria-controls={offered.length > 0 ? listId : undefined}
        aria-activedescendant={offered.length > 0 ? `${listId}-${activeIndex}` : undefined}
        placeholder={t('note.placeholder')}
        spellCheck
        onChange={(event) => write(event.target.value, event.target.selectionStart)}
        onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
        onKeyDown={onKeyDown}
      />
      <div className="composer__tools">
        <button
          type="button"
          className="button composer__add-note"
          aria-disabled={!canAdd}
          onClick={() => void add()}
        >
          {t('note.add')}
          <StickyNote size={16} aria-hidden="true" />
        </button>
      </div>
    </div>
  );
}
