import { Id, TEXT_MAX_LENGTH } from '@recado/protocol';
import { z } from 'zod';
import type { CallName, EventName } from './names.ts';
import {
  AppState,
  ConversationDetail,
  Filter,
  InboxCounts,
  InboxCursor,
  InboxPage,
  ThreadCursor,
  ThreadPage,
} from './views.ts';

const Nothing = z.strictObject({});
const Limit = z.number().int().min(1).max(200);

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
    in: z.strictObject({ filter: Filter, before: InboxCursor.nullable(), limit: Limit }),
    out: InboxPage,
  },
  'inbox.counts': { in: Nothing, out: InboxCounts },
  'conversation.get': { in: z.strictObject({ conversationId: Id }), out: ConversationDetail },
  'conversation.markRead': {
    in: z.strictObject({ conversationId: Id, upToOrdinal: z.number().int().nonnegative() }),
    out: Nothing,
  },
  'thread.page': {
    in: z.strictObject({ conversationId: Id, before: ThreadCursor.nullable(), limit: Limit }),
    out: ThreadPage,
  },
  /** Accepted at once, online or not; the message is then in the thread as `queued`. */
  'message.send': {
    in: z.strictObject({ conversationId: Id, text: z.string().trim().min(1).max(TEXT_MAX_LENGTH) }),
    out: z.strictObject({ messageId: Id }),
  },
  'message.retry': { in: z.strictObject({ conversationId: Id, messageId: Id }), out: Nothing },
  /** Takes back a message that is still in this PC's outbox or was refused. */
  'message.discard': { in: z.strictObject({ conversationId: Id, messageId: Id }), out: Nothing },
  'draft.save': {
    in: z.strictObject({ conversationId: Id, text: z.string().max(100_000) }),
    out: Nothing,
  },
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
} as const satisfies Record<EventName, z.ZodType>;

export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>;
