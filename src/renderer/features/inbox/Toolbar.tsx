import { Check, ChevronDown, RotateCcw, UserRound, UserRoundX, UsersRound } from 'lucide-react';
import { INBOX_SORTS } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { isTouched, useActions, useAppState } from '../../stores/index.ts';
import { MenuButton, MenuItem, RemovableChip } from '../../ui/index.ts';

function Toggle({ part }: { part: 'unreadOnly' | 'unansweredOnly' }) {
  const { t } = useTranslate();
  const actions = useActions();
  const isOn = useAppState((state) => state.inbox.query[part]);
  return (
    <button
      type="button"
      className="toggle"
      aria-pressed={isOn}
      onClick={() => actions.showQuery({ [part]: !isOn })}
    >
      {isOn ? <Check size={13} strokeWidth={2.5} aria-hidden="true" /> : null}
      {t(`query.${part}`)}
    </button>
  );
}

function SortMenu() {
  const { t } = useTranslate();
  const actions = useActions();
  const current = useAppState((state) => state.inbox.query.sort);
  return (
    <MenuButton
      className="toggle toggle--plain"
      label={t('query.sortLabel')}
      title={t('query.sortLabel')}
      alignsEnd
      button={
        <>
          <span className="visually-hidden">{t('query.sortLabel')}: </span>
          {t(`query.sort.${current}`)}
          <ChevronDown size={13} aria-hidden="true" />
        </>
      }
    >
      {INBOX_SORTS.map((sort) => (
        <MenuItem
          key={sort}
          isChosen={sort === current}
          icon={<Check size={16} aria-hidden="true" style={{ opacity: sort === current ? 1 : 0 }} />}
          onSelect={() => actions.showQuery({ sort })}
        >
          {t(`query.sort.${sort}`)}
        </MenuItem>
      ))}
    </MenuButton>
  );
}

/** What narrows the list besides its filter, each to be taken away by itself or all at once. */
function Narrowing() {
  const { t } = useTranslate();
  const actions = useActions();
  const query = useAppState((state) => state.inbox.query);
  const directory = useAppState((state) => state.directory);
  if (!isTouched(query)) return null;
  const team = directory?.teams.find((each) => each.id === query.teamId);
  const tags = directory?.tags.filter((tag) => query.tagIds.includes(tag.id)) ?? [];
  return (
    <div className="narrowing">
      {query.assigned === null ? null : (
        <RemovableChip
          icon={
            query.assigned === 'me' ? (
              <UserRound size={12} aria-hidden="true" />
            ) : (
              <UserRoundX size={12} aria-hidden="true" />
            )
          }
          label={t('query.remove')}
          onRemove={() => actions.showQuery({ assigned: null })}
        >
          {t(`query.assigned.${query.assigned}`)}
        </RemovableChip>
      )}
      {team === undefined ? null : (
        <RemovableChip
          icon={<UsersRound size={12} aria-hidden="true" />}
          label={t('query.remove')}
          onRemove={() => actions.showQuery({ teamId: null })}
        >
          {team.name}
        </RemovableChip>
      )}
      {tags.map((tag) => (
        <RemovableChip
          key={tag.id}
          icon={<span className="dot" style={{ color: tag.color }} aria-hidden="true" />}
          label={t('query.remove')}
          onRemove={() => actions.showQuery({ tagIds: query.tagIds.filter((id) => id !== tag.id) })}
        >
          {tag.name}
        </RemovableChip>
      ))}
      <button type="button" className="narrowing__reset" onClick={actions.resetQuery}>
        <RotateCcw size={12} aria-hidden="true" />
        {t('query.reset')}
      </button>
    </div>
  );
}

/** Above the list: what of it is shown, and in which order. */
export function Toolbar() {
  const { t } = useTranslate();
  return (
    <>
      <div className="toolbar" role="group" aria-label={t('query.label')}>
        <Toggle part="unreadOnly" />
        <Toggle part="unansweredOnly" />
        <SortMenu />
      </div>
      <Narrowing />
    </>
  );
}
