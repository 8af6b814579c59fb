import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { dayMonth, dayNumber, weekday } from '../../lib/dates.ts';
import { useDates, useNow } from '../../stores/index.ts';

interface HolidaysProps {
  /** `YYYY-MM-DD`. */
  closedDays: readonly string[];
  onChange: (closedDays: readonly string[]) => void;
}

/** The days the clinic is closed whatever the week says. */
export function Holidays({ closedDays, onChange }: HolidaysProps) {
  const { t, locale } = useTranslate();
  const { timeZone } = useDates().style;
  const now = useNow();
  const [typed, setTyped] = useState('');
  const today = new Date(dayNumber(now, timeZone) * 86_400_000).toISOString().slice(0, 10);
  const style = { locale, timeZone: 'UTC' };
  const isNew = typed !== '' && !closedDays.includes(typed);

  function add() {
    if (!isNew) return;
    onChange([...closedDays, typed].sort());
    setTyped('');
  }

  return (
    <section className="holidays" aria-label={t('hours.holidays')}>
      <h4 className="holidays__title">{t('hours.holidays')}</h4>
      <div className="holidays__new">
        <input
          type="date"
          className="field"
          aria-label={t('hours.newHoliday')}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') add();
          }}
        />
        <button type="button" className="button" aria-disabled={!isNew} onClick={add}>
          <Plus size={16} aria-hidden="true" />
          {t('hours.addHoliday')}
        </button>
      </div>
      {closedDays.length === 0 ? <p className="manage__nothing">{t('hours.noHolidays')}</p> : null}
      <ul className="holidays__list">
        {closedDays.map((day) => {
          const at = Date.parse(`${day}T12:00:00Z`);
          const words = `${weekday(at, style, 'short')} ${dayMonth(at, style, true)}`;
          return (
            <li key={day} className="chip chip--removable" data-past={day < today}>
              <span className="chip__text">{words}</span>
              <button
                type="button"
                aria-label={t('hours.removeHoliday', { day: words })}
                onClick={() => onChange(closedDays.filter((each) => each !== day))}
              >
                <X size={13} aria-hidden="true" />
              </button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
