import { PRESENCE_LIFETIME_MS, PresenceEvent } from '@recado/protocol';
import { z } from 'zod';
import type { Notifier } from '../db/notifier.ts';

const CHANNEL = 'recado_presence';

/** What one process tells the others. Ids only. */
const Word = z.object({ clinicId: z.uuid(), event: PresenceEvent });
type Word = z.infer<typeof Word>;

/** Null when another version of the relay, running at the same time, speaks differently. */
function readWord(text: string): Word | null {
  try {
    return Word.safeParse(JSON.parse(text)).data ?? null;
  } catch {
    return null;
  }
}

export interface Presence {
  /** An agent says what they are doing: tells everybody who follows the clinic, in every process. */
  announce(clinicId: string, event: PresenceEvent): void;
  /**
   * Passes on who is doing what in a clinic, first as it is now, then as it changes, but for the follower's own
   * device. Returns how to stop.
   */
  follow(clinicId: string, deviceId: string, take: (event: PresenceEvent) => void): () => void;
  /** Forgets everything. */
  stop(): void;
}

interface Follower {
  deviceId: string;
  take: (event: PresenceEvent) => void;
}

interface Seen {
  event: PresenceEvent;
  forgetting: NodeJS.Timeout;
}

/**
 * Who is looking at what, in memory only and for a short while: apps repeat it as long as it holds, so a process that
 * has just started, or has missed a word, knows again within one repeat.
 */
export function createPresence({
  notifier,
  lifetimeMs = PRESENCE_LIFETIME_MS,
}: {
  notifier: Notifier;
  lifetimeMs?: number;
}): Presence {
  /** By clinic, then by device. */
  const clinics = new Map<string, Map<string, Seen>>();
  const followers = new Map<string, Set<Follower>>();

  function forget(clinicId: string, deviceId: string): void {
    const devices = clinics.get(clinicId);
    clearTimeout(devices?.get(deviceId)?.forgetting);
    devices?.delete(deviceId);
    if (devices?.size === 0) clinics.delete(clinicId);
  }

  function passOn(clinicId: string, event: PresenceEvent): void {
    for (const { deviceId, take } of followers.get(clinicId) ?? []) {
      if (deviceId !== event.deviceId) take(event);
    }
  }

  function hear(clinicId: string, event: PresenceEvent): void {
    forget(clinicId, event.deviceId);
    if (event.state !== 'away') {
      const devices = clinics.get(clinicId) ?? new Map<string, Seen>();
      clinics.set(clinicId, devices);
      const forgetting = setTimeout(() => {
        forget(clinicId, event.deviceId);
        passOn(clinicId, { ...event, state: 'away' });
      }, lifetimeMs).unref();
      devices.set(event.deviceId, { event, forgetting });
    }
    passOn(clinicId, event);
  }

  notifier.listen(CHANNEL, (text) => {
    const word = readWord(text);
    if (word) hear(word.clinicId, word.event);
  });

  return {
    announce(clinicId, event) {
      hear(clinicId, event);
      notifier.tell(CHANNEL, JSON.stringify({ clinicId, event } satisfies Word));
    },
    follow(clinicId, deviceId, take) {
      const follower = { deviceId, take };
      const set = followers.get(clinicId) ?? new Set<Follower>();
      followers.set(clinicId, set.add(follower));
      for (const { event } of clinics.get(clinicId)?.values() ?? []) {
        if (event.deviceId !== deviceId) take(event);
      }
      return () => {
        set.delete(follower);
        if (set.size === 0 && followers.get(clinicId) === set) followers.delete(clinicId);
      };
    },
    stop() {
      for (const devices of clinics.values()) {
        for (const { forgetting } of devices.values()) clearTimeout(forgetting);
      }
      clinics.clear();
      followers.clear();
    },
  };
}
