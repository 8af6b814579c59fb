import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { testSecrets } from '../../relay/sandbox/testing/relay.ts';

const RELAY = fileURLToPath(new URL('../../relay/src/cli/main.ts', import.meta.url));

/** A relay in a process of its own, so that a test can kill it as a power cut would. */
export interface RelayProcess {
  readonly url: string;
  start(): Promise<void>;
  /** SIGKILL: nothing is flushed, nobody is told. */
  kill(): Promise<void>;
}

export async function createRelayProcess(deps: {
  databaseUrl: string;
  graphUrl: string;
  mediaFolder: string;
}): Promise<RelayProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;

  return {
    url,
    async start() {
      const errors: string[] = [];
      child = spawn(process.execPath, [RELAY, 'serve'], {
        stdio: ['ignore', 'ignore', 'pipe'],
        env: {
          ...process.env,
          DATABASE_URL: deps.databaseUrl,
          RECADO_PORT: String(port),
          RECADO_SECRET_KEY: testSecrets.secretKey,
          RECADO_LOG_LEVEL: 'error',
          WHATSAPP_APP_SECRET: testSecrets.appSecret,
          WHATSAPP_VERIFY_TOKEN: testSecrets.verifyToken,
          WHATSAPP_GRAPH_URL: deps.graphUrl,
          RECADO_MEDIA_FOLDER: deps.mediaFolder,
        },
      });
      child.stderr?.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
      const ended = once(child, 'exit').then(() =>
        Promise.reject(new Error(`the relay ended: ${errors.join('')}`)),
      );
      await Promise.race([answers(`${url}/readyz`), ended]);
      ended.catch(() => undefined);
    },
    async kill() {
      if (child === null || child.exitCode !== null) return;
      const exit = once(child, 'exit');
      child.kill('SIGKILL');
      await exit;
      child = null;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function answers(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(url).catch(() => null);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
