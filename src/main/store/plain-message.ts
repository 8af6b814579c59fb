/**
 * Whether data is a message so plain that protocol's schema would hand it back as it is. Three of four messages of a
 * first fill are, and looking takes a fraction of the time the schema does: most of what a message costs besides SQLite.
 * What is not plain is no worse: the schema decides.
 */
import type { Message } from '@recado/protocol';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** But for the 29th of February, which depends on the year. */
const TIMESTAMP =
  /^\d{4}-(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const isId = (value: unknown): boolean => typeof value === 'string' && UUID.test(value);
const isTimestamp = (value: unknown): boolean => typeof value === 'string' && TIMESTAMP.test(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isTextOrNull = (value: unknown): boolean => value === null || typeof value === 'string';
const isEmptyList = (value: unknown): boolean => Array.isArray(value) && value.length === 0;

function isEmptyObject(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  for (const _ in value) return false;
  return true;
}

function isAuthor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, agentId, name } = value as Record<string, unknown>;
  return isText(kind) && (agentId === null || isId(agentId)) && isTextOrNull(name);
}

/** Unknown properties may be there; the schema would leave them out, and nobody reads them. */
export function isPlainMessage(data: unknown): data is Message {
  if (typeof data !== 'object' || data === null) return false;
  const message = data as Record<string, unknown>;
  return (
    isId(message.id) &&
    isId(message.conversationId) &&
    Number.isSafeInteger(message.ordinal) &&
    (message.ordinal as number) > 0 &&
    isText(message.direction) &&
    isText(message.kind) &&
    isTextOrNull(message.text) &&
    isEmptyObject(message.content) &&
    isAuthor(message.author) &&
    isTimestamp(message.sentAt) &&
    isTimestamp(message.receivedAt) &&
    isTextOrNull(message.status) &&
    message.sendAt === null &&
    message.error === null &&
    isEmptyList(message.reactions) &&
    message.replyTo === null &&
    isEmptyList(message.edits) &&
    message.revokedAt === null
  );
}
