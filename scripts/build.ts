// Builds the app when its sources are newer than what was built.
import fs from 'node:fs/promises';
import path from 'node:path';
import { repositoryFolder } from './runtime/folders.ts';
import { withLock } from './runtime/lock.ts';
import { type CommandResult, runCommand } from './runtime/run-command.ts';
import { findProgram } from './runtime/program.ts';

const sources = [
  'src',
  'protocol',
  'package.json',
  'package-lock.json',
  'electron.vite.config.ts',
  'tsconfig.base.json',
];
const results = [
  'out/main/index.js',
  'out/main/store-worker.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
];

const lockFile = path.join(repositoryFolder, 'node_modules', '.cache', 'build.lock');

/** Builds into out/ unless everything there is newer than the sources. Throws with the builder's words. */
export function ensureBuilt(log: (line: string) => void): Promise<void> {
  return withLock(lockFile, async () => {
    if (await isFresh()) return;
    log('Building the app');
    const { exitCode, stdout, stderr } = await runBuilder();
    if (exitCode !== 0) throw new Error(`The build failed.\n${stdout}${stderr}`);
  });
}

/** Builds into out/, always. */
export function build(): Promise<CommandResult> {
  return withLock(lockFile, runBuilder);
}

function runBuilder(): Promise<CommandResult> {
  return runCommand(process.execPath, [findProgram('electron-vite'), 'build'], { cwd: repositoryFolder });
}

async function isFresh(): Promise<boolean> {
  const built = await Promise.all(results.map((result) => modifiedAt(path.join(repositoryFolder, result))));
  if (built.includes(0)) return false;
  const oldest = Math.min(...built);
  for (const source of sources) {
    if ((await newestIn(path.join(repositoryFolder, source))) > oldest) return false;
  }
  return true;
}

/** Epoch milliseconds of the newest file or folder at or below `location`; folders count, because they tell of removals. */
async function newestIn(location: string): Promise<number> {
  const entries = await fs.readdir(location, { recursive: true }).catch(() => []);
  const inside = entries.filter((entry) => !entry.split(path.sep).includes('node_modules'));
  const times = await Promise.all(['', ...inside].map((entry) => modifiedAt(path.join(location, entry))));
  return Math.max(...times);
}

async function modifiedAt(file: string): Promise<number> {
  return fs.stat(file).then(
    (found) => found.mtimeMs,
    () => 0,
  );
}
