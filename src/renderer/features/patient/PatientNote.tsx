import { Check } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';

const NOTE_MAX_LENGTH = 4_000;
/** Kept when nobody has typed for this long, milliseconds. */
const PAUSE_MS = 1_500;

/** What only the clinic sees of a patient; kept by itself when the writing stops. One per patient, by key. */
export function PatientNote({ patientId, note }: { patientId: string; note: string }) {
  const { t } = useTranslate();
  const actions = useActions();
  /** Null while nothing was typed that is not kept. */
  const [typed, setTyped] = useState<string | null>(null);
  const [isKept, setIsKept] = useState(false);
  const shown = typed ?? note;
  const isChanged = typed !== null && typed.trim() !== note.trim();

  const keep = useRef(() => {});
  useEffect(() => {
    keep.current = () => {
      if (!isChanged || typed === null) return;
      void actions.change('patient.update', { patientId, note: typed.trim() }).then(({ ok }) => {
        setIsKept(ok);
        if (ok) setTyped((now) => (now === typed ? null : now));
      });
    };
  });
  useEffect(() => {
    if (!isChanged) return;
    const timer = setTimeout(() => keep.current(), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [isChanged, typed]);
  // Another conversation was opened in the middle of a word.
  useEffect(() => () => keep.current(), []);

  return (
    <div className="panel__note">
      <textarea
        aria-label={t('patient.note')}
        placeholder={t('patient.notePlaceholder')}
        value={shown}
        maxLength={NOTE_MAX_LENGTH}
        rows={2}
        onChange={(event) => {
          setTyped(event.target.value);
          setIsKept(false);
        }}
        onBlur={() => keep.current()}
      />
      <p className="panel__note-state" role="status">
        {isChanged ? (
          t('patient.noteSaving')
        ) : isKept ? (
          <>
            <Check size={13} aria-hidden="true" />
            {t('patient.noteSaved')}
          </>
        ) : null}
      </p>
    </div>
  );
}
