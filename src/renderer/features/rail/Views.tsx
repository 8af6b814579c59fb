import { Settings2, UserRound, UserRoundX } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslate } from '../../i18n/index.ts';
import { initials } from '../../lib/avatar.ts';
import { useActions, useAppState } from '../../stores/index.ts';
import { Counts, useCountWords } from './Counts.tsx';

interface Count {
  total: number;
  unread: number;
}

interface ViewButtonProps {
  name: string;
  icon: ReactNode;
  isOn: boolean;
  counts: Count | undefined;
  onPress: () => void;
}

/** A part of the work; pressed again, it shows everything once more. */
function ViewButton({ name, icon, isOn, counts, onPress }: ViewButtonProps) {
  const total = counts?.total ?? 0;
  const unread = counts?.unread ?? 0;
  const spoken = useCountWords(total, unread);
  return (
    <button
      type="button"
      className="rail__filter rail__view"
      aria-pressed={isOn}
      title={`${name} · ${spoken}`}
      onClick={onPress}
    >
      <span className="rail__view-icon" aria-hidden="true">
        {icon}
      </span>
      <span className="rail__filter-name">{name}</span>
      <Counts total={total} unread={unread} isQuiet />
    </button>
  );
}

interface GroupProps {
  title: string;
  /** What opens the dialog about them. */
  manage?: { label: string; onPress: () => void };
  children: ReactNode;
}

function Group({ title, manage, children }: GroupProps) {
  return (
    <section className="rail__group" aria-label={title}>
      <div className="rail__group-head">
        <h2 className="rail__heading">{title}</h2>
        {manage === undefined ? null : (
          <button
            type="button"
            className="icon-button icon-button--small"
            aria-label={manage.label}
            title={manage.label}
            onClick={manage.onPress}
          >
            <Settings2 size={14} aria-hidden="true" />
          </button>
        )}
      </div>
      <ul className="rail__filters">{children}</ul>
    </section>
  );
}

/** Below the filters: my work, the groups and the tags. They narrow whichever filter is shown. */
export function Views() {
  const { t } = useTranslate();
  const actions = useActions();
  const query = useAppState((state) => state.inbox.query);
  const counts = useAppState((state) => state.counts);
  const directory = useAppState((state) => state.directory);
  const assigned = [
    { who: 'me', icon: <UserRound size={16} />, counts: counts?.assignedToMe },
    { who: 'nobody', icon: <UserRoundX size={16} />, counts: counts?.unassigned },
  ] as const;
  return (
    <>
      <Group title={t('rail.myWork')}>
        {assigned.map(({ who, icon, counts: some }) => (
          <li key={who}>
            <ViewButton
              name={t(`query.assigned.${who}`)}
              icon={icon}
              isOn={query.assigned === who}
              counts={some}
              onPress={() => actions.showQuery({ assigned: query.assigned === who ? null : who })}
            />
          </li>
        ))}
      </Group>
      <Group
        title={t('rail.teams')}
        manage={{ label: t('rail.manageTeams'), onPress: () => actions.changeUi({ dialog: 'teams' }) }}
      >
        {directory?.teams.map((team) => (
          <li key={team.id}>
            <ViewButton
              name={team.name}
              icon={<span className="rail__team">{initials(team.name).slice(0, 1)}</span>}
              isOn={query.teamId === team.id}
              counts={counts?.teams[team.id]}
              onPress={() => actions.showQuery({ teamId: query.teamId === team.id ? null : team.id })}
            />
          </li>
        ))}
      </Group>
      <Group
        title={t('rail.tags')}
        manage={{ label: t('rail.manageTags'), onPress: () => actions.changeUi({ dialog: 'tags' }) }}
      >
        {directory?.tags.map((tag) => {
          const isOn = query.tagIds.includes(tag.id);
          return (
            <li key={tag.id}>
              <ViewButton
                name={tag.name}
                icon={<span className="dot dot--tag" style={{ color: tag.color }} />}
                isOn={isOn}
                counts={counts?.tags[tag.id]}
                onPress={() =>
                  actions.showQuery({
                    tagIds: isOn ? query.tagIds.filter((id) => id !== tag.id) : [...query.tagIds, tag.id],
                  })
                }
              />
            </li>
          );
        })}
      </Group>
    </>
  );
}
