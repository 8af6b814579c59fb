import type { Migration } from '../migrate.ts';
import { accounts } from './0010-accounts.ts';
import { inbox } from './0020-inbox.ts';
import { whatsapp } from './0030-whatsapp.ts';
import { feed } from './0040-feed.ts';
import { sharedInbox } from './0050-shared-inbox.ts';
import { colleagues } from './0060-colleagues.ts';
import { mediaAndTemplates } from './0070-media-and-templates.ts';
import { serving } from './0080-serving.ts';
import { botSessions } from './0090-bot-sessions.ts';
import { appointments } from './0100-appointments.ts';
import { blocks } from './0110-blocks.ts';

/** Every step, oldest first. */
export const migrations: Migration[] = [
  accounts,
  inbox,
  whatsapp,
  feed,
  sharedInbox,
  colleagues,
  mediaAndTemplates,
  serving,
  botSessions,
  appointments,
  blocks,
];
