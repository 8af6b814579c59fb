import { QUICK_REPLY_VARIABLES, quickReplyVariables, TEXT_MAX_LENGTH } from '@recado/protocol';
import { Paperclip, Pencil, Plus, Trash2, UserRound, X } from 'lucide-react';
import { useRef, useState, type FormEvent } from 'react';
import type { FileView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { refusalWords } from '../media/index.ts';
import type { QuickReply } from './use-quick-reply-choice.ts';
import './quick-replies.css';

const SHORTCUT = /^[^\s/]{1,30}$/u;
const VARIABLES = Object.keys(QUICK_REPLY_VARIABLES);

interface EditorProps {
  /** Null for a new one. */
  reply: QuickReply | null;
  taken: readonly string[];
  onDone: () => void;
}

function Editor({ reply, taken, onDone }: EditorProps) {
  const translation = useTranslate();
  const { t } = translation;
  const actions = useActions();
  const text = useRef<HTMLTextAreaElement>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const [shortcut, setShortcut] = useState(reply?.shortcut ?? '');
  const [words, setWords] = useState(reply?.text ?? '');
  const [isMine, setIsMine] = useState(reply?.isMine ?? false);
  const [file, setFile] = useState<FileView | null>(reply?.file ?? null);
  const [fileProblem, setFileProblem] = useState<string | null>(null);
  const [isTried, setIsTried] = useState(false);
  const name = shortcut.replace(/^\//u, '');
  const unknown = quickReplyVariables(words).filter(
    (each) => !VARIABLES.includes(each.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()),
  );
  const shortcutProblem = !SHORTCUT.test(name)
    ? t('quickReplies.shortcutInvalid')
    : taken.includes(name.toLowerCase())
      ? t('quickReplies.shortcutTaken')
      : null;
  const textProblem = words.trim() === '' && file === null ? t('quickReplies.textNeeded') : null;

  async function choose(chosen: File | undefined) {
    if (chosen === undefined) return;
    setFileProblem(null);
    const taken = await actions.takeIn(chosen, {});
    if ('file' in taken) setFile(taken.file);
    else if ('refusal' in taken) {
      setFileProblem(`${chosen.name}: ${refusalWords(taken.refusal, translation)}`);
    } else setFileProblem(t(`errors.${taken.error.code}`));
  }
  async function save(event: FormEvent) {
    event.preventDefault();
    setIsTried(true);
    if (shortcutProblem !== null || textProblem !== null) return;
    const parts = { shortcut: name, text: words };
    const isSameFile = (reply?.file?.fileId ?? null) === (file?.fileId ?? null);
    const done =
      reply === null
        ? await actions.change('quickReply.create', { ...parts, isMine, fileId: file?.fileId ?? null })
        : await actions.change('quickReply.update', {
            ...parts,
            quickReplyId: reply.id,
            ...(isSameFile ? {} : { fileId: file?.fileId ?? null }),
          });
    if (done.ok) onDone();
  }
  function insert(variable: string) {
    const box = text.current;
    const at = box?.selectionStart ?? words.length;
    setWords(`${words.slice(0, at)}{${variable}}${words.slice(box?.selectionEnd ?? at)}`);
    box?.focus();
  }

  return (
    <form className="saved__editor" onSubmit={(event) => void save(event)}>
      <label className="saved__field">
        {t('quickReplies.shortcut')}
        <input
          className="field"
          value={shortcut}
          maxLength={31}
          autoFocus
          placeholder="/hola"
          onChange={(event) => setShortcut(event.target.value)}
        />
      </label>
      {isTried && shortcutProblem !== null ? <p className="field__problem">{shortcutProblem}</p> : null}
      <label className="saved__field">
        {t('quickReplies.text')}
        <textarea
          ref={text}
          className="field"
          rows={4}
          maxLength={TEXT_MAX_LENGTH}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      </label>
      {isTried && textProblem !== null ? <p className="field__problem">{textProblem}</p> : null}
      <div className="saved__variables" role="group" aria-label={t('quickReplies.variables')}>
        <span>{t('quickReplies.variables')}</span>
        {VARIABLES.map((each) => (
          <button key={each} type="button" className="chip chip--removable" onClick={() => insert(each)}>
            {`{${each}}`}
          </button>
        ))}
      </div>
      {unknown.length > 0 ? (
        <p className="saved__warning" role="status">
          {t('quickReplies.unknown', { names: unknown.map((each) => `{${each}}`).join(' ') })}
        </p>
      ) : null}
      <div className="saved__file">
        <input
          ref={chooser}
          type="file"
          hidden
          onChange={(event) => {
            void choose(event.target.files?.[0]);
            event.target.value = '';
          }}
        />
        {file === null ? (
          <button type="button" className="button button--compact" onClick={() => chooser.current?.click()}>
            <Paperclip size={15} aria-hidden="true" />
            {t('quickReplies.addFile')}
          </button>
        ) : (
          <button
            type="button"
            className="chip chip--removable"
            title={t('files.remove', { name: file.fileName })}
            onClick={() => setFile(null)}
          >
            <Paperclip size={13} aria-hidden="true" />
            <span className="chip__text">{file.fileName}</span>
            <X size={12} aria-hidden="true" />
          </button>
        )}
        {reply === null ? (
          <label className="saved__mine">
            <input type="checkbox" checked={isMine} onChange={(event) => setIsMine(event.target.checked)} />
            {t('quickReplies.onlyMine')}
          </label>
        ) : null}
      </div>
      {fileProblem === null ? null : <p className="field__problem">{fileProblem}</p>}
      <div className="saved__buttons">
        <button type="button" className="button" onClick={onDone}>
          {t('picker.cancel')}
        </button>
        <button type="submit" className="button button--primary">
          {t('quickReplies.save')}
        </button>
      </div>
    </form>
  );
}

/** The saved texts of the clinic and of this person: new ones, changes, deleting. */
export function QuickReplySettings() {
  const { t } = useTranslate();
  const actions = useActions();
  const replies = useAppState((state) => state.directory?.quickReplies) ?? [];
  const [editing, setEditing] = useState<string | 'new' | null>(null);
  const [removing, setRemoving] = useState<string | null>(null);
  const takenBy = (id: string | null) =>
    replies.filter((each) => each.id !== id).map((each) => each.shortcut.toLowerCase());
  return (
    <section className="saved" aria-label={t('quickReplies.title')}>
      <p className="saved__intro">{t('quickReplies.intro')}</p>
      {editing === 'new' ? (
        <Editor reply={null} taken={takenBy(null)} onDone={() => setEditing(null)} />
      ) : (
        <button type="button" className="button" data-autofocus="" onClick={() => setEditing('new')}>
          <Plus size={16} aria-hidden="true" />
          {t('quickReplies.new')}
        </button>
      )}
      {replies.length === 0 ? <p className="saved__nothing">{t('quickReplies.none')}</p> : null}
      <ul className="saved__list">
        {replies.map((reply) =>
          editing === reply.id ? (
            <li key={reply.id}>
              <Editor reply={reply} taken={takenBy(reply.id)} onDone={() => setEditing(null)} />
            </li>
          ) : (
            <li key={reply.id} className="saved__item">
              <div className="saved__words">
                <p className="saved__name">
                  /{reply.shortcut}
                  {reply.isMine ? (
                    <span className="saved__tag">
                      <UserRound size={12} aria-hidden="true" />
                      {t('quickReplies.mine')}
                    </span>
                  ) : null}
                  {reply.file === null ? null : (
                    <span className="saved__tag">
                      <Paperclip size={12} aria-hidden="true" />
                      {reply.file.fileName}
                    </span>
                  )}
                </p>
                <p className="saved__text">{reply.text}</p>
              </div>
              {removing === reply.id ? (
                <>
                  <button
                    type="button"
                    className="button button--compact button--danger"
                    autoFocus
                    onClick={() => {
                      setRemoving(null);
                      void actions.change('quickReply.delete', { quickReplyId: reply.id });
                    }}
                  >
                    {t('quickReplies.removeYes')}
                  </button>
                  <button type="button" className="button button--compact" onClick={() => setRemoving(null)}>
                    {t('picker.cancel')}
                  </button>
                </>
              ) : (
                <>
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={t('quickReplies.editOf', { name: reply.shortcut })}
                    title={t('quickReplies.edit')}
                    onClick={() => setEditing(reply.id)}
                  >
                    <Pencil size={16} aria-hidden="true" />
                  </button>
                  <button
                    type="button"
                    className="icon-button"
                    aria-label={t('quickReplies.removeOf', { name: reply.shortcut })}
                    title={t('quickReplies.remove')}
                    onClick={() => setRemoving(reply.id)}
                  >
                    <Trash2 size={16} aria-hidden="true" />
                  </button>
                </>
              )}
            </li>
          ),
        )}
      </ul>
    </section>
  );
}
