/** What tests of notifications are made of. Invented patients only. */
import { DEFAULT_NOTIFICATION_SETTINGS } from '../../../shared/contract/index.ts';
import type { NotifiableConversation } from '../../store/interface.ts';
import { conversationId, MINUTE, NOON } from '../../store/testing.ts';
import type { DeskState, NotificationWords, Shown } from '../policy.ts';

export const HOUR = 60 * MINUTE;

/** Words that show what they were made of. */
export const words: NotificationWords = {
  newMessages: (count) => `new:${count}`,
  openToRead: 'open',
  patient: 'patient',
  handedOver: 'handed over',
  kind: (kind) => (kind === 'image' ? 'photo' : null),
  expiring: 'expiring',
  expiresAt: (time) => `at ${time}`,
  manyExpiring: (count) => `expiring:${count}`,
  summary: ({ messages, conversations }) => `${messages} in ${conversations}`,
};

/** Conversation `number`, unassigned, in which the patient has just written. */
export function buildNotifiable(
  number: number,
  {
    facts,
    ...changes
  }: Partial<Omit<NotifiableConversation, 'facts'>> & {
    facts?: Partial<NotifiableConversation['facts']>;
  } = {},
): NotifiableConversation {
  return {
    conversationId: conversationId(number),
    displayName: `Paciente ${number}`,
    facts: {
      spam: false,
      closed: false,
      handler: 'human',
      lastInboundSentAt: NOON,
      windowExpiresAt: null,
      lastInteractionAt: NOON,
      lastMessageDirection: 'inbound',
      unread: 1,
      ...facts,
    },
    snoozedUntil: 0,
    isMine: false,
    isUnassigned: true,
    arrived: { ordinal: 100 + number, kind: 'text', text: 'Me duele la muela', count: 1 },
    handedOverAt: null,
    ...changes,
  };
}

/** Nobody in front of it, nothing set. */
export function buildDesk({
  settings,
  ...changes
}: Partial<Omit<DeskState, 'settings'>> & { settings?: Partial<DeskState['settings']> } = {}): DeskState {
  return {
    now: NOON,
    attendedId: null,
    isLocked: false,
    isPaused: false,
    timeZone: 'Europe/Madrid',
    openingHours: null,
    settings: { ...DEFAULT_NOTIFICATION_SETTINGS, ...settings },
    ...changes,
  };
}

export const shownFor = (number: number, changes: Partial<Shown> = {}): [string, Shown] => [
  conversationId(number),
  { reason: 'message', level: 'nothing', conversationIds: [conversationId(number)], ...changes },
];
