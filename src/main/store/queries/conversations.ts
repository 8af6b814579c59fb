/** Rows of the conversation table: written here and nowhere else, always through protocol's rules. */
import {
  conversationQueue,
  expiresAt,
  isUnanswered,
  toEpoch,
  type Conversation,
  type KnownCommand,
} from '@recado/protocol';
import { factsOf } from '../conversation-facts.ts';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import { predict } from '../predictions.ts';
import { getOwnAuthor } from './local-values.ts';
import { countInboundAfter } from './messages.ts';

/** What lists filter, order and count by, from the conversation as it is shown. */
function stateColumns(shown: Conversation) {
  const facts = factsOf(shown);
  return {
    queue: conversationQueue(facts),
    expiresAt: expiresAt(facts),
    lastActivityAt: toEpoch(shown.lastActivityAt),
    isUnread: facts.unread > 0 ? 1 : 0,
    isUnanswered: isUnanswered(facts) ? 1 : 0,
  };
}

interface HeldConversation {
  key: number;
  version: number;
  isPlaceholder: boolean;
}

export function findConversation(database: ReadDatabase, id: string): HeldConversation | null {
  const row = database.get<{ key: number; version: number; is_placeholder: number }>(
    'select key, version, relay_json is null as is_placeholder from conversations where id = :id',
    { id },
  );
  if (row === undefined) return null;
  return { key: row.key, version: row.version, isPlaceholder: row.is_placeholder === 1 };
}

/** A row for messages to hang on until their conversation arrives; no list shows it. */
export function insertPlaceholder(database: WriteDatabase, id: string): number {
  return database.run('insert into conversations (id, version) values (:id, 0)', { id }).key;
}

/** Writes the relay's word. Pending commands of this PC are put back on top by `refreshPrediction`. */
export function writeRelayConversation(
  database: WriteDatabase,
  input: {
    conversation: Conversation;
    version: number;
    held: HeldConversation | null;
    snapshotSeq: number | null;
  },
): void {
  const { conversation, version, held } = input;
  const row = {
    version,
    patientId: conversation.patientId,
    relayJson: JSON.stringify(conversation),
    ...stateColumns(conversation),
  };
  if (held === null) {
    database.run(
      `insert into conversations (id, version, snapshot_seq, patient_id, relay_json, queue, expires_at,
         last_activity_at, is_unread, is_unanswered)
       values (:id, :version, :snapshotSeq, :patientId, :relayJson, :queue, :expiresAt, :lastActivityAt, :isUnread, :isUnanswered)`,
      { ...row, id: conversation.id, snapshotSeq: input.snapshotSeq },
    );
    return;
  }
  database.run(
    `update conversations set version = :version, patient_id = :patientId, relay_json = :relayJson,
       prediction_json = null, queue = :queue, expires_at = :expiresAt, last_activity_at = :lastActivityAt,
       is_unread = :isUnread, is_unanswered = :isUnanswered
     where key = :key`,
    { ...row, key: held.key },
  );
}

export function markConversationSeen(database: WriteDatabase, key: number, snapshotSeq: number): void {
  database.run('update conversations set snapshot_seq = :snapshotSeq where key = :key', { key, snapshotSeq });
}

/** Works out again what this PC's pending commands make of the relay's word; answers whether the row changed. */
export function refreshPrediction(
  database: WriteDatabase,
  conversationId: string,
  pending: KnownCommand[],
): boolean {
  const row = database.get<{ key: number; relay_json: string | null; prediction_json: string | null }>(
    'select key, relay_json, prediction_json from conversations where id = :conversationId',
    { conversationId },
  );
  if (row === undefined || row.relay_json === null) return false;
  const { key } = row;
  const relayed = JSON.parse(row.relay_json) as Conversation;
  const context = {
    author: getOwnAuthor(database),
    countInboundAfter: (ordinal: number) => countInboundAfter(database, { conversationKey: key, ordinal }),
  };
  const shown = pending.reduce((conversation, command) => predict(command, conversation, context), relayed);
  const predictionJson = pending.length === 0 ? null : JSON.stringify(shown);
  if (predictionJson === row.prediction_json) return false;
  database.run(
    `update conversations set prediction_json = :predictionJson, queue = :queue, expires_at = :expiresAt,
       last_activity_at = :lastActivityAt, is_unread = :isUnread, is_unanswered = :isUnanswered
     where key = :key`,
    { key, predictionJson, ...stateColumns(shown) },
  );
  return true;
}

/** Takes the relay's word away, leaving a placeholder while messages hang on the row. */
export function removeConversation(database: WriteDatabase, key: number): void {
  const message = database.get('select 1 from messages where conversation_key = :key limit 1', { key });
  if (message === undefined) {
    database.run('delete from conversations where key = :key', { key });
    return;
  }
  database.run(
    `update conversations set version = 0, snapshot_seq = null, patient_id = null, relay_json = null,
       prediction_json = null, queue = null, expires_at = 0, last_activity_at = 0, is_unread = 0, is_unanswered = 0
     where key = :key`,
    { key },
  );
}

/** Ids of the conversations of a patient. */
export function listConversationsOfPatient(database: ReadDatabase, patientId: string): string[] {
  return database
    .all<{ id: string }>('select id from conversations where patient_id = :patientId and queue is not null', {
      patientId,
    })
    .map(({ id }) => id);
}
