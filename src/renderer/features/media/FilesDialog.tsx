import { Download, FolderOpen, MessageSquareText } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { MediaListPage, ThreadCursor } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { fileSize } from '../../lib/file-size.ts';
import { useActions, useDates } from '../../stores/index.ts';
import { Dialog, Empty } from '../../ui/index.ts';
import { FileThumb } from './FileThumb.tsx';
import { kindKey } from './MediaView.tsx';
import { typeName } from './media-words.ts';

const PAGE = 60;
const KINDS = {
  all: null,
  pictures: ['image', 'video', 'sticker'],
  documents: ['document'],
  sounds: ['audio'],
} as const;

interface FilesDialogProps {
  conversationId: string;
  onClose: () => void;
}

/** Every file of a conversation, newest first. */
export function FilesDialog({ conversationId, onClose }: FilesDialogProps) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const [items, setItems] = useState<MediaListPage['items']>([]);
  const [next, setNext] = useState<ThreadCursor | null>(null);
  const [isRead, setIsRead] = useState(false);
  const [kind, setKind] = useState<keyof typeof KINDS>('all');

  useEffect(() => {
    let isGone = false;
    void actions.listMedia(conversationId, null, PAGE).then((page) => {
      if (isGone) return;
      setIsRead(true);
      setItems(page?.items ?? []);
      setNext(page?.next ?? null);
    });
    return () => {
      isGone = true;
    };
  }, [actions, conversationId]);
  async function more() {
    const page = await actions.listMedia(conversationId, next, PAGE);
    if (page === null) return;
    setItems((held) => [...held, ...page.items]);
    setNext(page.next);
  }
  const kinds: readonly string[] | null = KINDS[kind];
  const shown = items.filter((item) => kinds === null || kinds.includes(item.kind));

  return (
    <Dialog title={t('media.files')} closeLabel={t('app.close')} onClose={onClose}>
      <div className="files__kinds" role="group" aria-label={t('media.files')}>
        {(Object.keys(KINDS) as (keyof typeof KINDS)[]).map((each) => (
          <button
            key={each}
            type="button"
            className="toggle"
            aria-pressed={each === kind}
            onClick={() => setKind(each)}
          >
            {t(`media.kinds.${each}`)}
          </button>
        ))}
      </div>
      {isRead && shown.length === 0 ? (
        <Empty icon={<FolderOpen size={26} />} title={t('media.noFiles')} text={t('media.noFilesText')} />
      ) : null}
      <ul className="files">
        {shown.map((item) => {
          const { media } = item.content;
          if (media === undefined) return null;
          const name = media.fileName ?? t(kindKey(item.kind, media.voice));
          const isPicture = ['image', 'video'].includes(item.kind);
          return (
            <li key={item.messageId} className="files__item">
              <button
                type="button"
                className="files__open"
                onClick={() => {
                  if (isPicture && media.id !== null) {
                    actions.showOver({ kind: 'viewer', conversationId, messageId: item.messageId });
                  } else {
                    onClose();
                    actions.openAt(conversationId, item.messageId);
                  }
                }}
              >
                <FileThumb fileName={name} mediaId={media.id} kind={item.kind} />
                <span className="files__words">
                  <span className="files__name">{name}</span>
                  <span className="card__facts numeric">
                    {[
                      typeName(media.mimeType),
                      ...(media.sizeBytes === null ? [] : [fileSize(media.sizeBytes, locale)]),
                      dates.dateTime(item.sentAt),
                    ].join(' · ')}
                  </span>
                </span>
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={t('media.goToOf', { name })}
                title={t('media.goTo')}
                onClick={() => {
                  onClose();
                  actions.openAt(conversationId, item.messageId);
                }}
              >
                <MessageSquareText size={16} aria-hidden="true" />
              </button>
              {media.id === null ? null : (
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t('media.saveOf', { name })}
                  title={t('media.save')}
                  onClick={() => actions.saveMedia(media.id ?? '', name)}
                >
                  <Download size={16} aria-hidden="true" />
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {next === null ? null : (
        <button type="button" className="button" onClick={() => void more()}>
          {t('media.more')}
        </button>
      )}
    </Dialog>
  );
}
