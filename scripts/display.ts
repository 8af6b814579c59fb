// A virtual screen where there is no real one, so that windows can open on servers and in CI.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { runAsProgram, superviseUntilExit } from './runtime/program.ts';
import { hasDisplay } from './system-libraries.ts';

/** A screen to open windows on. */
export type Display = {
  /** To be added to the environment of every program that opens windows. */
  environment: { DISPLAY?: string };
  stop: () => void;
};

const screen = '1440x900x24';

/** The screen of this machine, or a virtual one that lasts until `stop`; whoever opens it must stop it. */
export async function openDisplay(): Promise<Display> {
  if (hasDisplay()) return { environment: {}, stop: () => undefined };
  // The server picks a free number and writes it to descriptor 3 when it accepts connections.
  // In a group of its own, so that Ctrl+C does not take the screen away from windows that are still closing.
  const server = spawn('Xvfb', ['-displayfd', '3', '-screen', '0', screen, '-nolisten', 'tcp'], {
    stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const number = await Promise.race([
    once(server.stdio[3] as Readable, 'data').then(([data]) => String(data).trim()),
    once(server, 'exit').then(() => undefined),
  ]);
  if (!number) throw new Error('The virtual display (Xvfb) did not start');
  const stop = (): void => void server.kill();
  process.once('exit', stop);
  return { environment: { DISPLAY: `:${number}` }, stop };
}

if (import.meta.main) {
  await runAsProgram(async () => {
    const [command, ...commandArguments] = process.argv.slice(2);
    if (command === undefined) throw new Error('Usage: node scripts/display.ts <command> [arguments]');
    const display = await openDisplay();
    const environment = { ...process.env, ...display.environment };
    const exitCode = await superviseUntilExit(
      spawn(command, commandArguments, { stdio: 'inherit', env: environment }),
    );
    display.stop();
    return exitCode;
  });
}
