import { isOpen, nextClosing, nextOpening, type OpeningHours } from '@recado/protocol';
import { Clock } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { Directory } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useDates, useNow } from '../../stores/index.ts';
import { DayHours } from './DayHours.tsx';
import { Holidays } from './Holidays.tsx';
import { hoursOf, isSound, USUAL_WEEK, weekOf, withDay, copyDay, type Week } from './week.ts';

interface Written {
  week: Week;
  closedDays: readonly string[];
}
/** What was written and not kept yet; outlives the dialog, so that closing it loses nothing. */
export interface HoursDraft {
  /** Null: the clinic says no hours. */
  written: Written | null;
}

interface HoursSectionProps {
  directory: Directory;
  isAdmin: boolean;
  draft: HoursDraft | null;
  onDraft: (draft: HoursDraft | null) => void;
}

const writtenOf = (hours: OpeningHours): Written => ({ week: weekOf(hours), closedDays: hours.closedDays });
const isSame = (a: OpeningHours | null, b: OpeningHours | null): boolean =>
  JSON.stringify(a) === JSON.stringify(b);

/** What the kept hours say of this moment. */
function Today({ hours }: { hours: OpeningHours }) {
  const { t } = useTranslate();
  const dates = useDates();
  const now = useNow();
  const { timeZone } = dates.style;
  const isOpenNow = isOpen(hours, timeZone, now);
  const next = isOpenNow ? nextClosing(hours, timeZone, now) : nextOpening(hours, timeZone, now);
  const time = next === null ? null : dates.appointment(next, now).toLocaleLowerCase();
  return (
    <p className="hours__now" role="status">
      <span className={`dot dot--${isOpenNow ? 'ok' : 'warn'}`} aria-hidden="true" />
      {time === null
        ? t(isOpenNow ? 'hours.alwaysOpen' : 'hours.neverOpen')
        : t(isOpenNow ? 'hours.openUntil' : 'hours.closedUntil', { time })}
    </p>
  );
}

/** When the clinic answers: several spans a day, and the days it is closed. Kept when the button is pressed. */
export function HoursSection({ directory, isAdmin, draft, onDraft }: HoursSectionProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const kept = directory.settings.openingHours;
  const written = draft === null ? (kept === null ? null : writtenOf(kept)) : draft.written;
  const [isTried, setIsTried] = useState(false);
  const [isKept, setIsKept] = useState(false);

  const wanted = written === null ? null : hoursOf(written.week, written.closedDays);
  const isChanged = !isSame(wanted, kept === null ? null : hoursOf(weekOf(kept), kept.closedDays));

  // Kept and read back: from now on what the clinic says is shown, whoever changes it.
  const isDone = isKept && !isChanged;
  useEffect(() => {
    if (isDone) onDraft(null);
  }, [isDone, onDraft]);

  function write(next: Written | null) {
    onDraft({ written: next });
    setIsKept(false);
  }

  async function keep() {
    setIsTried(true);
    if (written !== null && !isSound(written.week)) return;
    const reply = await actions.change('clinic.updateSettings', { settings: { openingHours: wanted } });
    setIsKept(reply.ok);
    // The directory has it from now on.
    if (reply.ok) setIsTried(false);
  }

  if (written === null) {
    return (
      <>
        <p className="manage__intro">{t(isAdmin ? 'hours.none' : 'hours.noneReading')}</p>
        {isAdmin ? (
          <div className="hours__begin">
            <button
              type="button"
              className="button button--primary"
              onClick={() => write({ week: USUAL_WEEK, closedDays: [] })}
            >
              <Clock size={16} aria-hidden="true" />
              {t('hours.begin')}
            </button>
            {isChanged ? (
              <button type="button" className="button" onClick={() => void keep()}>
                {t('hours.keepNone')}
              </button>
            ) : null}
          </div>
        ) : null}
      </>
    );
  }

  return (
    <div className="hours">
      <p className="manage__intro">{t(isAdmin ? 'hours.intro' : 'settings.onlyAdmins')}</p>
      {kept === null ? null : <Today hours={kept} />}
      <fieldset className="hours__fields" disabled={!isAdmin}>
        <ul className="hours__days" aria-label={t('hours.week')}>
          {written.week.map((day, index) => (
            <DayHours
              key={index}
              index={index}
              day={day}
              isChecked={isTried}
              onChange={(next) => write({ ...written, week: withDay(written.week, index, next) })}
              onCopy={(days) => write({ ...written, week: copyDay(written.week, index, days) })}
            />
          ))}
        </ul>
        <Holidays
          closedDays={written.closedDays}
          onChange={(closedDays) => write({ ...written, closedDays })}
        />
      </fieldset>
      {isAdmin ? (
        <div className="hours__foot">
          <p role="status" className={isTried && !isSound(written.week) ? 'field__problem' : 'hours__state'}>
            {isTried && !isSound(written.week)
              ? t('hours.unsound')
              : isKept && !isChanged
                ? t('hours.kept')
                : isChanged
                  ? t('hours.changed')
                  : null}
          </p>
          <button type="button" className="button" onClick={() => write(null)}>
            {t('hours.remove')}
          </button>
          {isChanged && kept !== null ? (
            <button type="button" className="button" onClick={() => onDraft(null)}>
              {t('hours.discard')}
            </button>
          ) : null}
          <button
            type="button"
            className="button button--primary"
            aria-disabled={!isChanged}
            onClick={() => {
              if (isChanged) void keep();
            }}
          >
            {t('hours.keep')}
          </button>
        </div>
      ) : null}
    </div>
  );
}
