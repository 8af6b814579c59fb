import { app, net, powerMonitor } from 'electron';
import { networkInterfaces, uptime } from 'node:os';
import type { Scheduler } from '../lib/time.ts';
import { createWakeWatch } from './wake-watch.ts';
import type { WakeReason } from '../sync/interface.ts';

const addresses = () =>
  Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).filter(({ internal }) => !internal).map(({ address }) => address),
  );

/** Calls `wake` whenever the relay may have become reachable, or may have been missed. */
export function watchPower(deps: { scheduler: Scheduler; wake: (reason: WakeReason) => void }): void {
  powerMonitor.on('resume', () => {
    deps.wake('resume');
  });
  powerMonitor.on('unlock-screen', () => {
    deps.wake('unlock');
  });
  app.on('browser-window-focus', () => {
    deps.wake('focus');
  });
  createWakeWatch({
    scheduler: deps.scheduler,
    uptime: () => uptime() * 1_000,
    isOnline: () => net.isOnline(),
    addresses,
    wake: deps.wake,
  });
}
