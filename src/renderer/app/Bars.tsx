import { CloudOff, DatabaseBackup, DatabaseZap, Download } from 'lucide-react';
import { syncWords } from '../features/rail/index.ts';
import { useTranslate } from '../i18n/index.ts';
import { useActions, useAppState, useDates, useNow } from '../stores/index.ts';

/** How long what was mended is worth a line. */
const REPAIR_SHOWN_MS = 10 * 60_000;

/** Calm lines across the window: no connection, too old, rebuilding, mended. Never a dialog. */
export function Bars() {
  const translation = useTranslate();
  const { t } = translation;
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const sync = useAppState((state) => state.app?.sync);
  const notice = useAppState((state) =>
    state.app?.notice === state.ui.dismissedNotice ? null : state.app?.notice,
  );
  const check = sync?.check ?? null;
  const dismissedCheckAt = useAppState((state) => state.ui.dismissedCheckAt);
  return (
    <>
      {sync?.phase === 'offline' ? (
        <div className="bar bar--calm" role="status">
          <CloudOff size={16} aria-hidden="true" />
          <p>
            <b className="numeric">{syncWords({ ...sync, unsent: 0 }, now, translation, dates).words}.</b>{' '}
            {t('sync.offlineBar')}
          </p>
        </div>
      ) : null}
      {sync?.phase === 'outdated' ? (
        <div className="bar bar--warn" role="status">
          <Download size={16} aria-hidden="true" />
          <p>{t('sync.outdatedBar')}</p>
        </div>
      ) : null}
      {check?.result === 'repairing' ? (
        <div className="bar bar--calm" role="status">
          <DatabaseZap size={16} aria-hidden="true" />
          <p>{t('sync.repairingBar')}</p>
        </div>
      ) : null}
      {check?.result === 'repaired' && check.at !== dismissedCheckAt && now - check.at < REPAIR_SHOWN_MS ? (
        <div className="bar bar--calm" role="status">
          <DatabaseZap size={16} aria-hidden="true" />
          <p>{t('sync.repairedBar')}</p>
          <button
            type="button"
            className="bar__action"
            onClick={() => actions.changeUi({ dismissedCheckAt: check.at })}
          >
            {t('app.dismiss')}
          </button>
        </div>
      ) : null}
      {notice === 'storeRebuilt' ? (
        <div className="bar bar--warn" role="status">
          <DatabaseBackup size={16} aria-hidden="true" />
          <p>{t('app.storeRebuilt')}</p>
          <button
            type="button"
            className="bar__action"
            onClick={() => actions.changeUi({ dismissedNotice: notice })}
          >
            {t('app.dismiss')}
          </button>
        </div>
      ) : null}
    </>
  );
}
