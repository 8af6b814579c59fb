import {
  applyConversationEvent,
  type Author,
  type ConversationEvent,
  type ConversationFacts,
  type Id,
  type Message,
  type MessageContent,
} from '@recado/protocol';
import type { Random } from '../random.ts';

/** Who wrote a line of a history; agents by their place in the clinic's list. */
export type HistoryAuthor = 'patient' | 'bot' | 'phone' | 'relay' | { agent: number };

/** One line of a history, in order of `at`. Times are epoch milliseconds. */
export interface HistoryMessage {
  type: 'message';
  /** When the relay received or took it. */
  at: number;
  /** When the patient sent it, if WhatsApp held it back. */
  sentAt?: number;
  author: HistoryAuthor;
  kind: Message['kind'];
  text: string | null;
  content?: MessageContent;
  /** Agents a system line speaks of, by their place in the clinic's list. */
  namesAgents?: number[];
  /** Of outgoing messages; `read` when absent. */
  status?: NonNullable<Message['status']>;
  /** Meta's code of a message that failed, and whether WhatsApp had accepted it first. */
  failure?: { code: string; title: string; afterAcceptance: boolean };
  reactions?: { by: 'patient' | 'clinic'; emoji: string; at: number }[];
  edits?: { text: string; at: number }[];
  revokedAt?: number;
  /** A name other lines may answer to. */
  key?: string;
  replyTo?: string;
}

/** Something that changes a conversation without being a message. */
export interface HistoryStep {
  type: 'step';
  at: number;
  event: ConversationEvent;
}

export type HistoryEvent = HistoryMessage | HistoryStep;

/** A message as the relay's table holds it, but for its feed number. */
export interface MessageRow {
  id: Id;
  direction: 'inbound' | 'outbound' | 'internal';
  kind: string;
  text: string | null;
  content: MessageContent;
  author: Author;
  sentAt: number;
  receivedAt: number;
  acceptedAt: number | null;
  status: string | null;
  error: { code: string; title: string } | null;
  reactions: { by: string; emoji: string; at: string }[];
  replyTo: Id | null;
  edits: { text: string; at: string }[];
  revokedAt: number | null;
  wamid: string | null;
}

export interface HistoryAgent {
  id: Id;
  name: string;
}

/** A conversation while its history is being told. */
export interface HistoryState {
  facts: ConversationFacts;
  lastActivityAt: number;
  lastMessage: { id: Id; sentAt: number } | null;
  participants: Map<Id, number>;
  keys: Map<string, Id>;
}

export const NEW_CONVERSATION: ConversationFacts = {
  spam: false,
  closed: false,
  handler: 'human',
  lastInboundSentAt: null,
  windowExpiresAt: null,
  lastInteractionAt: null,
  lastMessageDirection: null,
  unread: 0,
};

export function startHistory(facts: ConversationFacts = NEW_CONVERSATION): HistoryState {
  return { facts, lastActivityAt: 0, lastMessage: null, participants: new Map(), keys: new Map() };
}

const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0');

/** A UUIDv7 of that moment whose random part comes from `random`, so that a seed repeats its ids. */
export function idAt(at: number, random: Random): Id {
  const time = hex(at, 12);
  const word = () => hex(Math.floor(random.next() * 65_536), 4);
  const variant = hex(0x8000 | (Math.floor(random.next() * 65_536) & 0x3fff), 4);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${word().slice(1)}-${variant}-${word()}${word()}${word()}`;
}

/** WhatsApp's id of a seeded message: opaque, unique, and unlike any the sandbox gives out. */
function wamidOf(id: Id): string {
  return `wamid.${Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url')}`;
}

function authorOf(author: HistoryAuthor, agents: readonly HistoryAgent[]): Author {
  if (typeof author === 'string') return { kind: author, agentId: null, name: null };
  const agent = agents[author.agent];
  return { kind: 'agent', agentId: agent?.id ?? null, name: agent?.name ?? null };
}

/** With the ids of the agents a system line speaks of. */
function contentOf({ content = {}, namesAgents }: HistoryMessage, agents: readonly HistoryAgent[]) {
  if (!content.event || !namesAgents) return content;
  const agentIds = namesAgents.flatMap((place) => agents[place]?.id ?? []);
  return { ...content, event: { ...content.event, agentIds } };
}

function directionOf(message: HistoryMessage): MessageRow['direction'] {
  if (message.kind === 'note' || message.kind === 'system') return 'internal';
  return message.author === 'patient' ? 'inbound' : 'outbound';
}

const NEVER_ACCEPTED = new Set(['queued', 'unknown', 'cancelled']);

/** What a line does to the conversation, as the relay would have applied it at the time. */
function eventsOf(message: HistoryMessage, facts: ConversationFacts): ConversationEvent[] {
  const { at } = message;
  if (directionOf(message) === 'internal') return [];
  if (message.author === 'patient') {
    return [{ type: 'patientWrote', sentAt: message.sentAt ?? at, receivedAt: at }];
  }
  const accepted: ConversationEvent[] = [
    message.author === 'bot'
      ? { type: 'botMessageAccepted', acceptedAt: at }
      : { type: 'staffMessageAccepted', acceptedAt: at },
  ];
  const begun: ConversationEvent[] =
    message.author === 'bot'
      ? []
      : [
          { type: 'read', unread: 0 },
          ...(message.kind === 'template' ? [] : [{ type: 'staffMessageQueued' as const }]),
        ];
  if (message.status !== undefined && NEVER_ACCEPTED.has(message.status)) return begun;
  if (!message.failure) return [...begun, ...accepted];
  if (!message.failure.afterAcceptance) {
    return message.failure.code === '131047' ? [...begun, { type: 'windowDenied', at }] : begun;
  }
  return [...begun, ...accepted, { type: 'outboundFailed', lastInteractionAt: facts.lastInteractionAt }];
}

/** Tells one more event of a conversation: changes `state`, and gives the message row there is to store, if any. */
export function tell(
  state: HistoryState,
  event: HistoryEvent,
  agents: readonly HistoryAgent[],
  random: Random,
): MessageRow | null {
  if (event.type === 'step') {
    state.facts = applyConversationEvent(state.facts, event.event);
    // A reaction is an interaction, too, and moves the conversation up.
    if (event.event.type === 'patientReacted') {
      state.lastActivityAt = Math.max(state.lastActivityAt, event.at);
    }
    return null;
  }
  const direction = directionOf(event);
  const id = idAt(event.at, random);
  for (const change of eventsOf(event, state.facts)) {
    state.facts = applyConversationEvent(state.facts, change);
  }
  if (event.key !== undefined) state.keys.set(event.key, id);
  const sentAt = event.sentAt ?? event.at;
  if (direction !== 'internal') {
    state.lastActivityAt = Math.max(state.lastActivityAt, event.at);
    if (state.lastMessage === null || sentAt >= state.lastMessage.sentAt) {
      state.lastMessage = { id, sentAt };
    }
  }
  const author = authorOf(event.author, agents);
  if (direction === 'outbound' && author.agentId !== null) state.participants.set(author.agentId, event.at);
  const outbound = direction === 'outbound';
  const status = event.failure ? 'failed' : (event.status ?? 'read');
  const accepted =
    outbound && !NEVER_ACCEPTED.has(status) && (event.failure ? event.failure.afterAcceptance : true);
  const iso = (at: number) => new Date(at).toISOString();
  return {
    id,
    direction,
    kind: event.kind,
    text: event.text,
    content: contentOf(event, agents),
    author,
    sentAt,
    receivedAt: event.at,
    acceptedAt: accepted ? event.at : null,
    status: outbound ? status : null,
    error: event.failure ? { code: event.failure.code, title: event.failure.title } : null,
    reactions: (event.reactions ?? []).map((reaction) => ({ ...reaction, at: iso(reaction.at) })),
    replyTo: event.replyTo === undefined ? null : (state.keys.get(event.replyTo) ?? null),
    edits: (event.edits ?? []).map((edit) => ({ ...edit, at: iso(edit.at) })),
    revokedAt: event.revokedAt ?? null,
    wamid: direction === 'inbound' || accepted ? wamidOf(id) : null,
  };
}
