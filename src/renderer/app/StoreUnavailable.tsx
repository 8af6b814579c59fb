import { DatabaseZap, HardDrive, KeyRound, LockKeyhole, RotateCw, ShieldAlert, Sparkles } from 'lucide-react';
import { useState } from 'react';
import type { AppState, CallError } from '../../shared/contract/index.ts';
import { useTranslate } from '../i18n/index.ts';
import { useActions } from '../stores/index.ts';

type Failure = NonNullable<AppState['storeFailure']>;
type Way = 'retry' | 'rebuild';

const ICONS = {
  wrong_key: KeyRound,
  corrupt: DatabaseZap,
  from_newer_version: Sparkles,
  locked: LockKeyhole,
  disk_full: HardDrive,
  no_access: ShieldAlert,
  crashed: RotateCw,
} as const satisfies Record<Failure, unknown>;

/** What helps, the likeliest first. A copy that is whole is not set aside for a full disk or a busy file. */
const WAYS: Record<Failure, readonly Way[]> = {
  wrong_key: ['rebuild', 'retry'],
  corrupt: ['rebuild', 'retry'],
  from_newer_version: ['retry', 'rebuild'],
  locked: ['retry'],
  disk_full: ['retry'],
  no_access: ['retry'],
  crashed: ['retry', 'rebuild'],
};

/** The copy on this PC cannot be used: why, what is safe, and what can be done about it. */
export function StoreUnavailable({ failure }: { failure: Failure }) {
  const { t } = useTranslate();
  const actions = useActions();
  const [busy, setBusy] = useState<Way | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  const Icon = ICONS[failure];
  const ways = WAYS[failure];

  async function run(way: Way) {
    if (busy !== null) return;
    setBusy(way);
    setError(null);
    setError(await actions.recoverStore(way));
    setBusy(null);
  }

  return (
    <main className="trouble">
      <div className="trouble__card">
        <span className="empty__icon" aria-hidden="true">
          <Icon size={26} />
        </span>
        <h1 className="trouble__title">{t(`store.${failure}.title`)}</h1>
        <p>{t(`store.${failure}.text`)}</p>
        <p className="trouble__safe">{t('store.safe')}</p>
        <div className="trouble__ways" aria-busy={busy !== null}>
          {ways.map((way, index) => (
            <button
              key={way}
              type="button"
              className={`button${index === 0 ? ' button--primary' : ''}`}
              aria-disabled={busy !== null}
              autoFocus={index === 0}
              onClick={() => void run(way)}
            >
              {t(busy === way ? `store.${way}.busy` : `store.${way}.name`)}
            </button>
          ))}
        </div>
        {ways.includes('rebuild') ? <p className="trouble__hint">{t('store.rebuild.hint')}</p> : null}
        <p className="trouble__error" role="alert">
          {error === null ? null : t(`errors.${error.code}`)}
        </p>
      </div>
    </main>
  );
}
