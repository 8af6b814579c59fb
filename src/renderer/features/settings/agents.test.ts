import { describe, expect, it } from 'vitest';
import type { DeviceView } from '../../../shared/contract/index.ts';
import { idOf } from '../../testing/builders.ts';
import { seedDirectory } from '../../testing/seed.ts';
import { devicesOf, inOrder, isLastAdministrator } from './agents.ts';

const { agents } = seedDirectory();
const [marta, david, ines] = agents as [
  (typeof agents)[number],
  (typeof agents)[number],
  (typeof agents)[number],
];

describe('isLastAdministrator', () => {
  it('is true of the only one at work, and of nobody else', () => {
    expect(isLastAdministrator(agents, marta.id)).toBe(true);
    expect(isLastAdministrator(agents, david.id)).toBe(false);
    const two = [marta, { ...david, role: 'admin' }];
    expect(isLastAdministrator(two, marta.id)).toBe(false);
    expect(isLastAdministrator([marta, { ...david, role: 'admin', active: false }], marta.id)).toBe(true);
  });
});

describe('inOrder', () => {
  it('shows oneself first and those who are gone last', () => {
    const all = [{ ...ines, active: false }, david, { ...ines, id: idOf(8, 9), name: 'Álvaro' }, marta];
    expect(inOrder(all, 'es-ES').map((agent) => agent.name)).toEqual([
      'Marta Ruiz',
      'Álvaro',
      'David León',
      'Inés Peña',
    ]);
  });
});

describe('devicesOf', () => {
  it('are those somebody is signed in on, the last used first', () => {
    const device = (index: number, changes: Partial<DeviceView>): DeviceView => ({
      id: idOf(3, index),
      name: 'PC',
      platform: 'win32',
      appVersion: '0.1.0',
      agentId: marta.id,
      agentName: marta.name,
      lastSeenAt: index,
      active: true,
      isThis: false,
      ...changes,
    });
    const devices = [
      device(1, {}),
      device(2, {}),
      device(3, { active: false }),
      device(4, { agentId: david.id }),
    ];
    expect(devicesOf(devices, marta.id).map((each) => each.id)).toEqual([idOf(3, 2), idOf(3, 1)]);
  });
});
