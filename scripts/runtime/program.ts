// What every script here does as a program, and how it starts others.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import path from 'node:path';
import { repositoryFolder } from './folders.ts';

const require = createRequire(path.join(repositoryFolder, 'package.json'));

/** Runs a script's work; its result is the exit code, and an error becomes its message on standard error and code 1. */
export async function runAsProgram(
  work: (log: (line: string) => void) => Promise<number | void>,
): Promise<void> {
  const log = (line: string): void => void process.stderr.write(`${line}\n`);
  try {
    process.exitCode = (await work(log)) ?? 0;
  } catch (error) {
    log(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  }
}

/** The JavaScript file behind a program of an installed package, to be run by this very Node on every system. */
export function findProgram(packageName: string, program: string = packageName): string {
  const folder = path.join(repositoryFolder, 'node_modules', packageName);
  const { bin } = require(path.join(folder, 'package.json')) as { bin: string | Record<string, string> };
  const file = typeof bin === 'string' ? bin : bin[program];
  if (file === undefined) throw new Error(`${packageName} has no program ${program}`);
  return path.join(folder, file);
}

/** The exit code of a running child; 1 when a signal ended it. Throws when it could not start. */
export async function exitOf(child: ChildProcess): Promise<number> {
  const [exitCode] = (await once(child, 'exit')) as [number | null];
  return exitCode ?? 1;
}

/**
 * Waits for a child that a person may interrupt. Ctrl+C reaches it by itself; staying alive here leaves it the time to
 * end in order, and the caller the chance to clean up.
 */
export async function superviseUntilExit(child: ChildProcess): Promise<number> {
  const ignore = (): void => undefined;
  const passOn = (): void => void child.kill('SIGTERM');
  process.on('SIGINT', ignore).on('SIGTERM', passOn);
  try {
    return await exitOf(child);
  } finally {
    process.off('SIGINT', ignore).off('SIGTERM', passOn);
  }
}
