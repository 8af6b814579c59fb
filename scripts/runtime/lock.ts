import crypto from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

const pollMs = 250;
const heartbeatMs = 5_000;
/** A lock that nobody has touched for so long has no owner, even if its process id is in use again. */
const silenceMs = 60_000;

/**
 * Runs `work` while holding a lock file, so that two starts at the same time do not build the same thing twice.
 *
 * The file holds the owner's process id and is touched while the work goes on; a lock left behind is taken over.
 */
export async function withLock<Result>(lockFile: string, work: () => Promise<Result>): Promise<Result> {
  await fs.mkdir(path.dirname(lockFile), { recursive: true });
  while (!(await tryLock(lockFile))) {
    if (!(await removeAbandoned(lockFile))) await wait(pollMs);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    fs.utimes(lockFile, now, now).catch(() => undefined);
  }, heartbeatMs);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await fs.rm(lockFile, { force: true });
  }
}

async function tryLock(lockFile: string): Promise<boolean> {
  // Written beside and linked into place, so that nobody ever reads a lock without its owner.
  const candidate = `${lockFile}.${crypto.randomUUID()}`;
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

/** True when the lock had no owner any more and was removed. */
async function removeAbandoned(lockFile: string): Promise<boolean> {
  try {
    const [owner, { mtimeMs }] = await Promise.all([fs.readFile(lockFile, 'utf8'), fs.stat(lockFile)]);
    if (isRunning(Number(owner)) && Date.now() - mtimeMs < silenceMs) return false;
    // Moved aside first: of several that see the same abandoned lock, one moves it and the others find nothing.
    const aside = `${lockFile}.${crypto.randomUUID()}`;
    await fs.rename(lockFile, aside);
    await fs.rm(aside);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}
