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
}

/** Everything the sandbox remembers, in memory only. */
export interface World {
  clock: () => number;
  numbers: Map<string, BusinessNumber>;
  templates: Map<string, GraphTemplate[]>;
  directory: Directory;
  messages: Map<string, SandboxMessage>;
  requests: RecordedRequest[];
  /** Whether the customer service window of this person with this number is open. */
  windowOpen(numberId: string, user: WhatsappUser): boolean;
  /** Notes when a person last wrote; an earlier time never replaces a later one. */
  noteInbound(numberId: string, user: WhatsappUser, at: number): void;
  blocked: Set<string>;
}

export function createWorld(clock: () => number, numbers: BusinessNumber[]): World {
  const lastInbound = new Map<string, number>();
  return {
    clock,
    numbers: new Map(numbers.map((number) => [number.id, number])),
    templates: new Map(),
    directory: createDirectory(),
    messages: new Map(),
    requests: [],
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
