/** What this PC holds, in numbers. Some of these read whole tables: the auditor's thread does, where no screen waits. */
import type { Checksum } from '@recado/protocol';
import type { ReadDatabase } from '../database.ts';
import { getSyncState } from './sync-state.ts';

/** What the relay has confirmed, by its name in the feed; this PC's own beginnings have no version. */
const COUNTED = {
  conversation:
    'select count(*) as count, total(version) as versions from conversations where relay_json is not null',
  patient: 'select count(*) as count, total(version) as versions from patients where version > 0',
  message: 'select count(*) as count, total(version) as versions from messages where ordinal >= :fromOrdinal',
  appointment: 'select count(*) as count, total(version) as versions from appointments where version > 0',
} as const;

/** Kinds of reference data the relay counts, too. */
const REFERENCE = ['clinic', 'tag', 'team', 'agent', 'template', 'quickReply'] as const;

/** See `StoreReads.checksums`. */
export function getChecksums(
  database: ReadDatabase,
  input: { fromOrdinal: number },
): { seq: number; entities: Record<string, Checksum> } | null {
  const { cursor, snapshot, unreadableFrom } = getSyncState(database);
  // What a newer relay says and this app cannot read is not held, and that is no damage.
  if (cursor === null || snapshot !== null || unreadableFrom !== null) return null;
  const entities: Record<string, Checksum> = {};
  for (const [entity, sql] of Object.entries(COUNTED))
    entities[entity] = database.get<Checksum>(sql, entity === 'message' ? input : {})!;
  for (const entity of REFERENCE) {
    entities[entity] = database.get<Checksum>(
      `select count(*) as count, total(version) as versions from reference_entities where entity = :entity`,
      { entity },
    )!;
  }
  return { seq: cursor, entities };
}

/** See `StoreReads.storage`. */
export function getStorage(database: ReadDatabase): {
  databaseBytes: number;
  conversations: number;
  messages: number;
  oldestMessageAt: number | null;
} {
  const row = database.get<{
    pages: number;
    page_bytes: number;
    conversations: number;
    messages: number;
    oldest: number | null;
  }>(
    `select (select page_count from pragma_page_count) as pages, (select page_size from pragma_page_size) as page_bytes,
       (select count(*) from conversations where queue is not null) as conversations,
       (select count(*) from messages) as messages,
       (select sent_at from messages order by ordinal limit 1) as oldest`,
  )!;
  return {
    databaseBytes: row.pages * row.page_bytes,
    conversations: row.conversations,
    messages: row.messages,
    oldestMessageAt: row.oldest,
  };
}
