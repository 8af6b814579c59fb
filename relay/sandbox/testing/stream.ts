export interface StreamedEvent {
  event: string;
  id: string | undefined;
  data: Record<string, unknown>;
}

/** Reads a relay's stream, event by event, until it is closed here or there. */
export async function openStream(
  relayUrl: string,
  request: { headers: Record<string, string>; after: number },
) {
  const abort = new AbortController();
  const response = await fetch(`${relayUrl}/v1/stream?after=${request.after}`, {
    headers: request.headers,
    signal: abort.signal,
  });
  const events: StreamedEvent[] = [];
  let hasEnded = false;
  const ended = (async () => {
    let text = '';
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk as Uint8Array).toString();
      const frames = text.split('\n\n');
      text = frames.pop() ?? '';
      for (const frame of frames) {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(frame)?.[1];
        events.push({
          event: field('event') ?? '',
          id: field('id'),
          data: JSON.parse(field('data') ?? '{}') as Record<string, unknown>,
        });
      }
    }
  })()
    .catch(() => undefined)
    .finally(() => {
      hasEnded = true;
    });
  return {
    status: response.status,
    headers: response.headers,
    events,
    /** Numbers of the changes so far. */
    changes: () => events.filter(({ event }) => event === 'change').map(({ id }) => Number(id)),
    hasEnded: () => hasEnded,
    ended,
    async close() {
      abort.abort();
      await ended;
    },
  };
}
