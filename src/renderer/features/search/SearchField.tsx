import { Search, X } from 'lucide-react';
import { useEffect, useRef, type KeyboardEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';

interface SearchFieldProps {
  /** The results, while there are any; and which of them is chosen. */
  listId: string | undefined;
  activeId: string | undefined;
  onMove: (by: number) => void;
  onChoose: () => void;
  /** The keyboard came here from there. */
  onEnter: (from: HTMLElement | null) => void;
  onLeave: () => void;
}

/** The one box everything is looked for in. */
export function SearchField({ listId, activeId, onMove, onChoose, onEnter, onLeave }: SearchFieldProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const isOpen = useAppState((state) => state.search.isOpen);
  const text = useAppState((state) => state.search.text);
  const focusToken = useAppState((state) => state.search.focus);
  const isMarked = useAppState((state) => state.search.isMarked);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (focusToken === 0) return;
    const element = field.current;
    element?.focus();
    element?.setSelectionRange(isMarked ? 0 : element.value.length, element.value.length);
  }, [focusToken, isMarked]);

  function onKeyDown(event: KeyboardEvent<HTMLInputElement>) {
    if (event.nativeEvent.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6 };
    const by = steps[event.key];
    if (by !== undefined) onMove(by);
    else if (event.key === 'Enter') onChoose();
    else if (event.key === 'Escape' && isOpen) onLeave();
    else return;
    event.preventDefault();
  }

  return (
    <search className="search">
      <div className="search__box" data-open={isOpen}>
        <Search size={16} aria-hidden="true" />
        <input
          ref={field}
          type="text"
          role="combobox"
          className="search__input"
          value={text}
          maxLength={500}
          autoComplete="off"
          spellCheck={false}
          aria-label={t('search.label')}
          aria-keyshortcuts="Control+K"
          aria-autocomplete="list"
          aria-expanded={listId !== undefined}
          aria-controls={listId}
          aria-activedescendant={activeId}
          placeholder={t('search.placeholder')}
          data-pane-entry={isOpen ? '' : undefined}
          onFocus={(event) => {
            const from = event.relatedTarget;
            if (!isOpen || text === '') onEnter(from instanceof HTMLElement ? from : null);
            if (!isOpen) actions.openSearch();
          }}
          onChange={(event) => actions.typeSearch(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isOpen ? (
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={t('search.clear')}
            title={t('search.clear')}
            onClick={onLeave}
          >
            <X size={15} aria-hidden="true" />
          </button>
        ) : (
          <kbd className="key" aria-hidden="true">
            {t('shortcuts.keys.control')} K
          </kbd>
        )}
      </div>
    </search>
  );
}
