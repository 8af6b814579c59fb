import { useState, type FormEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';

/** Writing to a number the clinic has no conversation with yet: who it is, then a template. */
export function NewConversationDialog({ onClose }: { onClose: () => void }) {
  const { t } = useTranslate();
  const actions = useActions();
  const [phone, setPhone] = useState('');
  const [name, setName] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (phone.trim() === '') return setProblem(t('newConversation.phoneNeeded'));
    if (isBusy) return;
    setIsBusy(true);
    const error = await actions.startConversation(phone, name);
    setIsBusy(false);
    if (error !== null) setProblem(t(`errors.${error.code}`));
  }
  return (
    <Dialog title={t('newConversation.title')} closeLabel={t('app.close')} onClose={onClose} isNarrow>
      <form className="new-conversation" onSubmit={(event) => void submit(event)}>
        <label className="saved__field">
          {t('newConversation.phone')}
          <input
            className="field numeric"
            type="tel"
            inputMode="tel"
            autoComplete="off"
            value={phone}
            maxLength={60}
            placeholder="600 11 12 22"
            data-autofocus=""
            aria-invalid={problem !== null}
            aria-describedby="new-conversation-note"
            onChange={(event) => {
              setPhone(event.target.value);
              setProblem(null);
            }}
          />
        </label>
        <p
          id="new-conversation-note"
          className={problem === null ? 'schedule__note' : 'field__problem'}
          role="status"
        >
          {problem ?? t('newConversation.phoneHint')}
        </p>
        <label className="saved__field">
          {t('newConversation.name')}
          <input
            className="field"
            value={name}
            maxLength={120}
            autoComplete="off"
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <div className="dialog__actions">
          <button type="button" className="button" onClick={onClose}>
            {t('picker.cancel')}
          </button>
          <button type="submit" className="button button--primary" aria-disabled={isBusy}>
            {t('templates.choose')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
