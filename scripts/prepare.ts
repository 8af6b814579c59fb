import { type ElectronRuntime, resolveElectronRuntime } from './electron-runtime.ts';
import { ensureInstalled, windowRequirements } from './system-libraries.ts';

/** Everything this machine needs before a window can open: system libraries, then Electron and its native modules. */
export async function prepareMachine(log: (line: string) => void): Promise<ElectronRuntime> {
  await ensureInstalled(windowRequirements(), log);
  return resolveElectronRuntime(log);
}
