import { ClinicSettings, commandArguments, Id, TemplateValues, TEXT_MAX_LENGTH } from '@recado/protocol';
import { z } from 'zod';
import type { CallName, EventName } from './names.ts';
import { notificationCalls, notificationEvents } from './notifications.ts';
import {
  AccessCodeView,
  AppointmentView,
  AppState,
  ConversationDetail,
  DeviceView,
  Directory,
  DraftView,
  FileView,
  InboxCounts,
  InboxCursor,
  InboxPage,
  IntegrationKeyView,
  InboxQuery,
  MediaListPage,
  PresenceView,
  SearchResults,
  StorageView,
  TemplateView,
  ThreadCursor,
  ThreadPage,
  TransferView,
} from './views.ts';

const Nothing = z.strictObject({});
const Limit = z.number().int().min(1).max(200);

const Ids = z.array(Id).max(500);
const Name = z.string().trim().min(1).max(60);
const Color = z.string().regex(/^#[0-9a-f]{6}$/i);

/** Which of a draft's files goes with which words, as its sender sees them. */
const Attachment = z.strictObject({
  fileId: Id,
  /** Null for none; the message's own text goes with the first file that can carry one. */
  caption: z.string().trim().min(1).max(1_024).nullable(),
});

/** A sent message may be taken back within this time: it stays in this PC's outbox so long. */
const Undoable = z.number().int().min(0).max(30_000).default(0);

/** The conversations an action is for: these, or all a query matches. */
export const Target = z.union([
  z.strictObject({ conversationIds: z.array(Id).min(1).max(200) }),
  z.strictObject({ query: InboxQuery }),
]);
export type Target = z.infer<typeof Target>;

/** What can be done with conversations, one by one or in bulk. */
export const Action = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.enum(['close', 'reopen', 'markSpam', 'unmarkSpam', 'block', 'unblock', 'markRead', 'markUnread']),
  }),
  z.strictObject({ type: z.enum(['assign', 'unassign']), agentIds: Ids, teamIds: Ids }),
  z.strictObject({ type: z.enum(['tag', 'untag']), tagIds: Ids.min(1) }),
  z.strictObject({ type: z.literal('setBot'), active: z.boolean() }),
  z.strictObject({ type: z.literal('pin'), pinned: z.boolean() }),
  /** Epoch milliseconds by the relay's clock; null brings it back. */
  z.strictObject({ type: z.literal('snooze'), until: z.number().nullable() }),
]);
export type Action = z.infer<typeof Action>;

const QuickReplyParts = {
  shortcut: z.string().trim().min(1).max(30),
  text: z.string().trim().max(TEXT_MAX_LENGTH),
  fileId: Id.nullable(),
};

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
  /** The newest page, or the one before or after a place, or the one around a message; at most one of the three. */
  'thread.page': {
    in: z.strictObject({
      conversationId: Id,
      before: ThreadCursor.nullable(),
      after: ThreadCursor.nullable().default(null),
      aroundMessageId: Id.nullable().default(null),
      limit: Limit,
    }),
    out: ThreadPage,
  },
  /** Accepted at once, online or not; the messages (one per file) are then in the thread as `queued`. */
  'message.send': {
    in: z.strictObject({
      conversationId: Id,
      /** May be empty when there are files. */
      text: z.string().trim().max(TEXT_MAX_LENGTH),
      attachments: z.array(Attachment).max(30).default([]),
      replyTo: Id.nullable().default(null),
      /** Sends a saved text with its file instead of one from the draft; the draft stays. */
      quickReplyId: Id.nullable().default(null),
      /** Epoch milliseconds by the relay's clock; null for now. */
      sendAt: z.number().nullable().default(null),
      undoableForMs: Undoable,
      /**
       * Newest ordinal on screen when the draft began: if somebody else of the clinic has answered since, the call is
       * refused with `answered_meanwhile` and that answer. Null sends in any case.
       */
      basedOnOrdinal: z.number().int().nonnegative().nullable().default(null),
    }),
    out: z.strictObject({ messageId: Id, messageIds: z.array(Id) }),
  },
  'message.sendTemplate': {
    in: z.strictObject({
      conversationId: Id,
      templateId: Id,
      values: TemplateValues,
      /** The file of a media header. */
      fileId: Id.nullable(),
      undoableForMs: Undoable,
    }),
    out: z.strictObject({ messageId: Id }),
  },
  'message.react': {
    in: z.strictObject({ conversationId: Id, messageId: Id, emoji: z.string().min(1).max(40).nullable() }),
    out: Nothing,
  },
  'message.retry': { in: z.strictObject({ conversationId: Id, messageId: Id }), out: Nothing },
  /** Takes back a message that has not left for WhatsApp, or throws away one that was refused; else `too_late`. */
  'message.discard': { in: z.strictObject({ conversationId: Id, messageId: Id }), out: Nothing },
  'draft.save': {
    in: z.strictObject({ conversationId: Id, ...DraftView.shape }),
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
  /** Administrators only, here and in the five after it; others get `forbidden`. */
  'clinic.updateSettings': { in: z.strictObject({ settings: ClinicSettings.partial() }), out: Nothing },
  /** Needs the relay, as do the next and the devices: what they answer is made there. */
  'agent.invite': {
    in: z.strictObject({
      name: z.string().trim().min(1).max(120),
      email: z.string().trim().min(3).max(320),
      role: z.enum(['admin', 'agent']),
    }),
    out: AccessCodeView,
  },
  'agent.renewAccess': { in: z.strictObject({ agentId: Id }), out: AccessCodeView },
  'agent.update': {
    in: z.strictObject({
      agentId: Id,
      name: z.string().trim().min(1).max(120).optional(),
      role: z.enum(['admin', 'agent']).optional(),
      active: z.boolean().optional(),
    }),
    out: Nothing,
  },
  'device.list': { in: Nothing, out: z.strictObject({ devices: z.array(DeviceView) }) },
  'device.revoke': { in: z.strictObject({ deviceId: Id }), out: Nothing },
  /** Enters with an access code and a password of one's own. */
  'session.redeem': {
    in: z.strictObject({
      relayUrl: z.string().trim().min(1).max(2_000),
      email: z.string().trim().min(1).max(320),
      accessCode: z.string().trim().min(1).max(100),
      password: z.string().min(10).max(1_000),
    }),
    out: Nothing,
  },
  /** Patients from one letter on, messages from two; see `search-text.ts` for the filters it understands. */
  'search.run': {
    in: z.strictObject({
      text: z.string().max(500),
      conversationId: Id.nullable().default(null),
      limit: Limit,
    }),
    out: SearchResults,
  },
  /** In `storeUnavailable`: try again, or set the copy aside (kept, never deleted) and rebuild it from the relay. */
  'store.recover': { in: z.strictObject({ way: z.enum(['retry', 'rebuild']) }), out: Nothing },
  /** Compares the copy with the relay now, and mends it; see `sync.check` for what came of it. */
  'store.check': { in: Nothing, out: Nothing },
  'storage.get': { in: Nothing, out: StorageView },
  /** Older messages are fetched when asked for; null keeps everything on this PC. */
  'storage.setKeepMonths': {
    in: z.strictObject({ months: z.number().int().min(1).max(240).nullable() }),
    out: Nothing,
  },
  'template.list': { in: Nothing, out: z.strictObject({ templates: z.array(TemplateView) }) },
  /** On this PC. */
  'template.setFavourite': { in: z.strictObject({ templateId: Id, isFavourite: z.boolean() }), out: Nothing },
  'template.create': {
    in: z.strictObject({
      ...commandArguments['template.create'].omit({ templateId: true, headerMedia: true }).shape,
      fileId: Id.nullable(),
    }),
    out: z.strictObject({ templateId: Id }),
  },
  'template.delete': { in: z.strictObject({ templateId: Id }), out: Nothing },
  'template.hide': { in: z.strictObject({ templateId: Id, hidden: z.boolean() }), out: Nothing },
  /** The conversation with a number, begun when there is none yet; `invalid_phone` when it cannot be one. */
  'conversation.start': {
    in: z.strictObject({ phone: z.string().max(60), name: z.string().trim().max(120) }),
    out: z.strictObject({ conversationId: Id, isNew: z.boolean() }),
  },
  'quickReply.create': {
    in: z.strictObject({ ...QuickReplyParts, isMine: z.boolean() }),
    out: z.strictObject({ quickReplyId: Id }),
  },
  /** `fileId` absent leaves the file as it is, null takes it away. */
  'quickReply.update': {
    in: z.strictObject({ ...QuickReplyParts, fileId: Id.nullable().optional(), quickReplyId: Id }),
    out: Nothing,
  },
  'quickReply.delete': { in: z.strictObject({ quickReplyId: Id }), out: Nothing },
  'patient.update': {
    in: z.strictObject(commandArguments['patient.update'].shape),
    out: Nothing,
  },
  /** All of a patient's, the newest first. */
  'appointment.list': {
    in: z.strictObject({ patientId: Id }),
    out: z.strictObject({ appointments: z.array(AppointmentView) }),
  },
  /** A new one when `appointmentId` is null. */
  'appointment.put': {
    in: z.strictObject({
      appointmentId: Id.nullable(),
      patientId: Id,
      /** Epoch milliseconds. */
      startsAt: z.number(),
      treatment: z.string().trim().max(200),
      professional: z.string().trim().max(200),
      state: z.enum(['scheduled', 'confirmed', 'cancelled', 'attended', 'missed']),
    }),
    out: z.strictObject({ appointmentId: Id }),
  },
  'appointment.delete': { in: z.strictObject({ appointmentId: Id }), out: Nothing },
  /** Keys with which the practice software brings appointments; administrators, and they need the relay. */
  'integrationKey.list': { in: Nothing, out: z.strictObject({ keys: z.array(IntegrationKeyView) }) },
  'integrationKey.create': {
    in: z.strictObject({ name: z.string().trim().min(1).max(60) }),
    out: z.strictObject({ id: Id, key: z.string() }),
  },
  'integrationKey.delete': { in: z.strictObject({ id: Id }), out: Nothing },
  /** Takes a chosen, dropped, pasted or recorded file into this PC's encrypted files, a piece at a time. */
  'file.begin': {
    in: z.strictObject({
      fileName: z.string().min(1).max(240),
      mimeType: z.string().max(200),
      sizeBytes: z.number().int().positive(),
      voice: z.boolean().default(false),
    }),
    out: z.strictObject({ fileId: Id }),
  },
  'file.append': {
    in: z.strictObject({
      fileId: Id,
      offset: z.number().int().nonnegative(),
      bytes: z.instanceof(Uint8Array),
    }),
    out: Nothing,
  },
  /** All of it is there; `file_refused` when WhatsApp would not take it. Width, length and so on as the window measured. */
  'file.finish': {
    in: z.strictObject({
      fileId: Id,
      width: z.number().int().positive().nullable().default(null),
      height: z.number().int().positive().nullable().default(null),
      durationMs: z.number().int().nonnegative().nullable().default(null),
      waveform: z.array(z.number().int().min(0).max(100)).max(200).nullable().default(null),
    }),
    out: FileView,
  },
  'file.discard': { in: z.strictObject({ fileId: Id }), out: Nothing },
  /** Files of a conversation, newest first. */
  'media.list': {
    in: z.strictObject({ conversationId: Id, before: ThreadCursor.nullable(), limit: Limit }),
    out: MediaListPage,
  },
  /** Brings a file to this PC, so that it is there offline; resolves when it is. `media_unavailable` when it cannot be had. */
  'media.fetch': { in: z.strictObject({ mediaId: Id }), out: Nothing },
  /** Asks where, and writes a copy there; `isSaved` is false when the person thought better of it. */
  'media.save': {
    in: z.strictObject({ mediaId: Id, fileName: z.string().min(1).max(240) }),
    out: z.strictObject({ isSaved: z.boolean() }),
  },
  ...notificationCalls,
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
  /** How far files on their way to the relay are; sent again whenever it changes. */
  transfer: z.strictObject({ transfers: z.array(TransferView) }),
  ...notificationEvents,
} as const satisfies Record<EventName, z.ZodType>;

export type EventPayload<Name extends EventName> = z.output<(typeof events)[Name]>;
