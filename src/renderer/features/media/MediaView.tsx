import {
  CircleAlert,
  CloudDownload,
  CloudOff,
  Download,
  FileText,
  Image,
  Maximize2,
  Mic,
  Sticker,
  Video,
  Volume2,
  X,
  type LucideIcon,
} from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import { useTranslate, type SentenceKey } from '../../i18n/index.ts';
import { fileSize } from '../../lib/file-size.ts';
import { useActions, useAppState, useRecado } from '../../stores/index.ts';
import { mediaAddress } from './address.ts';
import { AudioPlayer } from './AudioPlayer.tsx';
import { typeName } from './media-words.ts';
import './media.css';

type Media = NonNullable<ThreadItem['content']['media']>;

const ICONS: Record<string, LucideIcon> = {
  image: Image,
  video: Video,
  audio: Volume2,
  document: FileText,
  sticker: Sticker,
};
const FAILURES = ['too_large', 'expired', 'refused'] as const;
/** Of a picture whose measures nobody told: about what phones make. */
const USUAL = { width: 4, height: 3 };

/** What a file is called before a person. */
export function kindKey(kind: string, isVoice: boolean): SentenceKey {
  if (isVoice) return 'kinds.voice';
  return kind === 'image' || kind === 'video' || kind === 'audio' || kind === 'sticker'
    ? `kinds.${kind}`
    : 'kinds.document';
}

function FileCard({ item, media, children }: { item: Item; media: Media; children?: ReactNode }) {
  const { t, locale } = useTranslate();
  const Icon = media.voice ? Mic : (ICONS[item.kind] ?? FileText);
  const name = t(kindKey(item.kind, media.voice));
  const facts = [
    ...(media.fileName === null ? [] : [name]),
    typeName(media.mimeType),
    ...(media.sizeBytes === null ? [] : [fileSize(media.sizeBytes, locale)]),
  ].filter((fact) => fact !== '');
  return (
    <div className="card card--file">
      <span className="card__icon" aria-hidden="true">
        <Icon size={20} />
      </span>
      <div className="card__text">
        <p className="card__title">{media.fileName ?? name}</p>
        <p className="card__facts numeric">{facts.join(' · ')}</p>
        {children}
      </div>
    </div>
  );
}

/** On its way from this PC to the clinic's server. */
function Transfer({ item }: { item: Item }) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const conversationId = useAppState((state) => state.thread.conversationId);
  const transfer = useAppState((state) =>
    state.answering.transfers.find((each) => each.messageId === item.messageId),
  );
  if (transfer === undefined || conversationId === null) return null;
  const done = fileSize(transfer.sentBytes, locale);
  return (
    <div className="transfer">
      <progress value={transfer.sentBytes} max={transfer.sizeBytes} aria-label={t('media.uploading')} />
      <span className="transfer__words numeric">
        {t('media.uploaded', { done, total: fileSize(transfer.sizeBytes, locale) })}
      </span>
      <button
        type="button"
        className="icon-button icon-button--small"
        aria-label={t('media.cancelUpload')}
        title={t('media.cancelUpload')}
        onClick={() => actions.discardMessage(conversationId, item.messageId)}
      >
        <X size={15} aria-hidden="true" />
      </button>
    </div>
  );
}

function Unavailable({ mediaId, onBack }: { mediaId: string; onBack: () => void }) {
  const { t } = useTranslate();
  const actions = useActions();
  const isOffline = useAppState((state) => state.app?.sync.phase !== 'live');
  const [isFetching, setIsFetching] = useState(false);
  const Icon = isOffline ? CloudOff : CloudDownload;
  async function fetchAgain() {
    setIsFetching(true);
    const isThere = await actions.fetchMedia(mediaId);
    setIsFetching(false);
    if (isThere) onBack();
  }
  return (
    <p className="media__state">
      <Icon size={14} aria-hidden="true" />
      {isFetching ? t('media.fetching') : t(isOffline ? 'media.notOffline' : 'media.notHere')}
      {isFetching ? null : (
        <button type="button" className="media__again" onClick={() => void fetchAgain()}>
          {t('media.fetch')}
        </button>
      )}
    </p>
  );
}

function SaveButton({ media, fallback }: { media: Media; fallback: string }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { id } = media;
  if (id === null) return null;
  return (
    <button
      type="button"
      className="media__save"
      onClick={() => actions.saveMedia(id, media.fileName ?? fallback)}
    >
      <Download size={14} aria-hidden="true" />
      {t('media.save')}
    </button>
  );
}

type Item = Pick<ThreadItem, 'messageId' | 'kind' | 'direction' | 'text'>;

/** A picture, in the room it will take, so that nothing moves when it comes. */
function Picture({ item, media, onFailed }: { item: Item; media: Media; onFailed: () => void }) {
  const { t } = useTranslate();
  const { actions, store } = useRecado();
  const [isThere, setIsThere] = useState(false);
  const { id } = media;
  if (id === null) return null;
  const isSticker = item.kind === 'sticker';
  const width = media.width ?? USUAL.width;
  const height = media.height ?? USUAL.height;
  const label = `${t(kindKey(item.kind, false))}${item.text === null ? '' : `: ${item.text}`}`;
  const picture = (
    <img
      src={mediaAddress(id)}
      alt={label}
      loading="lazy"
      decoding="async"
      data-there={isThere}
      onLoad={() => setIsThere(true)}
      onError={onFailed}
    />
  );
  if (isSticker) return <div className="media__sticker">{picture}</div>;
  return (
    <button
      type="button"
      className="media__picture"
      style={{ aspectRatio: `${width} / ${height}` }}
      data-tall={height > width * 1.2}
      aria-label={t('media.open', { name: label })}
      onClick={() => {
        const { conversationId } = store.getState().thread;
        if (conversationId !== null) {
          actions.showOver({ kind: 'viewer', conversationId, messageId: item.messageId });
        }
      }}
    >
      {isThere ? null : <Image size={26} aria-hidden="true" />}
      {picture}
    </button>
  );
}

/** A file of a message: seen, heard or named; or why it is not here. */
export function MediaView({ item, media }: { item: Item; media: Media }) {
  const { t } = useTranslate();
  const { actions, store } = useRecado();
  const [isFailed, setIsFailed] = useState(false);
  const { id } = media;
  const failed = () => setIsFailed(true);
  if (media.failure !== null) {
    const failure = FAILURES.find((each) => each === media.failure) ?? 'other';
    return (
      <FileCard item={item} media={media}>
        <p className="media__state media__state--failed">
          <CircleAlert size={14} aria-hidden="true" />
          {t(`media.failure.${failure}`)}
        </p>
      </FileCard>
    );
  }
  if (id === null) {
    return (
      <FileCard item={item} media={media}>
        {item.direction === 'inbound' ? (
          <p className="media__state">
            <CloudDownload size={14} aria-hidden="true" />
            {t('thread.mediaPending')}
          </p>
        ) : null}
        <Transfer item={item} />
      </FileCard>
    );
  }
  if (isFailed) {
    return (
      <FileCard item={item} media={media}>
        <Unavailable mediaId={id} onBack={() => setIsFailed(false)} />
        <Transfer item={item} />
      </FileCard>
    );
  }
  if (item.kind === 'image' || item.kind === 'sticker') {
    return (
      <>
        <Picture item={item} media={media} onFailed={failed} />
        <Transfer item={item} />
      </>
    );
  }
  if (item.kind === 'video') {
    return (
      <div className="media__video">
        <video
          src={mediaAddress(id)}
          controls
          controlsList="nodownload noremoteplayback noplaybackrate"
          disablePictureInPicture
          preload="metadata"
          aria-label={t('kinds.video')}
          style={{ aspectRatio: `${media.width ?? 16} / ${media.height ?? 9}` }}
          onError={failed}
        />
        <button
          type="button"
          className="media__enlarge"
          aria-label={t('media.open', { name: t('kinds.video') })}
          title={t('media.open', { name: t('kinds.video') })}
          onClick={() => {
            const { conversationId } = store.getState().thread;
            if (conversationId !== null) {
              actions.showOver({ kind: 'viewer', conversationId, messageId: item.messageId });
            }
          }}
        >
          <Maximize2 size={15} aria-hidden="true" />
        </button>
        <Transfer item={item} />
      </div>
    );
  }
  if (item.kind === 'audio') {
    return (
      <>
        <AudioPlayer
          mediaId={id}
          label={t(kindKey('audio', media.voice))}
          durationMs={media.durationMs}
          waveform={media.waveform}
          onFailed={failed}
        />
        <Transfer item={item} />
      </>
    );
  }
  return (
    <FileCard item={item} media={media}>
      <SaveButton media={media} fallback={t('kinds.document')} />
      <Transfer item={item} />
    </FileCard>
  );
}
