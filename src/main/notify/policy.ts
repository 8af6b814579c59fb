/**
 * What the system shows, and what it takes away again: decided by what changed, by what this PC is doing and by what
 * is shown already. Pure; docs/conversation-states.md (4.6) says what may disturb a person.
 */
import {
  conversationQueue,
  expiresAt,
  isOpen,
  isUnanswered,
  nextClosing,
  nextOpening,
  type OpeningHours,
} from '@recado/protocol';
import type { NotificationSettings, PrivacyLevel } from '../../shared/contract/index.ts';
import type { NotifiableConversation } from '../store/interface.ts';

/** The words of notifications in one language. Counts are at least 1. */
export interface NotificationWords {
  newMessages: (count: number) => string;
  openToRead: string;
  /** A patient without a name or number. */
  patient: string;
  handedOver: string;
  /** What a message without text is: a photo, a voice note; null for kinds without a word. */
  kind: (kind: string) => string | null;
  expiring: string;
  /** `time` as `HH:MM`. */
  expiresAt: (time: string) => string;
  manyExpiring: (count: number) => string;
  summary: (input: { messages: number; conversations: number }) => string;
}

export interface DeskState {
  /** Relay time, epoch milliseconds. */
  now: number;
  /** The conversation before somebody's eyes: open, in a window that has the focus. */
  attendedId: string | null;
  /** Screen or app: nobody is known to be there. */
  isLocked: boolean;
  /** Somebody asked for a pause. */
  isPaused: boolean;
  /** The clinic's, an IANA name. */
  timeZone: string;
  openingHours: OpeningHours | null;
  settings: NotificationSettings;
}

/** Why something is shown decides when it goes. */
export type Reason = 'message' | 'handOver' | 'expiry';

/** What is shown, by key: a conversation's id, or one of the two summaries. */
export interface Shown {
  reason: Reason;
  level: PrivacyLevel;
  /** Conversations it still speaks of. */
  conversationIds: readonly string[];
}

export const SUMMARY = 'summary';
export const EXPIRY_SUMMARY = 'expirySummary';

export type Step =
  | {
      do: 'show' | 'replace';
      key: string;
      /** Null for a summary. */
      conversationId: string | null;
      reason: Reason;
      level: PrivacyLevel;
      conversationIds: readonly string[];
      title: string;
      body: string;
      sound: boolean;
    }
  /** It stays as it is, but speaks only of these any more. */
  | { do: 'narrow'; key: string; conversationIds: readonly string[] }
  | { do: 'withdraw'; key: string };

export interface News {
  /** What was asked for; a conversation that is not among the answers is gone. Null for all that have news. */
  asked: readonly string[] | null;
  /** With `arrived` and `handedOverAt` only where they have not been decided on before. */
  conversations: readonly NotifiableConversation[];
  /** Arrived while this PC was away: told as one. */
  isCatchUp: boolean;
}

/** A patient's text is cut to this many characters. */
const MOST_TEXT = 180;
/** More warnings at once than this are told as one. */
const MOST_WARNINGS = 3;
/** Shortly before closing those are warned of that expire before there is time to answer them. */
const BEFORE_CLOSING_MS = 15 * 60_000;
/** Who opens needs this long to answer, at least. */
const AFTER_OPENING_MS = 30 * 60_000;

const minutesOf = (time: string) => Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));

/** `HH:MM` in a zone. */
function timeOfDay(at: number, timeZone: string): string {
  return new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit' }).format(at);
}

/** Whether nothing is to be shown now. */
export function isQuiet({ isPaused, settings: { quietHours }, now, timeZone }: DeskState): boolean {
  if (isPaused) return true;
  if (quietHours === null) return false;
  const [from, to] = [minutesOf(quietHours.from), minutesOf(quietHours.to)];
  const at = minutesOf(timeOfDay(now, timeZone));
  return from <= to ? at >= from && at < to : at >= from || at < to;
}

const levelOf = ({ isLocked, settings }: DeskState): PrivacyLevel => (isLocked ? 'nothing' : settings.level);

function concerns(conversation: NotifiableConversation, { notified }: NotificationSettings): boolean {
  if (notified === 'all' || conversation.isMine) return true;
  if (!conversation.isUnassigned) return false;
  // A patient the bot has given up on is nobody's until somebody hears of them.
  return notified === 'mineAndUnassigned' || conversation.handedOverAt !== null;
}

function isNews(conversation: NotifiableConversation, desk: DeskState): boolean {
  const { arrived, handedOverAt, facts, snoozedUntil, conversationId } = conversation;
  if (conversationQueue(facts) !== 'people' || snoozedUntil > desk.now) return false;
  if (handedOverAt === null && (arrived === null || facts.unread === 0)) return false;
  return conversationId !== desk.attendedId && concerns(conversation, desk.settings);
}

/** Whether what is shown has had its day. */
function isOver(reason: Reason, { facts }: NotifiableConversation, attended: boolean): boolean {
  if (attended || conversationQueue(facts) !== 'people') return true;
  if (reason === 'message') return facts.unread === 0;
  return !isUnanswered(facts) && (reason === 'expiry' || facts.unread === 0);
}

function textOf(conversation: NotifiableConversation, words: NotificationWords): string {
  const { arrived } = conversation;
  if (arrived === null) return words.handedOver;
  const kind = words.kind(arrived.kind);
  const text = [kind, arrived.text?.replace(/\s+/g, ' ').trim()].filter(Boolean).join(' · ');
  if (text === '') return words.newMessages(1);
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT - 1)}…` : text;
}

function messageWords(
  conversation: NotifiableConversation,
  level: PrivacyLevel,
  words: NotificationWords,
): { title: string; body: string } {
  const isHandedOver = conversation.handedOverAt !== null;
  const what = isHandedOver ? words.handedOver : words.newMessages(Math.max(1, conversation.facts.unread));
  if (level === 'nothing') return { title: what, body: words.openToRead };
  return {
    title: conversation.displayName ?? words.patient,
    body: level === 'name' ? what : textOf(conversation, words),
  };
}

/** What to show and take away after something has changed. */
export function decideNews(
  news: News,
  desk: DeskState,
  shown: ReadonlyMap<string, Shown>,
  words: NotificationWords,
): Step[] {
  const steps: Step[] = withdrawals(news, desk, shown);
  if (isQuiet(desk)) return steps;
  const level = levelOf(desk);
  const fresh = news.conversations.filter((conversation) => isNews(conversation, desk));
  if (news.isCatchUp && fresh.length > 1) {
    const messages = fresh.reduce((sum, { arrived }) => sum + (arrived?.count ?? 1), 0);
    steps.push({
      do: shown.has(SUMMARY) ? 'replace' : 'show',
      key: SUMMARY,
      conversationId: null,
      reason: 'message',
      level: 'nothing',
      conversationIds: fresh.map(({ conversationId }) => conversationId),
      title: words.summary({ messages, conversations: fresh.length }),
      body: words.openToRead,
      sound: true,
    });
    return steps;
  }
  for (const conversation of fresh) {
    const { conversationId, handedOverAt } = conversation;
    steps.push({
      do: shown.has(conversationId) ? 'replace' : 'show',
      key: conversationId,
      conversationId,
      reason: handedOverAt === null ? 'message' : 'handOver',
      level,
      conversationIds: [conversationId],
      ...messageWords(conversation, level, words),
      sound: true,
    });
  }
  return steps;
}

function withdrawals(news: News, desk: DeskState, shown: ReadonlyMap<string, Shown>): Step[] {
  const byId = new Map(news.conversations.map((each) => [each.conversationId, each]));
  const asked = new Set(news.asked ?? byId.keys());
  const steps: Step[] = [];
  for (const [key, { reason, conversationIds }] of shown) {
    const left = conversationIds.filter((id) => {
      if (!asked.has(id)) return true;
      const conversation = byId.get(id);
      return conversation !== undefined && !isOver(reason, conversation, id === desk.attendedId);
    });
    if (left.length === 0) steps.push({ do: 'withdraw', key });
    else if (left.length < conversationIds.length) steps.push({ do: 'narrow', key, conversationIds: left });
  }
  return steps;
}

/** Until when conversations expire that somebody has to be told of now; null when it is not the time for any. */
export function warningHorizon(desk: DeskState): number | null {
  const { now, timeZone, openingHours: hours, settings } = desk;
  if (settings.expiryLeadMinutes === null || isQuiet(desk)) return null;
  const soon = now + settings.expiryLeadMinutes * 60_000;
  if (hours === null) return soon;
  if (!isOpen(hours, timeZone, now)) return null;
  const closing = nextClosing(hours, timeZone, now);
  if (closing === null || now < closing - BEFORE_CLOSING_MS) return soon;
  const opening = nextOpening(hours, timeZone, closing);
  return opening === null ? Number.MAX_SAFE_INTEGER : Math.max(soon, opening + AFTER_OPENING_MS);
}

/**
 * Warnings of patients nobody has answered, once each; `warned` holds for which expiry somebody was told already. To be
 * asked with what expires before the horizon.
 */
export function decideWarnings(
  expiring: readonly NotifiableConversation[],
  warned: ReadonlyMap<string, number>,
  desk: DeskState,
  shown: ReadonlyMap<string, Shown>,
  words: NotificationWords,
): Step[] {
  const horizon = warningHorizon(desk);
  if (horizon === null) return [];
  const level = levelOf(desk);
  const due = expiring.filter((conversation) => {
    const { facts, conversationId, snoozedUntil } = conversation;
    const at = expiresAt(facts);
    if (!isUnanswered(facts) || at <= desk.now || at > horizon || snoozedUntil > desk.now) return false;
    return (
      warned.get(conversationId) !== at &&
      conversationId !== desk.attendedId &&
      concerns(conversation, desk.settings)
    );
  });
  if (due.length > MOST_WARNINGS) {
    return [
      {
        do: shown.has(EXPIRY_SUMMARY) ? 'replace' : 'show',
        key: EXPIRY_SUMMARY,
        conversationId: null,
        reason: 'expiry',
        level: 'nothing',
        conversationIds: due.map(({ conversationId }) => conversationId),
        title: words.manyExpiring(due.length),
        body: words.openToRead,
        sound: true,
      },
    ];
  }
  return due.map((conversation): Step => {
    const { conversationId, displayName, facts } = conversation;
    const when = words.expiresAt(timeOfDay(expiresAt(facts), desk.timeZone));
    const isNamed = level !== 'nothing';
    return {
      do: shown.has(conversationId) ? 'replace' : 'show',
      key: conversationId,
      conversationId,
      reason: 'expiry',
      level,
      conversationIds: [conversationId],
      title: isNamed ? (displayName ?? words.patient) : words.expiring,
      body: isNamed ? `${words.expiring} · ${when}` : when,
      sound: true,
    };
  });
}
