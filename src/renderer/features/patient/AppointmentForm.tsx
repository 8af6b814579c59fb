import { useState, type FormEvent } from 'react';
import type { AppointmentView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { dayNumber } from '../../lib/dates.ts';
import { readLocal, writeLocal, zonedTime } from '../../lib/zoned.ts';
import { useActions, useDates, useNow } from '../../stores/index.ts';
import { Dialog } from '../../ui/index.ts';
import { APPOINTMENT_STATES, stateOf } from './appointment-words.ts';

const MORNING = 10 * 60;
const TEXT_MAX_LENGTH = 200;

interface AppointmentFormProps {
  patientId: string;
  /** Null for a new one. */
  appointment: AppointmentView | null;
  /** What the patient's other appointments were for and with whom: worth offering. */
  others: readonly AppointmentView[];
  onClose: () => void;
}

const distinct = (texts: readonly string[]) => [...new Set(texts.filter((text) => text !== ''))];

/** An appointment written by hand, by the clock on the clinic's wall. */
export function AppointmentForm({ patientId, appointment, others, onClose }: AppointmentFormProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const { timeZone } = useDates().style;
  const now = useNow();
  const [when, setWhen] = useState(() =>
    writeLocal(appointment?.startsAt ?? zonedTime(dayNumber(now, timeZone) + 1, MORNING, timeZone), timeZone),
  );
  const [treatment, setTreatment] = useState(appointment?.treatment ?? '');
  const [professional, setProfessional] = useState(appointment?.professional ?? '');
  const [state, setState] = useState(stateOf(appointment?.state ?? '') ?? 'scheduled');
  const [isTried, setIsTried] = useState(false);
  const startsAt = readLocal(when, timeZone);
  const problem = isTried && startsAt === null ? t('patient.form.noTime') : null;

  async function submit(event: FormEvent) {
    event.preventDefault();
    setIsTried(true);
    if (startsAt === null) return;
    const reply = await actions.change('appointment.put', {
      appointmentId: appointment?.id ?? null,
      patientId,
      startsAt,
      treatment,
      professional,
      state,
    });
    if (reply.ok) onClose();
  }

  return (
    <Dialog
      title={t(appointment === null ? 'patient.form.add' : 'patient.form.edit')}
      closeLabel={t('app.close')}
      onClose={onClose}
      isNarrow
    >
      <form className="appointment-form" onSubmit={(event) => void submit(event)}>
        <label>
          {t('patient.form.when')}
          <input
            type="datetime-local"
            className="field"
            value={when}
            data-autofocus=""
            aria-invalid={problem !== null}
            aria-describedby="appointment-problem"
            onChange={(event) => setWhen(event.target.value)}
          />
        </label>
        <p id="appointment-problem" className="field__problem" role="status">
          {problem}
        </p>
        <label>
          {t('patient.form.treatment')}
          <input
            type="text"
            className="field"
            list="appointment-treatments"
            value={treatment}
            maxLength={TEXT_MAX_LENGTH}
            onChange={(event) => setTreatment(event.target.value)}
          />
        </label>
        <datalist id="appointment-treatments">
          {distinct(others.map((each) => each.treatment)).map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
        <label>
          {t('patient.form.professional')}
          <input
            type="text"
            className="field"
            list="appointment-professionals"
            value={professional}
            maxLength={TEXT_MAX_LENGTH}
            onChange={(event) => setProfessional(event.target.value)}
          />
        </label>
        <datalist id="appointment-professionals">
          {distinct(others.map((each) => each.professional)).map((text) => (
            <option key={text} value={text} />
          ))}
        </datalist>
        <label>
          {t('patient.form.state')}
          <select
            className="field"
            value={state}
            onChange={(event) => setState(stateOf(event.target.value) ?? 'scheduled')}
          >
            {APPOINTMENT_STATES.map((each) => (
              <option key={each} value={each}>
                {t(`patient.appointmentState.${each}`)}
              </option>
            ))}
          </select>
        </label>
        <div className="dialog__actions">
          <button type="button" className="button" onClick={onClose}>
            {t('picker.cancel')}
          </button>
          <button type="submit" className="button button--primary">
            {t('patient.form.save')}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
