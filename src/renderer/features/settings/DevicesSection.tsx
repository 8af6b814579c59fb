import { Laptop } from 'lucide-react';
import { useCallback } from 'react';
import type { DeviceView } from '../../../shared/contract/index.ts';
import { useTranslate } from '../../i18n/index.ts';
import { useActions, useDates, useNow } from '../../stores/index.ts';
import { Chip } from '../../ui/index.ts';
import { EndableLine, RelayListState, useRelayList } from './RelayList.tsx';

const PLATFORMS: Record<string, string> = { win32: 'Windows', darwin: 'macOS', linux: 'Linux' };

function DeviceLine({ device, onRevoked }: { device: DeviceView; onRevoked: () => void }) {
  const { t } = useTranslate();
  const actions = useActions();
  const dates = useDates();
  const now = useNow();
  const { name, active, isThis } = device;
  const who = device.agentName ?? t('devices.nobody');

  async function revoke() {
    const reply = await actions.administer('device.revoke', { deviceId: device.id });
    if (reply.ok) onRevoked();
    return reply.ok ? null : reply.error;
  }

  return (
    <EndableLine
      icon={<Laptop size={18} />}
      isGone={!active}
      title={
        <>
          {name}
          {isThis ? <Chip tone="accent">{t('devices.this')}</Chip> : null}
          {active ? null : <Chip>{t('devices.signedOut')}</Chip>}
        </>
      }
      facts={[
        who,
        PLATFORMS[device.platform] ?? device.platform,
        t('devices.version', { version: device.appVersion }),
        t('devices.seen', { time: dates.listTime(device.lastSeenAt, now).toLocaleLowerCase() }),
      ]}
      ending={
        active && !isThis
          ? {
              word: t('devices.revoke'),
              label: t('devices.revokeOf', { name }),
              meaning: t('devices.revokeText', { device: name, agent: who }),
              end: revoke,
            }
          : null
      }
    />
  );
}

/** Every PC the clinic is signed in on; a lost one is shut out and erased from here. */
export function DevicesSection() {
  const { t } = useTranslate();
  const actions = useActions();
  const read = useCallback(async () => {
    const reply = await actions.administer('device.list', {});
    return reply.ok ? { ok: true as const, data: reply.data.devices } : reply;
  }, [actions]);
  const list = useRelayList<DeviceView>(read);

  const inOrder = [...(list.items ?? [])].sort(
    (a, b) => Number(b.active) - Number(a.active) || b.lastSeenAt - a.lastSeenAt,
  );
  return (
    <>
      <p className="manage__intro">{t('devices.intro')}</p>
      {list.isConnected ? null : (
        <p className="preferences__offline" role="status">
          {t('devices.offline')}
        </p>
      )}
      <RelayListState list={list} asking={t('devices.asking')} />
      <ul className="manage">
        {inOrder.map((device) => (
          <DeviceLine key={device.id} device={device} onRevoked={list.askAgain} />
        ))}
      </ul>
    </>
  );
}
