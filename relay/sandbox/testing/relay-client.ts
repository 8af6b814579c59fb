import {
  ChangesPage,
  CommandsResponse,
  MediaProgress,
  newId,
  readChange,
  toTimestamp,
  UPLOAD_OFFSET_HEADER,
  type Command,
  type CommandResult,
  type Entity,
  type EntityName,
  type Id,
  type KnownChange,
  type OutgoingMedia,
} from '@recado/protocol';
import { setTimeout as pause } from 'node:timers/promises';
import type { SampleFile } from '../media/samples.ts';
import { testSecrets } from './relay.ts';

/** How long a condition is waited for before the test fails. */
const PATIENCE_MS = 15_000;

/** Asks until `read` gives something; the event it waits for may happen in another process. */
export async function eventually<Result>(
  what: string,
  read: () => Promise<Result | null | undefined | false>,
  patienceMs = PATIENCE_MS,
): Promise<Result> {
  const end = performance.now() + patienceMs;
  for (;;) {
    const result = await read();
    if (result !== null && result !== undefined && result !== false) return result;
    if (performance.now() > end) throw new Error(`waited in vain for: ${what}`);
    await pause(15);
  }
}

/** The relay as the app's person sees it: the newest state of every entity. */
export function createRelayClient(relayUrl: string, token: string) {
  const headers = { authorization: `Bearer ${token}` };

  async function changes(after = 0): Promise<ChangesPage> {
    const response = await fetch(`${relayUrl}/v1/changes?after=${after}`, { headers });
    if (!response.ok) throw new Error(`/changes answered ${response.status}`);
    return ChangesPage.parse(await response.json());
  }

  async function allChanges(): Promise<KnownChange[]> {
    const known: KnownChange[] = [];
    for (let after = 0; ;) {
      const page = await changes(after);
      for (const change of page.changes) {
        const read = readChange(change);
        if ('unreadable' in read) throw new Error(`unreadable change of ${read.unreadable.entity}`);
        known.push(read.known);
      }
      if (!page.more) return known;
      after = page.next;
    }
  }

  async function all<Name extends EntityName>(entity: Name): Promise<Entity<Name>[]> {
    const found = (await allChanges()).filter((change) => change.entity === entity && change.op === 'put');
    return found.map(({ data }) => data as Entity<Name>);
  }

  async function send(commands: Command[]): Promise<CommandResult[]> {
    const response = await fetch(`${relayUrl}/v1/commands`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ commands }),
    });
    if (!response.ok) throw new Error(`/commands answered ${response.status}`);
    return CommandsResponse.parse(await response.json()).results;
  }

  function command(type: string, args: Record<string, unknown>): Command {
    return { id: newId(), type, args, basedOn: null, issuedAt: toTimestamp(Date.now()) };
  }

  /** Brings a file to the relay; what a message then says of it. */
  async function upload(sample: SampleFile): Promise<OutgoingMedia> {
    const { bytes, ...media } = sample;
    const announced = await fetch(`${relayUrl}/v1/media`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ ...media, id: media.mediaId }),
    });
    if (!announced.ok) throw new Error(`announcing a file answered ${announced.status}`);
    const { received, complete } = MediaProgress.parse(await announced.json());
    if (complete) return media;
    const brought = await fetch(`${relayUrl}/v1/media/${media.mediaId}`, {
      method: 'PATCH',
      headers: {
        ...headers,
        'content-type': 'application/octet-stream',
        [UPLOAD_OFFSET_HEADER]: String(received),
      },
      body: new Uint8Array(bytes.subarray(received)),
    });
    if (!brought.ok) throw new Error(`bringing a file answered ${brought.status}`);
    return media;
  }

  /** The bytes of any file of the clinic. */
  async function download(mediaId: Id): Promise<Buffer> {
    const response = await fetch(`${relayUrl}/v1/media/${mediaId}`, { headers });
    if (!response.ok) throw new Error(`a file answered ${response.status}`);
    return Buffer.from(await response.arrayBuffer());
  }

  return {
    headers,
    upload,
    download,
    changes,
    allChanges,
    all,
    send,
    command,
    /** A `message.send` that fits the conversation. */
    sendCommand(conversation: Entity<'conversation'>, text: string, messageId = newId()): Command {
      return command('message.send', {
        messageId,
        conversationId: conversation.id,
        text,
        notAfter: conversation.windowExpiresAt,
      });
    },
    /** The one conversation there is, once it satisfies `when`. */
    conversation(when: (conversation: Entity<'conversation'>) => boolean = () => true) {
      return eventually('the conversation', async () => (await all('conversation')).find(when));
    },
    message(id: string, when: (message: Entity<'message'>) => boolean = () => true) {
      return eventually(`message ${id}`, async () =>
        (await all('message')).find((message) => message.id === id && when(message)),
      );
    },
  };
}
export type RelayClient = ReturnType<typeof createRelayClient>;

/** The effects of a webhook, once it has been processed. */
export async function webhookOutcome(
  relayUrl: string,
  response: Response,
): Promise<{ state: string; effects: { kind: string; [key: string]: unknown }[] }> {
  const id = response.headers.get('x-webhook-event') ?? '';
  const answer = await fetch(`${relayUrl}/v1/operator/webhook-events/${id}`, {
    headers: { authorization: `Bearer ${testSecrets.operatorToken}` },
  });
  return (await answer.json()) as { state: string; effects: { kind: string }[] };
}
