import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { withLock } from './lock.ts';

let folder: string;
let lockFile: string;

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'recado-lock-'));
  lockFile = path.join(folder, 'work.lock');
});

afterEach(() => fs.rmSync(folder, { recursive: true }));

test('one at a time, and nothing is left behind', async () => {
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all([withLock(lockFile, work), withLock(lockFile, work), withLock(lockFile, work)]);
  expect(most).toBe(1);
  expect(fs.readdirSync(folder)).toEqual([]);
});

test('is given back when the work fails', async () => {
  await expect(withLock(lockFile, () => Promise.reject(new Error('no compiler')))).rejects.toThrow(
    'no compiler',
  );
  expect(await withLock(lockFile, () => Promise.resolve('again'))).toBe('again');
});

test('of a process that is gone is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  fs.writeFileSync(lockFile, String(pid));
  expect(await withLock(lockFile, () => Promise.resolve('mine'))).toBe('mine');
});

test('that nobody has touched for long is taken over, whoever has its process id now', async () => {
  fs.writeFileSync(lockFile, String(process.ppid));
  const longAgo = new Date(Date.now() - 10 * 60_000);
  fs.utimesSync(lockFile, longAgo, longAgo);
  expect(await withLock(lockFile, () => Promise.resolve('mine'))).toBe('mine');
});
