import { Archive, Bot, Inbox, MessagesSquare, OctagonAlert, TimerOff } from 'lucide-react';
import type { InboxQuery } from '../../../shared/contract/index.ts';

/** The filters in the order they are shown; Ctrl+1 to Ctrl+6 follow it. */
export const FILTERS = [
  'received',
  'bot',
  'expired',
  'closed',
  'spam',
  'all',
] as const satisfies InboxQuery['filter'][];

export const FILTER_ICONS = {
  received: Inbox,
  bot: Bot,
  expired: TimerOff,
  closed: Archive,
  spam: OctagonAlert,
  all: MessagesSquare,
} as const;

/** Where unread messages wait for no person: shown, but quietly. */
export const QUIET_FILTERS: readonly InboxQuery['filter'][] = ['bot', 'closed', 'spam', 'all'];
