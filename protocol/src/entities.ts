import { z } from 'zod';
import { Id } from './ids.ts';
import { BLOCK_STATES } from './rules/conversation-state.ts';
import { Timestamp } from './time.ts';

/**
 * What the relay tells apps about. Strings that name a kind or a state are open: a newer relay may send values
 * this app has never heard of, and they are kept and shown as "not compatible", never refused.
 */

/** A closed list today, any string tomorrow: autocompletes the known values without refusing others. */
function open<const Known extends string>(...known: Known[]) {
  void known;
  return z.string() as unknown as z.ZodType<Known | (string & Record<never, never>), string>;
}

/** Minutes of a day as people write them, `HH:MM`; `24:00` ends a day. */
const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$|^24:00$/);

/** When the clinic answers, in its own time zone. */
export const OpeningHours = z.object({
  /** Any number of spans per day; ISO weekdays, 1 is Monday. */
  weekly: z
    .array(
      z
        .object({ weekday: z.number().int().min(1).max(7), from: TimeOfDay, to: TimeOfDay })
        .refine(({ from, to }) => from < to, { message: 'A span ends after it begins' }),
    )
    .max(50),
  /** Holidays, `YYYY-MM-DD`. */
  closedDays: z.array(z.iso.date()).max(400),
});
export type OpeningHours = z.infer<typeof OpeningHours>;

/** What the reminder bot sends, and when. */
export const ReminderSettings = z.object({
  templateId: Id,
  /** Hours before an appointment at which a reminder leaves, the earliest first. */
  hoursBefore: z.array(z.number().int().min(1).max(168)).min(1).max(3),
  /** Nothing leaves between these times of the clinic's day; what falls there leaves at its end, or before its beginning where that would be too late. */
  quietFrom: TimeOfDay,
  quietTo: TimeOfDay,
  /** A patient who answers one of these gets no more reminders; case and accents do not matter. */
  optOutWords: z.array(z.string().trim().min(1).max(40)).max(20),
});
export type ReminderSettings = z.infer<typeof ReminderSettings>;

/** How the clinic wants its inbox to behave. */
export const ClinicSettings = z.object({
  /** The first agent to answer an unassigned conversation becomes its assignee. */
  assignOnFirstReply: z.boolean(),
  /** When patients get blue ticks: as soon as a person has read, when the clinic answers, or never. */
  readReceipts: z.enum(['onRead', 'onReply', 'never']),
  /** Null while the clinic has not said. */
  openingHours: OpeningHours.nullable(),
  /** Null while the clinic sends no reminders. */
  reminders: ReminderSettings.nullable(),
  /**
   * Address of a patient's record in the clinic's own software, with `{telefono}` where the digits of the number go;
   * null for none. Only https, or an application's own scheme.
   */
  recordUrl: z
    .string()
    .max(500)
    .regex(/^(?!javascript:|data:|file:|vbscript:)[a-z][a-z0-9+.-]*:\S+$/i)
    .nullable(),
});
export type ClinicSettings = z.infer<typeof ClinicSettings>;
export const DEFAULT_CLINIC_SETTINGS: ClinicSettings = {
  assignOnFirstReply: true,
  readReceipts: 'onRead',
  openingHours: null,
  reminders: null,
  recordUrl: null,
};

export const Clinic = z.object({
  id: Id,
  name: z.string(),
  /** IANA zone; every date a person sees is in it. */
  timeZone: z.string(),
  numbers: z.array(z.object({ id: z.string(), displayPhone: z.string() })),
  /** What the relay does not say yet is as by default. */
  settings: ClinicSettings.partial()
    .default({})
    .transform((known): ClinicSettings => ({ ...DEFAULT_CLINIC_SETTINGS, ...known })),
});
export type Clinic = z.infer<typeof Clinic>;

export const Agent = z.object({
  id: Id,
  name: z.string(),
  role: open('admin', 'agent'),
  active: z.boolean(),
  email: z.string().nullable().default(null),
  /** Has never signed in: the access code an administrator handed out still waits. */
  invited: z.boolean().default(false),
});
export type Agent = z.infer<typeof Agent>;

export const Team = z.object({ id: Id, name: z.string(), memberIds: z.array(Id) });
export type Team = z.infer<typeof Team>;

export const Tag = z.object({ id: Id, name: z.string(), color: z.string() });
export type Tag = z.infer<typeof Tag>;

export const Patient = z.object({
  id: Id,
  /** The name the clinic gave, or null when it never did. */
  name: z.string().nullable(),
  /** The name the patient chose in WhatsApp. */
  profileName: z.string().nullable(),
  /** E.164 with its plus; null for a patient who hides the number behind a WhatsApp username. */
  phone: z.string().nullable(),
  /** WhatsApp's business-scoped user id, stored verbatim; opaque. */
  whatsappUserId: z.string().nullable(),
  language: z.string().nullable(),
  note: z.string(),
  /** Has asked for no more reminders. */
  remindersOff: z.boolean().default(false),
});
export type Patient = z.infer<typeof Patient>;

export const Appointment = z.object({
  id: Id,
  patientId: Id,
  startsAt: Timestamp,
  treatment: z.string(),
  professional: z.string(),
  state: open('scheduled', 'confirmed', 'cancelled', 'attended', 'missed'),
  /** Its name in the clinic's practice software, which then has the last word; null for one made by hand. */
  externalId: z.string().nullable().default(null),
  /** What became of its reminder: null before one was sent. */
  reminder: open('sent', 'confirmed', 'declined', 'failed').nullable().default(null),
});
export type Appointment = z.infer<typeof Appointment>;

/** Who wrote a message or did a thing. `phone` is the clinic's own handset (WhatsApp coexistence). */
export const Author = z.object({
  kind: open('patient', 'agent', 'bot', 'phone', 'relay'),
  agentId: Id.nullable(),
  name: z.string().nullable(),
});
export type Author = z.infer<typeof Author>;

export const MessageError = z.object({
  /** Meta's numeric code as text, or one of our refusal codes. */
  code: z.string(),
  /** Technical wording from Meta, for diagnostics; the app has its own sentence per code. */
  title: z.string().nullable(),
});
export type MessageError = z.infer<typeof MessageError>;

export const Reaction = z.object({ by: open('patient', 'clinic'), emoji: z.string(), at: Timestamp });
export type Reaction = z.infer<typeof Reaction>;

/** What a system line says happened. */
export const SYSTEM_EVENTS = [
  'reopened_by_patient',
  'reopened_by_staff',
  'taken_over_from_bot',
  'closed',
  'reopened',
  'marked_spam',
  'unmarked_spam',
  'assigned',
  'unassigned',
  'tagged',
  'untagged',
  'bot_activated',
  'bot_paused',
  'bot_closed',
  'bot_handed_over',
  'pinned',
  'unpinned',
  'snoozed',
  'unsnoozed',
  'blocked',
  'unblocked',
  'block_failed',
  'unblock_failed',
  'user_changed_number',
  'user_changed_user_id',
] as const;

export const SystemEvent = z.object({
  code: open(...SYSTEM_EVENTS),
  agentIds: z.array(Id).optional(),
  teamIds: z.array(Id).optional(),
  tagIds: z.array(Id).optional(),
  until: Timestamp.optional(),
  /** Why, where the code alone does not say: `no_answer` for a reminder nobody answered, Meta's code for what WhatsApp refused. */
  reason: z.string().optional(),
});
export type SystemEvent = z.infer<typeof SystemEvent>;

/** What a message holds besides its text, by `kind`; absent parts are simply not shown. */
export const MessageContent = z.object({
  location: z
    .object({
      latitude: z.number().nullable(),
      longitude: z.number().nullable(),
      name: z.string().nullable(),
      address: z.string().nullable(),
    })
    .optional(),
  contacts: z
    .array(z.object({ name: z.string(), phones: z.array(z.string()), emails: z.array(z.string()) }))
    .optional(),
  /** A tapped button or list row, or a filled-in form. */
  choice: z
    .object({ title: z.string(), description: z.string().nullable(), payload: z.string().nullable() })
    .optional(),
  /** Name and values of a filled-in WhatsApp form, in its order. */
  form: z.array(z.object({ name: z.string(), value: z.string() })).optional(),
  media: z
    .object({
      /** Relay media id once it is stored there; null while only announced. */
      id: Id.nullable(),
      mimeType: z.string(),
      fileName: z.string().nullable(),
      sizeBytes: z.number().int().nullable(),
      voice: z.boolean(),
      /** Of the bytes, in hexadecimal; the cache of the app goes by it. */
      sha256: z.string().nullable().default(null),
      width: z.number().int().nullable().default(null),
      height: z.number().int().nullable().default(null),
      durationMs: z.number().int().nullable().default(null),
      /** Loudness of a voice note, 0 to 100, evenly spread. */
      waveform: z.array(z.number().int().min(0).max(100)).max(200).nullable().default(null),
      /** Why the bytes will never come: `too_large`, `expired`, `refused`; null while they may. */
      failure: z.string().nullable().default(null),
    })
    .optional(),
  order: z
    .array(z.object({ product: z.string(), quantity: z.string(), price: z.string(), currency: z.string() }))
    .optional(),
  /** The advertisement the patient came from. */
  referral: z
    .object({ headline: z.string().nullable(), body: z.string().nullable(), url: z.string().nullable() })
    .optional(),
  /** A template as the patient sees it; its body is the message's text, a header's file is `media`. */
  template: z
    .object({
      name: z.string(),
      language: z.string(),
      header: z.string().nullable().default(null),
      footer: z.string().nullable().default(null),
      buttons: z.array(z.object({ type: z.string(), text: z.string() })).default([]),
    })
    .optional(),
  /** What WhatsApp said it could not deliver, for `unsupported`. */
  unsupportedType: z.string().nullable().optional(),
  forwarded: z.boolean().optional(),
  /** What happened, for `system`; the author says who did it. */
  event: SystemEvent.optional(),
  /** Agents named in a note. */
  mentionedAgentIds: z.array(Id).optional(),
});
export type MessageContent = z.infer<typeof MessageContent>;

export const MESSAGE_KINDS = [
  'text', 'image', 'video', 'audio', 'document', 'sticker', 'location', 'contacts', 'button', 'interactive',
  'order', 'template', 'system', 'note', 'unsupported',
] as const; // prettier-ignore

export const Message = z.object({
  id: Id,
  conversationId: Id,
  /** The clinic's feed number at which the message was created: unique, never changed, larger is newer. */
  ordinal: z.number().int().positive(),
  /** `internal` is seen by staff only: notes and system lines. */
  direction: open('inbound', 'outbound', 'internal'),
  kind: open(...MESSAGE_KINDS),
  /** The words a person reads and searches: body, caption, chosen option. Null where there are none. */
  text: z.string().nullable(),
  content: MessageContent,
  author: Author,
  /** When the patient sent it by WhatsApp's clock, or when the relay took it from staff. Orders the thread. */
  sentAt: Timestamp,
  /** When the relay received it; later than `sentAt` by hours for a message WhatsApp held back. */
  receivedAt: Timestamp,
  /** Null for inbound and internal ones. */
  status: open(
    'scheduled', 'queued', 'unknown', 'sent', 'delivered', 'read', 'played', 'failed', 'cancelled',
  ).nullable(), // prettier-ignore
  /** When a scheduled message leaves. */
  sendAt: Timestamp.nullable().default(null),
  error: MessageError.nullable(),
  reactions: z.array(Reaction),
  replyTo: Id.nullable(),
  /** Earlier wordings, oldest first, of a message the patient edited. */
  edits: z.array(z.object({ text: z.string().nullable(), at: Timestamp })),
  revokedAt: Timestamp.nullable(),
});
export type Message = z.infer<typeof Message>;

/** The last message as a row of the list shows it. */
export const MessagePreview = Message.pick({
  id: true,
  direction: true,
  kind: true,
  text: true,
  author: true,
  sentAt: true,
  status: true,
});
export type MessagePreview = z.infer<typeof MessagePreview>;

export const Conversation = z.object({
  id: Id,
  patientId: Id,
  /** Meta's phone_number_id of the clinic's number: two numbers mean two conversations and two windows. */
  numberId: z.string(),
  spam: z.boolean(),
  closed: z.boolean(),
  handler: open('human', 'bot'),
  /** When the patient last wrote, by WhatsApp's clock; null when never. */
  lastInboundSentAt: Timestamp.nullable(),
  /** End of the customer service window as the relay knows it; null when the patient never wrote. */
  windowExpiresAt: Timestamp.nullable(),
  /** The either-party clock: receipt of any inbound, acceptance of any outbound that has not failed. */
  lastInteractionAt: Timestamp.nullable(),
  /** Orders the list: the newest message or interaction. */
  lastActivityAt: Timestamp,
  /** Direction of the last message that was not a reaction or internal line. */
  lastMessageDirection: open('inbound', 'outbound').nullable(),
  lastMessage: MessagePreview.nullable(),
  unread: z.number().int().nonnegative(),
  /** Kept on top of its filter, for the whole clinic. */
  pinned: z.boolean().default(false),
  /** Out of the way until then; null when it is not. The patient's next message ends it. */
  snoozedUntil: Timestamp.nullable().default(null),
  tagIds: z.array(Id),
  assigneeIds: z.array(Id),
  teamIds: z.array(Id),
  participants: z.array(z.object({ agentId: Id, lastAt: Timestamp })),
  /** At WhatsApp itself, which is more than spam: nothing arrives and nothing can be sent. */
  blockState: open(...BLOCK_STATES).default('none'),
});
export type Conversation = z.infer<typeof Conversation>;

/** A message WhatsApp has approved, or is asked to. https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates */
export const Template = z.object({
  id: Id,
  name: z.string(),
  language: z.string(),
  category: open('UTILITY', 'MARKETING', 'AUTHENTICATION'),
  /** Meta's word, plus `SUBMITTING` before Meta has heard of it and `FAILED` when it did not take it. */
  status: open(
    'SUBMITTING', 'FAILED', 'PENDING', 'APPROVED', 'REJECTED', 'PAUSED', 'DISABLED', 'IN_APPEAL', 'PENDING_DELETION',
  ), // prettier-ignore
  /** Meta's component list, untouched: the shared template rules read it. */
  components: z.array(z.looseObject({ type: z.string() })),
  parameterFormat: open('POSITIONAL', 'NAMED').default('POSITIONAL'),
  quality: open('GREEN', 'YELLOW', 'RED', 'UNKNOWN').default('UNKNOWN'),
  /** Why Meta rejected, paused or did not take it. */
  rejectionReason: z.string().nullable().default(null),
  /** Administrators have taken it out of the agents' picker. */
  hidden: z.boolean().default(false),
});
export type Template = z.infer<typeof Template>;

/** A file that goes out with a message; its bytes are at the relay under `mediaId`, or on their way there. */
export const OutgoingMedia = z.object({
  mediaId: Id,
  kind: z.enum(['image', 'video', 'audio', 'document', 'sticker']),
  mimeType: z.string().min(1).max(200),
  fileName: z.string().min(1).max(240),
  sizeBytes: z.number().int().positive(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  voice: z.boolean().default(false),
  width: z.number().int().positive().nullable().default(null),
  height: z.number().int().positive().nullable().default(null),
  durationMs: z.number().int().nonnegative().nullable().default(null),
  waveform: z.array(z.number().int().min(0).max(100)).max(200).nullable().default(null),
});
export type OutgoingMedia = z.infer<typeof OutgoingMedia>;

/** A saved text, sent at once on selection. */
export const QuickReply = z.object({
  id: Id,
  shortcut: z.string(),
  text: z.string(),
  /** Whose it is alone; null for everybody's. */
  ownerAgentId: Id.nullable().default(null),
  media: OutgoingMedia.nullable().default(null),
});
export type QuickReply = z.infer<typeof QuickReply>;

/** Every entity the feed speaks of, by its name there. */
export const entities = {
  clinic: Clinic,
  agent: Agent,
  team: Team,
  patient: Patient,
  appointment: Appointment,
  tag: Tag,
  conversation: Conversation,
  message: Message,
  template: Template,
  quickReply: QuickReply,
} as const;
export type EntityName = keyof typeof entities;
export type Entity<Name extends EntityName> = z.infer<(typeof entities)[Name]>;
