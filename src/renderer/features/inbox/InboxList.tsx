import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useNow, visibleRows } from '../../stores/index.ts';
import { InboxRowView } from './InboxRowView.tsx';

const ROW_HEIGHT = 88;
/** More is read when fewer rows than this are left below the screen. */
const READ_AHEAD = 20;

const optionId = (conversationId: string): string => `conversation-${conversationId}`;

/** The rows of the filter, drawn only where they are seen. */
export function InboxList() {
  const { t } = useTranslate();
  const actions = useActions();
  const inbox = useAppState((state) => state.inbox);
  const total = useAppState((state) => state.counts?.filters[state.inbox.filter].total ?? 0);
  const openId = useAppState((state) => state.thread.conversationId);
  const rows = visibleRows(inbox, useNow());
  const scroller = useRef<HTMLDivElement>(null);
  /** The row the keyboard is on. */
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const focusWanted = useRef<string | null>(null);

  const indexOf = (id: string | null) =>
    id === null ? -1 : rows.findIndex((row) => row.conversationId === id);
  const focusedIndex = indexOf(focusedId);
  const openIndex = indexOf(openId);
  const entryIndex = focusedIndex !== -1 ? focusedIndex : openIndex !== -1 ? openIndex : 0;

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    getItemKey: (index) => rows[index]?.conversationId ?? index,
    overscan: 8,
    // The row with the focus stays drawn wherever the list is scrolled, or the focus would be lost.
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return indexes.includes(entryIndex) || entryIndex >= rows.length
        ? indexes
        : [...indexes, entryIndex].sort((a, b) => a - b);
    },
  });
  const items = virtualizer.getVirtualItems();

  // By what is on screen, not by what is drawn: the row with the focus is drawn wherever it is.
  const lastSeen = virtualizer.range?.endIndex ?? 0;
  const needsMore = rows.length > 0 && inbox.next !== null && lastSeen >= rows.length - READ_AHEAD;
  useEffect(() => {
    if (needsMore) actions.loadMore();
  }, [actions, needsMore, rows.length]);

  useEffect(() => {
    if (focusWanted.current === null) return;
    const element = document.getElementById(optionId(focusWanted.current));
    if (!element) return;
    focusWanted.current = null;
    element.focus({ preventScroll: true });
  });

  // What is opened from elsewhere (Alt and arrows) comes into view.
  const openIndexNow = useRef(openIndex);
  useEffect(() => {
    openIndexNow.current = openIndex;
  });
  useEffect(() => {
    if (openId !== null && openIndexNow.current !== -1) virtualizer.scrollToIndex(openIndexNow.current);
  }, [openId, virtualizer]);

  function focusRow(index: number) {
    const target = Math.max(0, Math.min(rows.length - 1, index));
    const row = rows[target];
    if (!row) return;
    focusWanted.current = row.conversationId;
    setFocusedId(row.conversationId);
    virtualizer.scrollToIndex(target);
  }

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? ROW_HEIGHT) / ROW_HEIGHT) - 1);
    const targets: Record<string, number> = {
      ArrowDown: entryIndex + 1,
      ArrowUp: entryIndex - 1,
      PageDown: entryIndex + page,
      PageUp: entryIndex - page,
      Home: 0,
      End: rows.length - 1,
    };
    const target = targets[event.key];
    const row = rows[entryIndex];
    if (target !== undefined) focusRow(target);
    else if ((event.key === 'Enter' || event.key === ' ') && row) actions.open(row.conversationId);
    else return;
    event.preventDefault();
  }

  function onClick(event: MouseEvent<HTMLDivElement>) {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-conversation]');
    const id = row?.dataset.conversation;
    if (id === undefined) return;
    setFocusedId(id);
    actions.open(id);
  }

  return (
    <div className="list__scroller" ref={scroller}>
      <div
        className="list__rows"
        role="listbox"
        aria-label={t('list.label', { filter: t(`filters.${inbox.filter}`) })}
        aria-busy={inbox.status === 'loading'}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
        onClick={onClick}
      >
        {items.map((item) => {
          const row = rows[item.index];
          return row === undefined ? null : (
            <InboxRowView
              key={item.key}
              id={optionId(row.conversationId)}
              row={row}
              index={item.index}
              setSize={Math.max(total, rows.length)}
              isOpen={item.index === openIndex}
              isEntry={item.index === entryIndex}
              style={{ transform: `translateY(${item.start}px)` }}
            />
          );
        })}
      </div>
    </div>
  );
}
