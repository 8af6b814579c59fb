import { ClinicSettings, Id, TEXT_MAX_LENGTH } from '@recado/protocol';
import { z } from 'zod';
import type { CallName, EventName } from './names.ts';
import {
  AppState,
  ConversationDetail,
  Directory,
  InboxCounts,
  InboxCursor,
  InboxPage,
  InboxQuery,
  PresenceView,
  ThreadCursor,
  ThreadPage,
} from './views.ts';

const Nothing = z.strictObject({});
const Limit = z.number().int().min(1).max(200);

const Ids = z.array(Id).max(500);
const Name = z.string().trim().min(1).max(60);
const Color = z.string().regex(/^#[0-9a-f]{6}$/i);

/** The conversations an action is for: these, or all a query matches. */
export const Target = z.union([
  z.strictObject({ conversationIds: z.array(Id).min(1).max(200) }),
  z.strictObject({ query: InboxQuery }),
]);
export type Target = z.infer<typeof Target>;

/** What can be done with conversations, one by one or in bulk. */
export const Action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.enum(['close', 'reopen', 'markSpam', 'unmarkSpam', 'markRead', 'markUnread']) }),
  z.strictObject({ type: z.enum(['assign', 'unassign']), agentIds: Ids, teamIds: Ids }),
  z.strictObject({ type: z.enum(['tag', 'untag']), tagIds: Ids.min(1) }),
  z.strictObject({ type: z.literal('setBot'), active: z.boolean() }),
  z.strictObject({ type: z.literal('pin'), pinned: z.boolean() }),
  /** Epoch milliseconds by the relay's clock; null brings it back. */
  z.strictObject({ type: z.literal('snooze'), until: z.number().nullable() }),
]);
export type Action = z.infer<typeof Action>;

/** Every call: one object in, one object out. A missing or extra name is a compile error. */
export const calls = {
  'app.state': { in: Nothing, out: AppState },
  'session.signIn': {
    in: z.strictObject({
      relayUrl: z.string().trim().min(1).max(2_000),
      email: z.string().trim().min(1).max(320),
      password: z.string().min(1).max(1_000),
    }),
    out: Nothing,
  },
  'session.signInDemo': { in: Nothing, out: Nothing },
  /** Erases the local data. Answers `unsent_work` first when something has not left yet. */
  'session.signOut': { in: z.strictObject({ discardUnsent: z.boolean() }), out: Nothing },
  'inbox.page': {
    in: z.strictObject({ query: InboxQuery, before: InboxCursor.nullable(), limit: Limit }),
    out: InboxPage,
  },
  'inbox.counts': { in: Nothing, out: InboxCounts },
  /** How many a query matches in all, for "select the n that match". */
  'inbox.match': {
    in: z.strictObject({ query: InboxQuery }),
    out: z.strictObject({ count: z.number().int() }),
  },
  'directory.get': { in: Nothing, out: Directory },
  'conversation.get': { in: z.strictObject({ conversationId: Id }), out: ConversationDetail },
  'conversation.markRead': {
    in: z.strictObject({ conversationId: Id, upToOrdinal: z.number().int().nonnegative() }),
    out: Nothing,
  },
  /**
   * One action on one or many conversations: on screen at once, offline too, undoable for ten seconds. Closing asks
   * first (`unseen_messages`) when unread messages of a single conversation were never on screen, unless `confirmed`.
   */
  'conversation.act': {
    in: z.strictObject({ target: Target, action: Action, confirmed: z.boolean().default(false) }),
    out: z.strictObject({ actionId: Id, count: z.number().int() }),
  },
  /** Takes back an action of the last ten seconds. */
  'action.undo': { in: z.strictObject({ actionId: Id }), out: Nothing },
  'note.add': {
    in: z.strictObject({
      conversationId: Id,
      text: z.string().trim().min(1).max(TEXT_MAX_LENGTH),
      mentionedAgentIds: z.array(Id).max(50),
    }),
    out: z.strictObject({ messageId: Id }),
  },
  /** What the person in front of this PC is doing; null when no conversation is open. */
  'presence.set': {
    in: z.strictObject({ conversationId: Id.nullable(), isWriting: z.boolean() }),
    out: Nothing,
  },
  'thread.page': {
    in: z.strictObject({ conversationId: Id, before: ThreadCursor.nullable(), limit: Limit }),
    out: ThreadPage,
  },
  /** Accepted at once, online or not; the message is then in the thread as `queued`. */
  'message.send': {
    in: z.strictObject({
      conversationId: Id,
      text: z.string().trim().min(1).max(TEXT_MAX_LENGTH),
      /**
       * Newest ordinal on screen when the draft began: if somebody else of the clinic has answered since, the call is
       * refused with `answered_meanwhile` and that answer. Null sends in any case.
       */
      basedOnOrdinal: z.number().int().nonnegative().nullable().default(null),
    }),
    out: z.strictObject({ messageId: Id }),
  },
  'message.retry': { in: z.strictObject({ conversationId: Id, messageId: Id }), out: Nothing },
  /** Takes back a message that is still in this PC's outbox or was refused. */
  'message.discard': { in: z.strictObject({ conversationId: Id, messageId: Id }), out: Nothing },
  'draft.save': {
    in: z.strictObject({ conversationId: Id, text: z.string().max(100_000) }),
    out: Nothing,
  },
  'tag.create': { in: z.strictObject({ name: Name, color: Color }), out: z.strictObject({ tagId: Id }) },
  'tag.update': {
    in: z.strictObject({ tagId: Id, name: Name.optional(), color: Color.optional() }),
    out: Nothing,
  },
  'tag.merge': { in: z.strictObject({ tagId: Id, intoTagId: Id }), out: Nothing },
  'tag.delete': { in: z.strictObject({ tagId: Id }), out: Nothing },
  'team.create': { in: z.strictObject({ name: Name, memberIds: Ids }), out: z.strictObject({ teamId: Id }) },
  'team.update': {
    in: z.strictObject({ teamId: Id, name: Name.optional(), memberIds: Ids.optional() }),
    out: Nothing,
  },
  'team.delete': { in: z.strictObject({ teamId: Id }), out: Nothing },
  /** Administrators only; others get `forbidden`. */
  'clinic.updateSettings': { in: z.strictObject({ settings: ClinicSettings.partial() }), out: Nothing },
} as const satisfies Record<CallName, { in: z.ZodType; out: z.ZodType }>;

export type CallInput<Name extends CallName> = z.input<(typeof calls)[Name]['in']>;
export type CallOutput<Name extends CallName> = z.output<(typeof calls)[Name]['out']>;

/** Every event main sends by itself. Anything a late listener must know is also in the answer of a call. */
export const events = {
  /** Rows that changed. With `overflow` there were too many to name: read again whatever is on screen. */
  changed: z.strictObject({
    conversationIds: z.array(Id),
    overflow: z.boolean(),
    /** False for what arrived while catching up. */
    isLive: z.boolean(),
  }),
  state: AppState,
  /** All of it, whenever any of it changes. */
  presence: z.strictObject({ others: z.array(PresenceView) }),
  /** An action of this PC that the relay did not accept, with its reason (T34): `stale`, `forbidden`, … */
  refused: z.strictObject({
    commandType: z.string(),
    code: z.string(),
    conversationId: Id.nullable(),
    displayName: z.string().nullable(),
  }),
} as const satisfies Record<EventName, z.ZodType>;

export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>;
