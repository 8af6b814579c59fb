const MINUTE = 60_000;

/** Under this a window is said to close soon. */
export const SOON_MS = 60 * MINUTE;

/** A remaining time cut into what a person reads; minutes are whole ones still left. */
export type Remaining =
  | { key: 'remaining.lessThanMinute'; hours: 0; minutes: 0 }
  | { key: 'remaining.minutes'; hours: 0; minutes: number }
  | { key: 'remaining.hours'; hours: number; minutes: 0 }
  | { key: 'remaining.hoursMinutes'; hours: number; minutes: number };

/** Hours and minutes of `ms`, as an i18n key with its values. `coarse` drops the minutes from two hours up. */
export function remaining(ms: number, precision: 'exact' | 'coarse'): Remaining {
  const total = Math.max(0, Math.floor(ms / MINUTE));
  const hours = Math.floor(total / 60);
  const minutes = total % 60;
  if (total === 0) return { key: 'remaining.lessThanMinute', hours: 0, minutes: 0 };
  if (hours === 0) return { key: 'remaining.minutes', hours, minutes };
  if (minutes === 0 || (precision === 'coarse' && hours >= 2)) {
    return { key: 'remaining.hours', hours, minutes: 0 };
  }
  return { key: 'remaining.hoursMinutes', hours, minutes };
}

/** The number that decides "queda" or "quedan": one single unit is singular. */
export function remainingCount({ hours, minutes }: Remaining): number {
  if (hours > 0 && minutes > 0) return 2;
  return hours > 0 ? hours : Math.max(1, minutes);
}
