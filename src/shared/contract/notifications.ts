import { Id } from '@recado/protocol';
import { z } from 'zod';

/** What a notification of the system may show: the system keeps it where anybody at this PC can read it. */
export const PRIVACY_LEVELS = ['nothing', 'name', 'nameAndText'] as const;
export type PrivacyLevel = (typeof PRIVACY_LEVELS)[number];

/** Whose conversations notify. */
export const NOTIFIED = ['mineAndUnassigned', 'mine', 'all'] as const;

/** Sounds made for this app; see scripts/sounds. */
export const SOUNDS = ['drop', 'bell', 'wood'] as const;
export type Sound = (typeof SOUNDS)[number];

/** `HH:MM`. */
const TimeOfDay = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/);

/** How this PC notifies, whoever is signed in. */
export const NotificationSettings = z.object({
  level: z.enum(PRIVACY_LEVELS),
  notified: z.enum(NOTIFIED),
  /** Null for silence. */
  sound: z.enum(SOUNDS).nullable(),
  /** Percent. */
  volume: z.number().int().min(0).max(100),
  /** Every day between these, by the clinic's clocks, nothing is shown; the first may be the later one. */
  quietHours: z.object({ from: TimeOfDay, to: TimeOfDay }).nullable(),
  /** How long before an unanswered conversation expires somebody is told, minutes; null for never. */
  expiryLeadMinutes: z.number().int().min(15).max(720).nullable(),
  /** Closing the window leaves the app running in the tray. */
  closesToTray: z.boolean(),
});
export type NotificationSettings = z.infer<typeof NotificationSettings>;

export const DEFAULT_NOTIFICATION_SETTINGS: NotificationSettings = {
  level: 'nothing',
  notified: 'mineAndUnassigned',
  sound: 'drop',
  volume: 70,
  quietHours: null,
  expiryLeadMinutes: 120,
  closesToTray: true,
};

/** The settings, and what this system can do. */
export const NotificationsView = z.object({
  settings: NotificationSettings,
  /** Null where the system starts nothing by itself. */
  startsAtLogin: z.boolean().nullable(),
  /** There is a tray to close to. */
  hasTray: z.boolean(),
  /** Nothing is shown until then, epoch milliseconds by the PC's clock; null when not paused. */
  pausedUntil: z.number().nullable(),
  /** The system refuses our notifications. */
  isBlocked: z.boolean(),
});
export type NotificationsView = z.infer<typeof NotificationsView>;

export const notificationCalls = {
  /** Work without anybody signed in, as do the two after it. */
  'notifications.get': { in: z.strictObject({}), out: NotificationsView },
  'notifications.set': {
    in: z.strictObject({
      settings: NotificationSettings.partial(),
      startsAtLogin: z.boolean().optional(),
    }),
    out: NotificationsView,
  },
  /** Shows a notification without anything in it, with its sound. */
  'notifications.test': { in: z.strictObject({}), out: z.strictObject({}) },
} as const;

export const notificationEvents = {
  /** A notification or a link was opened: that conversation is to be shown. What is being typed stays where it is. */
  openConversation: z.strictObject({ conversationId: Id }),
  /** The window plays it: it needs no permission and no click. */
  sound: z.strictObject({ sound: z.enum(SOUNDS), volume: z.number().min(0).max(100) }),
} as const;
