/** How this PC notifies: kept without anybody signed in, told to the window and to the tray. */
import type { CallInput, EventPayload, NotificationsView } from '../../shared/contract/index.ts';
import type { Attention, NotificationDoor } from '../notify/notifier.ts';
import type { NotificationWords } from '../notify/policy.ts';
import type { SettingsFile } from './settings.ts';

/** What the system offers for notifying. */
export interface Desktop {
  door: NotificationDoor;
  words: NotificationWords & {
    /** A notification that tries out how notifications look. */
    test: { title: string; body: string };
  };
  attention: () => Attention;
  hasTray: () => boolean;
  /** The system has refused our last notification. */
  isBlocked: () => boolean;
  /** Null where the system starts nothing by itself. */
  startsAtLogin: () => boolean | null;
  setStartsAtLogin: (starts: boolean) => void;
}

const TEST_KEY = 'test';

export interface Notifications {
  view: () => NotificationsView;
  set: (change: CallInput<'notifications.set'>) => NotificationsView;
  test: () => void;
  isPaused: () => boolean;
  /** No notification until then, epoch milliseconds by the PC's clock; null ends a pause. */
  pause: (until: number | null) => void;
  playSound: () => void;
}

export function createNotifications(deps: {
  settings: SettingsFile;
  desktop: Desktop;
  wallNow: () => number;
  /** The window plays it. */
  emitSound: (sound: EventPayload<'sound'>) => void;
}): Notifications {
  const { settings, desktop, wallNow } = deps;
  const pausedUntil = () => {
    const until = settings.get().pausedUntil;
    return until !== null && until > wallNow() ? until : null;
  };
  const view = (): NotificationsView => ({
    settings: settings.get().notifications,
    startsAtLogin: desktop.startsAtLogin(),
    hasTray: desktop.hasTray(),
    pausedUntil: pausedUntil(),
    isBlocked: desktop.isBlocked(),
  });
  const playSound = () => {
    const { sound, volume } = settings.get().notifications;
    if (sound !== null && volume > 0) deps.emitSound({ sound, volume });
  };
  return {
    view,
    set({ settings: change, startsAtLogin }) {
      const known = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      settings.update({ notifications: { ...settings.get().notifications, ...known } });
      if (startsAtLogin !== undefined && desktop.startsAtLogin() !== null)
        desktop.setStartsAtLogin(startsAtLogin);
      return view();
    },
    test() {
      const { title, body } = desktop.words.test;
      desktop.door.show({
        key: TEST_KEY,
        conversationId: null,
        title,
        body,
        isReplacing: true,
        canReply: false,
      });
      playSound();
    },
    isPaused: () => pausedUntil() !== null,
    pause(until) {
      settings.update({ pausedUntil: until });
    },
    playSound,
  };
}
