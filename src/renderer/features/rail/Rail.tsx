import { formatPhone } from '@recado/protocol';
import { useTranslate } from '../../i18n/index.ts';
import { filterCount, useActions, useAppState, useDates, useNow } from '../../stores/index.ts';
import { Logo } from '../../ui/index.ts';
import { AccountMenu } from './AccountMenu.tsx';
import { Counts, useCountWords } from './Counts.tsx';
import { FILTER_ICONS, FILTERS, QUIET_FILTERS } from './filters.ts';
import { syncWords } from './sync-words.ts';
import { Views } from './Views.tsx';
import './rail.css';

function FilterButton({ filter, isNarrow }: { filter: (typeof FILTERS)[number]; isNarrow: boolean }) {
  const { t } = useTranslate();
  const actions = useActions();
  const isCurrent = useAppState((state) => state.inbox.query.filter === filter);
  const total = useAppState((state) => filterCount(state.counts, filter)?.total ?? 0);
  const unread = useAppState((state) => filterCount(state.counts, filter)?.unread ?? 0);
  const Icon = FILTER_ICONS[filter];
  const isQuiet = QUIET_FILTERS.includes(filter);
  const spoken = useCountWords(total, unread);
  return (
    <button
      type="button"
      className="rail__filter"
      aria-current={isCurrent}
      data-pane-entry={isCurrent ? '' : undefined}
      title={isNarrow ? `${t(`filters.${filter}`)} · ${spoken}` : spoken}
      onClick={() => actions.showQuery({ filter })}
    >
      <Icon size={18} aria-hidden="true" />
      <span className="rail__filter-name">{t(`filters.${filter}`)}</span>
      <Counts total={total} unread={unread} isQuiet={isQuiet} />
    </button>
  );
}

function SyncState() {
  const translation = useTranslate();
  const dates = useDates();
  const now = useNow();
  const sync = useAppState((state) => state.app?.sync);
  if (!sync) return null;
  const { tone, words } = syncWords(sync, now, translation, dates);
  return (
    <div className="rail__sync" role="status" aria-label={translation.t('sync.label')} title={words}>
      <span className={`dot dot--${tone}`} aria-hidden="true" />
      <span className="rail__sync-words numeric">{words}</span>
    </div>
  );
}

/** The left column: whose clinic it is, the filters, the state of the copy on this PC, and the account. */
export function Rail({ isNarrow }: { isNarrow: boolean }) {
  const { t } = useTranslate();
  const session = useAppState((state) => state.app?.session);
  if (!session) return null;
  return (
    <header className="rail" data-pane="rail" data-narrow={isNarrow}>
      <div className="rail__clinic" title={session.clinic.name}>
        <Logo />
        <div className="rail__clinic-text">
          <h1 className="rail__clinic-name">{session.clinic.name}</h1>
          {session.clinic.displayPhone === null ? null : (
            <span className="rail__clinic-phone numeric">{formatPhone(session.clinic.displayPhone)}</span>
          )}
        </div>
      </div>
      <nav className="rail__nav" aria-label={t('filters.label')}>
        <ul className="rail__filters">
          {FILTERS.map((filter) => (
            <li key={filter}>
              <FilterButton filter={filter} isNarrow={isNarrow} />
            </li>
          ))}
        </ul>
        <Views />
      </nav>
      <div className="rail__bottom">
        <SyncState />
        <AccountMenu name={session.agent.name} agentId={session.agent.id} />
      </div>
    </header>
  );
}
