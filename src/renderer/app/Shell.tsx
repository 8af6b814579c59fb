import { useEffect, type CSSProperties } from 'react';
import { ConversationMenu, Pickers, Questions } from '../features/actions/index.ts';
import { Composer } from '../features/composer/index.ts';
import { Inbox } from '../features/inbox/index.ts';
import { PatientPanel } from '../features/patient/index.ts';
import { Rail } from '../features/rail/index.ts';
import { Finder, SearchPane } from '../features/search/index.ts';
import { Settings } from '../features/settings/index.ts';
import { Thread } from '../features/thread/index.ts';
import { useTranslate } from '../i18n/index.ts';
import { clampColumn, COLUMN_LIMITS, type Column } from '../lib/preferences.ts';
import { useActions, useAppState } from '../stores/index.ts';
import { focusPane, Splitter, useMediaQuery } from '../ui/index.ts';
import { Bars } from './Bars.tsx';
import { ShortcutsDialog } from './ShortcutsDialog.tsx';
import { useShortcuts } from './use-shortcuts.ts';

/** The four columns, in as many as there is room for. */
export function Shell() {
  const { t } = useTranslate();
  const actions = useActions();
  const preferences = useAppState((state) => state.ui.preferences);
  const isPanelOver = useAppState((state) => state.ui.isPanelOver);
  const isShortcutsOpen = useAppState((state) => state.ui.isShortcutsOpen);
  const isOpen = useAppState((state) => state.thread.conversationId !== null);
  const hasRoomForPanel = useMediaQuery('(min-width: 1200px)');
  const hasRoomForRail = useMediaQuery('(min-width: 1000px)');
  const isSingle = useMediaQuery('(max-width: 719px)');

  const isPanelDocked = hasRoomForPanel && preferences.isPanelDocked && isOpen;
  const isPanelFloating = !hasRoomForPanel && isPanelOver && isOpen;

  function togglePanel() {
    if (hasRoomForPanel) actions.changePreferences({ isPanelDocked: !preferences.isPanelDocked });
    else actions.changeUi({ isPanelOver: !isPanelOver });
  }
  useShortcuts({ isPanelFloating, togglePanel });

  useEffect(() => {
    if (isPanelFloating) focusPane('panel');
  }, [isPanelFloating]);

  // An action may take what had the focus off the screen, and with it the whole list.
  const listFocus = useAppState((state) => state.ui.listFocus);
  const isListEmpty = useAppState((state) => state.inbox.rows.length === 0);
  useEffect(() => {
    if (listFocus > 0 && isListEmpty && document.activeElement === document.body) focusPane('list');
  }, [isListEmpty, listFocus]);

  const resize = (column: Column) => ({
    value: preferences[column],
    min: COLUMN_LIMITS[column].min,
    max: COLUMN_LIMITS[column].max,
    label: t(`columns.${column}`),
    onChange: (width: number) => actions.changePreferences({ [column]: clampColumn(column, width) }),
  });
  const widths = {
    '--rail': hasRoomForRail ? `${preferences.rail}px` : '60px',
    '--list': `${preferences.list}px`,
    '--panel': `${preferences.panel}px`,
  } as CSSProperties;
  const showsList = !isSingle || !isOpen;
  const showsThread = !isSingle || isOpen;
  // A page has one main area: the thread, or the list where it stands alone.
  const ListColumn = showsThread ? 'div' : 'main';

  return (
    <div className="shell">
      <Bars />
      <div className="columns" style={widths} data-single={isSingle} data-panel={isPanelDocked}>
        <div className="column column--rail">
          <Rail isNarrow={!hasRoomForRail} />
        </div>
        {hasRoomForRail ? <Splitter {...resize('rail')} left="var(--rail)" direction={1} /> : null}
        {showsList ? (
          <ListColumn className="column column--list">
            <SearchPane>
              <Inbox />
            </SearchPane>
          </ListColumn>
        ) : null}
        {isSingle ? null : (
          <Splitter {...resize('list')} left="calc(var(--rail) + var(--list))" direction={1} />
        )}
        {showsThread ? (
          <div className="column column--thread">
            <Thread
              isAlone={isSingle}
              isPanelShown={isPanelDocked}
              onShowPanel={togglePanel}
              finder={<Finder />}
              composer={<Composer />}
            />
          </div>
        ) : null}
        {isPanelDocked ? (
          <>
            <Splitter {...resize('panel')} left="calc(100% - var(--panel))" direction={-1} />
            <div className="column column--panel">
              <PatientPanel onHide={togglePanel} />
            </div>
          </>
        ) : null}
        {isPanelFloating ? (
          <div className="column--over">
            <PatientPanel onHide={togglePanel} />
          </div>
        ) : null}
      </div>
      <ConversationMenu />
      <Pickers />
      <Questions />
      <Settings />
      {isShortcutsOpen ? (
        <ShortcutsDialog onClose={() => actions.changeUi({ isShortcutsOpen: false })} />
      ) : null}
    </div>
  );
}
