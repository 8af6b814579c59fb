// The Electron binary as its makers publish it: already installed, named by the environment, or downloaded.
import fs from 'node:fs';
import path from 'node:path';
import { cacheFolder, repositoryFolder } from './folders.ts';
import { runCommand } from './run-command.ts';

const packageFolder = path.join(repositoryFolder, 'node_modules', 'electron');
const downloadBase =
  process.env.ELECTRON_MIRROR ??
  process.env.npm_config_electron_mirror ??
  'https://github.com/electron/electron/releases/download/';
const reachableTimeoutMs = 10_000;
const downloadTimeoutMs = 10 * 60_000;
const failureRemembered = 24 * 60 * 60_000;

/** The executable's path inside an unpacked Electron. */
export function executableName(platform: NodeJS.Platform = process.platform): string {
  if (platform === 'darwin') return path.join('Electron.app', 'Contents', 'MacOS', 'Electron');
  return platform === 'win32' ? 'electron.exe' : 'electron';
}

/** The executable the person named by ELECTRON_EXEC_PATH or ELECTRON_OVERRIDE_DIST_PATH, if any. */
export function findNamedExecutable(): string | undefined {
  const executable =
    process.env.ELECTRON_EXEC_PATH ||
    (process.env.ELECTRON_OVERRIDE_DIST_PATH &&
      path.join(process.env.ELECTRON_OVERRIDE_DIST_PATH, executableName()));
  if (!executable) return undefined;
  if (!fs.existsSync(executable)) {
    throw new Error(`ELECTRON_EXEC_PATH or ELECTRON_OVERRIDE_DIST_PATH names no Electron: ${executable}`);
  }
  return executable;
}

/** The official executable, downloaded when needed; undefined when it cannot be had. */
export async function findOfficialExecutable(log: (line: string) => void): Promise<string | undefined> {
  const wanted = wantedVersion();
  const executable = path.join(packageFolder, 'dist', executableName());
  if (isInstalled(executable, wanted)) return executable;

  const failureFile = path.join(cacheFolder(), `electron-${wanted}-unreachable`);
  if (isRecent(failureFile)) return undefined;
  if (await download(wanted, log)) {
    fs.rmSync(failureFile, { force: true });
    if (isInstalled(executable, wanted)) return executable;
  }
  log(
    `Electron ${wanted} cannot be downloaded from here; next try in a day, or after removing ${failureFile}`,
  );
  fs.mkdirSync(cacheFolder(), { recursive: true });
  fs.writeFileSync(failureFile, '');
  return undefined;
}

/** The Electron version the project pins. */
export function wantedVersion(): string {
  const description = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  return description.version;
}

/** The version of an unpacked Electron, as its `version` file says; undefined when there is none. */
export function readVersionBeside(executable: string): string | undefined {
  const folder =
    process.platform === 'darwin'
      ? path.resolve(executable, '..', '..', '..', '..')
      : path.dirname(executable);
  try {
    return fs.readFileSync(path.join(folder, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return undefined;
  }
}

function isInstalled(executable: string, wanted: string): boolean {
  return fs.existsSync(executable) && readVersionBeside(executable) === wanted;
}

function isRecent(file: string): boolean {
  const written = fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs;
  return written !== undefined && Date.now() - written < failureRemembered;
}

async function download(version: string, log: (line: string) => void): Promise<boolean> {
  if (!(await isReachable())) return false;
  log(`Downloading Electron ${version}`);
  const result = await runCommand(process.execPath, [path.join(packageFolder, 'install.js')], {
    timeoutMs: downloadTimeoutMs,
  });
  return result.exitCode === 0;
}

/** A quick look before the long wait; behind a proxy only the download itself can tell. */
async function isReachable(): Promise<boolean> {
  if (process.env.HTTPS_PROXY || process.env.https_proxy || process.env.ELECTRON_GET_USE_PROXY) return true;
  try {
    await fetch(downloadBase, { method: 'HEAD', signal: AbortSignal.timeout(reachableTimeoutMs) });
    return true;
  } catch {
    return false;
  }
}
