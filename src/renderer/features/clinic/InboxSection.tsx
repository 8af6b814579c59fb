import type { Directory } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';

const READ_RECEIPTS = ['onRead', 'onReply', 'never'] as const;

/** How the clinic wants its inbox; each change holds at once, for everyone. Administrators change it, the others read it. */
export function InboxSection({ directory, isAdmin }: { directory: Directory; isAdmin: boolean }) {
  const { t } = useTranslate();
  const actions = useActions();
  const { settings } = directory;
  const change = (part: Partial<Directory['settings']>) =>
    void actions.change('clinic.updateSettings', { settings: part });
  return (
    <>
      <p className="manage__intro">{t(isAdmin ? 'settings.intro' : 'settings.onlyAdmins')}</p>
      <div className="settings">
        <label className="settings__choice">
          <input
            type="checkbox"
            checked={settings.assignOnFirstReply}
            disabled={!isAdmin}
            onChange={(event) => change({ assignOnFirstReply: event.target.checked })}
          />
          <span>
            <b>{t('settings.assignOnFirstReply')}</b>
            <span className="settings__hint">{t('settings.assignOnFirstReplyHint')}</span>
          </span>
        </label>
        <fieldset className="settings__group">
          <legend>{t('settings.readReceipts')}</legend>
          {READ_RECEIPTS.map((each) => (
            <label key={each} className="settings__choice">
              <input
                type="radio"
                name="read-receipts"
                checked={settings.readReceipts === each}
                disabled={!isAdmin}
                onChange={() => change({ readReceipts: each })}
              />
              <span>
                <b>{t(`settings.receipts.${each}.name`)}</b>
                <span className="settings__hint">{t(`settings.receipts.${each}.hint`)}</span>
              </span>
            </label>
          ))}
        </fieldset>
      </div>
    </>
  );
}
