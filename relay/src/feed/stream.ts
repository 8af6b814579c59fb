import { STREAM_PING_MS, StreamEvent } from '@recado/protocol';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { Database } from '../db/database.ts';
import { readChanges } from './changes.ts';
import type { Doorbell } from './doorbell.ts';
import type { LiveFeed, Subscriber } from './live-feed.ts';
import type { Presence } from './presence.ts';
import { visibleChanges, type ChangeText } from './wire.ts';

/** A reader that is this far behind is dropped; it reconnects and reads on from its cursor. */
export const STREAM_BUFFER_LIMIT = 4 * 1024 * 1024;
/** How long a reader may take nothing while it catches up. */
const STALL_MS = 60_000;
const PAGE = 500;

function frame({ seq, json }: ChangeText): string {
  return `event: ${StreamEvent.change}\nid: ${seq}\ndata: ${json}\n\n`;
}

interface StreamRequest {
  clinicId: string;
  /** Who reads: some things are told to their owner only. */
  agentId: string;
  /** The reader's own device, which is not told of itself. */
  deviceId: string;
  after: number;
  response: ServerResponse;
  /** Asked at every ping and when sessions of the clinic have ended: a session that is over must not go on listening. */
  isStillAllowed: () => Promise<boolean>;
}

/**
 * Server-sent events of one reader: what is missing, then live, with who is present. `open` resolves when the connection is over; it
 * resolves to `cursorTooOld` before a byte was written when the feed does not reach back to the cursor.
 */
export function createStreams({
  database,
  liveFeed,
  presence,
  sessionsBell,
}: {
  database: Database;
  liveFeed: LiveFeed;
  presence: Presence;
  sessionsBell: Doorbell;
}) {
  const open = new Set<ServerResponse>();

  function write(response: ServerResponse, text: string): boolean {
    if (response.destroyed) return false;
    response.write(text);
    if (response.writableLength <= STREAM_BUFFER_LIMIT) return true;
    response.destroy();
    return false;
  }

  async function drained(response: ServerResponse): Promise<void> {
    if (!response.writableNeedDrain) return;
    const stall = AbortSignal.timeout(STALL_MS);
    await once(response, 'drain', { signal: stall }).catch(() => response.destroy());
  }

  return {
    async open({
      clinicId,
      agentId,
      deviceId,
      after,
      response,
      isStillAllowed,
    }: StreamRequest): Promise<'ended' | 'cursorTooOld'> {
      let cursor = after;
      const readPage = () =>
        database.inClinic(clinicId, (client) =>
          readChanges(client, { clinicId, after: cursor, limit: PAGE }),
        );

      let page = await readPage();
      if (page === null) return 'cursorTooOld';
      response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8',
        'cache-control': 'no-store',
        // nginx would otherwise hold events back until its buffer is full.
        'x-accel-buffering': 'no',
      });
      open.add(response);

      const subscriber: Subscriber = {
        cursor: () => cursor,
        take(changes, next) {
          cursor = next;
          const visible = visibleChanges(changes, agentId);
          if (visible.length > 0) write(response, visible.map(frame).join(''));
        },
        lost: () => response.destroy(),
      };
      const ended = new Promise<void>((resolve) => response.once('close', resolve));
      const ping = () => write(response, `event: ${StreamEvent.ping}\ndata: {"head":${cursor}}\n\n`);
      let stopFollowing = () => {};
      const check = async () => {
        const isAllowed = await isStillAllowed().catch(() => true);
        if (!isAllowed) response.destroy();
        return isAllowed;
      };
      const stopHearing = sessionsBell.onRing((rung) => {
        if (rung === clinicId) void check();
      });
      // The session may have ended between the request and the line above.
      void check();
      const timer = setInterval(() => {
        void check().then((isAllowed) => isAllowed && ping());
      }, STREAM_PING_MS);

      try {
        while (!response.destroyed) {
          if (page === null) {
            response.destroy();
            break;
          }
          subscriber.take(page.changes, page.next);
          await drained(response);
          if (!page.more && liveFeed.subscribe(clinicId, subscriber)) break;
          page = await readPage();
        }
        if (!response.destroyed) {
          ping();
          stopFollowing = presence.follow(clinicId, deviceId, (event) => {
            write(response, `event: ${StreamEvent.ephemeral}\ndata: ${JSON.stringify(event)}\n\n`);
          });
        }
        await ended;
      } finally {
        clearInterval(timer);
        stopHearing();
        stopFollowing();
        open.delete(response);
        liveFeed.unsubscribe(clinicId, subscriber);
      }
      return 'ended';
    },

    /** Ends every stream, so that readers reconnect elsewhere. */
    closeAll(): void {
      for (const response of open) response.end();
    },
  };
}
export type Streams = ReturnType<typeof createStreams>;
