import type { Notifications } from '../../services/notifications.ts';
import { done, type Handlers } from '../dispatcher.ts';

/** How this PC notifies; answers with nobody signed in, too. */
export function createNotificationHandlers(
  notifications: Pick<Notifications, 'view' | 'set' | 'test'>,
): Pick<Handlers, 'notifications.get' | 'notifications.set' | 'notifications.test'> {
  return {
    'notifications.get': async () => done(notifications.view()),
    'notifications.set': async (change) => done(notifications.set(change)),
    'notifications.test': async () => {
      notifications.test();
      return done({});
    },
  };
}
