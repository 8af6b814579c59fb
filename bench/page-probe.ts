/** Looks into a window over the DevTools protocol, without anything that holds up its start. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronRuntime } from '../scripts/electron-runtime.ts';

const PATIENCE_MS = 60_000;
const LOOK_EVERY_MS = 5;

interface Target {
  type: string;
  url: string;
  webSocketDebuggerUrl: string;
}

const deadline = () => {
  const endsAt = performance.now() + PATIENCE_MS;
  return async (what: string) => {
    if (performance.now() > endsAt) throw new Error(`${what} did not come within ${PATIENCE_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  };
};

/** Chromium writes the port it chose into its profile. */
async function readPort(profile: string): Promise<string> {
  const wait = deadline();
  for (;;) {
    const text = await readFile(join(profile, 'DevToolsActivePort'), 'utf8').catch(() => '');
    const port = text.split('\n')[0];
    if (port) return port;
    await wait('the port');
  }
}

async function findPage(port: string, isWanted: (url: string) => boolean): Promise<Target> {
  const wait = deadline();
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => null);
    const targets = answer === null ? [] : ((await answer.json()) as Target[]);
    const page = targets.find(({ type, url }) => type === 'page' && isWanted(url));
    if (page) return page;
    await wait('the window');
  }
}

/** Evaluates one expression in a page and answers with its value, once its promise has resolved. */
async function evaluate(target: Target, expression: string): Promise<unknown> {
  const socket = new WebSocket(target.webSocketDebuggerUrl);
  await once(socket, 'open');
  const params = { expression, awaitPromise: true, returnByValue: true };
  socket.send(JSON.stringify({ id: 1, method: 'Runtime.evaluate', params }));
  try {
    for (;;) {
      const [event] = (await once(socket, 'message')) as [MessageEvent<string>];
      const answer = JSON.parse(event.data) as { id?: number; result?: { result: { value: unknown } } };
      if (answer.id === 1) return answer.result?.result.value;
    }
  } finally {
    socket.close();
  }
}

/** When something matching a selector is first on screen: after the frame that shows it, milliseconds since the epoch. */
const whenPainted = (selector: string) => `new Promise((resolve) => {
  const look = () => {
    if (document.querySelector(${JSON.stringify(selector)}) === null) requestAnimationFrame(look);
    else requestAnimationFrame(() => resolve(performance.timeOrigin + performance.now()));
  };
  look();
})`;

/** Starts a program on a profile and tells how long it took from the start of its process until something was painted. */
export async function timeStart(options: {
  runtime: ElectronRuntime;
  appFolder: string;
  profile: string;
  selector: string;
  isWanted: (url: string) => boolean;
}): Promise<number> {
  const { runtime, appFolder, profile, selector, isWanted } = options;
  // What is left of the last start would be taken for news.
  await rm(join(profile, 'DevToolsActivePort'), { force: true });
  const startedAt = performance.timeOrigin + performance.now();
  const child: ChildProcess = spawn(
    runtime.executablePath,
    [...runtime.launchArguments, appFolder, `--user-data-dir=${profile}`, '--remote-debugging-port=0'],
    { stdio: 'ignore' },
  );
  const exit = once(child, 'exit');
  try {
    const port = await readPort(profile);
    const wait = deadline();
    for (;;) {
      // A window that is still on its way to its page forgets what it was asked.
      const paintedAt = await evaluate(await findPage(port, isWanted), whenPainted(selector));
      if (typeof paintedAt === 'number') return paintedAt - startedAt;
      await wait('the paint');
    }
  } finally {
    child.kill('SIGTERM');
    await exit;
  }
}
