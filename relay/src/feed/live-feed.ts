import type { Database } from '../db/database.ts';
import { describeError, type Logger } from '../logger.ts';
import { readChanges } from './changes.ts';
import type { Doorbell } from './doorbell.ts';
import type { ChangeText } from './wire.ts';

/** How often clinics with readers are looked at even when nobody rang. */
const RECHECK_MS = 2_000;
const PAGE = 500;

export interface Subscriber {
  /** Number of the last change this reader has; only newer ones are passed on. */
  cursor(): number;
  take(changes: ChangeText[], next: number): void;
  /** The feed can no longer be followed from the cursor. */
  lost(): void;
}

interface ClinicFeed {
  subscribers: Set<Subscriber>;
  /** Everything up to here has been passed on. */
  head: number;
  reading: Promise<void> | null;
  rungMeanwhile: boolean;
}

/** Reads each clinic's new changes once per process and hands them to everybody who follows it. */
export interface LiveFeed {
  start(): void;
  /**
   * Follows a clinic. False when changes were passed on since the subscriber's cursor: it must read up to the
   * present itself and try again.
   */
  subscribe(clinicId: string, subscriber: Subscriber): boolean;
  unsubscribe(clinicId: string, subscriber: Subscriber): void;
  subscriberCount(): number;
  stop(): void;
}

export function createLiveFeed(deps: { database: Database; doorbell: Doorbell; logger: Logger }): LiveFeed {
  const clinics = new Map<string, ClinicFeed>();
  let timer: NodeJS.Timeout | null = null;
  let stopListening = () => {};

  async function readOn(clinicId: string, feed: ClinicFeed): Promise<void> {
    let more = true;
    while (more && feed.subscribers.size > 0) {
      const page = await deps.database.inClinic(clinicId, (client) =>
        readChanges(client, { clinicId, after: feed.head, limit: PAGE }),
      );
      if (page === null) {
        for (const subscriber of [...feed.subscribers]) subscriber.lost();
        return;
      }
      feed.head = page.next;
      for (const subscriber of [...feed.subscribers]) {
        const cursor = subscriber.cursor();
        if (cursor >= page.next) continue;
        subscriber.take(
          page.changes.filter(({ seq }) => seq > cursor),
          page.next,
        );
      }
      more = page.more;
    }
  }

  function wake(clinicId: string): void {
    const feed = clinics.get(clinicId);
    if (!feed) return;
    if (feed.reading) {
      feed.rungMeanwhile = true;
      return;
    }
    feed.rungMeanwhile = false;
    feed.reading = readOn(clinicId, feed)
      .catch((error: unknown) => {
        deps.logger.warn('reading the feed failed', { clinicId, ...describeError(error) });
      })
      .finally(() => {
        feed.reading = null;
        if (feed.rungMeanwhile) wake(clinicId);
      });
  }

  return {
    start() {
      stopListening = deps.doorbell.onRing(wake);
      timer = setInterval(() => {
        for (const clinicId of clinics.keys()) wake(clinicId);
      }, RECHECK_MS);
    },
    subscribe(clinicId, subscriber) {
      const feed = clinics.get(clinicId);
      if (!feed) {
        clinics.set(clinicId, {
          subscribers: new Set([subscriber]),
          head: subscriber.cursor(),
          reading: null,
          rungMeanwhile: false,
        });
      } else {
        if (subscriber.cursor() < feed.head) return false;
        feed.subscribers.add(subscriber);
      }
      // Something may have been committed between the subscriber's last page and now.
      wake(clinicId);
      return true;
    },
    unsubscribe(clinicId, subscriber) {
      const feed = clinics.get(clinicId);
      feed?.subscribers.delete(subscriber);
      if (feed?.subscribers.size === 0) clinics.delete(clinicId);
    },
    subscriberCount: () => [...clinics.values()].reduce((sum, { subscribers }) => sum + subscribers.size, 0),
    stop() {
      if (timer) clearInterval(timer);
      stopListening();
    },
  };
}
