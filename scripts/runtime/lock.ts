import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const pollMs = 250;

/**
 * Runs `work` while holding a lock file, so that two starts at the same time do not build the same thing twice.
 *
 * The file holds the owner's process id; a lock whose owner is gone is taken over.
 */
export async function withLock<Result>(lockFile: string, work: () => Promise<Result>): Promise<Result> {
  await fs.mkdir(path.dirname(lockFile), { recursive: true });
  while (!(await tryLock(lockFile))) {
    if (await isAbandoned(lockFile)) await fs.rm(lockFile, { force: true });
    else await wait(pollMs);
  }
  try {
    return await work();
  } finally {
    await fs.rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile: string): Promise<boolean> {
  // Written beside and linked into place, so that nobody ever reads a lock without its owner.
  const candidate = `${lockFile}.${process.pid}`;
  await fs.writeFile(candidate, String(process.pid));
  try {
    await fs.link(candidate, lockFile);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  } finally {
    await fs.rm(candidate, { force: true });
  }
}

async function isAbandoned(lockFile: string): Promise<boolean> {
  const owner = await fs.readFile(lockFile, 'utf8').catch(() => undefined);
  if (owner === undefined) return false;
  try {
    process.kill(Number(owner), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
