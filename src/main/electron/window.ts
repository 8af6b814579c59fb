import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { Log } from '../lib/log.ts';
import type { Scheduler } from '../lib/time.ts';
import { APP_ORIGIN } from './app-path.ts';
import { addTextMenu } from './menu.ts';
import { hardenContents } from './security.ts';
import { MINIMUM_SIZE, openingBounds, type WindowState } from './window-bounds.ts';

/** What shows before the first paint, so that the window does not flash: the page's own --bg. */
const BACKGROUND = { light: '#f6f7f8', dark: '#10161a' };
/** A page that crashes twice within this time is left alone, milliseconds. */
const CRASH_AGAIN_MS = 30_000;
const SAVE_AFTER_MS = 500;

export interface WindowDeps {
  preloadFile: string;
  isPackaged: boolean;
  /** Loaded, but not shown until somebody asks for it. */
  isHidden: boolean;
  scheduler: Scheduler;
  log: Log;
  loadState: () => WindowState | null;
  saveState: (state: WindowState) => void;
}

/** Opens the one window; it shows when its first screen is painted. */
export function openWindow(deps: WindowDeps): BrowserWindow {
  const saved = deps.loadState();
  const primary = screen.getPrimaryDisplay();
  const displays = [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)];
  const window = new BrowserWindow({
    ...openingBounds(
      saved?.bounds ?? null,
      displays.map(({ workArea }) => workArea),
    ),
    minWidth: MINIMUM_SIZE.width,
    minHeight: MINIMUM_SIZE.height,
    title: 'Recado',
    show: false,
    autoHideMenuBar: true,
    backgroundColor: nativeTheme.shouldUseDarkColors ? BACKGROUND.dark : BACKGROUND.light,
    webPreferences: {
      preload: deps.preloadFile,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      devTools: !deps.isPackaged,
      spellcheck: true,
    },
  });
  const { webContents: contents } = window;
  hardenContents(contents, deps.log);
  addTextMenu(contents);
  rememberState(window, deps);

  window.once('ready-to-show', () => {
    if (deps.isHidden) return;
    if (saved?.isMaximized === true) window.maximize();
    window.show();
  });
  // The page does not name the window: a title may show in the task switcher of a shared screen.
  window.on('page-title-updated', (event) => {
    event.preventDefault();
  });

  let crashedAt = Number.NEGATIVE_INFINITY;
  contents.on('render-process-gone', (_event, { reason }) => {
    if (reason === 'clean-exit') return;
    const now = performance.now();
    const isAgain = now - crashedAt < CRASH_AGAIN_MS;
    crashedAt = now;
    deps.log('window.crashed', { reason });
    if (!isAgain && !window.isDestroyed()) contents.reload();
  });

  window.loadURL(`${APP_ORIGIN}/`).catch(() => {
    deps.log('window.loadFailed', {});
  });
  return window;
}

function rememberState(window: BrowserWindow, deps: WindowDeps): void {
  let cancel: () => void = () => undefined;
  const save = () => {
    if (window.isDestroyed() || window.isMinimized() || window.isFullScreen()) return;
    deps.saveState({ bounds: window.getNormalBounds(), isMaximized: window.isMaximized() });
  };
  const saveSoon = () => {
    cancel();
    cancel = deps.scheduler.after(SAVE_AFTER_MS, save);
  };
  for (const event of ['resize', 'move', 'maximize', 'unmaximize'] as const) {
    window.on(event as 'resize', saveSoon);
  }
  window.on('close', () => {
    cancel();
    save();
  });
}
