import { Laptop } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { DeviceView, ErrorCode } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useDates, useNow } from '../../stores/index.ts';
import { Chip } from '../../ui/index.ts';
import { Sure } from './Sure.tsx';
import { useIsConnected } from './use-relay.ts';

const PLATFORMS: Record<string, string> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux' };

function DeviceLine({ device, onRevoked }: { device: DeviceView; onRevoked: () => void }) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const [isAsked, setIsAsked] = useState(false);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const who = device.agentName ?? t('devices.nobody');
  const facts = [
    who,
    PLATFORMS[device.platform] ?? device.platform,
    t('devices.version', { version: device.appVersion }),
    t('devices.seen', { time: dates.listTime(device.lastSeenAt, now).toLocaleLowerCase() }),
  ];

  async function revoke() {
    setIsAsked(false);
    const reply = await actions.administer('device.revoke', { deviceId: device.id });
    setProblem(reply.ok ? null : reply.error.code);
    if (reply.ok) onRevoked();
  }

  return (
    <li className="manage__item" data-gone={!device.active}>
      <div className="agent">
        <span className="device__icon" aria-hidden="true">
          <Laptop size={18} />
        </span>
        <div className="agent__who">
          <p className="agent__name">
            {device.name}
            {device.isThis ? <Chip tone="accent">{t('devices.this')}</Chip> : null}
            {device.active ? null : <Chip>{t('devices.signedOut')}</Chip>}
          </p>
          <p className="agent__facts numeric">{facts.join(' · ')}</p>
        </div>
        {device.active && !device.isThis ? (
          <button
            type="button"
            className="button button--compact button--danger"
            aria-label={t('devices.revokeOf', { name: device.name })}
            aria-expanded={isAsked}
            onClick={() => setIsAsked(!isAsked)}
          >
            {t('devices.revoke')}
          </button>
        ) : null}
      </div>
      {problem === null ? null : (
        <p className="field__problem" role="alert">
          {t(`errors.${problem}`)}
        </p>
      )}
      {isAsked ? (
        <Sure
          text={t('devices.revokeText', { device: device.name, agent: who })}
          confirm={t('devices.revoke')}
          isDangerous
          onConfirm={() => void revoke()}
          onCancel={() => setIsAsked(false)}
        />
      ) : null}
    </li>
  );
}

/** Every PC the clinic is signed in on; a lost one is shut out and erased from here. */
export function DevicesSection() {
  const { t } = useTranslate();
  const actions = useActions();
  const isConnected = useIsConnected();
  const [devices, setDevices] = useState<readonly DeviceView[] | null>(null);
  const [problem, setProblem] = useState<ErrorCode | null>(null);
  const [turn, setTurn] = useState(0);

  useEffect(() => {
    let isWanted = true;
    if (isConnected) {
      void actions.administer('device.list', {}).then((reply) => {
        if (!isWanted) return;
        setProblem(reply.ok ? null : reply.error.code);
        if (reply.ok) setDevices(reply.data.devices);
      });
    }
    return () => {
      isWanted = false;
    };
  }, [actions, isConnected, turn]);

  const inOrder = [...(devices ?? [])].sort(
    (a, b) => Number(b.active) - Number(a.active) || b.lastSeenAt - a.lastSeenAt,
  );
  return (
    <>
      <p className="manage__intro">{t('devices.intro')}</p>
      {isConnected ? null : (
        <p className="preferences__offline" role="status">
          {t('devices.offline')}
        </p>
      )}
      {problem === null ? null : (
        <div role="alert">
          <p className="field__problem">{t(`errors.${problem}`)}</p>
          <button type="button" className="button button--compact" onClick={() => setTurn(turn + 1)}>
            {t('app.retry')}
          </button>
        </div>
      )}
      {devices === null && isConnected && problem === null ? (
        <p className="manage__nothing" role="status">
          {t('devices.asking')}
        </p>
      ) : null}
      <ul className="manage">
        {inOrder.map((device) => (
          <DeviceLine key={device.id} device={device} onRevoked={() => setTurn(turn + 1)} />
        ))}
      </ul>
    </>
  );
}
