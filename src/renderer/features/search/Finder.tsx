import { ChevronDown, ChevronUp, Search, X } from 'lucide-react';
import { useEffect, useRef, useState, type KeyboardEvent } from 'react';
import type { SearchResults } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { createLatest } from '../../lib/latest.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { wordsOf } from '../../../shared/search-text.ts';
import { useMarkedWords } from './use-marked-words.ts';
import './search.css';

interface Found {
  /** What they were found for. */
  text: string;
  messages: SearchResults['messages'];
  hasMore: boolean;
}

function Bar({ conversationId, token }: { conversationId: string; token: number }) {
  const { t, number } = useTranslate();
  const actions = useActions();
  const [latest] = useState(createLatest);
  const [text, setText] = useState('');
  const [found, setFound] = useState<Found | null>(null);
  const [index, setIndex] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    field.current?.focus();
    field.current?.select();
  }, [token]);

  useMarkedWords('found-here', found === null ? [] : wordsOf(found.text));

  function show(messages: Found['messages'], at: number) {
    const message = messages[at];
    if (message === undefined) return;
    setIndex(at);
    actions.openAt(conversationId, message.messageId, false);
  }

  async function type(next: string) {
    setText(next);
    const wanted = next.trim();
    if (wanted.length < 2) {
      latest.forget();
      setFound(null);
      return;
    }
    const asked = await latest.ask(() => actions.findIn(conversationId, wanted));
    if (asked === null || asked.answer === null) return;
    const { messages, hasMoreMessages } = asked.answer;
    setFound({ text: wanted, messages, hasMore: hasMoreMessages });
    show(messages, 0);
  }

  const total = found?.messages.length ?? 0;
  /** Newest first: a step further is an older message. Round and round. */
  function move(by: 1 | -1) {
    if (found !== null && total > 0) show(found.messages, (index + by + total) % total);
  }

  function leave() {
    actions.stopFinding();
    actions.focusComposer();
  }

  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') move(event.shiftKey ? -1 : 1);
    else if (event.key === 'Escape') leave();
    else return;
    event.preventDefault();
  }

  const position =
    found === null
      ? ''
      : total === 0
        ? t('search.find.none')
        : t(found.hasMore ? 'search.find.positionMore' : 'search.find.position', {
            index: number(index + 1),
            total: number(total),
          });
  return (
    <search className="finder">
      <Search size={15} aria-hidden="true" />
      <input
        ref={field}
        type="text"
        className="search__input"
        value={text}
        maxLength={500}
        autoComplete="off"
        spellCheck={false}
        aria-label={t('search.find.label')}
        placeholder={t('search.find.label')}
        onChange={(event) => void type(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <span className="finder__position numeric" role="status">
        {position}
      </span>
      {([1, -1] as const).map((by) => (
        <button
          key={by}
          type="button"
          className="icon-button icon-button--small"
          aria-label={t(by === 1 ? 'search.find.older' : 'search.find.newer')}
          title={t(by === 1 ? 'search.find.older' : 'search.find.newer')}
          aria-disabled={total === 0}
          onClick={() => move(by)}
        >
          {by === 1 ? (
            <ChevronUp size={17} aria-hidden="true" />
          ) : (
            <ChevronDown size={17} aria-hidden="true" />
          )}
        </button>
      ))}
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={t('search.find.close')}
        title={t('search.find.close')}
        onClick={leave}
      >
        <X size={16} aria-hidden="true" />
      </button>
    </search>
  );
}

/** Words looked for in the open conversation, from its newest message back. */
export function Finder() {
  const finding = useAppState((state) => state.ui.finding);
  const conversationId = useAppState((state) => state.thread.conversationId);
  if (finding === null || finding.conversationId !== conversationId) return null;
  return <Bar key={conversationId} conversationId={conversationId} token={finding.token} />;
}
