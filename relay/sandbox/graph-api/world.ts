import { randomBytes } from 'node:crypto';
import { SERVICE_WINDOW_MS } from '@recado/protocol';
import { createDirectory, userKey, type Directory, type WhatsappUser } from './directory.ts';
import type { OutgoingMessage } from './request-schemas.ts';
import type { GraphTemplate } from './templates.ts';
import type { BusinessNumber } from './webhook-body.ts';

/** A message that passed through the sandbox, in either direction. */
export interface SandboxMessage {
  /** The wamid. */
  id: string;
  numberId: string;
  user: WhatsappUser;
  direction: 'in' | 'out';
  /** The accepted request; null for inbound. */
  body: OutgoingMessage | null;
  /** Text of a simple text message, for a patient to answer. */
  text: string | null;
}

/** A send request as it came and what became of it. */
export interface RecordedRequest {
  at: number;
  kind: 'message' | 'read';
  version: string;
  numberId: string;
  body: unknown;
  /** Wamid given to an accepted message; null otherwise. */
  messageId: string | null;
  /** Graph error code of a refused request; null when accepted. */
  errorCode: number | null;
  /** What Meta's documentation does not allow in it; null when its shape is fine. */
  invalid: string | null;
}

/** How much the sandbox remembers; the oldest is forgotten first. */
export interface MemoryLimits {
  messages: number;
  requests: number;
  /** Bytes of all files together. */
  mediaBytes: number;
  /** Webhooks kept while they are held back. */
  heldWebhooks: number;
}
export const DEFAULT_MEMORY: MemoryLimits = {
  messages: 20_000,
  requests: 10_000,
  mediaBytes: 256 * 1_048_576,
  heldWebhooks: 20_000,
};

/** Forgets the oldest entries of a map or set beyond `most`: both keep the order in which they were filled. */
export function keepNewest(held: Map<string, unknown> | Set<string>, most: number): void {
  for (const key of held.keys()) {
    if (held.size <= most) return;
    held.delete(key);
  }
}

/** Everything the sandbox remembers, in memory only. */
export interface World {
  clock: () => number;
  numbers: Map<string, BusinessNumber>;
  templates: Map<string, GraphTemplate[]>;
  directory: Directory;
  messages: Map<string, SandboxMessage>;
  requests: RecordedRequest[];
  remember(message: SandboxMessage): void;
  record(request: RecordedRequest): void;
  /** Whether the customer service window of this person with this number is open. */
  windowOpen(numberId: string, user: WhatsappUser): boolean;
  /** Notes when a person last wrote; an earlier time never replaces a later one. */
  noteInbound(numberId: string, user: WhatsappUser, at: number): void;
  blocked: Set<string>;
}

export function createWorld(
  clock: () => number,
  numbers: BusinessNumber[],
  memory: MemoryLimits = DEFAULT_MEMORY,
): World {
  const lastInbound = new Map<string, number>();
  const messages = new Map<string, SandboxMessage>();
  const requests: RecordedRequest[] = [];
  return {
    clock,
    numbers: new Map(numbers.map((number) => [number.id, number])),
    templates: new Map(),
    directory: createDirectory(),
    messages,
    requests,
    remember(message) {
      messages.set(message.id, message);
      keepNewest(messages, memory.messages);
    },
    record(request) {
      requests.push(request);
      // In portions: moving a long list for each request would be slow.
      if (requests.length > memory.requests * 1.1) requests.splice(0, requests.length - memory.requests);
    },
    blocked: new Set(),
    windowOpen(numberId, user) {
      const at = lastInbound.get(pairKey(numberId, user));
      return at !== undefined && clock() < at + SERVICE_WINDOW_MS;
    },
    noteInbound(numberId, user, at) {
      const key = pairKey(numberId, user);
      lastInbound.set(key, Math.max(lastInbound.get(key) ?? 0, at));
    },
  };
}

/** Names the pair of a business number and a person. */
export function pairKey(numberId: string, user: WhatsappUser): string {
  return `${numberId} ${userKey(user)}`;
}

/** A fresh message id that looks like Meta's. */
export function newWamid(): string {
  return `wamid.${Buffer.concat([Buffer.from('sandbox'), randomBytes(21)]).toString('base64')}`;
}
