import { useEffect, useState } from 'react';
import type { ErrorCode, StorageView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { fileSize } from '../../lib/file-size.ts';
import { useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Sure } from './Sure.tsx';
import { useIsConnected } from './use-relay.ts';

const KEEP_MONTHS = [3, 6, 12, 24, 36, 60] as const;

function Facts({ storage }: { storage: StorageView }) {
  const { t, number, locale } = useTranslate();
  const dates = useDates();
  const facts = [
    [t('storage.database'), fileSize(storage.databaseBytes, locale)],
    [t('storage.media'), fileSize(storage.mediaBytes, locale)],
    [t('storage.conversations'), number(storage.conversations)],
    [t('storage.messages'), number(storage.messages)],
    [
      t('storage.oldest'),
      storage.oldestMessageAt === null ? t('storage.nothing') : dates.day(storage.oldestMessageAt),
    ],
  ] as const;
  return (
    <dl className="storage__facts numeric">
      {facts.map(([what, value]) => (
        <div key={what}>
          <dt>{what}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** How far the history has come to this PC. */
function HistoryState() {
  const { t, number } = useTranslate();
  const dates = useDates();
  const sync = useAppState((state) => state.app?.sync);
  if (!sync) return null;
  const { historyProgress, historyCompleteSince: since, isHistoryComplete } = sync;
  if (isHistoryComplete) return <p>{t('storage.complete')}</p>;
  return (
    <div className="storage__history">
      <label htmlFor="history-progress">
        {since === null ? t('storage.arriving') : t('storage.completeSince', { date: dates.day(since) })}
      </label>
      {historyProgress === null ? null : (
        <>
          <progress
            id="history-progress"
            value={historyProgress.done}
            max={Math.max(1, historyProgress.total)}
          />
          <p className="settings__hint numeric">
            {t('storage.progress', {
              done: number(historyProgress.done),
              total: number(historyProgress.total),
            })}
          </p>
        </>
      )}
    </div>
  );
}

/** Compares the copy with the clinic's server, and says what came of it. */
function Check() {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const isConnected = useIsConnected();
  const check = useAppState((state) => state.app?.sync.check ?? null);
  const [isAsking, setIsAsking] = useState(false);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const isBusy = isAsking || check?.result === 'repairing';

  async function run() {
    if (isBusy || !isConnected) return;
    setIsAsking(true);
    setProblem(null);
    const reply = await actions.administer('store.check', {});
    setIsAsking(false);
    if (!reply.ok) setProblem(reply.error.code);
  }

  const words = isAsking
    ? t('storage.checking')
    : check === null
      ? t('storage.neverChecked')
      : t(`storage.check.${check.result}`, { time: dates.listTime(check.at, now).toLocaleLowerCase() });
  return (
    <div className="storage__check">
      <button
        type="button"
        className="button"
        aria-disabled={isBusy || !isConnected}
        onClick={() => void run()}
      >
        {t('storage.checkNow')}
      </button>
      <p role="status">{isConnected ? words : t('storage.checkOffline')}</p>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
    </div>
  );
}

/** What the copy on this PC takes up, how much of it is kept, and whether it is right. */
export function StorageSection() {
  const { t, count } = useTranslate();
  const actions = useActions();
  const checkedAt = useAppState((state) => state.app?.sync.check?.at ?? null);
  const isComplete = useAppState((state) => state.app?.sync.isHistoryComplete ?? true);
  const [storage, setStorage] = useState<StorageView | null>(null);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const [fewer, setFewer] = useState<number | null>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isWanted = true;
    void actions.administer('storage.get', {}).then((reply) => {
      if (!isWanted) return;
      if (reply.ok) setStorage(reply.data);
      else setProblem(reply.error.code);
    });
    return () => {
      isWanted = false;
    };
  }, [actions, checkedAt, isComplete, turn]);

  async function setKeepMonths(months: number | null) {
    setFewer(null);
    const reply = await actions.administer('storage.setKeepMonths', { months });
    setProblem(reply.ok ? null : reply.error.code);
    setTurn(turn + 1);
  }

  function choose(value: string) {
    const months = value === '' ? null : Number(value);
    const kept = storage?.keepMonths ?? null;
    // Fewer means that messages leave this PC, which is said before they do.
    if (months !== null && (kept === null || months < kept)) setFewer(months);
    else void setKeepMonths(months);
  }

  const chosen = fewer ?? storage?.keepMonths ?? null;
  const months: number[] = [...KEEP_MONTHS];
  if (chosen !== null && !months.includes(chosen)) months.push(chosen);
  months.sort((a, b) => a - b);

  return (
    <>
      <p className="manage__intro">{t('storage.intro')}</p>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
      {storage === null ? null : (
        <div className="storage">
          <Facts storage={storage} />
          <HistoryState />
          <section className="storage__part">
            <label className="storage__keep">
              <b>{t('storage.keep')}</b>
              <select
                className="field"
                value={chosen === null ? '' : String(chosen)}
                onChange={(event) => choose(event.target.value)}
              >
                <option value="">{t('storage.keepAll')}</option>
                {months.map((each) => (
                  <option key={each} value={each}>
                    {each % 12 === 0
                      ? count('storage.keepYears', each / 12)
                      : count('storage.keepMonths', each)}
                  </option>
                ))}
              </select>
            </label>
            <p className="settings__hint">{t('storage.keepHint')}</p>
            {fewer === null ? null : (
              <Sure
                text={count('storage.keepFewer', fewer)}
                confirm={t('storage.keepFewerYes')}
                onConfirm={() => void setKeepMonths(fewer)}
                onCancel={() => setFewer(null)}
              />
            )}
          </section>
          <section className="storage__part">
            <b>{t('storage.checkTitle')}</b>
            <p className="settings__hint">{t('storage.checkHint')}</p>
            <Check />
          </section>
        </div>
      )}
    </>
  );
}
