import { Copy, Plus, X } from 'lucide-react';
import { Fragment } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { weekday } from '../../lib/dates.ts';
import { MenuButton, MenuItem } from '../../ui/index.ts';
import { TimeField } from './TimeField.tsx';
import { nextSpan, problemsOf, type Span } from './week.ts';

const MONDAY = Date.UTC(2024, 0, 1);
const DAY = 86_400_000;
const WORKDAYS = [0, 1, 2, 3, 4];
const ALL_DAYS = [0, 1, 2, 3, 4, 5, 6];

export function useWeekdayName(): (index: number) => string {
  const { locale } = useTranslate();
  return (index) => weekday(MONDAY + index * DAY, { locale, timeZone: 'UTC' }, 'long');
}

interface DayHoursProps {
  /** 0 is Monday. */
  index: number;
  day: readonly Span[];
  /** Empty times are pointed out only once somebody wanted to keep them. */
  isChecked: boolean;
  onChange: (day: readonly Span[]) => void;
  onCopy: (days: readonly number[]) => void;
}

/** One day of the week with its spans. */
export function DayHours({ index, day, isChecked, onChange, onCopy }: DayHoursProps) {
  const { t } = useTranslate();
  const nameOf = useWeekdayName();
  const name = nameOf(index);
  const problems = problemsOf(day).map((each) => (each === 'missing' && !isChecked ? null : each));
  const change = (at: number, part: Partial<Span>) =>
    onChange(day.map((span, each) => (each === at ? { ...span, ...part } : span)));
  const isWorkday = index < 5;

  return (
    <li className="day" aria-label={name}>
      <span className="day__name">{name}</span>
      <div className="day__spans">
        {day.length === 0 ? <span className="day__closed">{t('hours.closed')}</span> : null}
        {day.map((span, at) => {
          const problem = problems[at] ?? null;
          const label = { day: name, number: at + 1 };
          return (
            <Fragment key={at}>
              <div className="day__span" data-invalid={problem !== null}>
                <TimeField
                  label={t('hours.from', label)}
                  value={span.from}
                  isInvalid={problem !== null}
                  onChange={(from) => change(at, { from })}
                />
                <span aria-hidden="true">–</span>
                <TimeField
                  label={t('hours.to', label)}
                  value={span.to}
                  isInvalid={problem !== null}
                  onChange={(to) => change(at, { to })}
                />
                <button
                  type="button"
                  className="icon-button icon-button--small"
                  aria-label={t('hours.removeSpan', label)}
                  title={t('hours.removeSpanShort')}
                  onClick={() => onChange(day.filter((_, each) => each !== at))}
                >
                  <X size={15} aria-hidden="true" />
                </button>
              </div>
              {problem === null ? null : (
                <p className="field__problem" role="alert">
                  {t(`hours.problem.${problem}`)}
                </p>
              )}
            </Fragment>
          );
        })}
      </div>
      <div className="day__tools">
        <button
          type="button"
          className="icon-button"
          aria-label={t('hours.addTo', { day: name })}
          title={t('hours.add')}
          onClick={() => onChange([...day, nextSpan(day)])}
        >
          <Plus size={16} aria-hidden="true" />
        </button>
        <MenuButton
          className="icon-button"
          label={t('hours.copyOf', { day: name })}
          title={t('hours.copy')}
          alignsEnd
          button={
            <>
              <span className="visually-hidden">{t('hours.copyOf', { day: name })}</span>
              <Copy size={15} aria-hidden="true" />
            </>
          }
        >
          {index < 6 ? (
            <MenuItem onSelect={() => onCopy([index + 1])}>
              {t('hours.copyNext', { day: nameOf(index + 1) })}
            </MenuItem>
          ) : null}
          {isWorkday ? (
            <MenuItem onSelect={() => onCopy(WORKDAYS)}>{t('hours.copyWorkdays')}</MenuItem>
          ) : null}
          <MenuItem onSelect={() => onCopy(ALL_DAYS)}>{t('hours.copyAll')}</MenuItem>
        </MenuButton>
      </div>
    </li>
  );
}
