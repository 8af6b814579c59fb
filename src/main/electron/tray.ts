/** The icon beside the clock, or the dock's menu on macOS: the unread number, and the app without its window. */
import { app, Menu, nativeImage, Tray, type MenuItemConstructorOptions, type NativeImage } from 'electron';
import type { AppState } from '../../shared/contract/index.ts';
import type { Scheduler } from '../lib/time.ts';
import type { Words } from './words.ts';
import { overlayIcon, trayIcon, type Bitmap } from './tray-icon.ts';

/** Changes come in bursts; the menu follows, milliseconds. */
const GATHER_MS = 500;
const MOST_UNREAD = 8;
const HOUR_MS = 3_600_000;

function imageOf(draw: (size: number) => Bitmap, size: number): NativeImage {
  const image = nativeImage.createEmpty();
  for (const scaleFactor of [1, 1.5, 2]) {
    const { width, height, pixels } = draw(size * scaleFactor);
    const buffer = nativeImage.createFromBitmap(Buffer.from(pixels), { width, height }).toPNG();
    image.addRepresentation({ scaleFactor, width, height, buffer });
  }
  return image;
}

/** The number over the button of the Windows taskbar; null for none. */
export const overlayImage = (count: number): NativeImage | null =>
  count === 0 ? null : imageOf((size) => overlayIcon(size, count), 16);

/** What the menu says. */
export interface TrayDoor {
  unread: (input: {
    limit: number;
  }) => Promise<{ conversationId: string; displayName: string | null; lastActivityAt: number }[]>;
  pausedUntil: () => number | null;
  pause: (until: number | null) => void;
  open: (conversationId: string | null) => void;
  quit: () => void;
}

function syncWords(
  state: AppState | null,
  words: Words['tray']['sync'],
  time: (at: number) => string,
): string {
  if (state === null || state.phase !== 'ready') return words.signedOut;
  const { phase, since } = state.sync;
  return phase === 'offline' ? words.offline(time(since)) : words[phase];
}

/** Midnight of the day after, by this PC's clock. */
function tomorrow(now: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

export function createTray(deps: {
  platform: NodeJS.Platform;
  /** There is somewhere to show an icon. */
  hasTray: boolean;
  words: Words;
  door: TrayDoor;
  now: () => number;
  scheduler: Scheduler;
}) {
  const { door, words, platform } = deps;
  const tray = deps.hasTray ? new Tray(imageOf((size) => trayIcon(size, 0), 16)) : null;
  let state: AppState | null = null;
  let count = 0;
  let cancel: (() => void) | null = null;
  const time = (at: number) =>
    new Intl.DateTimeFormat(app.getLocale(), { hour: '2-digit', minute: '2-digit', hour12: false }).format(
      at,
    );

  async function build() {
    const unread = await door.unread({ limit: MOST_UNREAD }).catch(() => []);
    const paused = door.pausedUntil();
    const items: MenuItemConstructorOptions[] = [
      { label: words.tray.open, click: () => door.open(null) },
      { label: syncWords(state, words.tray.sync, time), enabled: false },
      { type: 'separator' },
      { label: count === 0 ? words.tray.nothingUnread : words.tray.unread(count), enabled: false },
      ...unread.map(({ conversationId, displayName, lastActivityAt }): MenuItemConstructorOptions => ({
        label: displayName?.replaceAll('&', '&&') ?? words.tray.unreadSince(time(lastActivityAt)),
        click: () => door.open(conversationId),
      })),
      { type: 'separator' },
      ...(paused === null
        ? [
            { label: words.tray.pauseHour, click: () => pause(deps.now() + HOUR_MS) },
            { label: words.tray.pauseTomorrow, click: () => pause(tomorrow(deps.now())) },
          ]
        : [{ label: words.tray.resume(time(paused)), click: () => pause(null) }]),
    ];
    // The dock has its own way to quit.
    if (platform !== 'darwin') items.push({ type: 'separator' }, { label: words.quit, click: door.quit });
    const menu = Menu.buildFromTemplate(items);
    tray?.setContextMenu(menu);
    if (platform === 'darwin') app.dock?.setMenu(menu);
  }

  function refresh() {
    cancel ??= deps.scheduler.after(GATHER_MS, () => {
      cancel = null;
      void build();
    });
  }
  function pause(until: number | null) {
    door.pause(until);
    refresh();
  }

  tray?.setToolTip('Recado');
  tray?.on('click', () => {
    door.open(null);
  });
  refresh();

  return {
    refresh,
    setState(next: AppState) {
      state = next;
      refresh();
    },
    setCount(next: number) {
      count = next;
      tray?.setImage(imageOf((size) => trayIcon(size, next), 16));
      tray?.setToolTip(next === 0 ? 'Recado' : `Recado · ${words.tray.unread(next)}`);
      refresh();
    },
    destroy() {
      cancel?.();
      cancel = () => undefined;
      tray?.destroy();
    },
  };
}
