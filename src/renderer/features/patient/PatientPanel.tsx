import { Copy, PanelRightClose, Plus, StickyNote, UsersRound, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { these, useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Avatar, Chip, RemovableChip } from '../../ui/index.ts';
import './patient.css';

type Appointment = NonNullable<ConversationDetail['nextAppointment']>;

const APPOINTMENT_TONES: Record<string, 'ok' | 'warn' | 'danger'> = {
  confirmed: 'ok',
  attended: 'ok',
  cancelled: 'danger',
  missed: 'warn',
};
const APPOINTMENT_STATES = ['scheduled', 'confirmed', 'cancelled', 'attended', 'missed'] as const;

interface SectionProps {
  title: string;
  /** What adds to it. */
  add?: { label: string; onPress: () => void };
  children: ReactNode;
}

function Section({ title, add, children }: SectionProps) {
  return (
    <section className="panel__section">
      <div className="panel__section-head">
        <h3 className="panel__heading">{title}</h3>
        {add === undefined ? null : (
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={add.label}
            title={add.label}
            onClick={add.onPress}
          >
            <Plus size={15} aria-hidden="true" />
          </button>
        )}
      </div>
      {children}
    </section>
  );
}

function AppointmentCard({ label, appointment }: { label: string; appointment: Appointment }) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const state = APPOINTMENT_STATES.find((each) => each === appointment.state);
  const tone = APPOINTMENT_TONES[appointment.state];
  return (
    <div className="appointment">
      <div className="appointment__top">
        <span className="appointment__label">{label}</span>
        {state === undefined ? null : (
          <Chip {...(tone ? { tone } : {})}>{t(`patient.appointmentState.${state}`)}</Chip>
        )}
      </div>
      <p className="appointment__date numeric">{dates.appointment(appointment.startsAt, now)}</p>
      <p>{[appointment.treatment, appointment.professional].filter((each) => each !== '').join(' · ')}</p>
    </div>
  );
}

function RemoveButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      className="icon-button icon-button--small people__remove"
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <X size={14} aria-hidden="true" />
    </button>
  );
}

function People({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const aim = these(detail.conversationId);
  const unassign = (agentIds: string[], teamIds: string[]) =>
    actions.act(aim, { type: 'unassign', agentIds, teamIds });
  const dates = useDates();
  const now = useNow();
  const assigned = new Set(detail.assignees.map((agent) => agent.id));
  const others = detail.participants.filter((agent) => !assigned.has(agent.id));
  if (detail.assignees.length + detail.teams.length + others.length === 0) {
    return <p className="panel__nothing">{t('patient.noPeople')}</p>;
  }
  return (
    <ul className="people">
      {detail.assignees.map((agent) => (
        <li key={agent.id}>
          <Avatar name={agent.name} seed={agent.id} size="small" />
          <span className="people__name">{agent.name}</span>
          <span className="people__what">{t('patient.assigned')}</span>
          <RemoveButton
            label={t('patient.unassign', { name: agent.name })}
            onPress={() => unassign([agent.id], [])}
          />
        </li>
      ))}
      {detail.teams.map((team) => (
        <li key={team.id}>
          <span className="avatar avatar--small people__team" aria-hidden="true">
            <UsersRound size={14} />
          </span>
          <span className="people__name">{t('patient.team', { name: team.name })}</span>
          <span className="people__what">{t('patient.assigned')}</span>
          <RemoveButton
            label={t('patient.unassign', { name: t('patient.team', { name: team.name }) })}
            onPress={() => unassign([], [team.id])}
          />
        </li>
      ))}
      {others.map((agent) => (
        <li key={agent.id}>
          <Avatar name={agent.name} seed={agent.id} size="small" />
          <span className="people__name">{agent.name}</span>
          <span className="people__what">
            {t('patient.participated', { date: dates.listTime(agent.lastAt, now) })}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Patient({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const name = detail.displayName ?? t('list.noName');
  const { phone } = detail;
  const pick = (kind: 'tag' | 'assign') =>
    actions.changeUi({ picker: { kind, aim: these(detail.conversationId) } });

  async function copyPhone(text: string) {
    try {
      await navigator.clipboard.writeText(text);
      actions.toast('patient.copied', 'info');
    } catch {
      actions.toast('errors.internal');
    }
  }

  return (
    <>
      <header className="panel__who">
        <Avatar name={detail.displayName} seed={detail.conversationId} size="large" />
        <p className="panel__name">{name}</p>
        {phone === null ? (
          <p className="panel__nothing">{t('thread.noPhone')}</p>
        ) : (
          <p className="panel__phone numeric">
            {phone}
            <button
              type="button"
              className="icon-button icon-button--small"
              aria-label={t('patient.copyPhone')}
              title={t('patient.copyPhone')}
              onClick={() => void copyPhone(phone)}
            >
              <Copy size={14} aria-hidden="true" />
            </button>
          </p>
        )}
        {detail.profileName === null || detail.profileName === detail.displayName ? null : (
          <p className="panel__profile">{t('patient.whatsappName', { name: detail.profileName })}</p>
        )}
        {detail.isOnFile ? null : <Chip>{t('patient.notOnFile')}</Chip>}
      </header>
      <Section title={t('patient.appointments')}>
        {detail.nextAppointment === null && detail.lastAppointment === null ? (
          <p className="panel__nothing">{t('patient.noAppointments')}</p>
        ) : (
          <div className="appointments">
            {detail.nextAppointment === null ? null : (
              <AppointmentCard label={t('patient.next')} appointment={detail.nextAppointment} />
            )}
            {detail.lastAppointment === null ? null : (
              <AppointmentCard label={t('patient.last')} appointment={detail.lastAppointment} />
            )}
          </div>
        )}
      </Section>
      <Section title={t('patient.tags')} add={{ label: t('patient.addTag'), onPress: () => pick('tag') }}>
        {detail.tags.length === 0 ? (
          <p className="panel__nothing">{t('patient.noTags')}</p>
        ) : (
          <div className="panel__tags">
            {detail.tags.map((tag) => (
              <RemovableChip
                key={tag.id}
                icon={<span className="dot" style={{ color: tag.color }} aria-hidden="true" />}
                label={t('patient.untag')}
                onRemove={() =>
                  actions.act(these(detail.conversationId), { type: 'untag', tagIds: [tag.id] })
                }
              >
                {tag.name}
              </RemovableChip>
            ))}
          </div>
        )}
      </Section>
      <Section
        title={t('patient.people')}
        add={{ label: t('patient.addPerson'), onPress: () => pick('assign') }}
      >
        <People detail={detail} />
      </Section>
      {detail.note === '' ? null : (
        <Section title={t('patient.note')}>
          <p className="panel__note">
            <StickyNote size={15} aria-hidden="true" />
            <span>{detail.note}</span>
          </p>
        </Section>
      )}
    </>
  );
}

/** Who the conversation is with: name, number, appointments, tags, people, note. */
export function PatientPanel({ onHide }: { onHide: () => void }) {
  const { t } = useTranslate();
  const detail = useAppState((state) => state.thread.detail);
  return (
    <aside className="panel" data-pane="panel" aria-label={t('patient.label')}>
      <button
        type="button"
        className="icon-button panel__hide"
        data-pane-entry=""
        aria-label={t('thread.hidePanel')}
        title={t('thread.hidePanel')}
        onClick={onHide}
      >
        <PanelRightClose size={18} aria-hidden="true" />
      </button>
      {detail === null ? null : <Patient detail={detail} />}
    </aside>
  );
}
