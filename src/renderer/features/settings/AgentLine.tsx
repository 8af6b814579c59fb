import { KeyRound, UserRoundCheck, UserRoundX } from 'lucide-react';
import { useState } from 'react';
import type { CallOutput, DeviceView, Directory, ErrorCode } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useDates, useNow } from '../../stores/index.ts';
import { Avatar, Chip } from '../../ui/index.ts';
import { devicesOf, isLastAdministrator } from './agents.ts';
import { Sure } from './Sure.tsx';

type Agent = Directory['agents'][number];
type Asked = 'deactivate' | 'renew' | 'stepDown';

interface AgentLineProps {
  agent: Agent;
  agents: readonly Agent[];
  devices: readonly DeviceView[];
  isAdmin: boolean;
  isConnected: boolean;
  onAccess: (access: CallOutput<'agent.renewAccess'>) => void;
}

/** As many devices as say where somebody works. */
const FEW_DEVICES = 2;

/** One person of the clinic, and what an administrator may do about them. */
export function AgentLine({ agent, agents, devices, isAdmin, isConnected, onAccess }: AgentLineProps) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const { id: agentId, name, role, active, isMe, invited } = agent;
  // Somebody invited is not active yet, but expected.
  const hasPlace = active || invited;
  const isLast = isLastAdministrator(agents, agentId);

  async function update(change: { role?: 'admin' | 'agent'; active?: boolean }) {
    setAsked(null);
    const reply = await actions.administer('agent.update', { agentId, ...change });
    setProblem(reply.ok ? null : reply.error.code);
  }

  async function renew() {
    setAsked(null);
    const reply = await actions.administer('agent.renewAccess', { agentId });
    setProblem(reply.ok ? null : reply.error.code);
    if (reply.ok) onAccess(reply.data);
  }

  function chooseRole(next: string) {
    if (next !== 'admin' && next !== 'agent') return;
    if (next === 'agent' && isLast) setProblem('last_administrator');
    else if (next === 'agent' && isMe) setAsked('stepDown');
    else void update({ role: next });
  }

  function deactivate() {
    if (isLast) setProblem('last_administrator');
    else setAsked(asked === 'deactivate' ? null : 'deactivate');
  }

  const seen = devicesOf(devices, agentId).slice(0, FEW_DEVICES);
  const facts = [
    ...(agent.email === null ? [] : [agent.email]),
    ...seen.map((device) =>
      t('agents.seen', {
        device: device.name,
        time: dates.listTime(device.lastSeenAt, now).toLocaleLowerCase(),
      }),
    ),
  ];
  const isKnownRole = role === 'admin' || role === 'agent';

  return (
    <li className="manage__item" data-gone={!hasPlace}>
      <div className="agent">
        <Avatar name={name} seed={agentId} />
        <div className="agent__who">
          <p className="agent__name">
            {name}
            {isMe ? <span className="agent__you">{t('picker.you')}</span> : null}
            {invited ? <Chip tone="warn">{t('agents.invited')}</Chip> : null}
            {hasPlace ? null : <Chip>{t('agents.inactive')}</Chip>}
          </p>
          <p className="agent__facts numeric">{facts.join(' · ')}</p>
        </div>
        {isAdmin && hasPlace && isKnownRole ? (
          <select
            className="field agent__role"
            aria-label={t('agents.roleOf', { name })}
            value={role}
            onChange={(event) => chooseRole(event.target.value)}
          >
            <option value="agent">{t('agents.roles.agent.name')}</option>
            <option value="admin">{t('agents.roles.admin.name')}</option>
          </select>
        ) : (
          <span className="agent__role-name">{isKnownRole ? t(`agents.roles.${role}.name`) : role}</span>
        )}
        {isAdmin && hasPlace ? (
          <button
            type="button"
            className="icon-button"
            aria-label={t('agents.renewOf', { name })}
            title={t(isConnected ? 'agents.renew' : 'agents.needsServer')}
            aria-disabled={!isConnected}
            aria-expanded={asked === 'renew'}
            onClick={() => {
              if (isConnected) setAsked(asked === 'renew' ? null : 'renew');
            }}
          >
            <KeyRound size={16} aria-hidden="true" />
          </button>
        ) : null}
        {isAdmin && isMe ? <span className="agent__gap" /> : null}
        {isAdmin && hasPlace && !isMe ? (
          <button
            type="button"
            className="icon-button"
            aria-label={t('agents.deactivateOf', { name })}
            title={t('agents.deactivate')}
            aria-expanded={asked === 'deactivate'}
            onClick={deactivate}
          >
            <UserRoundX size={16} aria-hidden="true" />
          </button>
        ) : null}
        {isAdmin && !hasPlace ? (
          <button
            type="button"
            className="button button--compact"
            onClick={() => void update({ active: true })}
          >
            <UserRoundCheck size={15} aria-hidden="true" />
            {t('agents.reactivate')}
          </button>
        ) : null}
      </div>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
      {asked === 'deactivate' ? (
        <Sure
          text={t('agents.deactivateText', { name })}
          confirm={t('agents.deactivate')}
          isDangerous
          onConfirm={() => void update({ active: false })}
          onCancel={() => setAsked(null)}
        />
      ) : null}
      {asked === 'renew' ? (
        <Sure
          text={t(invited ? 'agents.renewInvited' : 'agents.renewText', { name })}
          confirm={t('agents.renew')}
          onConfirm={() => void renew()}
          onCancel={() => setAsked(null)}
        />
      ) : null}
      {asked === 'stepDown' ? (
        <Sure
          text={t('agents.stepDownText')}
          confirm={t('agents.stepDown')}
          isDangerous
          onConfirm={() => void update({ role: 'agent' })}
          onCancel={() => setAsked(null)}
        />
      ) : null}
    </li>
  );
}
