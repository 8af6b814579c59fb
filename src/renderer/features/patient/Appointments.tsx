import {
  BellOff,
  BellRing,
  CalendarCheck,
  CalendarClock,
  CircleAlert,
  Lock,
  Pencil,
  Trash2,
} from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { AppointmentView, ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Chip } from '../../ui/index.ts';
import { AppointmentForm } from './AppointmentForm.tsx';
import { reminderOf, stateOf, STATE_TONES } from './appointment-words.ts';
import { Section } from './Section.tsx';

/** Further away than this, a day and month could be of either year, milliseconds. */
const NAMES_YEAR_BEYOND_MS = 300 * 86_400_000;
const REMINDER_ICONS = {
  sent: BellRing,
  confirmed: CalendarCheck,
  declined: CalendarClock,
  failed: CircleAlert,
} as const;

interface CardProps {
  /** What it is to the patient: the next one, the last one; null in the whole list. */
  label: string | null;
  appointment: AppointmentView;
  onEdit: () => void;
}

function AppointmentCard({ label, appointment, onEdit }: CardProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const [isAsked, setIsAsked] = useState(false);
  const remove = useRef<HTMLButtonElement>(null);
  const state = stateOf(appointment.state);
  const tone = STATE_TONES[appointment.state];
  const reminder = reminderOf(appointment.reminder);
  const ReminderIcon = reminder === undefined ? null : REMINDER_ICONS[reminder];
  const { startsAt } = appointment;
  const isFar = Math.abs(startsAt - now) > NAMES_YEAR_BEYOND_MS;
  const time = isFar ? `${dates.day(startsAt)}, ${dates.time(startsAt)}` : dates.appointment(startsAt, now);
  const spoken = time.toLocaleLowerCase();

  return (
    <li className="appointment" data-over={appointment.state === 'cancelled'}>
      <div className="appointment__top">
        <p className="appointment__date numeric">{time}</p>
        {state === undefined ? null : (
          <Chip {...(tone ? { tone } : {})}>{t(`patient.appointmentState.${state}`)}</Chip>
        )}
      </div>
      <p>{[appointment.treatment, appointment.professional].filter((each) => each !== '').join(' · ')}</p>
      {reminder === undefined || ReminderIcon === null ? null : (
        <p className="appointment__reminder" data-reminder={reminder}>
          <ReminderIcon size={14} aria-hidden="true" />
          {t(`patient.reminder.${reminder}`)}
        </p>
      )}
      <div className="appointment__foot">
        <span className="appointment__label">{label}</span>
        {appointment.isExternal ? (
          <span className="appointment__external" title={t('patient.external')}>
            <Lock size={13} aria-hidden="true" />
            <span className="visually-hidden">{t('patient.external')}</span>
          </span>
        ) : (
          <>
            <button
              type="button"
              className="icon-button icon-button--small"
              aria-label={t('patient.editAppointment', { time: spoken })}
              title={t('patient.editAppointment', { time: spoken })}
              onClick={onEdit}
            >
              <Pencil size={14} aria-hidden="true" />
            </button>
            <button
              ref={remove}
              type="button"
              className="icon-button icon-button--small"
              aria-label={t('patient.deleteAppointment', { time: spoken })}
              title={t('patient.deleteAppointment', { time: spoken })}
              aria-expanded={isAsked}
              onClick={() => setIsAsked(!isAsked)}
            >
              <Trash2 size={14} aria-hidden="true" />
            </button>
          </>
        )}
      </div>
      {isAsked ? (
        <div className="appointment__sure" role="group" aria-label={t('patient.delete')}>
          <p>{t('patient.deleteSure', { time: spoken })}</p>
          <div>
            <button
              type="button"
              className="button button--compact"
              autoFocus
              onClick={() => {
                setIsAsked(false);
                remove.current?.focus();
              }}
            >
              {t('picker.cancel')}
            </button>
            <button
              type="button"
              className="button button--compact button--danger"
              onClick={(event) => {
                // The card goes, and this button with it.
                event.currentTarget.closest('section')?.querySelector('button')?.focus();
                void actions.change('appointment.delete', { appointmentId: appointment.id });
              }}
            >
              {t('patient.delete')}
            </button>
          </div>
        </div>
      ) : null}
    </li>
  );
}

/** Whether the patient gets reminders, and the way to change it. */
function Reminders({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const isOn = useAppState((state) => (state.directory?.settings.reminders ?? null) !== null);
  const change = (remindersOff: boolean) =>
    void actions.change('patient.update', { patientId: detail.patientId, remindersOff });
  const { remindersOff } = detail;
  if (!remindersOff && !isOn) return null;
  // One button for both ways, so that the focus stays on it.
  return (
    <p className="panel__reminders">
      {remindersOff ? (
        <>
          <BellOff size={15} aria-hidden="true" />
          <span>{t('patient.noReminders')}</span>
        </>
      ) : null}
      <button key="change" type="button" className="panel__link" onClick={() => change(!remindersOff)}>
        {t(remindersOff ? 'patient.resumeReminders' : 'patient.stopReminders')}
      </button>
    </p>
  );
}

/** The next and the last appointment, all of them when asked for, and the form to write one. One per patient, by key. */
export function Appointments({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const [all, setAll] = useState<readonly AppointmentView[]>([]);
  const [isWhole, setIsWhole] = useState(false);
  const [form, setForm] = useState<{ appointment: AppointmentView | null } | null>(null);
  const { patientId, nextAppointment, lastAppointment } = detail;

  // The detail is read again whenever anything about the patient changes.
  useEffect(() => {
    let isWanted = true;
    void actions.listAppointments(patientId).then((list) => {
      if (isWanted && list !== null) setAll(list);
    });
    return () => {
      isWanted = false;
    };
  }, [actions, patientId, detail]);

  const near = [nextAppointment, lastAppointment].filter((each) => each !== null);
  const shown = isWhole ? all : near;
  const labelOf = ({ id }: AppointmentView) =>
    id === nextAppointment?.id ? t('patient.next') : id === lastAppointment?.id ? t('patient.last') : null;

  return (
    <Section
      title={t('patient.appointments')}
      add={{ label: t('patient.addAppointment'), onPress: () => setForm({ appointment: null }) }}
    >
      {shown.length === 0 ? (
        <p className="panel__nothing">{t('patient.noAppointments')}</p>
      ) : (
        <ul className="appointments">
          {shown.map((each) => (
            <AppointmentCard
              key={each.id}
              label={labelOf(each)}
              appointment={each}
              onEdit={() => setForm({ appointment: each })}
            />
          ))}
        </ul>
      )}
      {all.length > near.length ? (
        <button
          type="button"
          className="panel__link"
          aria-expanded={isWhole}
          onClick={() => setIsWhole(!isWhole)}
        >
          {isWhole ? t('patient.fewer') : t('patient.all', { count: all.length })}
        </button>
      ) : null}
      {shown.some((each) => each.isExternal) ? (
        <p className="panel__hint">{t('patient.externalWhy')}</p>
      ) : null}
      <Reminders detail={detail} />
      {form === null ? null : (
        <AppointmentForm
          patientId={patientId}
          appointment={form.appointment}
          others={all}
          onClose={() => setForm(null)}
        />
      )}
    </Section>
  );
}
