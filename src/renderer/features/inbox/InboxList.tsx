import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type MouseEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import {
  extend,
  isSelected,
  NAMED_LIMIT,
  selectAll,
  selectedCount,
  toggle,
  useActions,
  useAppState,
  useNow,
  visibleRows,
} from '../../stores/index.ts';
import { InboxRowView } from './InboxRowView.tsx';

const ROW_HEIGHT = 88;
/** More is read when fewer rows than this are left below the screen. */
const READ_AHEAD = 20;

const optionId = (conversationId: string): string => `conversation-${conversationId}`;

/** The rows of the filter, drawn only where they are seen. */
export function InboxList({ total }: { total: number }) {
  const { t } = useTranslate();
  const actions = useActions();
  const inbox = useAppState((state) => state.inbox);
  const openId = useAppState((state) => state.thread.conversationId);
  const listFocus = useAppState((state) => state.ui.listFocus);
  const rows = visibleRows(inbox, useNow());
  const scroller = useRef<HTMLDivElement>(null);
  /** The row the keyboard is on. */
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const focusWanted = useRef<string | null>(null);

  const indexOf = (id: string | null) =>
    id === null ? -1 : rows.findIndex((row) => row.conversationId === id);
  const focusedIndex = indexOf(focusedId);
  const openIndex = indexOf(openId);
  /** Where the row with the focus was: the one that takes its place goes on. */
  const [lastIndex, setLastIndex] = useState(0);
  if (focusedIndex !== -1 && focusedIndex !== lastIndex) setLastIndex(focusedIndex);
  const entryIndex =
    focusedIndex !== -1
      ? focusedIndex
      : openIndex !== -1
        ? openIndex
        : Math.max(0, Math.min(lastIndex, rows.length - 1));
  const entryId = rows[entryIndex]?.conversationId ?? null;
  const { selection } = inbox;
  const hasSelection = selectedCount(selection) > 0;
  const hasFocus = useRef(false);

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

  // After an action took the open conversation away, the keyboard goes on at the one that is open now.
  const heardFocus = useRef(listFocus);
  useEffect(() => {
    if (heardFocus.current === listFocus) return;
    heardFocus.current = listFocus;
    focusWanted.current = openId ?? entryId;
    setFocusedId(focusWanted.current);
  }, [entryId, listFocus, openId]);

  // The row with the focus has left the list: the one in its place has it now.
  useEffect(() => {
    if (!hasFocus.current || entryId === null || document.activeElement !== document.body) return;
    if (document.querySelector('dialog[open]')) return;
    document.getElementById(optionId(entryId))?.focus({ preventScroll: true });
  }, [entryId, rows]);

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
    const here = rows[entryIndex];
    const isControl = event.ctrlKey || event.metaKey;
    if (isControl && !event.altKey && event.key.toLowerCase() === 'a') {
      event.preventDefault();
      if (rows.length > NAMED_LIMIT || inbox.next !== null) actions.selectMatching();
      else actions.select((_, order) => selectAll(order));
      return;
    }
    if (event.key === 'ContextMenu' || (event.shiftKey && event.key === 'F10')) {
      event.preventDefault();
      const place = here && document.getElementById(optionId(here.conversationId))?.getBoundingClientRect();
      if (here && place) openMenu(here.conversationId, place.left + 66, place.top + 44);
      return;
    }
    if (event.key === 'Escape' && hasSelection) {
      event.preventDefault();
      actions.clearSelection();
      return;
    }
    if (event.altKey || isControl) return;
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
    if (target !== undefined) {
      focusRow(target);
      const reached = rows[Math.max(0, Math.min(rows.length - 1, target))];
      if (event.shiftKey && reached) {
        const from = row?.conversationId ?? null;
        actions.select((held, order) => extend(held, order, reached.conversationId, from));
      }
    } else if (event.key === ' ' && row) {
      setFocusedId(row.conversationId);
      actions.select((held, order) => toggle(held, order, row.conversationId));
    } else if (event.key === 'Enter' && row) actions.open(row.conversationId);
    else return;
    event.preventDefault();
  }

  function openMenu(conversationId: string, x: number, y: number) {
    setFocusedId(conversationId);
    actions.changeUi({ menu: { conversationId, x, y } });
  }

  function onClick(event: MouseEvent<HTMLDivElement>) {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-conversation]');
    const id = row?.dataset.conversation;
    if (id === undefined) return;
    setFocusedId(id);
    if (event.shiftKey) {
      actions.select((held, order) => extend(held, order, id, openId));
    } else if (event.ctrlKey || event.metaKey || (event.target as HTMLElement).closest('[data-pick]')) {
      actions.select((held, order) => toggle(held, order, id));
    } else {
      actions.clearSelection();
      actions.open(id);
      return;
    }
    focusWanted.current = id;
  }

  function onContextMenu(event: MouseEvent<HTMLDivElement>) {
    const row = (event.target as HTMLElement).closest<HTMLElement>('[data-conversation]');
    const id = row?.dataset.conversation;
    if (id === undefined) return;
    event.preventDefault();
    row?.focus({ preventScroll: true });
    const { clientX, clientY } = event;
    const open = () => openMenu(id, clientX, clientY);
    // Linux and macOS ask for the menu while the button is still down: its release would close the menu again.
    if (event.buttons === 0) open();
    else window.addEventListener('pointerup', () => setTimeout(open), { once: true });
  }

  return (
    <div className="list__scroller" ref={scroller}>
      <div
        className="list__rows"
        role="listbox"
        aria-label={t('list.label', { filter: t(`filters.${inbox.query.filter}`) })}
        aria-multiselectable="true"
        aria-busy={inbox.status === 'loading'}
        style={{ height: virtualizer.getTotalSize() }}
        onKeyDown={onKeyDown}
        onClick={onClick}
        onContextMenu={onContextMenu}
        onFocus={(event) => {
          hasFocus.current = true;
          const id = (event.target as HTMLElement).dataset.conversation;
          if (id !== undefined) setFocusedId(id);
        }}
        onBlur={() => (hasFocus.current = false)}
        // Shift and a click picks rows, not the text between them.
        onMouseDown={(event) => {
          if (event.shiftKey) event.preventDefault();
        }}
        data-picking={hasSelection}
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
              isPicked={hasSelection ? isSelected(selection, row.conversationId) : null}
              isEntry={item.index === entryIndex}
              style={{ transform: `translateY(${item.start}px)` }}
            />
          );
        })}
      </div>
    </div>
  );
}
