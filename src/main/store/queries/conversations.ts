/** Rows of the conversation table: written here and nowhere else, always through protocol's rules. */
import {
  botSilentAt,
  conversationQueue,
  expiresAt,
  isUnanswered,
  toEpoch,
  windowEnd,
  type Conversation,
  type KnownCommand,
} from '@recado/protocol';
import { factsOf } from '../conversation-facts.ts';
import type { ReadDatabase, WriteDatabase } from '../database.ts';
import type { ConversationState } from '../interface.ts';
import { orderKeyOf } from '../order-key.ts';
import { predict, startedConversation } from '../predictions.ts';
import { deleteLinks, writeLinks } from './links.ts';
import { getAgentId, getOwnAuthor } from './local-values.ts';
import { countInboundAfter, findAnswerAfter } from './messages.ts';
import { deleteStartedPatient, insertStartedPatient } from './patients.ts';
import { createFindTemplate, getClinicSettings } from './reference.ts';
import { createAuthorViews } from './views.ts';

/** What lists filter, order and count by, from the conversation as it is shown. */
function stateColumns(shown: Conversation) {
  const facts = factsOf(shown);
  const snoozedUntil = toEpoch(shown.snoozedUntil) ?? 0;
  const silentAt = botSilentAt(facts);
  return {
    queue: conversationQueue(facts),
    rank: snoozedUntil > 0 ? 2 : shown.pinned ? 0 : 1,
    isPinned: shown.pinned ? 1 : 0,
    snoozedUntil,
    // When time alone shows it otherwise: with people it expires, with the bot the patient has waited for too long.
    expiresAt: silentAt ?? expiresAt(facts),
    windowEndsAt: windowEnd(facts) ?? 0,
    lastActivityAt: toEpoch(shown.lastActivityAt),
    isUnread: facts.unread > 0 ? 1 : 0,
    isUnanswered: silentAt !== null || isUnanswered(facts) ? 1 : 0,
  };
}
const SET_STATE = `queue = :queue, rank = :rank, is_pinned = :isPinned, snoozed_until = :snoozedUntil,
  expires_at = :expiresAt, window_ends_at = :windowEndsAt, last_activity_at = :lastActivityAt, is_unread = :isUnread,
  is_unanswered = :isUnanswered`;

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
  return database.run('insert into conversations (id, version, order_key) values (:id, 0, :orderKey)', {
    id,
    orderKey: orderKeyOf(id),
  }).key;
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
  const state = stateColumns(conversation);
  const row = {
    version,
    patientId: conversation.patientId,
    relayJson: JSON.stringify(conversation),
    ...state,
  };
  if (held === null) {
    const { key } = database.run(
      `insert into conversations (id, order_key, version, snapshot_seq, patient_id, relay_json, queue, rank, is_pinned,
         snoozed_until, expires_at, window_ends_at, last_activity_at, is_unread, is_unanswered)
       values (:id, :orderKey, :version, :snapshotSeq, :patientId, :relayJson, :queue, :rank, :isPinned, :snoozedUntil, :expiresAt,
         :windowEndsAt, :lastActivityAt, :isUnread, :isUnanswered)`,
      { ...row, id: conversation.id, orderKey: orderKeyOf(conversation.id), snapshotSeq: input.snapshotSeq },
    );
    writeLinks(database, { key, conversation, ...state, isNew: true });
    return;
  }
  const { key } = held;
  database.run(
    `update conversations set version = :version, patient_id = :patientId, relay_json = :relayJson,
       prediction_json = null, ${SET_STATE}
     where key = :key`,
    { ...row, key },
  );
  writeLinks(database, { key, conversation, ...state, isNew: false });
}

/** Remembers that a thread is held down to its first message; answers whether that is news. */
export function markThreadWhole(database: WriteDatabase, conversationId: string): boolean {
  const { changes } = database.run(
    'update conversations set is_thread_whole = 1 where id = :conversationId and is_thread_whole = 0',
    { conversationId },
  );
  return changes > 0;
}

/** Messages of these conversations have been forgotten. */
export function markThreadsCut(database: WriteDatabase, keys: number[]): void {
  database.run(
    `update conversations set is_thread_whole = 0
     where is_thread_whole = 1 and key in (select value from json_each(:keys))`,
    { keys: JSON.stringify(keys) },
  );
}

export function markConversationSeen(database: WriteDatabase, key: number, snapshotSeq: number): void {
  database.run('update conversations set snapshot_seq = :snapshotSeq where key = :key', { key, snapshotSeq });
}

/**
 * Works out again what this PC's pending commands make of the relay's word, or of nothing where this PC has begun the
 * conversation; answers whether the row changed.
 */
export function refreshPrediction(
  database: WriteDatabase,
  conversationId: string,
  pending: KnownCommand[],
): boolean {
  const row = database.get<PredictedRow>(
    'select key, patient_id, relay_json, prediction_json from conversations where id = :conversationId',
    { conversationId },
  );
  const relayJson = row?.relay_json ?? null;
  const relayed = relayJson === null ? null : (JSON.parse(relayJson) as Conversation);
  if (relayed === null) return refreshStarted(database, { conversationId, pending, row: row ?? null });
  const { key, prediction_json: held } = row!;
  if (pending.length === 0 && held === null) return false;
  const shown = predictAll(database, { key, base: relayed, pending });
  const predictionJson = shown === relayed ? null : JSON.stringify(shown);
  if (predictionJson === held) return false;
  writePrediction(database, { key, shown, predictionJson });
  return true;
}

interface PredictedRow {
  key: number;
  patient_id: string | null;
  relay_json: string | null;
  prediction_json: string | null;
}

function predictAll(
  database: ReadDatabase,
  input: { key: number; base: Conversation; pending: KnownCommand[] },
): Conversation {
  const { key } = input;
  const context = {
    author: getOwnAuthor(database),
    assignOnFirstReply: () => getClinicSettings(database).assignOnFirstReply,
    countInboundAfter: (ordinal: number) => countInboundAfter(database, { conversationKey: key, ordinal }),
    findTemplate: createFindTemplate(database),
  };
  return input.pending.reduce((conversation, command) => predict(command, conversation, context), input.base);
}

function writePrediction(
  database: WriteDatabase,
  input: { key: number; shown: Conversation; predictionJson: string | null },
): void {
  const { key, shown, predictionJson } = input;
  const state = stateColumns(shown);
  database.run(`update conversations set prediction_json = :predictionJson, ${SET_STATE} where key = :key`, {
    key,
    predictionJson,
    ...state,
  });
  writeLinks(database, { key, conversation: shown, ...state, isNew: false });
}

/** A conversation this PC has begun exists by its command alone, and its patient with it, until the relay knows both. */
function refreshStarted(
  database: WriteDatabase,
  input: { conversationId: string; pending: KnownCommand[]; row: PredictedRow | null },
): boolean {
  const { conversationId, pending, row } = input;
  const start = pending.find((command) => command.type === 'conversation.start');
  if (start === undefined) {
    if (row === null || row.prediction_json === null) return false;
    if (row.patient_id !== null) deleteStartedPatient(database, row.patient_id);
    removeConversation(database, row.key);
    return true;
  }
  const { conversation: base, patient } = startedConversation(start);
  insertStartedPatient(database, patient);
  const key = row?.key ?? insertPlaceholder(database, conversationId);
  const shown = predictAll(database, { key, base, pending });
  const predictionJson = JSON.stringify(shown);
  if (predictionJson === row?.prediction_json) return false;
  database.run('update conversations set patient_id = :patientId where key = :key', {
    key,
    patientId: patient.id,
  });
  writePrediction(database, { key, shown, predictionJson });
  return true;
}

/** Takes the relay's word away, leaving a placeholder while messages hang on the row. */
export function removeConversation(database: WriteDatabase, key: number): void {
  deleteLinks(database, key);
  const message = database.get('select 1 from messages where conversation_key = :key limit 1', { key });
  if (message === undefined) {
    database.run('delete from conversations where key = :key', { key });
    return;
  }
  database.run(
    `update conversations set version = 0, snapshot_seq = null, patient_id = null, relay_json = null,
       prediction_json = null, queue = null, rank = 1, is_pinned = 0, snoozed_until = 0, expires_at = 0,
       window_ends_at = 0, last_activity_at = 0, is_unread = 0, is_unanswered = 0, is_thread_whole = 0
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

/** The relay's conversation between a patient's number and one of the clinic's; null when there is none. */
export function findConversationWith(
  database: ReadDatabase,
  input: { phone: string; numberId: string },
): string | null {
  const row = database.get<{ id: string }>(
    `select conversations.id from patients join conversations on patient_id = patients.id
     where phone = :phone and relay_json ->> 'numberId' = :numberId`,
    input,
  );
  return row?.id ?? null;
}

/** Ids of the conversations that are shown otherwise than the relay last said. */
export function listPredictedConversations(database: ReadDatabase): string[] {
  return database
    .all<{ id: string }>('select id from conversations where prediction_json is not null')
    .map(({ id }) => id);
}

/** The name a conversation's patient is shown by; null when there is none. */
export function getDisplayName(database: ReadDatabase, conversationId: string | null): string | null {
  const row = database.get<{ display_name: string | null }>(
    `select display_name from conversations join patients on patients.id = patient_id
     where conversations.id = :conversationId`,
    { conversationId },
  );
  return row?.display_name ?? null;
}

interface StateRow {
  id: string;
  version: number;
  shown_json: string;
}

/** Conversations as an action finds them, by id; unknown ones are left out. */
export function listConversationStates(
  database: ReadDatabase,
  input: { conversationIds: string[] },
): ConversationState[] {
  return database
    .all<StateRow>(
      `select conversations.id, version, coalesce(prediction_json, relay_json) as shown_json
       from json_each(:ids) cross join conversations on conversations.id = value where queue is not null`,
      { ids: JSON.stringify(input.conversationIds) },
    )
    .map(({ shown_json: json, ...row }) => ({ ...row, conversation: JSON.parse(json) as Conversation }));
}

/** See `StoreReads.answerAfter`. */
export function getAnswerAfter(
  database: ReadDatabase,
  input: { conversationId: string; ordinal: number },
): { authorName: string | null; text: string | null } | null {
  const conversation = findConversation(database, input.conversationId);
  if (conversation === null) return null;
  const answer = findAnswerAfter(database, {
    conversationKey: conversation.key,
    ordinal: input.ordinal,
    ownAgentId: getAgentId(database),
  });
  if (answer === null) return null;
  return { authorName: createAuthorViews(database)(answer.author).name, text: answer.text };
}
