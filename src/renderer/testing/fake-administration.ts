import {
  DEFAULT_NOTIFICATION_SETTINGS,
  type DeviceView,
  type Directory,
  type NotificationsView,
  type StorageView,
} from '../../shared/contract/index.ts';
import { idOf } from './builders.ts';
import { AGENTS, DAY, HOUR } from './seed-builders.ts';

export function seedDevices(now: number): DeviceView[] {
  const device = (index: number, changes: Partial<DeviceView>): DeviceView => ({
    id: idOf(3, index),
    name: 'Recepción 1',
    platform: 'win32',
    appVersion: '0.1.0',
    agentId: AGENTS.marta.id,
    agentName: AGENTS.marta.name,
    lastSeenAt: now - HOUR,
    active: true,
    isThis: false,
    ...changes,
  });
  return [
    device(1, { isThis: true }),
    device(2, { name: 'Portátil de Marta', platform: 'darwin', lastSeenAt: now - 3 * DAY }),
    device(3, {
      name: 'Recepción 2',
      agentId: AGENTS.david.id,
      agentName: AGENTS.david.name,
      lastSeenAt: now - 2 * HOUR,
    }),
    device(4, {
      name: 'PC antiguo de la consulta',
      platform: 'linux',
      agentId: AGENTS.david.id,
      agentName: AGENTS.david.name,
      lastSeenAt: now - 190 * DAY,
      active: false,
    }),
  ];
}

export const seedStorage = (now: number): StorageView => ({
  databaseBytes: 1_940_000_000,
  mediaBytes: 642_000_000,
  conversations: 18_204,
  messages: 812_377,
  oldestMessageAt: now - 1_160 * DAY,
  keepMonths: null,
});

export const seedNotifications = (): NotificationsView => ({
  settings: DEFAULT_NOTIFICATION_SETTINGS,
  startsAtLogin: false,
  hasTray: true,
  pausedUntil: null,
  isBlocked: false,
});

/** The directory after a change of one of its agents. */
export function withAgent(
  directory: Directory,
  agentId: string,
  change: Partial<Directory['agents'][number]>,
): Directory {
  return {
    ...directory,
    agents: directory.agents.map((agent) => (agent.id === agentId ? { ...agent, ...change } : agent)),
  };
}
