import type { DeviceView, Directory } from '../../../shared/contract/index.ts';

type Agent = Directory['agents'][number];

/** Whether the clinic would be left without an administrator if this one were not one any more. */
export function isLastAdministrator(agents: readonly Agent[], agentId: string): boolean {
  const administrators = agents.filter((agent) => agent.active && agent.role === 'admin');
  return administrators.length === 1 && administrators[0]?.id === agentId;
}

/** Those who work here first, oneself before the others, then by name. */
export function inOrder(agents: readonly Agent[], locale: string): Agent[] {
  const rank = (agent: Agent): number => (agent.isMe ? 0 : agent.active || agent.invited ? 1 : 2);
  return [...agents].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, locale));
}

/** The devices of an agent with a session open, the last one used first. */
export function devicesOf(devices: readonly DeviceView[], agentId: string): DeviceView[] {
  return devices
    .filter((device) => device.agentId === agentId && device.active)
    .sort((a, b) => b.lastSeenAt - a.lastSeenAt);
}
