import { UsersRound, X } from 'lucide-react';
import type { ConversationDetail } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { these, useActions, useDates, useNow } from '../../stores/index.ts';
import { Avatar } from '../../ui/index.ts';

function RemoveButton({ label, onPress }: { label: string; onPress: () => void }) {
  return (
    <button
      type="button"
      className="icon-button icon-button--small people__remove"
      aria-label={label}
      title={label}
      onClick={onPress}
    >
      <X size={14} aria-hidden="true" />
    </button>
  );
}

/** Who has the conversation, and who took part in it and when. */
export function People({ detail }: { detail: ConversationDetail }) {
  const { t } = useTranslate();
  const actions = useActions();
  const aim = these(detail.conversationId);
  const unassign = (agentIds: string[], teamIds: string[]) =>
    actions.act(aim, { type: 'unassign', agentIds, teamIds });
  const dates = useDates();
  const now = useNow();
  const assigned = new Set(detail.assignees.map((agent) => agent.id));
  const others = detail.participants.filter((agent) => !assigned.has(agent.id));
  if (detail.assignees.length + detail.teams.length + others.length === 0) {
    return <p className="panel__nothing">{t('patient.noPeople')}</p>;
  }
  return (
    <ul className="people">
      {detail.assignees.map((agent) => (
        <li key={agent.id}>
          <Avatar name={agent.name} seed={agent.id} size="small" />
          <span className="people__name">{agent.name}</span>
          <span className="people__what">{t('patient.assigned')}</span>
          <RemoveButton
            label={t('patient.unassign', { name: agent.name })}
            onPress={() => unassign([agent.id], [])}
          />
        </li>
      ))}
      {detail.teams.map((team) => (
        <li key={team.id}>
          <span className="avatar avatar--small people__team" aria-hidden="true">
            <UsersRound size={14} />
          </span>
          <span className="people__name">{t('patient.team', { name: team.name })}</span>
          <span className="people__what">{t('patient.assigned')}</span>
          <RemoveButton
            label={t('patient.unassign', { name: t('patient.team', { name: team.name }) })}
            onPress={() => unassign([], [team.id])}
          />
        </li>
      ))}
      {others.map((agent) => (
        <li key={agent.id}>
          <Avatar name={agent.name} seed={agent.id} size="small" />
          <span className="people__name">{agent.name}</span>
          <span className="people__what">
            {t('patient.participated', { date: dates.listTime(agent.lastAt, now) })}
          </span>
        </li>
      ))}
    </ul>
  );
}
