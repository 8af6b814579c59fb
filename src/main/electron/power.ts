import { app, net, powerMonitor } from 'electron';
import type { Scheduler } from '../lib/time.ts';
import type { WakeReason } from '../sync/interface.ts';

/** Electron tells nobody when the network comes back; asking is cheap. */
const LOOK_AT_NETWORK_MS = 5_000;

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

  let wasOnline = net.isOnline();
  const look = () => {
    const isOnline = net.isOnline();
    if (isOnline && !wasOnline) deps.wake('network');
    wasOnline = isOnline;
    deps.scheduler.after(LOOK_AT_NETWORK_MS, look);
  };
  deps.scheduler.after(LOOK_AT_NETWORK_MS, look);
}
