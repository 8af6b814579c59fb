import { z } from 'zod';
import { entities, type Entity, type EntityName } from './entities.ts';
import { Id } from './ids.ts';
import { Timestamp } from './time.ts';

/** A place in the clinic's feed: 0 is before the first change. */
export const Seq = z.number().int().nonnegative();

/**
 * One committed change of one entity. `seq` is also the version of the entity: a change whose seq is not larger
 * than the version already held changes nothing, so changes may be applied twice or in any order.
 * `entity` is open: an app skips names it does not know and re-reads from there once it does.
 */
export const Change = z.object({
  seq: Seq,
  entity: z.string(),
  id: Id,
  op: z.enum(['put', 'del']),
  data: z.unknown().optional(),
});
export type Change = z.infer<typeof Change>;

/** A change whose data has been parsed with its entity's schema. */
export type KnownChange = {
  [Name in EntityName]:
    | { seq: number; entity: Name; id: Id; op: 'put'; data: Entity<Name> }
    | { seq: number; entity: Name; id: Id; op: 'del'; data?: undefined };
}[EntityName];

/** Why a change could not be applied: the entity is from a newer relay, or its data does not fit. */
export type UnreadableChange = {
  seq: number;
  entity: string;
  id: Id;
  reason: 'unknown_entity' | 'invalid_data';
};

/** Parses one change; never throws, so that one odd change cannot hold up its siblings. */
export function readChange(change: Change): { known: KnownChange } | { unreadable: UnreadableChange } {
  const { seq, entity, id, op } = change;
  if (!Object.hasOwn(entities, entity)) return { unreadable: { seq, entity, id, reason: 'unknown_entity' } };
  if (op === 'del') return { known: { seq, entity: entity as EntityName, id, op } };
  const parsed = entities[entity as EntityName].safeParse(change.data);
  if (!parsed.success) return { unreadable: { seq, entity, id, reason: 'invalid_data' } };
  return { known: { seq, entity, id, op, data: parsed.data } as KnownChange };
}

/**
 * `GET /changes?after=&limit=`: changes in feed order. Numbers may be missing where a later change of the same
 * entity has replaced an earlier one; `next` is the cursor to continue from, `head` the newest number.
 */
export const ChangesPage = z.object({ changes: z.array(Change), next: Seq, more: z.boolean(), head: Seq });
export type ChangesPage = z.infer<typeof ChangesPage>;
export const CHANGES_LIMIT = 2_000;

/** Names of the server-sent events of `GET /stream`. */
export const StreamEvent = { change: 'change', ephemeral: 'ephemeral', ping: 'ping' } as const;
/** A `ping` event comes at least this often, in milliseconds; it carries `{head}`. */
export const STREAM_PING_MS = 15_000;
export const StreamPing = z.object({ head: Seq });

/** What an agent is doing in a conversation; `away` takes it back. */
export const PresenceState = z.enum(['viewing', 'writing', 'away']);
export type PresenceState = z.infer<typeof PresenceState>;
/** `POST /presence`. One conversation per device; the app repeats it every PRESENCE_REPEAT_MS while it holds. */
export const PresenceRequest = z.object({ conversationId: Id.nullable(), state: PresenceState });
/** An `ephemeral` event: never stored, forgotten PRESENCE_LIFETIME_MS after it was last heard. */
export const PresenceEvent = z.object({
  type: z.literal('presence'),
  deviceId: Id,
  agentId: Id,
  conversationId: Id.nullable(),
  state: PresenceState,
});
export type PresenceEvent = z.infer<typeof PresenceEvent>;
export const PRESENCE_REPEAT_MS = 10_000;
export const PRESENCE_LIFETIME_MS = 25_000;

/**
 * First line of `GET /snapshot`. Lines that follow are changes (`op: "put"`), with a `mark` line after every few
 * hundred, then one `end` line. After a cut, `?seq=&after=` (of the head and the last mark) goes on from there with a
 * head of the same `seq`; a head of another one means that the snapshot begins anew. What moved meanwhile is in the feed.
 */
export const SnapshotHead = z.object({
  type: z.literal('head'),
  seq: Seq,
  counts: z.record(z.string(), z.number().int().nonnegative()),
  serverTime: Timestamp,
});
export const SnapshotChange = Change.extend({ type: z.literal('change') });
/** Everything before this line is in; `after` is opaque. */
export const SnapshotMark = z.object({ type: z.literal('mark'), after: z.string().min(1).max(200) });
export const SnapshotEnd = z.object({ type: z.literal('end') });
export const SnapshotLine = z.discriminatedUnion('type', [
  SnapshotHead,
  SnapshotChange,
  SnapshotMark,
  SnapshotEnd,
]);
export type SnapshotLine = z.infer<typeof SnapshotLine>;

/** The snapshot brings this many newest messages of each of its first conversations; the rest is history. */
export const SNAPSHOT_MESSAGES_PER_CONVERSATION = 30;
export const SNAPSHOT_CONVERSATIONS_WITH_MESSAGES = 300;

/**
 * `GET /history?before=&limit=`: messages with an ordinal below `before`, newest first, one change per line,
 * then one `end` line with the cursor to continue from (null when the beginning is reached).
 */
export const HistoryEnd = z.object({
  type: z.literal('end'),
  before: z.number().int().positive().nullable(),
});
export const HistoryLine = z.discriminatedUnion('type', [SnapshotChange, HistoryEnd]);
export type HistoryLine = z.infer<typeof HistoryLine>;
export const HISTORY_LIMIT = 5_000;

/** Place in a thread: WhatsApp's time, then ordinal. */
export const ThreadPlace = z.object({ sentAt: Timestamp, ordinal: z.number().int().positive() });
/**
 * `GET /conversations/{id}/messages?beforeSentAt=&beforeOrdinal=&limit=`: messages older than a place (or the newest),
 * newest first, for a thread opened before the history fill reached it. `before` continues; null at the beginning.
 */
export const ThreadMessages = z.object({ changes: z.array(Change), before: ThreadPlace.nullable() });
export const THREAD_MESSAGES_LIMIT = 200;

/**
 * `GET /checksums?fromOrdinal=`: how many entities of each kind the clinic has and the sum of their versions, messages
 * counted from an ordinal on, all at one place of the feed. A copy at the same `seq` with other numbers is wrong (D10).
 */
export const Checksum = z.object({ count: z.number().int(), versions: z.number() });
export type Checksum = z.infer<typeof Checksum>;
export const Checksums = z.object({ seq: Seq, entities: z.record(z.string(), Checksum) });
export type Checksums = z.infer<typeof Checksums>;
