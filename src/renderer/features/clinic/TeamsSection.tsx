import { Trash2, UsersRound } from 'lucide-react';
import { useState } from 'react';
import type { Directory } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { Avatar } from '../../ui/index.ts';
import { NameField } from './NameField.tsx';
import { NewEntryForm } from './NewEntryForm.tsx';
import { Removal } from './Removal.tsx';

type Team = Directory['teams'][number];

const LOSS = 'teams.removeText';

function TeamLine({ team, agents }: { team: Team; agents: Directory['agents'] }) {
  const { t, count } = useTranslate();
  const actions = useActions();
  const [mode, setMode] = useState<'members' | 'remove' | null>(null);
  const members = agents.filter((agent) => team.memberIds.includes(agent.id));

  function setMember(agentId: string, isMember: boolean) {
    const others = team.memberIds.filter((id) => id !== agentId);
    void actions.change('team.update', {
      teamId: team.id,
      memberIds: isMember ? [...others, agentId] : others,
    });
  }

  return (
    <li className="manage__item">
      <div className="manage__line">
        <NameField
          label={t('teams.nameOf', { name: team.name })}
          name={team.name}
          onRename={async (name) => (await actions.change('team.update', { teamId: team.id, name })).ok}
        />
        <button
          type="button"
          className="button button--compact manage__members"
          aria-expanded={mode === 'members'}
          onClick={() => setMode(mode === 'members' ? null : 'members')}
        >
          <UsersRound size={15} aria-hidden="true" />
          {count('teams.members', members.length)}
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t('teams.removeOf', { name: team.name })}
          aria-expanded={mode === 'remove'}
          title={t('teams.remove')}
          onClick={() => setMode(mode === 'remove' ? null : 'remove')}
        >
          <Trash2 size={16} aria-hidden="true" />
        </button>
      </div>
      {mode === 'members' ? (
        <fieldset className="manage__people">
          <legend className="visually-hidden">{t('teams.membersOf', { name: team.name })}</legend>
          {agents.map((agent) => (
            <label key={agent.id} className="manage__person">
              <input
                type="checkbox"
                checked={team.memberIds.includes(agent.id)}
                onChange={(event) => setMember(agent.id, event.target.checked)}
              />
              <Avatar name={agent.name} seed={agent.id} size="small" />
              {agent.name}
            </label>
          ))}
        </fieldset>
      ) : null}
      {mode === 'remove' ? (
        <Removal
          sentence={LOSS}
          name={team.name}
          part={{ teamId: team.id }}
          confirm={t('teams.remove')}
          onConfirm={() => void actions.change('team.delete', { teamId: team.id })}
          onCancel={() => setMode(null)}
        />
      ) : null}
    </li>
  );
}

/** The groups of the clinic, and who is in them. */
export function TeamsSection({ directory }: { directory: Directory }) {
  const { t } = useTranslate();
  const actions = useActions();
  const agents = directory.agents.filter((agent) => agent.active);

  return (
    <>
      <p className="manage__intro">{t('teams.intro')}</p>
      <NewEntryForm
        label={t('teams.newName')}
        submit={t('teams.create')}
        onCreate={async (name) => (await actions.change('team.create', { name, memberIds: [] })).ok}
      />
      {directory.teams.length === 0 ? <p className="manage__nothing">{t('teams.nothing')}</p> : null}
      <ul className="manage">
        {directory.teams.map((team) => (
          <TeamLine key={team.id} team={team} agents={agents} />
        ))}
      </ul>
    </>
  );
}
