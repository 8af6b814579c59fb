/** Starting with the system, out of sight. */
import { app } from 'electron';

export const HIDDEN = '--hidden';

// Windows finds its entry again only by the very same arguments.
const item = (platform: NodeJS.Platform) => (platform === 'win32' ? { args: [HIDDEN] } : {});

/** Null where there is no such thing; a program that is not installed has none either. */
export function startsAtLogin(platform: NodeJS.Platform): boolean | null {
  if (!app.isPackaged || (platform !== 'win32' && platform !== 'darwin')) return null;
  const { openAtLogin, executableWillLaunchAtLogin } = app.getLoginItemSettings(item(platform));
  // On Windows somebody may have switched it off in the task manager.
  return platform === 'win32' ? openAtLogin && executableWillLaunchAtLogin : openAtLogin;
}

export function setStartsAtLogin(platform: NodeJS.Platform, starts: boolean): void {
  app.setLoginItemSettings({ ...item(platform), openAtLogin: starts });
}

/** Nobody has asked for the window yet. */
export function isStartedHidden(platform: NodeJS.Platform): boolean {
  if (process.argv.includes(HIDDEN)) return true;
  return platform === 'darwin' && app.isPackaged && app.getLoginItemSettings().wasOpenedAtLogin;
}
