import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown } from 'lucide-react';
import { useEffect, useLayoutEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Message } from './Message.tsx';
import { OlderState } from './OlderState.tsx';
import { threadRows } from './thread-rows.ts';
import { useMarkRead } from './use-mark-read.ts';

const ESTIMATED_HEIGHT = 64;
/** More messages are read when fewer than this are left above or below the screen. */
const READ_AHEAD = 12;
/** Within this many pixels of the end one is at the end, and stays there when something arrives. */
const END_THRESHOLD = 80;

function DaySeparator({ at }: { at: number }) {
  const dates = useDates();
  const now = useNow();
  return (
    <div className="thread__day">
      <span>{dates.dayLabel(at, now)}</span>
    </div>
  );
}

/** The messages of the open conversation, drawn only where they are seen; opens at the newest, or where one was sent. */
export function MessageList({ patientName }: { patientName: string }) {
  const { t, count } = useTranslate();
  const actions = useActions();
  const { style } = useDates();
  const items = useAppState((state) => state.thread.items);
  const before = useAppState((state) => state.thread.before);
  const after = useAppState((state) => state.thread.after);
  const isComplete = useAppState((state) => state.thread.isComplete);
  const olderFailure = useAppState((state) => state.thread.olderFailure);
  const isLoadingOlder = useAppState((state) => state.thread.isLoadingOlder);
  const target = useAppState((state) => state.thread.target);
  const firstNewId = useAppState((state) => state.thread.firstNewId);
  const rows = useMemo(
    () => threadRows(items, style.timeZone, firstNewId, before === null),
    [items, style.timeZone, firstNewId, before],
  );

  const scroller = useRef<HTMLDivElement>(null);
  /** The newest message when the end was last seen: what came later is counted on the button. */
  const [seenId, setSeenId] = useState<string | null>(() => items.at(-1)?.messageId ?? null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const focusWanted = useRef<string | null>(null);
  const [litToken, setLitToken] = useState(0);
  const [sentTo, setSentTo] = useState<typeof target>(null);
  if (target !== sentTo) {
    setSentTo(target);
    setLitToken(target?.token ?? 0);
    if (target !== null) setFocusedId(target.messageId);
  }
  /** The newest message was among them when last drawn: only then is what comes below followed. */
  const [wasNewestHeld, setWasNewestHeld] = useState(after === null);
  const focusedIndex = focusedId === null ? -1 : items.findIndex((item) => item.messageId === focusedId);

  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ESTIMATED_HEIGHT,
    getItemKey: (index) => rows[index]?.item.messageId ?? index,
    overscan: 8,
    // About the end from the first drawing on; or the oldest messages would be drawn first, and older ones read.
    initialOffset: () => {
      const index = rows.findIndex((row) => row.item.messageId === target?.messageId);
      return (index === -1 ? rows.length : Math.max(0, index - 4)) * ESTIMATED_HEIGHT;
    },
    paddingStart: 12,
    paddingEnd: 14,
    // Keeps one's place when older messages come in above, and the end in view when one is there.
    anchorTo: 'end',
    followOnAppend: wasNewestHeld && after === null,
    scrollEndThreshold: END_THRESHOLD,
    rangeExtractor: (range) => {
      const indexes = defaultRangeExtractor(range);
      return focusedIndex === -1 || indexes.includes(focusedIndex)
        ? indexes
        : [...indexes, focusedIndex].sort((a, b) => a - b);
    },
  });
  if (wasNewestHeld !== (after === null)) setWasNewestHeld(after === null);
  const drawn = virtualizer.getVirtualItems();
  // Where the keyboard comes in: the message it was on, else the newest one on screen.
  const entryIndex = focusedIndex === -1 ? (virtualizer.range?.endIndex ?? rows.length - 1) : focusedIndex;

  const isTargeted = target !== null;
  useLayoutEffect(() => {
    // By its first drawing; what one is sent to later is another matter.
    if (!isTargeted) virtualizer.scrollToEnd();
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [virtualizer]);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    let height = element.clientHeight;
    // The composer grows into the thread: who was at its end stays there.
    const observer = new ResizeObserver(() => {
      const shrunk = height - element.clientHeight;
      height = element.clientHeight;
      const below = element.scrollHeight - element.scrollTop - element.clientHeight;
      if (shrunk > 0 && below - shrunk <= END_THRESHOLD) element.scrollTop = element.scrollHeight;
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const newest = items.at(-1);
  const ownNewestId = newest?.author.isMe ? newest.messageId : null;
  const isNewestHeld = after === null;
  // What one writes is followed; what one reads on to is not.
  const ownSeen = useRef({ id: isTargeted ? ownNewestId : null, isNewest: isNewestHeld });
  useEffect(() => {
    const { id, isNewest } = ownSeen.current;
    if (ownNewestId !== null && ownNewestId !== id && isNewest) virtualizer.scrollToEnd();
    ownSeen.current = { id: ownNewestId, isNewest: isNewestHeld };
  }, [isNewestHeld, ownNewestId, virtualizer]);

  useLayoutEffect(() => {
    if (target === null) return;
    const index = items.findIndex((item) => item.messageId === target.messageId);
    if (index === -1) return;
    if (target.takesFocus) focusWanted.current = target.messageId;
    virtualizer.scrollToIndex(index, { align: 'center' });
    // Once for each wish, not whenever something arrives.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [target, virtualizer]);

  // By what is on screen, not by what is drawn: the message with the focus is drawn wherever it is.
  const firstSeen = virtualizer.range?.startIndex ?? rows.length;
  const hasOlder = before !== null || (!isComplete && olderFailure === null);
  const needsOlder = hasOlder && firstSeen < READ_AHEAD;
  useEffect(() => {
    if (needsOlder) actions.loadOlder();
  }, [actions, items.length, needsOlder]);

  const lastSeen = virtualizer.range?.endIndex ?? 0;
  const needsNewer = after !== null && lastSeen > rows.length - READ_AHEAD;
  useEffect(() => {
    if (needsNewer) actions.loadNewer();
  }, [actions, items.length, needsNewer]);

  useEffect(() => {
    if (focusWanted.current === null) return;
    const element = scroller.current?.querySelector<HTMLElement>(`[data-message="${focusWanted.current}"]`);
    if (!element) return;
    focusWanted.current = null;
    element.focus({ preventScroll: true });
    // Scrolled as a person would, once the new message has been measured and the place kept: a command of the
    // virtualiser goes to an index, which older messages change.
    requestAnimationFrame(() => element.scrollIntoView({ block: 'nearest' }));
  });

  // By the virtualiser's own measures: the element's lag behind while messages are being measured.
  const viewHeight = virtualizer.scrollRect?.height ?? 0;
  const belowView = virtualizer.getTotalSize() - (virtualizer.scrollOffset ?? 0) - viewHeight;
  const isAtEnd = after === null && (viewHeight === 0 || belowView <= END_THRESHOLD);
  const newestId = newest?.messageId ?? null;
  if (isAtEnd && seenId !== newestId) setSeenId(newestId);
  useMarkRead(isAtEnd);

  function onKeyDown(event: KeyboardEvent<HTMLDivElement>) {
    const target = event.target as HTMLElement;
    if (event.altKey || event.ctrlKey || event.metaKey || target.dataset.message === undefined) return;
    const targets: Record<string, number> = {
      ArrowDown: entryIndex + 1,
      ArrowUp: entryIndex - 1,
      PageDown: entryIndex + 8,
      PageUp: entryIndex - 8,
      Home: 0,
      End: rows.length - 1,
    };
    const wanted = targets[event.key];
    if (event.key === 'Enter') actions.focusComposer();
    else if (wanted === undefined) return;
    event.preventDefault();
    if (wanted === undefined) return;
    const index = Math.max(0, Math.min(rows.length - 1, wanted));
    const row = rows[index];
    if (!row) return;
    focusWanted.current = row.item.messageId;
    setFocusedId(row.item.messageId);
  }

  const seenIndex = items.findIndex((item) => item.messageId === seenId);
  const newBelow = isAtEnd
    ? 0
    : items.slice(seenIndex + 1).filter((item) => item.direction === 'inbound').length;
  const isElsewhere = after !== null;
  const toNewest = newBelow > 0 ? count('thread.toNewestCount', newBelow) : t('thread.toNewest');

  return (
    <div className="thread__messages" data-pane="thread">
      <div className="thread__scroller" ref={scroller}>
        <div
          className="thread__sizer"
          role="feed"
          aria-label={t('thread.messages', { name: patientName })}
          style={{ height: virtualizer.getTotalSize() }}
          onKeyDown={onKeyDown}
          onFocus={(event) => {
            const id = (event.target as HTMLElement).dataset.message;
            if (id !== undefined) setFocusedId(id);
          }}
        >
          {drawn.map((place) => {
            const row = rows[place.index];
            if (row === undefined) return null;
            const isOldest = place.index === 0 && before === null;
            return (
              <div
                key={place.key}
                ref={virtualizer.measureElement}
                data-index={place.index}
                className="thread__place"
                data-lit={litToken > 0 && row.item.messageId === target?.messageId ? litToken % 2 : undefined}
                onAnimationEnd={(event) => {
                  if (event.animationName.startsWith('lit')) setLitToken(0);
                }}
                style={{ transform: `translateY(${place.start}px)` }}
              >
                {isOldest ? <OlderState /> : null}
                {row.startsDay ? <DaySeparator at={row.item.sentAt} /> : null}
                {row.isFirstNew ? (
                  <div className="thread__new">
                    <span>{t('thread.newMessages')}</span>
                  </div>
                ) : null}
                <Message
                  row={row}
                  patientName={patientName}
                  position={place.index + 1}
                  isEntry={place.index === entryIndex}
                />
              </div>
            );
          })}
        </div>
      </div>
      {isLoadingOlder && before !== null ? (
        <p className="thread__loading" role="status">
          {t('thread.older.loading')}
        </p>
      ) : null}
      {isAtEnd ? null : (
        <button
          type="button"
          className="thread__to-newest"
          aria-label={isElsewhere ? undefined : toNewest}
          title={isElsewhere ? undefined : toNewest}
          onClick={() => (isElsewhere ? actions.showNewest() : virtualizer.scrollToEnd())}
        >
          <ArrowDown size={18} aria-hidden="true" />
          {isElsewhere ? t('thread.backToEnd') : null}
          {newBelow > 0 ? <span className="pill">{newBelow}</span> : null}
        </button>
      )}
    </div>
  );
}
