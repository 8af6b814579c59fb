/** Where the app starts: gathers what the platform offers, starts the core, opens the window. */
import { app, dialog, net, powerMonitor, session, type BrowserWindow } from 'electron';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCore } from './core.ts';
import { registerAppScheme, serveApp } from './electron/app-protocol.ts';
import { createIpcTransport } from './electron/ipc-transport.ts';
import { createKeyVault } from './electron/key-vault.ts';
import { createLogger } from './electron/logger.ts';
import { chosenWords } from './electron/words.ts';
import { conversationOfArguments, conversationOfLink, LINK_SCHEME } from './electron/links.ts';
import { HIDDEN, isStartedHidden, setStartsAtLogin, startsAtLogin } from './electron/login-item.ts';
import { setApplicationMenu } from './electron/menu.ts';
import { createNotificationDoor, identifyToWindows } from './electron/notifications.ts';
import { watchPower } from './electron/power.ts';
import { createSaveFile } from './electron/save-file.ts';
import { hardenSession } from './electron/security.ts';
import { createTray, overlayImage } from './electron/tray.ts';
import { findTrayHost } from './electron/tray-host.ts';
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

/** Links macOS hands over, kept until the app can follow them. */
const links = (() => {
  let waiting: string | null = null;
  let open: ((conversationId: string) => void) | null = null;
  return {
    take(conversationId: string | null) {
      if (conversationId === null) return;
      if (open === null) waiting = conversationId;
      else open(conversationId);
    },
    follow(how: (conversationId: string) => void) {
      open = how;
      if (waiting !== null) how(waiting);
      waiting = null;
    },
  };
})();

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
  let isLocked = false;
  let isQuitting = false;
  let badge = 0;
  const words = chosenWords();
  const hasTray = await findTrayHost(platform);
  const open = (conversationId: string | null) => {
    if (conversationId !== null) core.openConversation(conversationId);
    show();
  };
  const door = createNotificationDoor({
    platform,
    replyPlaceholder: words.notifications.reply,
    onOpen: open,
    onReply(conversationId, text) {
      void core.dispatch('message.send', { conversationId, text }, { trusted: true }).then((reply) => {
        if (reply.ok) return;
        const { title, body } = words.notifications.notSent;
        door.show({ key: 'notSent', conversationId, title, body, isReplacing: true, canReply: false });
      });
    },
    log,
  });
  const showOverlay = () => {
    if (platform === 'win32')
      window?.setOverlayIcon(overlayImage(badge), badge === 0 ? '' : words.tray.unread(badge));
  };
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
      badge = count;
      app.setBadgeCount(count);
      showOverlay();
      tray.setCount(count);
    },
    saveFile: createSaveFile({ window: () => window, platform }),
    desktop: {
      door,
      words: words.notifications,
      attention: () => ({ isFocused: window?.isFocused() ?? false, isLocked }),
      hasTray: () => hasTray,
      isBlocked: door.isBlocked,
      startsAtLogin: () => startsAtLogin(platform),
      setStartsAtLogin: (starts) => {
        setStartsAtLogin(platform, starts);
      },
    },
  });
  let unsent = 0;
  const tray = createTray({
    platform,
    hasTray,
    words,
    door: {
      unread: core.unread,
      pausedUntil: () => core.notifications.view().pausedUntil,
      pause: core.notifications.pause,
      open,
      quit: () => void quitAsked(),
    },
    now: Date.now,
    scheduler: systemScheduler,
  });
  /** What has not left yet leaves when the app is open again: said before it is closed for good. */
  async function quitAsked() {
    if (unsent > 0) {
      const { message, detail, quit, stay } = words.tray.quitAsk;
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message: message(unsent),
        detail,
        buttons: [quit, stay],
        defaultId: 1,
        cancelId: 1,
      });
      if (response !== 0) return;
    }
    app.quit();
  }

  serveApp(ownSession, join(outFolder, 'renderer'), core.openMedia);
  const transport = createIpcTransport({ dispatch: core.dispatch, window: () => window });
  core.onEvent(transport.send);
  core.onEvent((name, payload) => {
    if (name === 'changed') tray.refresh();
    if (name !== 'state' || !('sync' in payload)) return;
    unsent = payload.sync.unsent;
    tray.setState(payload);
  });
  const windowFile = join(profile, 'window.json');
  const hidesOnClose = () => {
    if (isQuitting) return false;
    if (platform === 'darwin') return true;
    return hasTray && core.notifications.view().settings.closesToTray;
  };
  const show = (isHidden = false) => {
    if (window === null) {
      window = openWindow({
        preloadFile: join(outFolder, 'preload', 'index.cjs'),
        isPackaged: app.isPackaged,
        isHidden,
        scheduler: systemScheduler,
        log,
        loadState: () => readParsed(windowFile, WindowState),
        saveState: (state) => {
          writeAtomically(windowFile, state, { keepPrevious: false });
        },
      });
      window.on('close', (event) => {
        if (!hidesOnClose()) return;
        event.preventDefault();
        window?.hide();
        if (platform === 'darwin' || core.toldAboutTray()) return;
        const { title, body } = words.tray.stays;
        door.show({ key: 'stays', conversationId: null, title, body, isReplacing: false, canReply: false });
      });
      window.once('closed', () => {
        window = null;
        core.windowGone();
      });
      for (const event of ['focus', 'blur', 'show', 'hide', 'restore'] as const)
        window.on(event as 'focus', core.attentionChanged);
      // The taskbar forgets it with the button.
      for (const event of ['show', 'restore'] as const) window.on(event as 'show', showOverlay);
      // The system is shutting down: nothing may stand in its way.
      window.on('session-end', () => {
        isQuitting = true;
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
    tray.destroy();
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
  app.on('before-quit', () => {
    isQuitting = true;
  });
  app.on('second-instance', (_event, argumentsGiven) => {
    if (!argumentsGiven.includes(HIDDEN)) open(conversationOfArguments(argumentsGiven));
  });
  app.on('activate', () => {
    show();
  });
  links.follow(open);
  for (const [event, locked] of [
    ['lock-screen', true],
    ['unlock-screen', false],
  ] as const) {
    powerMonitor.on(event as 'lock-screen', () => {
      isLocked = locked;
      core.attentionChanged();
      tray.refresh();
    });
  }
  app.on('window-all-closed', () => {
    if (platform !== 'darwin') app.quit();
  });
  watchPower({ scheduler: systemScheduler, wake: core.wake });

  // The window opens while the store does: its first screen waits for the state, not the other way round.
  const named = conversationOfArguments(process.argv);
  if (named !== null) core.openConversation(named);
  show(named === null && (hasTray || platform === 'darwin') && isStartedHidden(platform));
  await core.start();
}

if (app.requestSingleInstanceLock()) {
  // Every window asks for the sandbox itself; this leaves none out. Together with Chromium's own switch, which root on
  // Linux needs, its helper processes would refuse to start.
  if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
  registerAppScheme();
  identifyToWindows(platform);
  if (app.isPackaged) app.setAsDefaultProtocolClient(LINK_SCHEME);
  // macOS may hand over a link before the app is ready.
  app.on('open-url', (event, link) => {
    event.preventDefault();
    links.take(conversationOfLink(link));
  });
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
