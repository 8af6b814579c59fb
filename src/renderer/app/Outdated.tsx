import { Download } from 'lucide-react';
import { useTranslate } from '../i18n/index.ts';
import { useActions, useAppState } from '../stores/index.ts';

/** This version is too old for the clinic's server: what that means, and what is still possible. */
export function Outdated() {
  const { t, count } = useTranslate();
  const actions = useActions();
  const unsent = useAppState((state) => state.app?.sync.unsent ?? 0);
  return (
    <main className="trouble">
      <div className="trouble__card">
        <span className="empty__icon" aria-hidden="true">
          <Download size={26} />
        </span>
        <h1 className="trouble__title">{t('outdated.title')}</h1>
        <p>{t('outdated.text')}</p>
        <p className="trouble__safe">
          {unsent === 0 ? t('outdated.safe') : count('outdated.safeUnsent', unsent)}
        </p>
        <div className="trouble__ways">
          <button
            type="button"
            className="button button--primary"
            autoFocus
            onClick={() => actions.changeUi({ readsOutdated: true })}
          >
            {t('outdated.read')}
          </button>
        </div>
        <p className="trouble__hint">{t('outdated.hint')}</p>
      </div>
    </main>
  );
}
