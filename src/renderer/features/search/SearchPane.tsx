import { useId, useLayoutEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import { readSearchText } from '../../../shared/search-text.ts';
import { useTranslate } from '../../i18n/index.ts';
import { INITIAL_QUERY, useActions, useAppState, useNow, useDates } from '../../stores/index.ts';
import { focusPane } from '../../ui/index.ts';
import { awaitsValue, completionsOf } from './completions.ts';
import { FEW_PATIENTS, optionsOf, step, type Option } from './options.ts';
import { Results } from './Results.tsx';
import { SearchField } from './SearchField.tsx';
import { useMarkedWords } from './use-marked-words.ts';
import './search.css';

const NOBODY = { agents: [], tags: [] };

function Completions() {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const text = useAppState((state) => state.search.text);
  const directory = useAppState((state) => state.directory) ?? NOBODY;
  const completions = completionsOf(text, { t, directory, now, timeZone: dates.style.timeZone });
  if (text === '' || completions.length === 0) return null;
  return (
    <div className="completions" role="group" aria-label={t('search.filters')}>
      {completions.map((completion) => (
        <button
          key={completion.label}
          type="button"
          className="completion"
          title={completion.hint}
          onClick={() => {
            actions.typeSearch(completion.text);
            actions.typeOn();
          }}
        >
          {completion.label}
        </button>
      ))}
    </div>
  );
}

/** The second column's top: the box, and what was found over the list while there is a search. */
export function SearchPane({ children }: { children: ReactNode }) {
  const { t } = useTranslate();
  const actions = useActions();
  const id = useId();
  const isOpen = useAppState((state) => state.search.isOpen);
  const results = useAppState((state) => state.search.results);
  const answered = useAppState((state) => state.search.answered);
  const text = useAppState((state) => state.search.text);
  const { timeZone } = useDates().style;
  useMarkedWords('found', isOpen && results !== null ? readSearchText(answered, timeZone).words : []);
  const [active, setActive] = useState<{ key: string; answered: string } | null>(null);
  const [allPatientsFor, setAllPatientsFor] = useState<string | null>(null);
  const hasOpened = useRef(false);
  const cameFrom = useRef<HTMLElement | null>(null);
  const scroller = useRef<HTMLDivElement>(null);

  const showsAll = allPatientsFor === answered;
  const options = useMemo(() => optionsOf(results, showsAll), [results, showsAll]);
  // What was chosen among other results says nothing of these: the first one is what Enter opens.
  const isHeld = active?.answered === answered && options.some((option) => option.key === active.key);
  const activeKey = isHeld ? active.key : (options[0]?.key ?? null);
  const patients = results?.patients.length ?? 0;
  const isShort = !showsAll && (results?.messages.length ?? 0) > 0;
  const optionId = (key: string): string => `${id}-${key}`;

  useLayoutEffect(() => {
    if (activeKey === null) return;
    scroller.current
      ?.querySelector(`#${CSS.escape(`${id}-${activeKey}`)}`)
      ?.scrollIntoView({ block: 'nearest' });
  }, [activeKey, id]);

  function leave() {
    actions.closeSearch();
    const back = hasOpened.current ? null : cameFrom.current;
    if (hasOpened.current) actions.focusComposer();
    hasOpened.current = false;
    const field = document.activeElement;
    // Once the list is there again, and the composer where one may write.
    requestAnimationFrame(() => {
      if (document.activeElement !== field && document.activeElement !== document.body) return;
      if (back?.isConnected) back.focus();
      else if (!focusPane('list')) focusPane('thread');
    });
  }

  function choose(option: Option) {
    actions.rememberSearch();
    setActive({ key: option.key, answered });
    switch (option.kind) {
      case 'message':
        hasOpened.current = true;
        // The field keeps the keyboard: the next result is one arrow away.
        actions.openAt(option.message.conversationId, option.message.messageId, false);
        break;
      case 'patient':
        actions.closeSearch();
        actions.open(option.patient.conversationId);
        break;
      case 'tag':
        actions.closeSearch();
        actions.showQuery({ ...INITIAL_QUERY, filter: 'all', tagIds: [option.tag.id] });
        focusPane('list');
        break;
    }
  }

  return (
    <div className="search-pane">
      <div className="search-pane__top" data-pane={isOpen ? 'list' : undefined}>
        <SearchField
          listId={isOpen && results !== null && !awaitsValue(text, t) ? id : undefined}
          activeId={isOpen && activeKey !== null ? optionId(activeKey) : undefined}
          onMove={(by) => {
            const key = step(options, activeKey, by);
            if (key !== null) setActive({ key, answered });
          }}
          onChoose={() => {
            const chosen = options.find((option) => option.key === activeKey);
            if (chosen !== undefined) choose(chosen);
          }}
          onEnter={(from) => {
            cameFrom.current = from;
          }}
          onLeave={leave}
        />
      </div>
      <div className="search-pane__rest">
        {isOpen ? (
          <section
            className="results"
            aria-label={t('search.results')}
            ref={scroller}
            onKeyDown={(event) => {
              if (event.key !== 'Escape') return;
              event.preventDefault();
              leave();
            }}
          >
            <Completions />
            <Results
              listId={id}
              optionId={optionId}
              options={options}
              activeKey={activeKey}
              morePatients={isShort ? Math.max(0, patients - FEW_PATIENTS) : 0}
              onMorePatients={() => setAllPatientsFor(answered)}
              onChoose={choose}
            />
          </section>
        ) : null}
        {/* Under the results, as it was: the list comes back where one left it. */}
        <div className="search-pane__list" inert={isOpen}>
          {children}
        </div>
      </div>
    </div>
  );
}
