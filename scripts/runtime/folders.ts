import os from 'node:os';
import path from 'node:path';

/** The folder outside the repository where downloaded and compiled things are kept between runs. */
export function cacheFolder(): string {
  const explicit = process.env.XDG_CACHE_HOME;
  if (explicit) return path.join(explicit, 'recado');
  if (process.platform === 'win32') {
    const local = process.env.LOCALAPPDATA ?? path.join(os.homedir(), 'AppData', 'Local');
    return path.join(local, 'recado', 'Cache');
  }
  if (process.platform === 'darwin') return path.join(os.homedir(), 'Library', 'Caches', 'recado');
  return path.join(os.homedir(), '.cache', 'recado');
}

/** The root of the repository. */
export const repositoryFolder = path.resolve(import.meta.dirname, '..', '..');
