import type { FindDesk } from './desk.ts';
import type { Handlers } from './dispatcher.ts';
import { createActionHandlers } from './handlers/actions.ts';
import { createAdministrationHandlers } from './handlers/administration.ts';
import { createDirectoryHandlers } from './handlers/directory.ts';
import { createFileHandlers } from './handlers/files.ts';
import { createInboxHandlers } from './handlers/inbox.ts';
import { createMessageHandlers } from './handlers/messages.ts';
import { createNotificationHandlers } from './handlers/notifications.ts';
import type { Notifications } from '../services/notifications.ts';
import { createPatientHandlers } from './handlers/patients.ts';
import { createQuickReplyHandlers } from './handlers/quick-replies.ts';
import { createSearchHandlers } from './handlers/search.ts';
import { createSessionHandlers, type SessionDoor } from './handlers/session.ts';
import { createTemplateHandlers } from './handlers/templates.ts';
import { createStorageHandlers } from './handlers/storage.ts';
import { createThreadHandlers } from './handlers/thread.ts';

/** Every call a window may make, answered. */
export function createHandlers(deps: {
  findDesk: FindDesk;
  session: SessionDoor;
  notifications: Pick<Notifications, 'view' | 'set' | 'test'>;
}): Handlers {
  return {
    ...createSessionHandlers(deps.session),
    ...createInboxHandlers(deps.findDesk),
    ...createThreadHandlers(deps.findDesk),
    ...createMessageHandlers(deps.findDesk),
    ...createTemplateHandlers(deps.findDesk),
    ...createQuickReplyHandlers(deps.findDesk),
    ...createPatientHandlers(deps.findDesk),
    ...createFileHandlers(deps.findDesk),
    ...createActionHandlers(deps.findDesk),
    ...createDirectoryHandlers(deps.findDesk),
    ...createAdministrationHandlers(deps.findDesk),
    ...createSearchHandlers(deps.findDesk),
    ...createStorageHandlers(deps.findDesk),
    ...createNotificationHandlers(deps.notifications),
  };
}
