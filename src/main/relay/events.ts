import { Change, PresenceEvent, StreamEvent, StreamPing } from '@recado/protocol';
import { createParser } from 'eventsource-parser';
import type { Outcome, StreamItem } from './interface.ts';
import { readText, type Readable } from './lines.ts';

const readers: Record<string, (value: unknown) => StreamItem | null> = {
  [StreamEvent.change](value) {
    const change = Change.safeParse(value);
    return change.success ? { type: 'change', change: change.data } : null;
  },
  [StreamEvent.ping](value) {
    const ping = StreamPing.safeParse(value);
    return ping.success ? { type: 'ping', head: ping.data.head } : null;
  },
  // A kind from a newer relay is passed over: nothing is lost that is not said again.
  [StreamEvent.ephemeral](value) {
    const presence = PresenceEvent.safeParse(value);
    return presence.success ? { type: 'presence', event: presence.data } : { type: 'other' };
  },
};

function readItem(name: string | undefined, data: string): StreamItem | null {
  const read = Object.hasOwn(readers, name ?? '') ? readers[name ?? ''] : undefined;
  if (read === undefined) return { type: 'other' };
  try {
    return read(JSON.parse(data));
  } catch {
    return null;
  }
}

/**
 * Reads server-sent events. All that one read brought is handed over together: alone when it is quiet, in larger
 * batches while the last ones are being applied. An event that cannot be read ends the stream, because skipping a
 * change would lose it.
 */
export async function readEvents(
  open: Readable,
  onItems: (items: StreamItem[]) => Promise<void>,
): Promise<Outcome<null>> {
  let items: StreamItem[] = [];
  let isBroken = false;
  const parser = createParser({
    onEvent(event) {
      const item = readItem(event.event, event.data);
      if (item === null) isBroken = true;
      else if (!isBroken) items.push(item);
    },
  });
  const outcome = await readText(open, async (text) => {
    parser.feed(text);
    const batch = items;
    items = [];
    if (batch.length > 0) await onItems(batch);
    return !isBroken;
  });
  return isBroken ? { ok: false, failure: { kind: 'invalidResponse' } } : outcome;
}
