import { useEffect, useState } from 'react';
import {
  NOTIFIED,
  PRIVACY_LEVELS,
  SOUNDS,
  type CallInput,
  type ErrorCode,
  type NotificationSettings,
  type NotificationsView,
} from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { TimeField } from './TimeField.tsx';
import './notifications.css';

const LEAD_HOURS = [1, 2, 3, 4, 6, 12];
const USUAL_QUIET = { from: '20:00', to: '08:00' };

interface PartProps {
  settings: NotificationSettings;
  onChange: (change: Partial<NotificationSettings>) => void;
}

function Level({ settings, onChange }: PartProps) {
  const { t } = useTranslate();
  return (
    <fieldset className="settings__group">
      <legend>{t('notifications.level')}</legend>
      {PRIVACY_LEVELS.map((level) => (
        <label key={level} className="settings__choice">
          <input
            type="radio"
            name="notification-level"
            checked={settings.level === level}
            onChange={() => onChange({ level })}
          />
          <span>
            <b>{t(`notifications.levels.${level}.name`)}</b>
            <span className="settings__hint">{t(`notifications.levels.${level}.hint`)}</span>
          </span>
        </label>
      ))}
      <p className="settings__hint">{t('notifications.locked')}</p>
    </fieldset>
  );
}

function SoundPart({ settings, onChange, onTest }: PartProps & { onTest: () => void }) {
  const { t } = useTranslate();
  return (
    <div className="notifications__sound">
      <label className="notifications__field">
        <b>{t('notifications.sound')}</b>
        <select
          className="field"
          value={settings.sound ?? ''}
          onChange={({ target }) =>
            onChange({ sound: SOUNDS.find((sound) => sound === target.value) ?? null })
          }
        >
          {SOUNDS.map((sound) => (
            <option key={sound} value={sound}>
              {t(`notifications.sounds.${sound}`)}
            </option>
          ))}
          <option value="">{t('notifications.silent')}</option>
        </select>
      </label>
      <label className="notifications__field">
        <b>{t('notifications.volume')}</b>
        <input
          type="range"
          min={0}
          max={100}
          step={10}
          value={settings.volume}
          disabled={settings.sound === null}
          onChange={({ target }) => onChange({ volume: Number(target.value) })}
        />
      </label>
      <button type="button" className="button" onClick={onTest}>
        {t('notifications.test')}
      </button>
    </div>
  );
}

function QuietHours({ settings, onChange }: PartProps) {
  const { t } = useTranslate();
  const { quietHours } = settings;
  const set = (change: Partial<typeof USUAL_QUIET>) => {
    const next = { ...(quietHours ?? USUAL_QUIET), ...change };
    // What is no time of day leaves the one before.
    if (next.from !== '' && next.to !== '' && next.from !== '24:00' && next.to !== '24:00')
      onChange({ quietHours: next });
  };
  return (
    <div className="settings__group">
      <label className="settings__choice">
        <input
          type="checkbox"
          checked={quietHours !== null}
          onChange={({ target }) => onChange({ quietHours: target.checked ? USUAL_QUIET : null })}
        />
        <span>
          <b>{t('notifications.quiet')}</b>
          <span className="settings__hint">{t('notifications.quietHint')}</span>
        </span>
      </label>
      {quietHours === null ? null : (
        <p className="notifications__hours">
          <span aria-hidden="true">{t('notifications.from')}</span>
          <TimeField
            label={`${t('notifications.quiet')}: ${t('notifications.from')}`}
            value={quietHours.from}
            isInvalid={false}
            onChange={(from) => set({ from })}
          />
          <span aria-hidden="true">{t('notifications.to')}</span>
          <TimeField
            label={`${t('notifications.quiet')}: ${t('notifications.to')}`}
            value={quietHours.to}
            isInvalid={false}
            onChange={(to) => set({ to })}
          />
        </p>
      )}
    </div>
  );
}

function ExpiryLead({ settings, onChange }: PartProps) {
  const { t, count } = useTranslate();
  const { expiryLeadMinutes: lead } = settings;
  const hours = lead === null || LEAD_HOURS.includes(lead / 60) ? LEAD_HOURS : [...LEAD_HOURS, lead / 60];
  return (
    <div className="settings__group">
      <label className="notifications__field">
        <b>{t('notifications.expiry')}</b>
        <select
          className="field"
          value={lead ?? ''}
          onChange={({ target }) =>
            onChange({ expiryLeadMinutes: target.value === '' ? null : Number(target.value) })
          }
        >
          {hours.map((each) => (
            <option key={each} value={each * 60}>
              {count('notifications.lead', each)}
            </option>
          ))}
          <option value="">{t('notifications.never')}</option>
        </select>
      </label>
      <p className="settings__hint">{t('notifications.expiryHint')}</p>
    </div>
  );
}

/** How this PC notifies; each change holds at once. */
export function NotificationsSection() {
  const { t } = useTranslate();
  const actions = useActions();
  const [view, setView] = useState<NotificationsView | null>(null);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const [isTested, setIsTested] = useState(false);

  useEffect(() => {
    let isWanted = true;
    void actions.administer('notifications.get', {}).then((reply) => {
      if (!isWanted) return;
      if (reply.ok) setView(reply.data);
      else setProblem(reply.error.code);
    });
    return () => {
      isWanted = false;
    };
  }, [actions]);

  async function set(change: CallInput<'notifications.set'>) {
    const reply = await actions.administer('notifications.set', change);
    if (reply.ok) setView(reply.data);
    setProblem(reply.ok ? null : reply.error.code);
  }

  async function test() {
    await actions.administer('notifications.test', {});
    const reply = await actions.administer('notifications.get', {});
    if (reply.ok) setView(reply.data);
    setIsTested(true);
  }

  if (view === null) {
    return problem === null ? null : (
      <p className="field__problem" role="alert">
        {t(`errors.${problem}`)}
      </p>
    );
  }
  const { settings } = view;
  const change = (part: Partial<NotificationSettings>) => void set({ settings: part });
  return (
    <>
      <p className="manage__intro">{t('notifications.intro')}</p>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
      {view.isBlocked ? (
        <p className="field__problem" role="alert">
          {t('notifications.blocked')}
        </p>
      ) : null}
      <div className="settings">
        <Level settings={settings} onChange={change} />
        <fieldset className="settings__group">
          <legend>{t('notifications.notified')}</legend>
          {NOTIFIED.map((notified) => (
            <label key={notified} className="settings__choice">
              <input
                type="radio"
                name="notified"
                checked={settings.notified === notified}
                onChange={() => change({ notified })}
              />
              <b>{t(`notifications.who.${notified}`)}</b>
            </label>
          ))}
        </fieldset>
        <SoundPart settings={settings} onChange={change} onTest={() => void test()} />
        <p role="status" className="settings__hint">
          {isTested ? t('notifications.tested') : ''}
        </p>
        <QuietHours settings={settings} onChange={change} />
        <ExpiryLead settings={settings} onChange={change} />
        {view.startsAtLogin === null ? null : (
          <label className="settings__choice">
            <input
              type="checkbox"
              checked={view.startsAtLogin}
              onChange={({ target }) => void set({ settings: {}, startsAtLogin: target.checked })}
            />
            <span>
              <b>{t('notifications.start')}</b>
              <span className="settings__hint">{t('notifications.startHint')}</span>
            </span>
          </label>
        )}
        {view.hasTray ? (
          <label className="settings__choice">
            <input
              type="checkbox"
              checked={settings.closesToTray}
              onChange={({ target }) => change({ closesToTray: target.checked })}
            />
            <span>
              <b>{t('notifications.tray')}</b>
              <span className="settings__hint">{t('notifications.trayHint')}</span>
            </span>
          </label>
        ) : null}
      </div>
    </>
  );
}
