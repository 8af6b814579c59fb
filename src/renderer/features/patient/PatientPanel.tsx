import { Copy, CloudOff, ExternalLink, FolderOpen, PanelRightClose } from 'lucide-react';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { dayNumber } from '../../lib/dates.ts';
import { these, useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Avatar, Chip, RemovableChip } from '../../ui/index.ts';
import { Appointments } from './Appointments.tsx';
import { languageChoices } from './languages.ts';
import { PatientName } from './PatientName.tsx';
import { PatientNote } from './PatientNote.tsx';
import { People } from './People.tsx';
import { recordAddress } from '../../lib/record-address.ts';
import { Section } from './Section.tsx';
import './patient.css';

/** How old what is shown here is, while the clinic's server cannot be asked. */
function Age() {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const sync = useAppState((state) => state.app?.sync ?? null);
  if (sync === null || sync.phase !== 'offline') return null;
  const isToday = dayNumber(sync.since, dates.style.timeZone) === dayNumber(now, dates.style.timeZone);
  return (
    <p className="panel__age numeric" role="status">
      <CloudOff size={14} aria-hidden="true" />
      {t(isToday ? 'patient.asOf' : 'patient.asOfDay', { time: dates.since(sync.since, now) })}
    </p>
  );
}

function Language({ detail }: { detail: ConversationDetail }) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const { patientId, language } = detail;
  return (
    <label className="panel__language">
      <span>{t('patient.language')}</span>
      <select
        value={language ?? ''}
        onChange={(event) =>
          void actions.change('patient.update', {
            patientId,
            language: event.target.value === '' ? null : event.target.value,
          })
        }
      >
        <option value="">{t('patient.noLanguage')}</option>
        {languageChoices(language, locale).map(({ code, name }) => (
          <option key={code} value={code}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}

function Who({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const recordUrl = useAppState((state) => state.directory?.settings.recordUrl ?? null);
  const { phone } = detail;
  const record = recordAddress(recordUrl, phone);

  async function copyPhone(text: string) {
    try {
      await navigator.clipboard.writeText(text);
      actions.toast('patient.copied', 'info');
    } catch {
      actions.toast('errors.internal');
    }
  }

  return (
    <header className="panel__who">
      <Avatar name={detail.displayName} seed={detail.conversationId} size="large" />
      <PatientName key={detail.patientId} detail={detail} />
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
      {record === null ? null : (
        <a className="panel__link" href={record} target="_blank" rel="noreferrer">
          <ExternalLink size={14} aria-hidden="true" />
          {t('patient.record')}
        </a>
      )}
    </header>
  );
}

function Patient({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const pick = (kind: 'tag' | 'assign') =>
    actions.changeUi({ picker: { kind, aim: these(detail.conversationId) } });

  return (
    <>
      <Age />
      <Who detail={detail} />
      <Section title={t('patient.note')}>
        <PatientNote key={detail.patientId} patientId={detail.patientId} note={detail.note} />
      </Section>
      <Appointments key={detail.patientId} detail={detail} />
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
      <Section title={t('patient.files')}>
        <button
          type="button"
          className="panel__link"
          onClick={() => actions.showOver({ kind: 'files', conversationId: detail.conversationId })}
        >
          <FolderOpen size={15} aria-hidden="true" />
          {t('patient.showFiles')}
        </button>
      </Section>
      <Language detail={detail} />
    </>
  );
}

/** Who the conversation is with: name, number, note, appointments, tags, people, files. */
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
