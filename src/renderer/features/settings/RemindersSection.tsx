import { BellRing, Plus, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Directory, TemplateView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { dayNumber } from '../../lib/dates.ts';
import { zonedTime } from '../../lib/zoned.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { WhatsappText } from '../../ui/index.ts';
import {
  exampleOf,
  HOURS_BEFORE,
  MOST_REMINDERS,
  remindersOf,
  reminderTemplates,
  usualReminders,
  withHours,
  withWord,
  type ReminderDraft,
} from './reminder-draft.ts';
import { Sure } from './Sure.tsx';
import { TimeField } from './TimeField.tsx';

interface PartProps {
  draft: ReminderDraft;
  onChange: (draft: ReminderDraft) => void;
}

function Hours({ draft, onChange }: PartProps) {
  const { count, t } = useTranslate();
  const choices = [...new Set([...HOURS_BEFORE, ...draft.hoursBefore])].sort((a, b) => b - a);
  return (
    <div className="reminders__part" role="group" aria-labelledby="reminder-hours">
      <h4 id="reminder-hours">{t('reminders.hours')}</h4>
      <div className="reminders__chips">
        {choices.map((hours) => {
          const isChosen = draft.hoursBefore.includes(hours);
          return (
            <button
              key={hours}
              type="button"
              className="toggle"
              aria-pressed={isChosen}
              aria-disabled={!isChosen && draft.hoursBefore.length >= MOST_REMINDERS}
              onClick={() => onChange(withHours(draft, hours))}
            >
              {hours % 24 === 0
                ? count('reminders.daysBefore', hours / 24)
                : count('reminders.hoursBefore', hours)}
            </button>
          );
        })}
      </div>
      <p className="settings__hint">{t('reminders.hoursHint')}</p>
    </div>
  );
}

function Words({ draft, onChange }: PartProps) {
  const { t } = useTranslate();
  const [typed, setTyped] = useState('');
  function add() {
    onChange(withWord(draft, typed));
    setTyped('');
  }
  return (
    <div className="reminders__part" role="group" aria-labelledby="reminder-words">
      <h4 id="reminder-words">{t('reminders.words')}</h4>
      <ul className="holidays__list">
        {draft.optOutWords.map((word) => (
          <li key={word} className="chip chip--removable">
            <span className="chip__text">{word}</span>
            <button
              type="button"
              aria-label={t('reminders.removeWord', { word })}
              onClick={() =>
                onChange({ ...draft, optOutWords: draft.optOutWords.filter((each) => each !== word) })
              }
            >
              <X size={13} aria-hidden="true" />
            </button>
          </li>
        ))}
      </ul>
      <div className="holidays__new">
        <input
          type="text"
          className="field"
          aria-label={t('reminders.newWord')}
          placeholder={t('reminders.newWord')}
          maxLength={40}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
        <button type="button" className="button" aria-disabled={typed.trim() === ''} onClick={add}>
          <Plus size={16} aria-hidden="true" />
          {t('reminders.addWord')}
        </button>
      </div>
      <p className="settings__hint">{t('reminders.wordsHint')}</p>
    </div>
  );
}

/** Half past five, three days from now. */
const EXAMPLE_DAYS = 3;
const EXAMPLE_MINUTE = 17 * 60 + 30;

function Example({ template }: { template: TemplateView }) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const session = useAppState((state) => state.app?.session ?? null);
  const { timeZone } = dates.style;
  const startsAt = zonedTime(dayNumber(now, timeZone) + EXAMPLE_DAYS, EXAMPLE_MINUTE, timeZone);
  const name = t('reminders.exampleName');
  const { rendered, missing } = exampleOf(template, {
    patientName: name,
    clinicName: session?.clinic.name ?? null,
    agentName: null,
    appointment: {
      startsAt,
      treatment: t('reminders.exampleTreatment'),
      professional: t('reminders.exampleProfessional'),
      state: 'scheduled',
    },
    now,
    timeZone,
    language: template.language,
  });
  return (
    <div className="reminders__example">
      <h4>{t('reminders.example')}</h4>
      <div className="reminders__bubble">
        {rendered.header === null ? null : <p className="reminders__header">{rendered.header}</p>}
        <WhatsappText text={rendered.body} />
        {rendered.footer === null ? null : <p className="reminders__footer">{rendered.footer}</p>}
      </div>
      {rendered.buttons.map((button, index) => (
        <p key={index} className="reminders__button">
          {button.text}
        </p>
      ))}
      <p className="settings__hint">{t('reminders.exampleOf', { name, time: dates.dateTime(startsAt) })}</p>
      {missing.length === 0 ? null : (
        <p className="field__problem" role="status">
          {t('reminders.missing', { fields: missing.join(', ') })}
        </p>
      )}
    </div>
  );
}

/** What the bot reminds patients of, with which template and when; nothing leaves before it is switched on. */
export function RemindersSection({ directory, isAdmin }: { directory: Directory; isAdmin: boolean }) {
  const { t } = useTranslate();
  const actions = useActions();
  const held = useAppState((state) => state.answering.templates);
  const kept = directory.settings.reminders;
  const [written, setWritten] = useState<ReminderDraft | null>(null);
  const [isTried, setIsTried] = useState(false);
  const [isKept, setIsKept] = useState(false);
  const [asked, setAsked] = useState<'start' | 'stop' | null>(null);
  useEffect(() => {
    void actions.readTemplates();
  }, [actions]);

  const templates = reminderTemplates(held ?? []);
  const draft = written ?? kept;
  if (draft === null) {
    return (
      <>
        <p className="manage__intro">{t(isAdmin ? 'reminders.none' : 'reminders.noneReading')}</p>
        {isAdmin && held !== null ? (
          templates.length === 0 ? (
            <p className="manage__nothing">{t('reminders.noTemplates')}</p>
          ) : (
            <button
              type="button"
              className="button button--primary"
              onClick={() => setWritten(usualReminders(templates))}
            >
              <BellRing size={16} aria-hidden="true" />
              {t('reminders.begin')}
            </button>
          )
        ) : null}
      </>
    );
  }

  const template = templates.find(({ id }) => id === draft.templateId) ?? null;
  const wanted = remindersOf(draft, templates);
  const isChanged = written !== null && JSON.stringify(wanted) !== JSON.stringify(kept);
  const isUnsound = isTried && wanted === null;

  function write(next: ReminderDraft) {
    setWritten(next);
    setIsKept(false);
  }
  /** The question goes, and the focus would go with it. */
  function leaveQuestion() {
    setAsked(null);
    document.getElementById('settings-reminders')?.focus();
  }
  async function keep(reminders: typeof wanted) {
    if (asked !== null) leaveQuestion();
    const reply = await actions.change('clinic.updateSettings', { settings: { reminders } });
    if (!reply.ok) return;
    setIsKept(true);
    setIsTried(false);
    setWritten(null);
  }
  function press() {
    setIsTried(true);
    if (wanted === null) return;
    if (kept === null) setAsked('start');
    else if (isChanged) void keep(wanted);
  }

  const state = isUnsound
    ? t('reminders.unsound')
    : isChanged && kept !== null
      ? t('reminders.changed')
      : isKept
        ? t('reminders.kept')
        : null;
  return (
    <div className="reminders">
      <p className="hours__now" role="status">
        <span className={`dot dot--${kept === null ? 'warn' : 'ok'}`} aria-hidden="true" />
        {t(kept === null ? 'reminders.notYet' : 'reminders.on')}
      </p>
      <p className="manage__intro">{t(isAdmin ? 'reminders.intro' : 'settings.onlyAdmins')}</p>
      <fieldset className="hours__fields reminders__columns" disabled={!isAdmin}>
        <div className="reminders__fields">
          <label className="reminders__part">
            <h4>{t('reminders.template')}</h4>
            <select
              className="field"
              value={template?.id ?? ''}
              aria-invalid={isUnsound && template === null}
              onChange={(event) => write({ ...draft, templateId: event.target.value || null })}
            >
              <option value="">{t('reminders.chooseTemplate')}</option>
              {templates.map(({ id, name, language }) => (
                <option key={id} value={id}>
                  {name} ({language})
                </option>
              ))}
            </select>
          </label>
          {held !== null && template === null && draft.templateId !== null ? (
            <p className="field__problem" role="status">
              {t('reminders.templateGone')}
            </p>
          ) : null}
          <Hours draft={draft} onChange={write} />
          <div className="reminders__part" role="group" aria-labelledby="reminder-quiet">
            <h4 id="reminder-quiet">{t('reminders.quiet')}</h4>
            <div className="day__span">
              <TimeField
                label={t('reminders.quietFrom')}
                value={draft.quietFrom}
                isInvalid={isUnsound && draft.quietFrom === ''}
                onChange={(quietFrom) => write({ ...draft, quietFrom })}
              />
              {t('reminders.until')}
              <TimeField
                label={t('reminders.quietTo')}
                value={draft.quietTo}
                isInvalid={isUnsound && draft.quietTo === ''}
                onChange={(quietTo) => write({ ...draft, quietTo })}
              />
            </div>
            <p className="settings__hint">{t('reminders.quietHint')}</p>
          </div>
          <Words draft={draft} onChange={write} />
        </div>
        {template === null ? null : <Example template={template} />}
      </fieldset>
      {isAdmin ? (
        <div className="hours__foot">
          {asked === null ? (
            <>
              <p role="status" className={isUnsound ? 'field__problem' : 'hours__state'}>
                {state}
              </p>
              {written !== null && (isChanged || kept === null) ? (
                <button type="button" className="button" onClick={() => setWritten(null)}>
                  {t('reminders.discard')}
                </button>
              ) : null}
              {kept === null ? null : (
                <button type="button" className="button" onClick={() => setAsked('stop')}>
                  {t('reminders.stop')}
                </button>
              )}
              <button
                type="button"
                className="button button--primary"
                aria-disabled={kept !== null && !isChanged}
                onClick={press}
              >
                {t(kept === null ? 'reminders.start' : 'reminders.keep')}
              </button>
            </>
          ) : (
            <Sure
              text={t(asked === 'start' ? 'reminders.startSure' : 'reminders.stopSure')}
              confirm={t(asked === 'start' ? 'reminders.start' : 'reminders.stop')}
              isDangerous={asked === 'stop'}
              onConfirm={() => void keep(asked === 'start' ? wanted : null)}
              onCancel={leaveQuestion}
            />
          )}
        </div>
      ) : null}
    </div>
  );
}
