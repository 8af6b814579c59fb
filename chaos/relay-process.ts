import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';

export interface RelayChildOptions {
  databaseUrl: string;
  port: number;
  graphUrl: string;
  sendTimeoutMs: number;
  unknownGraceMs: number;
  clockEpoch: number;
}

/** A relay that can be killed as a power cut would, and started again at the same address on the same database. */
export interface RelayProcess {
  readonly url: string;
  isRunning(): boolean;
  start(): Promise<void>;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

export async function createRelayProcess(options: Omit<RelayChildOptions, 'port'>): Promise<RelayProcess> {
  const port = await freePort();
  let child: ChildProcess | null = null;

  const start = async () => {
    if (child !== null) return;
    const mine = fork(new URL('./relay-child.ts', import.meta.url), {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    child = mine;
    mine.once('exit', () => {
      if (child === mine) child = null;
    });
    mine.send({ ...options, port } satisfies RelayChildOptions);
    const ended = once(mine, 'exit').then(() => {
      // Killed while it was starting: that, too, is something that happens.
      if (!mine.killed) throw new Error('the relay ended before it listened');
    });
    ended.catch(() => undefined);
    await Promise.race([once(mine, 'message'), ended]);
  };

  return {
    url: `http://127.0.0.1:${port}`,
    isRunning: () => child !== null,
    start,
    async kill() {
      if (child === null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
    },
  };
}
