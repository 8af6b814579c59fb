/**
 * The one state function (docs/conversation-states.md, sections 4.2 to 4.6). The relay decides with it and the
 * app predicts with it; nothing else in the product may work out a filter, a composer mode or a badge.
 * Times are epoch milliseconds by the relay's clock.
 */
import { DAY } from '../time.ts';
import { serviceWindow, windowEnd, type WindowFacts } from './service-window.ts';

/** Silence of both sides after which a conversation is expired. */
export const SILENCE_MS = DAY;

/** How long a patient waits for the bot before people have to know (T31b). */
export const BOT_SILENCE_MS = 10 * 60_000;

export type Handler = 'human' | 'bot';

/** Whether WhatsApp keeps the clinic and the patient apart; `blocking` and `unblocking` until WhatsApp has said so (T26). */
export const BLOCK_STATES = ['none', 'blocking', 'blocked', 'unblocking'] as const;
export type BlockState = (typeof BLOCK_STATES)[number];

/** What is stored of a conversation, and all its state follows from. */
export interface ConversationFacts extends WindowFacts {
  spam: boolean;
  closed: boolean;
  handler: Handler;
  /** The either-party clock: receipt of any inbound, acceptance of any outbound that has not failed. */
  lastInteractionAt: number | null;
  /** Direction of the last message that is neither a reaction nor internal. */
  lastMessageDirection: 'inbound' | 'outbound' | null;
  unread: number;
  /** `none` when absent. */
  blockState?: BlockState | undefined;
}

/** The exclusive partition of the inbox, in order of precedence (A5). */
export const CONVERSATION_FILTERS = ['spam', 'closed', 'bot', 'expired', 'received'] as const;
export type ConversationFilter = (typeof CONVERSATION_FILTERS)[number];

/** The part of the partition that time alone never changes; `people` splits into received and expired at `expiresAt`. */
export type ConversationQueue = 'spam' | 'closed' | 'bot' | 'people';

export function conversationQueue(
  facts: Pick<ConversationFacts, 'spam' | 'closed' | 'handler'>,
): ConversationQueue {
  if (facts.spam) return 'spam';
  if (facts.closed) return 'closed';
  return facts.handler === 'bot' ? 'bot' : 'people';
}

/** The instant from which a conversation with people is expired: both clocks have run out. 0 when neither ever ran. */
export function expiresAt(facts: Pick<ConversationFacts, 'lastInteractionAt' | keyof WindowFacts>): number {
  const silenceEnd = facts.lastInteractionAt === null ? 0 : facts.lastInteractionAt + SILENCE_MS;
  return Math.max(silenceEnd, windowEnd(facts) ?? 0);
}

/** Which filter a conversation is in at `now`: exactly one. */
export function conversationFilter(facts: ConversationFacts, now: number): ConversationFilter {
  const queue = conversationQueue(facts);
  if (queue !== 'people') return queue;
  return now >= expiresAt(facts) ? 'expired' : 'received';
}

/** Whether nothing can be sent because of a block, one that is on its way included. */
export function isBlocked({ blockState = 'none' }: { blockState?: string | undefined }): boolean {
  return blockState !== 'none';
}

/** Whether blocking at WhatsApp may be asked for (T26): WhatsApp takes it only of who wrote in the last 24 hours. */
export function canBlock(
  facts: WindowFacts & { spam: boolean; blockState?: string | undefined },
  now: number,
): boolean {
  const { blockState = 'none' } = facts;
  const isWanted = blockState === 'blocking' || blockState === 'blocked';
  return facts.spam && !isWanted && serviceWindow(facts, now).state === 'open';
}

/** What the composer offers. `free` always includes templates. */
export type ComposerMode = 'free' | 'templates' | 'disabled';

export function composerMode(facts: ConversationFacts, now: number): ComposerMode {
  if (facts.spam || isBlocked(facts)) return 'disabled';
  return serviceWindow(facts, now).state === 'open' ? 'free' : 'templates';
}

/** What writing does besides writing: takes over from the bot (T10), or reopens (A7). */
export function sendingEffect(facts: ConversationFacts): 'none' | 'takesOver' | 'reopens' {
  if (facts.closed) return 'reopens';
  return facts.handler === 'bot' ? 'takesOver' : 'none';
}

/** Badges of a row, most telling first; `timeLeft` is shown as the window's remaining time. */
export type RowBadge =
  'timeLeft' | 'templateOnly' | 'expired' | 'awaitingAnswer' | 'noAnswer' | 'bot' | 'closed' | 'spam';

export function rowBadges(facts: ConversationFacts, now: number): RowBadge[] {
  const window = serviceWindow(facts, now);
  switch (conversationFilter(facts, now)) {
    case 'spam':
      return ['spam'];
    case 'closed':
      return window.state === 'open' ? ['closed'] : ['closed', 'templateOnly'];
    case 'bot':
      return window.state === 'open' ? ['bot', 'timeLeft'] : ['bot', 'templateOnly'];
    case 'expired':
      return window.state === 'never' ? ['noAnswer'] : ['expired'];
    case 'received':
      if (window.state === 'open') return ['timeLeft'];
      return window.state === 'never' ? ['awaitingAnswer', 'templateOnly'] : ['templateOnly'];
  }
}

/** Whether a new inbound message may disturb a person. */
export function inboundNotifies(facts: ConversationFacts): boolean {
  const queue = conversationQueue(facts);
  return queue === 'people' || queue === 'closed';
}

/** "Sin responder": the patient spoke last and it is up to people. */
export function isUnanswered(facts: ConversationFacts): boolean {
  return conversationQueue(facts) === 'people' && facts.lastMessageDirection === 'inbound';
}

/**
 * The instant from which the bot has left a patient waiting for too long (T31b); null when the bot has spoken last, or
 * the conversation is not its own.
 */
export function botSilentAt(facts: ConversationFacts): number | null {
  if (conversationQueue(facts) !== 'bot' || facts.lastMessageDirection !== 'inbound') return null;
  return (facts.lastInteractionAt ?? 0) + BOT_SILENCE_MS;
}

/** "Bot sin respuesta": the patient wrote, and the bot has been silent since. */
export function isBotSilent(facts: ConversationFacts, now: number): boolean {
  const at = botSilentAt(facts);
  return at !== null && now >= at;
}

/** Whether a patient waits for somebody to look: without an answer of people, or with a bot that has fallen silent (I5). */
export function waitsForPeople(facts: ConversationFacts, now: number): boolean {
  return isUnanswered(facts) || isBotSilent(facts, now);
}

/** Whether the conversation counts in the tray and dock badge (4.6). */
export function countsInBadge(facts: ConversationFacts): boolean {
  return conversationQueue(facts) === 'people' && facts.unread > 0;
}
