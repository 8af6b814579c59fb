// `npm start`: the app with a demo clinic, from nothing.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { ensureBuilt } from './build.ts';
import { openDisplay } from './display.ts';
import { prepareMachine } from './prepare.ts';
import { repositoryFolder } from './runtime/folders.ts';
import { exitOf, runAsProgram } from './runtime/program.ts';

const help = `Usage: npm start [-- <arguments for the app>]

Opens Recado with a demo clinic:
  1. prepares Electron (downloads it the first time) and the system libraries it needs;
  2. builds the app, unless nothing changed since the last build;
  3. starts the demo relay: an embedded PostgreSQL, a stand-in for WhatsApp and patients who write;
  4. opens the app. Its first screen offers the button "Probar con la clínica de demostración".

Closing the window or pressing Ctrl+C stops everything.

  --user-data-dir=<folder>   keep the app's data in this folder instead of the usual one
  --help                     show this text
`;

/** What the demo relay prints, on one line, when it accepts requests. */
type DemoRelay = { ready: true; relayUrl: string; email: string; password: string };

const stopTimeoutMs = 15_000;
const appArguments = process.argv.slice(2);
if (appArguments.includes('--help')) {
  process.stdout.write(help);
} else {
  await runAsProgram(start);
}

async function start(log: (line: string) => void): Promise<number> {
  const runtime = await prepareMachine(log);
  await ensureBuilt(log);
  log('Starting the demo relay');
  const relay = spawn(process.execPath, [path.join(repositoryFolder, 'relay', 'sandbox', 'demo.ts')], {
    cwd: repositoryFolder,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let app: ChildProcess | undefined;
  let isStopping = false;
  // Ctrl+C reaches the children as well; staying alive here leaves them the time to end in order.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      isStopping = true;
      (app ?? relay).kill(signal);
    });
  }
  try {
    const demo = await waitUntilReady(relay);
    if (isStopping) return 0;
    const display = await openDisplay();
    log(`The demo relay answers at ${demo.relayUrl}`);
    app = spawn(runtime.executablePath, [...runtime.launchArguments, repositoryFolder, ...appArguments], {
      stdio: ['ignore', 'inherit', 'inherit'],
      env: appEnvironment(demo, display.environment),
    });
    const exitCode = await exitOf(app);
    display.stop();
    return isStopping ? 0 : exitCode;
  } finally {
    await stop(relay);
  }
}

function appEnvironment(demo: DemoRelay, display: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    ...display,
    RECADO_DEMO_RELAY_URL: demo.relayUrl,
    RECADO_DEMO_EMAIL: demo.email,
    RECADO_DEMO_PASSWORD: demo.password,
  };
  // Set in terminals of editors that are Electron themselves; with it Electron would start as plain Node.
  delete environment.ELECTRON_RUN_AS_NODE;
  return environment;
}

async function waitUntilReady(relay: ChildProcess): Promise<DemoRelay> {
  return new Promise((resolve, reject) => {
    relay.once('error', reject);
    relay.once('exit', (code) =>
      reject(new Error(`The demo relay ended before it was ready (code ${code})`)),
    );
    createInterface({ input: relay.stdout! }).on('line', (line) => {
      const demo = parseReady(line);
      if (demo) resolve(demo);
      else process.stdout.write(`${line}\n`);
    });
  });
}

function parseReady(line: string): DemoRelay | undefined {
  try {
    const parsed = JSON.parse(line) as Partial<DemoRelay>;
    return parsed.ready === true ? (parsed as DemoRelay) : undefined;
  } catch {
    return undefined;
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const impatience = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  await ended;
  clearTimeout(impatience);
}
