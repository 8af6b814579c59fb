import { ChevronLeft, ChevronRight, Download, X, ZoomIn, ZoomOut } from 'lucide-react';
import { useEffect, useLayoutEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import type { MediaListPage } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useDates, useRecado } from '../../stores/index.ts';
import { mediaAddress } from './address.ts';
import { kindKey } from './MediaView.tsx';

type Item = MediaListPage['items'][number];

const SEEN = ['image', 'video', 'sticker'];
const ZOOMS = [1, 1.5, 2, 3, 5] as const;
const MOST = 200;

interface ViewerProps {
  conversationId: string;
  messageId: string;
  onClose: () => void;
}

const isSeen = (item: Item): boolean =>
  SEEN.includes(item.kind) && item.content.media !== undefined && item.content.media.id !== null;

/** A picture or film over the whole window, and the others of the conversation beside it. */
export function Viewer({ conversationId, messageId, onClose }: ViewerProps) {
  const { t } = useTranslate();
  const dates = useDates();
  const { actions, store } = useRecado();
  const dialog = useRef<HTMLDialogElement>(null);
  // Oldest first, as in the thread; what is on screen is there before all of it has been read.
  const [items, setItems] = useState<readonly Item[]>(() => store.getState().thread.items.filter(isSeen));
  const [currentId, setCurrentId] = useState(messageId);
  const [zoom, setZoom] = useState(0);
  const [place, setPlace] = useState({ x: 0, y: 0 });
  const [drag, setDrag] = useState<{ x: number; y: number } | null>(null);
  const index = items.findIndex((item) => item.messageId === currentId);
  const item = items[index];
  const media = item?.content.media;

  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => element?.close();
  }, []);
  useEffect(() => {
    let isGone = false;
    void actions.listMedia(conversationId, null, MOST).then((page) => {
      if (isGone || page === null) return;
      const all = page.items.filter(isSeen).toReversed();
      setItems((held) => (all.some((each) => each.messageId === currentId) ? all : held));
    });
    return () => {
      isGone = true;
    };
    // Read once; where one goes meanwhile is kept.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [conversationId]);

  function go(step: 1 | -1) {
    const next = items[index + step];
    if (next === undefined) return;
    setCurrentId(next.messageId);
    setZoom(0);
    setPlace({ x: 0, y: 0 });
  }
  function zoomTo(level: number) {
    const next = Math.max(0, Math.min(ZOOMS.length - 1, level));
    setZoom(next);
    if (next === 0) setPlace({ x: 0, y: 0 });
  }
  function save() {
    if (media?.id) actions.saveMedia(media.id, media.fileName ?? t(kindKey(item?.kind ?? '', false)));
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.target instanceof HTMLVideoElement && event.key.startsWith('Arrow')) return;
    if (event.key === 'ArrowLeft') go(-1);
    else if (event.key === 'ArrowRight') go(1);
    else if (event.key === '+') zoomTo(zoom + 1);
    else if (event.key === '-') zoomTo(zoom - 1);
    else if (event.key === '0') zoomTo(0);
    else if (event.key.toLowerCase() === 's') save();
    else return;
    event.preventDefault();
  }
  function onPointerMove(event: PointerEvent) {
    if (drag !== null) setPlace({ x: event.clientX - drag.x, y: event.clientY - drag.y });
  }

  return (
    <dialog
      ref={dialog}
      className="viewer"
      aria-label={t('media.viewer')}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onKeyDown={onKeyDown}
    >
      <header className="viewer__head">
        <p className="viewer__what numeric">
          {item === undefined
            ? null
            : `${item.author.name ?? t(kindKey(item.kind, false))} · ${dates.dateTime(item.sentAt)}`}
        </p>
        <button
          type="button"
          className="icon-button"
          aria-label={t('media.zoomOut')}
          title={`${t('media.zoomOut')} (−)`}
          onClick={() => zoomTo(zoom - 1)}
        >
          <ZoomOut size={19} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t('media.zoomIn')}
          title={`${t('media.zoomIn')} (+)`}
          onClick={() => zoomTo(zoom + 1)}
        >
          <ZoomIn size={19} aria-hidden="true" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t('media.save')}
          title={`${t('media.save')} (S)`}
          onClick={save}
        >
          <Download size={19} aria-hidden="true" />
        </button>
        <button type="button" className="icon-button" aria-label={t('app.close')} onClick={onClose}>
          <X size={20} aria-hidden="true" />
        </button>
      </header>
      <div
        className="viewer__stage"
        onWheel={(event) => zoomTo(zoom + (event.deltaY < 0 ? 1 : -1))}
        onDoubleClick={() => zoomTo(zoom === 0 ? 2 : 0)}
      >
        <button
          type="button"
          className="viewer__step"
          aria-label={t('media.previous')}
          aria-disabled={index <= 0}
          onClick={() => go(-1)}
        >
          <ChevronLeft size={26} aria-hidden="true" />
        </button>
        {media?.id && item?.kind === 'video' ? (
          <video key={media.id} src={mediaAddress(media.id)} controls autoPlay />
        ) : media?.id ? (
          <img
            key={media.id}
            src={mediaAddress(media.id)}
            alt={item?.text ?? t(kindKey(item?.kind ?? '', false))}
            draggable={false}
            data-zoomed={zoom > 0}
            style={{ transform: `translate(${place.x}px, ${place.y}px) scale(${ZOOMS[zoom] ?? 1})` }}
            onPointerDown={(event) => {
              if (zoom === 0) return;
              event.currentTarget.setPointerCapture(event.pointerId);
              setDrag({ x: event.clientX - place.x, y: event.clientY - place.y });
            }}
            onPointerMove={onPointerMove}
            onPointerUp={() => setDrag(null)}
            onPointerCancel={() => setDrag(null)}
          />
        ) : null}
        <button
          type="button"
          className="viewer__step viewer__step--next"
          aria-label={t('media.next')}
          aria-disabled={index === -1 || index >= items.length - 1}
          onClick={() => go(1)}
        >
          <ChevronRight size={26} aria-hidden="true" />
        </button>
      </div>
      {item?.text ? <p className="viewer__caption">{item.text}</p> : null}
    </dialog>
  );
}
