import { CircleAlert, X } from 'lucide-react';
import { useTranslate } from '../../i18n/index.ts';
import { fileSize } from '../../lib/file-size.ts';
import { useActions, useAppState, type Draft } from '../../stores/index.ts';
import { FileThumb, refusalWords } from '../media/index.ts';

/** WhatsApp shows no words with these. */
const WITHOUT_CAPTION = ['audio', 'sticker'];

interface DraftFilesProps {
  conversationId: string;
  draft: Draft;
}

function Refused({ conversationId }: { conversationId: string }) {
  const translation = useTranslate();
  const { t } = translation;
  const actions = useActions();
  const refused = useAppState((state) => state.answering.refusedFiles);
  return refused
    .filter((each) => each.conversationId === conversationId)
    .map(({ id, fileName, refusal, shrinkable }) => (
      <div key={id} className="draft-file draft-file--refused" role="alert">
        <CircleAlert size={18} aria-hidden="true" />
        <div className="draft-file__words">
          <p className="draft-file__name">{fileName}</p>
          <p>{refusalWords(refusal, translation)}</p>
        </div>
        {shrinkable === null ? null : (
          <button
            type="button"
            className="button button--compact"
            onClick={() => void actions.shrinkRefused(id)}
          >
            {t('files.shrink')}
          </button>
        )}
        <button
          type="button"
          className="icon-button icon-button--small"
          aria-label={t('files.dismiss', { name: fileName })}
          title={t('app.close')}
          onClick={() => actions.dismissRefused(id)}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </div>
    ));
}

function TakingIn({ conversationId }: { conversationId: string }) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const takingIn = useAppState((state) => state.answering.takingIn);
  return takingIn
    .filter((each) => each.conversationId === conversationId)
    .map(({ id, fileName, sizeBytes, doneBytes }) => (
      <div key={id} className="draft-file">
        <FileThumb fileName={fileName} />
        <div className="draft-file__words">
          <p className="draft-file__name">{fileName}</p>
          <progress
            value={doneBytes}
            max={sizeBytes}
            aria-label={t('files.takingIn', { name: fileName })}
            title={`${fileSize(doneBytes, locale)} / ${fileSize(sizeBytes, locale)}`}
          />
        </div>
        <button
          type="button"
          className="icon-button icon-button--small"
          aria-label={t('files.remove', { name: fileName })}
          title={t('files.removeShort')}
          onClick={() => actions.cancelTakingIn(id)}
        >
          <X size={15} aria-hidden="true" />
        </button>
      </div>
    ));
}

/** The files that go with a message: what they are, their words, and those that cannot go. */
export function DraftFiles({ conversationId, draft }: DraftFilesProps) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const { files, fileViews } = draft;
  const setCaption = (fileId: string, caption: string): void =>
    actions.changeDraft(conversationId, {
      files: files.map((each) => (each.fileId === fileId ? { ...each, caption } : each)),
    });
  return (
    <div className="draft-files">
      {files.map(({ fileId, caption }) => {
        const view = fileViews.find((each) => each.fileId === fileId);
        if (view === undefined) return null;
        return (
          <div key={fileId} className="draft-file">
            <FileThumb fileName={view.fileName} mediaId={fileId} kind={view.kind} />
            <div className="draft-file__words">
              <p className="draft-file__name" title={view.fileName}>
                {view.fileName}
                <span className="draft-file__size numeric"> {fileSize(view.sizeBytes, locale)}</span>
              </p>
              {files.length > 1 && !WITHOUT_CAPTION.includes(view.kind) ? (
                <input
                  className="draft-file__caption"
                  value={caption}
                  maxLength={1_024}
                  aria-label={t('files.captionOf', { name: view.fileName })}
                  placeholder={t('files.caption')}
                  onChange={(event) => setCaption(fileId, event.target.value)}
                />
              ) : null}
            </div>
            <button
              type="button"
              className="icon-button icon-button--small"
              aria-label={t('files.remove', { name: view.fileName })}
              title={t('files.removeShort')}
              onClick={() => actions.removeFile(conversationId, fileId)}
            >
              <X size={15} aria-hidden="true" />
            </button>
          </div>
        );
      })}
      <TakingIn conversationId={conversationId} />
      <Refused conversationId={conversationId} />
    </div>
  );
}
