import { useState, type FormEvent } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { readLocal, writeLocal } from '../../lib/zoned.ts';
import { useDates, useNow } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';

const HOUR = 3_600_000;

interface ScheduleDialogProps {
  /** Relay time; after it only a template could be sent. */
  windowEnd: number | null;
  onClose: () => void;
  onSchedule: (at: number) => void;
}

/** When a message is to leave; never after the window has closed. */
export function ScheduleDialog({ windowEnd, onClose, onSchedule }: ScheduleDialogProps) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const { timeZone } = dates.style;
  const [value, setValue] = useState(() => writeLocal(now + HOUR, timeZone));
  const at = readLocal(value, timeZone);
  const isPast = at === null || at <= now;
  const isTooLate = at !== null && windowEnd !== null && at >= windowEnd;
  const problem = isPast ? t('schedule.past') : isTooLate ? t('schedule.tooLate') : null;

  function submit(event: FormEvent) {
    event.preventDefault();
    if (at !== null && problem === null) onSchedule(at);
  }
  return (
    <Dialog title={t('schedule.title')} closeLabel={t('app.close')} onClose={onClose} isNarrow>
      <form className="schedule" onSubmit={submit}>
        <label className="schedule__label">
          {t('schedule.when')}
          <input
            type="datetime-local"
            className="field"
            value={value}
            data-autofocus=""
            aria-describedby="schedule-note"
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
        <p
          id="schedule-note"
          className={problem === null ? 'schedule__note' : 'field__problem'}
          role="status"
        >
          {problem ??
            (windowEnd === null
              ? null
              : t('schedule.inWindow', { date: dates.appointment(windowEnd, now).toLocaleLowerCase() }))}
        </p>
        <div className="dialog__actions">
          <button type="button" className="button" onClick={onClose}>
            {t('picker.cancel')}
          </button>
          <button type="submit" className="button button--primary" aria-disabled={problem !== null}>
            {t('schedule.submit')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
