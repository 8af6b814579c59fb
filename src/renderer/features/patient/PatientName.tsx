import { Pencil } from 'lucide-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';

const NAME_MAX_LENGTH = 120;

/** The patient's name, written over in place: Enter keeps it, Escape leaves it as it was. */
export function PatientName({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const [typed, setTyped] = useState<string | null>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const name = detail.displayName ?? t('list.noName');

  function stop(takesFocus: boolean) {
    setTyped(null);
    if (takesFocus) requestAnimationFrame(() => opener.current?.focus());
  }
  function keep(takesFocus: boolean) {
    const wanted = typed?.trim() ?? '';
    if (typed !== null && wanted !== (detail.patientName ?? ''))
      void actions.change('patient.update', { patientId: detail.patientId, name: wanted });
    stop(takesFocus);
  }
  function onKeyDown(event: KeyboardEvent) {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === 'Enter') keep(true);
    else stop(true);
  }

  if (typed === null) {
    return (
      <p className="panel__name">
        {name}
        <button
          ref={opener}
          type="button"
          className="icon-button icon-button--small panel__edit"
          aria-label={t('patient.editName')}
          title={t('patient.editName')}
          onClick={() => setTyped(detail.patientName ?? '')}
        >
          <Pencil size={14} aria-hidden="true" />
        </button>
      </p>
    );
  }
  return (
    <div className="panel__naming">
      <input
        type="text"
        className="field"
        autoFocus
        aria-label={t('patient.name')}
        aria-describedby="patient-name-hint"
        value={typed}
        placeholder={detail.profileName ?? detail.phone ?? ''}
        maxLength={NAME_MAX_LENGTH}
        autoComplete="off"
        onFocus={(event) => event.currentTarget.select()}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={onKeyDown}
        onBlur={() => keep(false)}
      />
      <p id="patient-name-hint" className="panel__hint">
        {t('patient.nameHint')}
      </p>
    </div>
  );
}
