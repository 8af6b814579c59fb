import {
  applyConversationEvent,
  RefusalCode,
  toEpoch,
  toTimestamp,
  type CommandArguments,
  type SystemEvent,
} from '@recado/protocol';
import {
  findConversation,
  prolongBotSession,
  saveConversation,
  type ConversationRow,
} from '../db/conversations.ts';
import {
  cancelWaitingMessages,
  countInboundAfter,
  insertSystemLine,
  newestInboundOrdinal,
} from '../db/messages.ts';
import { requestReadReceipt } from '../whatsapp/read-receipts.ts';
import { applied, authorOf, refused, type CommandOutcome, type CommandScope } from './scope.ts';

/** Tells in the thread what somebody did. Returns the line's ordinal. */
export async function tellInThread(
  scope: CommandScope,
  conversation: Pick<ConversationRow, 'id' | 'numberId'>,
  event: SystemEvent,
): Promise<number> {
  const line = await insertSystemLine(scope.client, {
    clinicId: scope.clinicId,
    conversationId: conversation.id,
    numberId: conversation.numberId,
    event,
    at: scope.now,
    author: authorOf(scope),
  });
  if (!line) throw new Error('a fresh id was already taken');
  return line.ordinal;
}

/** Whether the patient wrote after what the person was looking at (T34, T35). */
async function isStale(scope: CommandScope, conversation: ConversationRow): Promise<boolean> {
  const { client, clinicId, basedOn } = scope;
  // Nothing at all has happened to it since: the usual case, without asking.
  if (basedOn === null || basedOn >= conversation.version) return false;
  return (await newestInboundOrdinal(client, clinicId, conversation.id)) > basedOn;
}

/** What a command makes of a conversation; null when it is like that already. */
export type Change = { event: SystemEvent; apply: (lineOrdinal: number) => ConversationRow } | null;

/**
 * The way of every command that changes one conversation: what is so already needs neither a line nor a change; what
 * was decided before the patient wrote is refused; the rest is told in the thread and written, in this order.
 */
export async function changeConversation(
  scope: CommandScope,
  conversationId: string,
  decide: (conversation: ConversationRow) => Change | Promise<Change>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  const conversation = await findConversation(client, clinicId, conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const change = await decide(conversation);
  if (!change) return applied();
  if (await isStale(scope, conversation)) return refused(RefusalCode.stale);
  const ordinal = await tellInThread(scope, conversation, change.event);
  return applied(await saveConversation(client, change.apply(ordinal)));
}

/** Closes it, read. What was sent before still goes and does not reopen it (T21, T22). */
export function closeConversation(scope: CommandScope, args: CommandArguments<'conversation.close'>) {
  return changeConversation(scope, args.conversationId, (conversation) =>
    conversation.closed
      ? null
      : {
          event: { code: 'closed' },
          apply: (ordinal) => ({
            ...applyConversationEvent(conversation, { type: 'closed' }),
            decidedSeq: ordinal,
          }),
        },
  );
}

export function reopenConversation(scope: CommandScope, args: CommandArguments<'conversation.reopen'>) {
  return changeConversation(scope, args.conversationId, (conversation) =>
    conversation.closed
      ? {
          event: { code: 'reopened' },
          apply: () => applyConversationEvent(conversation, { type: 'reopened' }),
        }
      : null,
  );
}

/** Marks it as spam and takes back what still waits to be sent (T24). */
export async function markSpam(
  scope: CommandScope,
  args: CommandArguments<'conversation.markSpam'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  const outcome = await changeConversation(scope, args.conversationId, (conversation) =>
    conversation.spam
      ? null
      : {
          event: { code: 'marked_spam' },
          apply: (ordinal) => ({
            ...applyConversationEvent(conversation, { type: 'markedSpam' }),
            decidedSeq: ordinal,
            spamSeq: ordinal,
          }),
        },
  );
  if (outcome.status === 'refused' || outcome.seq === undefined) return outcome;
  const cancelled = await cancelWaitingMessages(client, clinicId, args.conversationId);
  if (cancelled === 0) return outcome;
  // Its row may show one of them.
  const conversation = await findConversation(client, clinicId, args.conversationId);
  return conversation ? applied(await saveConversation(client, conversation)) : outcome;
}

/** No spam after all: what the patient wrote meanwhile is unread and brings it back (T25). */
export function unmarkSpam(scope: CommandScope, args: CommandArguments<'conversation.unmarkSpam'>) {
  return changeConversation(scope, args.conversationId, async (conversation) => {
    if (!conversation.spam) return null;
    const messagesWhileSpam =
      conversation.spamSeq === null
        ? conversation.unread
        : await countInboundAfter(scope.client, scope.clinicId, conversation.id, conversation.spamSeq);
    return {
      event: { code: 'unmarked_spam' },
      apply: () => ({
        ...applyConversationEvent(conversation, { type: 'unmarkedSpam', messagesWhileSpam }),
        spamSeq: null,
      }),
    };
  });
}

/** Gives it to the bot (T32), or takes it back. Nothing to do where no bot may be: closed, or spam. */
export async function setBot(
  scope: CommandScope,
  args: CommandArguments<'conversation.setBot'>,
): Promise<CommandOutcome> {
  const outcome = await changeConversation(scope, args.conversationId, (conversation) => {
    const after = applyConversationEvent(conversation, {
      type: args.active ? 'botActivated' : 'botHandedOver',
    });
    if (after.handler === conversation.handler) return null;
    return {
      event: { code: args.active ? 'bot_activated' : 'bot_paused' },
      apply: (ordinal) => (args.active ? { ...after, decidedSeq: ordinal } : after),
    };
  });
  if (args.active && outcome.status === 'applied' && outcome.seq !== undefined) {
    const { client, clinicId, now } = scope;
    await prolongBotSession(client, { clinicId, id: args.conversationId }, now);
  }
  return outcome;
}

export function pinConversation(scope: CommandScope, args: CommandArguments<'conversation.pin'>) {
  return changeConversation(scope, args.conversationId, (conversation) =>
    conversation.pinned === args.pinned
      ? null
      : {
          event: { code: args.pinned ? 'pinned' : 'unpinned' },
          apply: () => ({ ...conversation, pinned: args.pinned }),
        },
  );
}

/** Puts it off until a moment; null, or a moment that has passed, brings it back. */
export async function snoozeConversation(
  scope: CommandScope,
  args: CommandArguments<'conversation.snooze'>,
): Promise<CommandOutcome> {
  const { client, clinicId, now } = scope;
  const asked = toEpoch(args.until);
  const until = asked !== null && asked > now ? asked : null;
  const outcome = await changeConversation(scope, args.conversationId, (conversation) =>
    conversation.snoozedUntil === until
      ? null
      : {
          event: until === null ? { code: 'unsnoozed' } : { code: 'snoozed', until: toTimestamp(until) },
          apply: () => ({ ...conversation, snoozedUntil: until }),
        },
  );
  if (outcome.status === 'applied' && outcome.seq !== undefined && until !== null) {
    await client.query(
      `insert into snoozes (clinic_id, conversation_id, until) values ($1, $2, $3)
       on conflict (clinic_id, conversation_id) do update set until = excluded.until`,
      [clinicId, args.conversationId, toTimestamp(until)],
    );
  }
  return outcome;
}

/** Reads up to a message; what the patient wrote after it stays unread. */
export async function markRead(
  scope: CommandScope,
  args: CommandArguments<'conversation.markRead'>,
): Promise<CommandOutcome> {
  const { client, clinicId } = scope;
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  if (!args.silent) {
    await requestReadReceipt(scope, {
      conversationId: conversation.id,
      upToOrdinal: args.upToOrdinal,
      moment: 'onRead',
    });
  }
  const unread = await countInboundAfter(client, clinicId, conversation.id, args.upToOrdinal);
  const read = applyConversationEvent(conversation, { type: 'read', unread });
  return read.unread === conversation.unread ? applied() : applied(await saveConversation(client, read));
}

/** Somebody wants to come back to it. Leaves no line: it says nothing about the patient. */
export async function markUnread(
  { client, clinicId }: CommandScope,
  args: CommandArguments<'conversation.markUnread'>,
): Promise<CommandOutcome> {
  const conversation = await findConversation(client, clinicId, args.conversationId);
  if (!conversation) return refused(RefusalCode.conversationNotFound);
  const unread = applyConversationEvent(conversation, { type: 'markedUnread' });
  return unread.unread === conversation.unread ? applied() : applied(await saveConversation(client, unread));
}
