/** What the screen reads: screenfuls, ready to show. Times are epoch milliseconds by the relay's clock. */
import {
  BLOCK_STATES,
  ClinicSettings,
  CONVERSATION_FILTERS,
  Id,
  MessageContent,
  MessageError,
  Template,
  type ConversationFacts,
} from '@recado/protocol';
import { z } from 'zod';

const Epoch = z.number();

export const Filter = z.enum(CONVERSATION_FILTERS);

/** The facts a row's filter, badges and countdown follow from; the renderer asks protocol's rules, with relay time. */
export const Facts = z.object({
  spam: z.boolean(),
  closed: z.boolean(),
  handler: z.enum(['human', 'bot']),
  lastInboundSentAt: Epoch.nullable(),
  windowExpiresAt: Epoch.nullable(),
  lastInteractionAt: Epoch.nullable(),
  lastMessageDirection: z.enum(['inbound', 'outbound']).nullable(),
  unread: z.number().int(),
  blockState: z.enum(BLOCK_STATES).optional(),
}) satisfies z.ZodType<ConversationFacts>;

export const AuthorView = z.object({
  kind: z.string(),
  name: z.string().nullable(),
  /** The agent signed in on this PC. */
  isMe: z.boolean(),
});

/** The names of the protocol plus `sending`: what happened to an outgoing message, this PC's outbox included. */
export const DeliveryState = z.string();

export const PreviewView = z.object({
  direction: z.string(),
  kind: z.string(),
  text: z.string().nullable(),
  author: AuthorView,
  sentAt: Epoch,
  deliveryState: DeliveryState.nullable(),
});

export const TagView = z.object({ id: Id, name: z.string(), color: z.string() });

export const InboxRow = z.object({
  conversationId: Id,
  /** Null when there is neither a name nor a number. */
  displayName: z.string().nullable(),
  /** Whether the name is the clinic's own (a patient on file). */
  isOnFile: z.boolean(),
  facts: Facts,
  lastMessage: PreviewView.nullable(),
  lastActivityAt: Epoch,
  tags: z.array(TagView),
  nextAppointmentAt: Epoch.nullable(),
  pinned: z.boolean(),
  /** Out of the way until then; null when it is not. */
  snoozedUntil: Epoch.nullable(),
  assignees: z.array(z.object({ id: Id, name: z.string() })),
  /** Messages of this PC still on their way to the relay, and those that need a person. */
  unsent: z.number().int(),
  failed: z.number().int(),
  hasDraft: z.boolean(),
});
export type InboxRow = z.infer<typeof InboxRow>;

export const INBOX_SORTS = ['newest', 'oldest', 'expiresFirst', 'appointmentFirst'] as const;

/** What a list shows. Every part narrows it further; all combine. */
export const InboxQuery = z.object({
  filter: z.enum([...CONVERSATION_FILTERS, 'all']),
  /** Assigned to the agent on this PC, or to nobody. */
  assigned: z.enum(['me', 'nobody']).nullable(),
  teamId: Id.nullable(),
  /** Carrying every one of these. */
  tagIds: z.array(Id).max(20),
  unreadOnly: z.boolean(),
  /** The patient spoke last, and it is up to people, or the bot has been silent since. */
  unansweredOnly: z.boolean(),
  sort: z.enum(INBOX_SORTS),
});
export type InboxQuery = z.infer<typeof InboxQuery>;

/**
 * Key of a row in its list: pages continue after it. Pinned rows come first and snoozed ones last (`rank`), then the
 * sort's own value, then a number made of the conversation's id, the same on every PC.
 */
export const InboxCursor = z.object({
  rank: z.number().int(),
  value: z.number(),
  key: z.number().int(),
});
export type InboxCursor = z.infer<typeof InboxCursor>;
export const InboxPage = z.object({ rows: z.array(InboxRow), next: InboxCursor.nullable() });
export type InboxPage = z.infer<typeof InboxPage>;

export const FilterCount = z.object({ total: z.number().int(), unread: z.number().int() });
export const InboxCounts = z.object({
  filters: z.record(Filter, FilterCount),
  /** Conversations with unread in received and expired: tray, dock and taskbar (4.6). */
  badge: z.number().int(),
  /** Unanswered patients in the expired filter: the strip above received. */
  expiredUnanswered: z.number().int(),
  /** Patients the bot has left waiting for more than ten minutes: in that strip as well (T31b). */
  botSilent: z.number().int(),
  /** Of received and expired together, which is what work there is. */
  assignedToMe: FilterCount,
  unassigned: FilterCount,
  teams: z.record(Id, FilterCount),
  tags: z.record(Id, FilterCount),
});
export type InboxCounts = z.infer<typeof InboxCounts>;

export const Delivery = z.object({
  state: DeliveryState,
  error: MessageError.nullable(),
  /** Whether a person may ask for it again, or throw away what never left. */
  canRetry: z.boolean(),
  canDiscard: z.boolean(),
});

export const ThreadItem = z.object({
  messageId: Id,
  /** Null while the message is only in this PC's outbox. */
  ordinal: z.number().int().nullable(),
  direction: z.string(),
  kind: z.string(),
  text: z.string().nullable(),
  content: MessageContent,
  author: AuthorView,
  sentAt: Epoch,
  /** WhatsApp delivered it to the clinic long after it was written. */
  isLate: z.boolean(),
  delivery: Delivery.nullable(),
  reactions: z.array(z.object({ by: z.string(), emoji: z.string() })),
  isEdited: z.boolean(),
  isRevoked: z.boolean(),
  /** Earlier wordings, oldest first. */
  edits: z.array(z.object({ text: z.string().nullable(), at: Epoch })),
  /** What it answers, as far as this PC holds it. */
  replyTo: z
    .object({
      messageId: Id,
      author: AuthorView.nullable(),
      kind: z.string().nullable(),
      text: z.string().nullable(),
    })
    .nullable(),
  /** When a scheduled message leaves. */
  sendAt: Epoch.nullable(),
  /** Until when this PC holds it back, so that it can be undone; null when it does not. */
  heldUntil: Epoch.nullable(),
});
export type ThreadItem = z.infer<typeof ThreadItem>;

export const ThreadCursor = z.object({ sentAt: Epoch, ordinal: z.number().int() });
export type ThreadCursor = z.infer<typeof ThreadCursor>;
/** Oldest first. `before` is the cursor of older ones, null at the beginning of what this PC holds; `after` of newer ones, null at the newest. */
export const ThreadPage = z.object({
  items: z.array(ThreadItem),
  before: ThreadCursor.nullable(),
  after: ThreadCursor.nullable(),
  /** False while older messages may still arrive from the relay. */
  isComplete: z.boolean(),
});
export type ThreadPage = z.infer<typeof ThreadPage>;

/** A file of this PC that waits to be sent, or is named by a draft or a saved text. */
export const FileView = z.object({
  fileId: Id,
  fileName: z.string(),
  mimeType: z.string(),
  sizeBytes: z.number().int(),
  /** What WhatsApp will show it as: image, video, audio, document, sticker. */
  kind: z.string(),
  voice: z.boolean(),
});
export type FileView = z.infer<typeof FileView>;

/** What was being written when the person left: kept on this PC, through crashes too. */
export const DraftView = z.object({
  text: z.string().max(100_000),
  /** Place of the caret in the text. */
  caret: z.number().int().nonnegative().nullable().default(null),
  replyTo: Id.nullable().default(null),
  files: z
    .array(z.object({ fileId: Id, caption: z.string().max(1_024) }))
    .max(30)
    .default([]),
});
export type DraftView = z.infer<typeof DraftView>;

/** A file on its way to the relay, before its message. */
export const TransferView = z.object({
  fileId: Id,
  messageId: Id.nullable(),
  sentBytes: z.number().int(),
  sizeBytes: z.number().int(),
});
export type TransferView = z.infer<typeof TransferView>;

export const TemplateView = Template.extend({
  isFavourite: z.boolean(),
  /** Last sent from this PC; null when never. */
  lastUsedAt: Epoch.nullable(),
});
export type TemplateView = z.infer<typeof TemplateView>;

/** Words of a result, with those that match marked. */
const Highlighted = z.array(z.object({ text: z.string(), isMatch: z.boolean() }));

export const SearchResults = z.object({
  patients: z.array(
    z.object({
      conversationId: Id,
      name: Highlighted,
      phone: Highlighted.nullable(),
      lastActivityAt: Epoch,
    }),
  ),
  messages: z.array(
    z.object({
      messageId: Id,
      conversationId: Id,
      displayName: z.string().nullable(),
      direction: z.string(),
      kind: z.string(),
      author: AuthorView,
      sentAt: Epoch,
      snippet: Highlighted,
    }),
  ),
  tags: z.array(TagView.extend({ label: Highlighted })),
  /** There are more messages than these. */
  hasMoreMessages: z.boolean(),
  /** False while older messages are still on their way to this PC. */
  isComplete: z.boolean(),
});
export type SearchResults = z.infer<typeof SearchResults>;

/** What the copy on this PC takes up. */
export const StorageView = z.object({
  databaseBytes: z.number().int(),
  mediaBytes: z.number().int(),
  conversations: z.number().int(),
  messages: z.number().int(),
  oldestMessageAt: Epoch.nullable(),
  /** Messages older than this many months are fetched when asked for; null keeps everything. */
  keepMonths: z.number().int().nullable(),
});
export type StorageView = z.infer<typeof StorageView>;

/** Files of a conversation, newest first; `next` continues below. */
export const MediaListPage = z.object({
  items: z.array(
    z.object({
      messageId: Id,
      kind: z.string(),
      text: z.string().nullable(),
      author: AuthorView,
      direction: z.string(),
      sentAt: Epoch,
      content: MessageContent,
    }),
  ),
  next: ThreadCursor.nullable(),
});
export type MediaListPage = z.infer<typeof MediaListPage>;

export const AccessCodeView = z.object({
  agentId: Id,
  /** To be told to the colleague; shown once. */
  accessCode: z.string(),
  expiresAt: Epoch,
});

export const DeviceView = z.object({
  id: Id,
  name: z.string(),
  platform: z.string(),
  appVersion: z.string(),
  agentId: Id,
  agentName: z.string().nullable(),
  lastSeenAt: Epoch,
  active: z.boolean(),
  isThis: z.boolean(),
});
export type DeviceView = z.infer<typeof DeviceView>;

/** Who and what can be chosen from: agents, teams and tags by name, and how the clinic wants its inbox. */
export const Directory = z.object({
  agents: z.array(
    z.object({
      id: Id,
      name: z.string(),
      role: z.string(),
      active: z.boolean(),
      isMe: z.boolean(),
      email: z.string().nullable(),
      invited: z.boolean(),
    }),
  ),
  teams: z.array(z.object({ id: Id, name: z.string(), memberIds: z.array(Id) })),
  tags: z.array(TagView),
  /** Everybody's, and the agent's own. */
  quickReplies: z.array(
    z.object({
      id: Id,
      shortcut: z.string(),
      text: z.string(),
      isMine: z.boolean(),
      file: FileView.nullable(),
    }),
  ),
  /** The clinic's numbers; a new conversation leaves from the first. */
  numbers: z.array(z.object({ id: z.string(), displayPhone: z.string() })),
  settings: ClinicSettings,
});
export type Directory = z.infer<typeof Directory>;

/** Who else is in which conversation, on other PCs of the clinic. */
export const PresenceView = z.object({
  conversationId: Id,
  agentId: Id,
  name: z.string(),
  state: z.enum(['viewing', 'writing']),
});
export type PresenceView = z.infer<typeof PresenceView>;

export const AppointmentView = z.object({
  id: Id,
  startsAt: Epoch,
  treatment: z.string(),
  professional: z.string(),
  state: z.string(),
  /** Of the clinic's practice software: changed there, not here. */
  isExternal: z.boolean(),
  /** What became of its reminder; null before one was sent. */
  reminder: z.string().nullable(),
});
export type AppointmentView = z.infer<typeof AppointmentView>;

export const IntegrationKeyView = z.object({
  id: Id,
  name: z.string(),
  createdAt: Epoch,
  lastUsedAt: Epoch.nullable(),
});
export type IntegrationKeyView = z.infer<typeof IntegrationKeyView>;

export const ConversationDetail = z.object({
  conversationId: Id,
  displayName: z.string().nullable(),
  isOnFile: z.boolean(),
  profileName: z.string().nullable(),
  patientId: Id,
  /** The name the clinic gave; null when it gave none. */
  patientName: z.string().nullable(),
  language: z.string().nullable(),
  remindersOff: z.boolean(),
  /** As people write it: "+34 600 11 12 22". */
  phone: z.string().nullable(),
  note: z.string(),
  facts: Facts,
  tags: z.array(TagView),
  assignees: z.array(z.object({ id: Id, name: z.string() })),
  teams: z.array(z.object({ id: Id, name: z.string() })),
  participants: z.array(z.object({ id: Id, name: z.string(), lastAt: Epoch })),
  nextAppointment: AppointmentView.nullable(),
  lastAppointment: AppointmentView.nullable(),
  pinned: z.boolean(),
  snoozedUntil: Epoch.nullable(),
  draft: DraftView.extend({ fileViews: z.array(FileView) }),
});
export type ConversationDetail = z.infer<typeof ConversationDetail>;

/** Where the copy on this PC stands. `offline`: the relay was tried and not reached; tried again by itself. */
export const SYNC_PHASES = [
  'stopped',
  'bootstrapping',
  'catchingUp',
  'live',
  'offline',
  'sessionRevoked',
  'outdated',
] as const;
export const SyncView = z.object({
  phase: z.enum(SYNC_PHASES),
  /** When the phase began; with `offline`, when the relay was last heard. */
  since: Epoch,
  /** Conversations received of those expected, while bootstrapping. */
  progress: z.object({ done: z.number().int(), total: z.number().int() }).nullable(),
  /** Messages held of those the clinic has, while older ones are still arriving; null when the relay has not said. */
  historyProgress: z.object({ done: z.number().int(), total: z.number().int() }).nullable(),
  /** What came of the last comparison with the relay; null before the first. */
  check: z.object({ at: Epoch, result: z.enum(['equal', 'repairing', 'repaired']) }).nullable(),
  /** Older messages are still arriving; how far back this PC is complete. */
  historyCompleteSince: Epoch.nullable(),
  isHistoryComplete: z.boolean(),
  /** Commands of this PC the relay has not taken yet. */
  unsent: z.number().int(),
});
export type SyncView = z.infer<typeof SyncView>;

/** The whole state of the app outside the screenfuls; sent again whenever any of it changes. */
export const AppState = z.object({
  phase: z.enum(['starting', 'signedOut', 'ready', 'storeUnavailable']),
  signIn: z.object({
    /** Filled in before the person types: the last relay used. */
    relayUrl: z.string(),
    email: z.string(),
    /** A demo clinic is at hand. */
    hasDemo: z.boolean(),
    /** Why the session ended, when the person did not end it. */
    endedBy: z.enum(['revoked', 'deviceRevoked']).nullable(),
  }),
  session: z
    .object({
      agent: z.object({ id: Id, name: z.string() }),
      clinic: z.object({ name: z.string(), timeZone: z.string(), displayPhone: z.string().nullable() }),
    })
    .nullable(),
  sync: SyncView,
  /** Who else is where right now; also sent as `presence`. */
  presence: z.array(PresenceView),
  /** Relay time minus PC time, milliseconds: everything on screen that depends on time adds it. */
  clockOffsetMs: z.number(),
  /** Something a person should know once: the local copy was set aside and is being rebuilt. */
  notice: z.enum(['storeRebuilt']).nullable(),
  /** With `storeUnavailable`: why the copy on this PC cannot be used. */
  storeFailure: z
    .enum(['wrong_key', 'corrupt', 'from_newer_version', 'locked', 'disk_full', 'no_access', 'crashed'])
    .nullable(),
});
export type AppState = z.infer<typeof AppState>;
