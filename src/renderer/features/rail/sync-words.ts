import type { AppState } from '../../../shared/contract/index.ts';
import type { Translation } from '../../i18n/index.ts';
import { dayNumber } from '../../lib/dates.ts';
import type { Dates } from '../../stores/index.ts';

export interface SyncWords {
  tone: 'ok' | 'warn' | 'busy' | 'danger';
  words: string;
}

/** How much of the history is here, and how far back nothing is missing. */
function historyWords(sync: AppState['sync'], t: Translation['t'], dates: Dates): string {
  const { historyProgress, historyCompleteSince } = sync;
  const since = historyCompleteSince === null ? null : dates.day(historyCompleteSince);
  if (historyProgress === null || historyProgress.total === 0) {
    return since === null ? t('sync.live') : t('sync.liveHistory', { date: since });
  }
  // Never 100 before it is all there.
  const percent = Math.min(99, Math.floor((100 * historyProgress.done) / historyProgress.total));
  return since === null ? t('sync.history', { percent }) : t('sync.historySince', { percent, date: since });
}

/** Where the copy on this PC stands, in words. */
export function syncWords(
  sync: AppState['sync'],
  now: number,
  { t, count, number }: Translation,
  dates: Dates,
): SyncWords {
  const unsent = sync.unsent > 0 ? count('sync.unsent', sync.unsent) : null;
  const withUnsent = (words: string) => (unsent === null ? words : `${words} · ${unsent}`);
  switch (sync.phase) {
    case 'live': {
      if (unsent !== null) return { tone: 'busy', words: unsent };
      if (sync.check?.result === 'repairing') return { tone: 'busy', words: t('sync.repairing') };
      if (sync.isHistoryComplete) return { tone: 'ok', words: t('sync.live') };
      return { tone: 'ok', words: historyWords(sync, t, dates) };
    }
    case 'offline': {
      const isToday = dayNumber(sync.since, dates.style.timeZone) === dayNumber(now, dates.style.timeZone);
      const words = isToday
        ? t('sync.offline', { time: dates.time(sync.since) })
        : t('sync.offlineDate', { date: dates.dateTime(sync.since) });
      return { tone: 'warn', words: withUnsent(words) };
    }
    case 'bootstrapping':
      if (sync.progress === null) return { tone: 'busy', words: t('sync.bootstrappingUnknown') };
      return {
        tone: 'busy',
        words: t('sync.bootstrapping', {
          done: number(sync.progress.done),
          total: number(sync.progress.total),
        }),
      };
    case 'catchingUp':
      return { tone: 'busy', words: withUnsent(t('sync.catchingUp')) };
    case 'stopped':
      return { tone: 'warn', words: withUnsent(t('sync.stopped')) };
    case 'sessionRevoked':
      return { tone: 'danger', words: withUnsent(t('sync.sessionRevoked')) };
    case 'outdated':
      return { tone: 'danger', words: withUnsent(t('sync.outdated')) };
  }
}
