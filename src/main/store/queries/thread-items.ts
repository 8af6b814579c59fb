/** Messages as a thread shows them: the relay's with this PC's pending commands on top, and those still in the outbox. */
import { isRetryable, toEpoch, type MessageStatus, type Reaction } from '@recado/protocol';
import type { ThreadItem } from '../../../shared/contract/index.ts';
import type { ReadDatabase } from '../database.ts';
import { outgoingParts, type FindTemplate } from '../outgoing.ts';
import { getOwnAuthor } from './local-values.ts';
import { findMessagesById, type MessageRow } from './messages.ts';
import { listUnconfirmedMessages, type PendingOnMessages } from './outbox-messages.ts';
import { createFindTemplate } from './reference.ts';
import type { createAuthorViews } from './views.ts';

/** WhatsApp held a message back when more than this lies between its sending and its receipt. */
const LATE_MS = 10 * 60_000;
/** How many of a thread's newest messages are looked through for one that is answered and not where its id says. */
const QUOTES_WITHIN = 500;

type AuthorViews = ReturnType<typeof createAuthorViews>;

const parse = <Value>(json: string | null, empty: Value): Value =>
  json === null ? empty : (JSON.parse(json) as Value);

/** A message of the relay; what it answers is filled in by `fillQuotes`. */
export function mapMessage(row: MessageRow, author: AuthorViews, pending: PendingOnMessages): ThreadItem {
  const edits = parse<{ text: string | null; at: string }[]>(row.edits, []);
  return {
    messageId: row.id,
    ordinal: row.ordinal,
    direction: row.direction,
    kind: row.kind,
    text: row.text,
    content: parse(row.content, {}),
    author: author({ kind: row.author_kind, agentId: row.author_agent_id, name: row.author_name }),
    sentAt: row.sent_at,
    isLate: row.direction === 'inbound' && row.received_at - row.sent_at > LATE_MS,
    delivery: deliveryOf(row, pending),
    reactions: reactionsOf(row, pending),
    isEdited: edits.length > 0,
    isRevoked: row.revoked_at !== null,
    edits: edits.map(({ text, at }) => ({ text, at: toEpoch(at) })),
    replyTo: row.reply_to === null ? null : unknownQuote(row.reply_to),
    sendAt: row.send_at,
    heldUntil: null,
  };
}

function deliveryOf(row: MessageRow, pending: PendingOnMessages): ThreadItem['delivery'] {
  if (row.status === null) return null;
  const isRetrying = pending.retried.has(row.id);
  const isCancelling = pending.cancelled.has(row.id);
  if (isRetrying || isCancelling) {
    const state = isCancelling ? 'cancelled' : 'queued';
    return { state, error: null, canRetry: false, canDiscard: false };
  }
  return {
    state: row.status,
    error: parse(row.error, null),
    canRetry: isRetryable(row.status as MessageStatus),
    canDiscard: false,
  };
}

function reactionsOf(row: MessageRow, pending: PendingOnMessages): ThreadItem['reactions'] {
  const reactions = parse<Reaction[]>(row.reactions, []).map(({ by, emoji }) => ({ by, emoji }));
  const own = pending.reactions.get(row.id);
  if (own === undefined) return reactions;
  const others = reactions.filter(({ by }) => by !== 'clinic');
  return own === null ? others : [...others, { by: 'clinic', emoji: own }];
}

/** What this PC shows of a command on its way: the relay's `queued` once it has been taken. */
const OUTBOX_DELIVERY = {
  queued: 'queued',
  sending: 'sending',
  applied: 'queued',
  refused: 'failed',
} as const;

/** Sends and notes of this PC that are not among the relay's messages yet, oldest first. */
export function listOutboxItems(
  database: ReadDatabase,
  conversationId: string,
  author: AuthorViews,
): ThreadItem[] {
  const own = { ...author(getOwnAuthor(database)), isMe: true };
  const findTemplate = createFindTemplate(database);
  return listUnconfirmedMessages(database, conversationId).map(({ row, command }) => {
    const isNote = row.type === 'note.add';
    const send = command?.type === 'message.send' ? command.args : null;
    const sendAt = toEpoch(send?.sendAt ?? null);
    const replyTo = send?.replyTo ?? null;
    return {
      messageId: row.message_id!,
      ordinal: null,
      direction: isNote ? 'internal' : 'outbound',
      ...partsOf(command, findTemplate),
      author: own,
      sentAt: row.enqueued_at,
      isLate: false,
      delivery: {
        state: row.state === 'applied' && sendAt !== null ? 'scheduled' : OUTBOX_DELIVERY[row.state],
        error: row.state === 'refused' ? { code: row.code ?? 'refused', title: null } : null,
        canRetry: row.state === 'refused',
        canDiscard: row.state === 'refused' || row.state === 'queued',
      },
      reactions: [],
      isEdited: false,
      isRevoked: false,
      edits: [],
      replyTo: replyTo === null ? null : unknownQuote(replyTo),
      sendAt,
      heldUntil: row.state === 'queued' ? row.hold_until : null,
    };
  });
}

type MessageCommand = ReturnType<typeof listUnconfirmedMessages>[number]['command'];

function partsOf(
  command: MessageCommand,
  findTemplate: FindTemplate,
): Pick<ThreadItem, 'kind' | 'text' | 'content'> {
  if (command === null) return { kind: 'text', text: null, content: {} };
  if (command.type === 'message.send') return outgoingParts(command.args, findTemplate);
  const { text, mentionedAgentIds } = command.args;
  return { kind: 'note', text, content: { mentionedAgentIds } };
}

const unknownQuote = (messageId: string): ThreadItem['replyTo'] => ({
  messageId,
  author: null,
  kind: null,
  text: null,
});

/** Says what messages answer, as far as it is held: most often it is on the same page. */
export function fillQuotes(
  database: ReadDatabase,
  items: ThreadItem[],
  input: { conversationKey: number; author: AuthorViews },
): void {
  const quoting = items.filter(({ replyTo }) => replyTo !== null);
  if (quoting.length === 0) return;
  const known = new Map<string, Omit<NonNullable<ThreadItem['replyTo']>, 'messageId'>>();
  for (const { messageId, author, kind, text } of items) known.set(messageId, { author, kind, text });
  const missing = quoting.flatMap(({ replyTo }) => (known.has(replyTo!.messageId) ? [] : replyTo!.messageId));
  const found = findMessagesById(database, {
    conversationKey: input.conversationKey,
    ids: [...new Set(missing)],
    within: QUOTES_WITHIN,
  });
  for (const row of found) {
    const { author_kind: kind, author_agent_id: agentId, author_name: name } = row;
    known.set(row.id, { author: input.author({ kind, agentId, name }), kind: row.kind, text: row.text });
  }
  for (const item of quoting) {
    const quote = known.get(item.replyTo!.messageId);
    if (quote !== undefined) item.replyTo = { messageId: item.replyTo!.messageId, ...quote };
  }
}
