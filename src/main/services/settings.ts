/** What this PC remembers without anybody signed in; nothing of patients, and it outlives signing out. */
import { Id, newId } from '@recado/protocol';
import { z } from 'zod';
import { DEFAULT_NOTIFICATION_SETTINGS, NotificationSettings } from '../../shared/contract/index.ts';
import { makeFolderOf, readParsed, writeAtomically } from './files.ts';

const Settings = z.object({
  version: z.literal(1),
  /** Names this installation to the relay. */
  deviceId: Id,
  /** Filled in before a person types. */
  relayUrl: z.string(),
  email: z.string(),
  /** Relay minus PC time as last known, for a start without network. */
  clockOffsetMs: z.number(),
  /** When the relay was last heard, by its own clock; null when nobody is signed in. See `silence.ts`. */
  lastHeardAt: z.number().nullable().default(null),
  /** Since when this PC suspects that the relay has been silent for too long, and how long it has run since. */
  silence: z.object({ since: z.number(), ranMs: z.number() }).nullable().default(null),
  /** What a version before a setting has kept is as by default; what cannot be read costs itself only. */
  notifications: NotificationSettings.partial()
    .catch({})
    .default({})
    .transform((known): NotificationSettings => ({ ...DEFAULT_NOTIFICATION_SETTINGS, ...known })),
  /** No notification before this instant by the PC's clock, epoch milliseconds; null when not paused. */
  pausedUntil: z.number().nullable().default(null),
  /** Somebody has been told that closing the window leaves the app running. */
  toldAboutTray: z.boolean().default(false),
});
export type Settings = z.infer<typeof Settings>;

export interface SettingsFile {
  get(): Settings;
  update(change: Partial<Omit<Settings, 'version' | 'deviceId'>>): void;
}

/** Reads the settings, beginning new ones when there are none or they cannot be read. */
export async function openSettings(file: string): Promise<SettingsFile> {
  await makeFolderOf(file);
  const fresh = () => ({
    version: 1 as const,
    deviceId: newId(),
    relayUrl: '',
    email: '',
    clockOffsetMs: 0,
    lastHeardAt: null,
    silence: null,
    notifications: DEFAULT_NOTIFICATION_SETTINGS,
    pausedUntil: null,
    toldAboutTray: false,
  });
  const held = readParsed(file, Settings);
  let settings: Settings = held ?? fresh();
  const write = () => {
    writeAtomically(file, settings, { keepPrevious: false });
  };
  if (held === null) write();
  return {
    get: () => settings,
    update(change) {
      settings = { ...settings, ...change };
      write();
    },
  };
}
