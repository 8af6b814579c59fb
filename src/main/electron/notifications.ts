/** The system's notifications through Electron. */
import { app, Notification, type NotificationConstructorOptions } from 'electron';
import { randomBytes } from 'node:crypto';
import type { Log } from '../lib/log.ts';
import type { NotificationDoor } from '../notify/notifier.ts';
import { toastXml } from './toast-xml.ts';

/** Who the app is to Windows: the installer's shortcut carries the same. */
const APP_USER_MODEL_ID = 'com.recado.desktop';
/** Made once for this app; Windows starts the app by it when somebody clicks a toast after it has ended. */
const TOAST_ACTIVATOR = '{7D6B3C52-4E0B-4B0F-9C8E-2F6E1B9A5D31}';

/**
 * To be called before `ready`, in this order: with the identifier first, Windows would be told another activator in
 * every run, and the toasts of the last one would lead nowhere.
 */
export function identifyToWindows(platform: NodeJS.Platform): void {
  if (platform !== 'win32') return;
  // Electron 41 and older have none.
  if (typeof app.setToastActivatorCLSID === 'function') app.setToastActivatorCLSID(TOAST_ACTIVATOR);
  app.setAppUserModelId(APP_USER_MODEL_ID);
}

export interface ElectronNotifications extends NotificationDoor {
  /** The system has refused the last one. */
  isBlocked: () => boolean;
}

export function createNotificationDoor(deps: {
  platform: NodeJS.Platform;
  replyPlaceholder: string;
  /** Somebody clicked one; null when it is not about one conversation, or of another run of the app. */
  onOpen: (conversationId: string | null) => void;
  /** Somebody answered from it. */
  onReply: (conversationId: string, text: string) => void;
  log: Log;
}): ElectronNotifications {
  const { platform, log } = deps;
  // Kept as long as they may be shown: one that is collected no longer hears its click.
  const live = new Map<string, Notification>();
  const byToken = new Map<string, string | null>();
  let isBlocked = false;

  function withdraw(key: string) {
    const held = live.get(key);
    live.delete(key);
    held?.removeAllListeners();
    held?.close();
  }

  if (platform === 'win32' && typeof Notification.handleActivation === 'function') {
    Notification.handleActivation(({ arguments: token }) => {
      deps.onOpen(byToken.get(token) ?? null);
    });
  }

  return {
    isBlocked: () => isBlocked,
    show({ key, conversationId, title, body, canReply }) {
      withdraw(key);
      // Windows and macOS keep it outside the app: it must mean nothing there.
      const token = randomBytes(12).toString('hex');
      byToken.set(token, conversationId);
      const options: NotificationConstructorOptions = { title, body, silent: true };
      if (platform === 'win32') {
        Object.assign(options, { id: token, groupId: 'recado', toastXml: toastXml({ title, body, token }) });
      } else if (platform === 'darwin') {
        Object.assign(options, { id: token, groupId: 'recado' });
        if (canReply) Object.assign(options, { hasReply: true, replyPlaceholder: deps.replyPlaceholder });
      }
      const notification = new Notification(options);
      live.set(key, notification);
      notification.on('click', () => {
        deps.onOpen(conversationId);
      });
      notification.on('show', () => {
        isBlocked = false;
      });
      notification.on('failed', () => {
        isBlocked = true;
        log('notification.failed', {});
      });
      if (conversationId !== null) {
        notification.on('reply', (_event: unknown, ...given: unknown[]) => {
          const [text] = given;
          if (typeof text === 'string' && text.trim() !== '') deps.onReply(conversationId, text.trim());
        });
      }
      notification.show();
    },
    withdraw,
  };
}
