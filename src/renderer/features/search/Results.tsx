import { FileText, History, Image, Mic, SearchX, Video, Volume2 } from 'lucide-react';
import type { ReactNode } from 'react';
import type { SearchResults } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Avatar, Empty } from '../../ui/index.ts';
import { awaitsValue, completionsOf, reachesMessages } from './completions.ts';
import { Highlighted } from './Highlighted.tsx';
import type { Option } from './options.ts';

const KIND_ICONS: Record<string, typeof Image> = {
  image: Image,
  video: Video,
  audio: Volume2,
  voice: Mic,
  document: FileText,
};

function MessageLine({ message }: { message: SearchResults['messages'][number] }) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const { author, direction, displayName, sentAt, snippet, kind } = message;
  const who =
    direction === 'inbound'
      ? null
      : author.isMe
        ? t('thread.me')
        : author.kind === 'bot'
          ? t('thread.bot')
          : (author.name ?? t('thread.clinic'));
  const Icon = KIND_ICONS[kind];
  return (
    <>
      <span className="result__head">
        <span className="result__name">{displayName ?? t('list.noName')}</span>
        <time className="result__time numeric" dateTime={new Date(sentAt).toISOString()}>
          {dates.listTime(sentAt, now)}
        </time>
      </span>
      <span className="result__snippet">
        {Icon === undefined ? null : <Icon size={14} aria-hidden="true" />}
        {who === null ? null : <span className="result__who">{`${who}: `}</span>}
        <Highlighted parts={snippet} />
      </span>
    </>
  );
}

function Line({ option }: { option: Option }) {
  const dates = useDates();
  const now = useNow();
  switch (option.kind) {
    case 'patient': {
      const { conversationId, name, phone, lastActivityAt } = option.patient;
      const words = name.map((part) => part.text).join('');
      return (
        <>
          <Avatar name={words} seed={conversationId} />
          <span className="result__text">
            <span className="result__head">
              <span className="result__name">
                <Highlighted parts={name} />
              </span>
              <span className="result__time numeric">{dates.listTime(lastActivityAt, now)}</span>
            </span>
            {phone === null ? null : (
              <span className="result__snippet numeric">
                <Highlighted parts={phone} />
              </span>
            )}
          </span>
        </>
      );
    }
    case 'tag':
      return (
        <>
          <span className="dot dot--tag" style={{ color: option.tag.color }} aria-hidden="true" />
          <span className="result__name">
            <Highlighted parts={option.tag.label} />
          </span>
        </>
      );
    case 'message':
      return (
        <span className="result__text">
          <MessageLine message={option.message} />
        </span>
      );
  }
}

const NOBODY = { agents: [], tags: [] };

interface ResultsProps {
  listId: string;
  optionId: (key: string) => string;
  options: readonly Option[];
  activeKey: string | null;
  morePatients: number;
  onMorePatients: () => void;
  onChoose: (option: Option) => void;
}

/** What was found, by kind; or why there is nothing. */
export function Results(props: ResultsProps) {
  const { listId, optionId, options, activeKey, morePatients, onMorePatients, onChoose } = props;
  const { t, count } = useTranslate();
  const actions = useActions();
  const { timeZone } = useDates().style;
  const search = useAppState((state) => state.search);
  const { results, answered, hasFailed, text } = search;

  const group = (kind: Option['kind'], title: string, more?: ReactNode) => {
    const some = options.filter((option) => option.kind === kind);
    if (some.length === 0) return null;
    return (
      <div className="results__group" role="group" aria-label={title}>
        <p className="results__title" role="presentation">
          {title}
        </p>
        {some.map((option) => (
          // The keys are the field's, which keeps the focus: aria-activedescendant.
          <div
            key={option.key}
            id={optionId(option.key)}
            role="option"
            aria-selected={option.key === activeKey}
            className={`result result--${kind}`}
            onClick={() => onChoose(option)}
          >
            <Line option={option} />
          </div>
        ))}
        {more}
      </div>
    );
  };

  if (hasFailed) {
    return (
      <div className="empty" role="alert">
        <p className="empty__text">{t('search.failed')}</p>
        <div className="empty__more">
          <button type="button" className="button" onClick={() => actions.typeSearch(text)}>
            {t('app.retry')}
          </button>
        </div>
      </div>
    );
  }
  if (results === null) return <Beginning />;
  if (awaitsValue(text, t)) return null;
  const isTooShort = !reachesMessages(answered, timeZone);
  return (
    <>
      <p className="visually-hidden" role="status">
        {options.length === 0
          ? t('search.nothing', { text: answered.trim() })
          : count('search.found', options.length)}
      </p>
      {options.length === 0 ? (
        <Empty
          icon={<SearchX size={26} />}
          title={t('search.nothing', { text: answered.trim() })}
          text={t(isTooShort ? 'search.tooShort' : 'search.nothingHint')}
        />
      ) : null}
      <div id={listId} role="listbox" aria-label={t('search.results')}>
        {group(
          'patient',
          t('search.patients'),
          morePatients > 0 ? (
            <button type="button" className="results__more" onClick={onMorePatients}>
              {count('search.morePatients', morePatients)}
            </button>
          ) : null,
        )}
        {group('tag', t('search.tags'))}
        {group('message', t('search.messages'))}
      </div>
      {results.hasMoreMessages ? (
        <button type="button" className="results__more" onClick={actions.moreResults}>
          {t('search.more')}
        </button>
      ) : null}
      {isTooShort && options.length > 0 ? <p className="results__note">{t('search.tooShort')}</p> : null}
      {results.isComplete ? null : <Incomplete />}
    </>
  );
}

function Incomplete() {
  const { t } = useTranslate();
  const dates = useDates();
  const since = useAppState((state) => state.app?.sync.historyCompleteSince ?? null);
  return (
    <p className="results__note" role="status">
      {since === null ? t('search.incomplete') : t('search.incompleteSince', { date: dates.day(since) })}
    </p>
  );
}

/** Before anything is typed: what led somewhere, and what can be looked for. */
function Beginning() {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const recent = useAppState((state) => state.search.recent);
  const filters = completionsOf('', { t, directory: NOBODY, now, timeZone: dates.style.timeZone });
  function type(text: string) {
    actions.typeSearch(text);
    actions.typeOn();
  }
  return (
    <>
      <p className="results__start">
        <b>{t('search.start')}</b>
        {t('search.startHint')}
      </p>
      {recent.length === 0 ? null : (
        <section className="results__group" aria-label={t('search.recent')}>
          <h3 className="results__title">{t('search.recent')}</h3>
          {recent.map((text) => (
            <button key={text} type="button" className="result result--recent" onClick={() => type(text)}>
              <History size={16} aria-hidden="true" />
              <span className="result__name">{text}</span>
            </button>
          ))}
        </section>
      )}
      <section className="results__group" aria-label={t('search.filters')}>
        <h3 className="results__title">{t('search.filters')}</h3>
        {filters.map((filter) => (
          <button
            key={filter.label}
            type="button"
            className="result result--filter"
            onClick={() => type(filter.text)}
          >
            <code className="completion">{filter.label}</code>
            <span className="result__snippet">{filter.hint}</span>
          </button>
        ))}
      </section>
    </>
  );
}
