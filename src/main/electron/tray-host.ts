import { execFile } from 'node:child_process';

/** Long enough for a session that is just starting, milliseconds. */
const WITHIN_MS = 3_000;

/**
 * Whether a window can be closed to a tray here. Windows always has one. On Linux somebody has to show it: without
 * such a host the icon is nowhere, and a hidden window could not be brought back. macOS keeps apps in its dock.
 */
export async function findTrayHost(platform: NodeJS.Platform): Promise<boolean> {
  if (platform === 'win32') return true;
  if (platform !== 'linux' || process.env.DBUS_SESSION_BUS_ADDRESS === undefined) return false;
  const question = [
    'call', '--session', '--dest', 'org.freedesktop.DBus', '--object-path', '/org/freedesktop/DBus',
    '--method', 'org.freedesktop.DBus.NameHasOwner', 'org.kde.StatusNotifierWatcher',
  ]; // prettier-ignore
  return new Promise((resolve) => {
    execFile('gdbus', question, { timeout: WITHIN_MS }, (error, output) => {
      resolve(error === null && output.includes('true'));
    });
  });
}
