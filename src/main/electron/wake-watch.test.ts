import { describe, expect, it } from 'vitest';
import { createManualScheduler } from '../testing/manual-scheduler.ts';
import { createWakeWatch } from './wake-watch.ts';

function setUp() {
  const time = createManualScheduler();
  const machine = { isOnline: true, addresses: ['192.168.1.20', 'fe80::1'], slept: 0 };
  const reasons: string[] = [];
  const watch = createWakeWatch({
    scheduler: time.scheduler,
    uptime: () => time.now() + machine.slept,
    isOnline: () => machine.isOnline,
    addresses: () => [...machine.addresses],
    wake: (reason) => reasons.push(reason),
  });
  const look = () => {
    time.pass(5_000);
    return reasons.splice(0);
  };
  return { time, machine, watch, look };
}

describe('wake watch', () => {
  it('says nothing while nothing happens, whatever the order of the addresses', () => {
    const { machine, look } = setUp();
    expect(look()).toEqual([]);
    machine.addresses.reverse();
    expect(look()).toEqual([]);
  });

  it('tells of a network that comes back, once', () => {
    const { machine, look } = setUp();
    machine.isOnline = false;
    machine.addresses = [];
    expect(look()).toEqual([]);
    machine.isOnline = true;
    machine.addresses = ['192.168.1.20'];
    expect(look()).toEqual(['network']);
    expect(look()).toEqual([]);
  });

  it('tells of another network although there was one all the time', () => {
    const { machine, look } = setUp();
    machine.addresses = ['10.0.0.7'];
    expect(look()).toEqual(['network']);
  });

  it('tells of a sleep nobody announced', () => {
    const { machine, look } = setUp();
    machine.slept = 3_600_000;
    expect(look()).toEqual(['resume']);
    expect(look()).toEqual([]);
  });

  it('stops', () => {
    const { time, watch } = setUp();
    watch.stop();
    expect(time.pending()).toEqual([]);
  });
});
