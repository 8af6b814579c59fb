import { UserPlus } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { CallOutput, DeviceView, Directory } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions } from '../../stores/index.ts';
import { AccessCode } from './AccessCode.tsx';
import { AgentLine } from './AgentLine.tsx';
import { inOrder } from './agents.ts';
import { InviteForm } from './InviteForm.tsx';
import { useIsConnected } from './use-relay.ts';

const NO_DEVICES: readonly DeviceView[] = [];

/** The people of the clinic; administrators invite them, change what they may do and end their access. */
export function AgentsSection({ directory, isAdmin }: { directory: Directory; isAdmin: boolean }) {
  const { t, locale } = useTranslate();
  const actions = useActions();
  const isConnected = useIsConnected();
  const [isInviting, setIsInviting] = useState(false);
  const [access, setAccess] = useState<(CallOutput<'agent.invite'> & { name: string }) | null>(null);
  const [devices, setDevices] = useState(NO_DEVICES);

  useEffect(() => {
    let isWanted = true;
    if (isAdmin && isConnected) {
      void actions.administer('device.list', {}).then((reply) => {
        if (isWanted && reply.ok) setDevices(reply.data.devices);
      });
    }
    return () => {
      isWanted = false;
    };
  }, [actions, isAdmin, isConnected]);

  return (
    <>
      <p className="manage__intro">{t(isAdmin ? 'agents.intro' : 'agents.introReading')}</p>
      {isAdmin && !isConnected ? (
        <p className="preferences__offline" role="status">
          {t('agents.offline')}
        </p>
      ) : null}
      {access === null ? null : (
        <AccessCode
          name={access.name}
          code={access.accessCode}
          expiresAt={access.expiresAt}
          onDone={() => setAccess(null)}
        />
      )}
      {isInviting ? (
        <InviteForm
          isConnected={isConnected}
          onInvited={(name, given) => {
            setIsInviting(false);
            setAccess({ ...given, name });
          }}
          onCancel={() => setIsInviting(false)}
        />
      ) : isAdmin && access === null ? (
        <button
          type="button"
          className="button button--primary preferences__first"
          aria-disabled={!isConnected}
          onClick={() => {
            if (isConnected) setIsInviting(true);
          }}
        >
          <UserPlus size={16} aria-hidden="true" />
          {t('agents.invite')}
        </button>
      ) : null}
      <ul className="manage">
        {inOrder(directory.agents, locale).map((agent) => (
          <AgentLine
            key={agent.id}
            agent={agent}
            agents={directory.agents}
            devices={devices}
            isAdmin={isAdmin}
            isConnected={isConnected}
            onAccess={(given) => {
              setIsInviting(false);
              setAccess({ ...given, name: agent.name });
            }}
          />
        ))}
      </ul>
    </>
  );
}
