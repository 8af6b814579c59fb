import type { ConversationFilter } from '@recado/protocol';
import { Archive, Bot, Inbox, OctagonAlert, TimerOff } from 'lucide-react';

/** The filters in the order they are shown; Ctrl+1 to Ctrl+5 follow it. */
export const FILTERS = [
  'received',
  'bot',
  'expired',
  'closed',
  'spam',
] as const satisfies ConversationFilter[];

export const FILTER_ICONS = {
  received: Inbox,
  bot: Bot,
  expired: TimerOff,
  closed: Archive,
  spam: OctagonAlert,
} as const;

/** Where unread messages wait for no person: shown, but quietly. */
export const QUIET_FILTERS: readonly ConversationFilter[] = ['bot', 'closed', 'spam'];
