/** Where the app starts: gathers what the platform offers, starts the core, opens the window. */
import { app, net, session, type BrowserWindow } from 'electron';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCore } from './core.ts';
import { registerAppScheme, serveApp } from './electron/app-protocol.ts';
import { createIpcTransport } from './electron/ipc-transport.ts';
import { createKeyVault } from './electron/key-vault.ts';
import { createLogger } from './electron/logger.ts';
import { setApplicationMenu } from './electron/menu.ts';
import { watchPower } from './electron/power.ts';
import { createSaveFile } from './electron/save-file.ts';
import { hardenSession } from './electron/security.ts';
import { openWindow } from './electron/window.ts';
import { WindowState } from './electron/window-bounds.ts';
import { systemScheduler } from './lib/time.ts';
import { readParsed, writeAtomically } from './services/files.ts';

/** Longest wait for everything to end in order when quitting, milliseconds. */
const QUIT_WITHIN_MS = 5_000;

const outFolder = fileURLToPath(new URL('..', import.meta.url));
const { platform, env } = process;

// The desk speaks Spanish whatever the system does, until somebody asks for another language by `--lang`.
if (!app.commandLine.hasSwitch('lang')) app.commandLine.appendSwitch('lang', 'es');

// Local, not roaming: a profile copied to another PC would bring ciphertext that PC cannot open.
if (platform === 'win32' && env.LOCALAPPDATA !== undefined && !app.commandLine.hasSwitch('user-data-dir')) {
  app.setPath('userData', join(env.LOCALAPPDATA, app.getName()));
}

function demoFromEnvironment() {
  const { RECADO_DEMO_RELAY_URL: relayUrl, RECADO_DEMO_EMAIL: email, RECADO_DEMO_PASSWORD: password } = env;
  return relayUrl && email && password ? { relayUrl, email, password } : null;
}

async function run(): Promise<void> {
  const profile = app.getPath('userData');
  const log = createLogger(join(profile, 'logs', 'recado.log'));
  log('app.started', { version: app.getVersion(), platform });

  const ownSession = session.defaultSession;
  hardenSession(ownSession);
  // Dictionaries would come from a public server; an address that cannot exist keeps the PC quiet about itself.
  ownSession.setSpellCheckerDictionaryDownloadURL('https://dictionaries.invalid/');
  ownSession.setSpellCheckerLanguages(['es', 'en-US']);
  setApplicationMenu({ platform, isPackaged: app.isPackaged });

  let window: BrowserWindow | null = null;
  const core = await createCore({
    paths: { data: join(profile, 'clinic'), settings: join(profile, 'settings.json') },
    keyVault: await createKeyVault({ platform, log }),
    workerFile: new URL('./store-worker.js', import.meta.url),
    fetch: ((input: string | Request, init?: RequestInit) => net.fetch(input, init)) as typeof fetch,
    appVersion: app.getVersion(),
    device: { name: hostname(), platform },
    demo: demoFromEnvironment(),
    checkOutput: !app.isPackaged,
    clocks: { wall: Date.now, monotonic: () => performance.now(), uptime: () => uptime() * 1_000 },
    scheduler: systemScheduler,
    random: Math.random,
    log,
    showBadge: (count) => {
      app.setBadgeCount(count);
    },
    saveFile: createSaveFile({ window: () => window, platform }),
  });

  serveApp(ownSession, join(outFolder, 'renderer'), core.openMedia);
  const transport = createIpcTransport({ dispatch: core.dispatch, window: () => window });
  core.onEvent(transport.send);
  const windowFile = join(profile, 'window.json');
  const show = () => {
    if (window === null) {
      window = openWindow({
        preloadFile: join(outFolder, 'preload', 'index.cjs'),
        isPackaged: app.isPackaged,
        scheduler: systemScheduler,
        log,
        loadState: () => readParsed(windowFile, WindowState),
        saveState: (state) => {
          writeAtomically(windowFile, state, { keepPrevious: false });
        },
      });
      window.once('closed', () => {
        window = null;
      });
      return;
    }
    if (window.isMinimized()) window.restore();
    window.show();
    window.focus();
  };

  let isClosed = false;
  app.on('will-quit', (event) => {
    if (isClosed) return;
    event.preventDefault();
    isClosed = true;
    systemScheduler.after(QUIT_WITHIN_MS, () => {
      app.exit(0);
    });
    core.close().then(
      () => {
        app.exit(0);
      },
      () => {
        app.exit(1);
      },
    );
  });
  app.on('second-instance', show);
  app.on('activate', show);
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  watchPower({ scheduler: systemScheduler, wake: core.wake });

  // The window opens while the store does: its first screen waits for the state, not the other way round.
  show();
  await core.start();
}

if (app.requestSingleInstanceLock()) {
  // Every window asks for the sandbox itself; this leaves none out. Together with Chromium's own switch, which root on
  // Linux needs, its helper processes would refuse to start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerAppScheme();
  // Not awaited here: Electron holds back `ready` until this module has been read.
  app
    .whenReady()
    .then(run)
    .catch((error: unknown) => {
      process.stderr.write(
        `Recado could not start: ${error instanceof Error ? (error.stack ?? error.name) : 'unknown'}\n`,
      );
      app.exit(1);
    });
} else {
  app.quit();
}
