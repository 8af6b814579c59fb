/**
 * Applies changes of the relay, from the feed, a snapshot or history alike. Versions decide: older or repeated changes
 * change nothing and report nothing, so any order and any batching end the same. Callers open the transaction.
 */
import {
  readChange,
  type Change,
  type Conversation,
  type KnownChange,
  type UnreadableChange,
} from '@recado/protocol';
import type { WriteDatabase } from '../database.ts';
import type { ChangeSet } from '../interface.ts';
import { isPlainMessage } from '../plain-message.ts';
import { deleteAppointment, markAppointmentSeen, upsertAppointment } from './appointments.ts';
import {
  findConversation,
  insertPlaceholder,
  listConversationsOfPatient,
  listPredictedConversations,
  markConversationSeen,
  refreshPrediction,
  removeConversation,
  writeRelayConversation,
} from './conversations.ts';
import {
  deleteMessages,
  deleteMessagesOfConversation,
  upsertMessage,
  type MessageWriting,
} from './messages.ts';
import { listSentMessageIds, removeSend } from './outbox-messages.ts';
import { createPendingCommands, hasPending, removeSettled, type Departed } from './outbox.ts';
import { refreshPatientData } from './patient-predictions.ts';
import { deletePatient, markPatientSeen, upsertPatient } from './patients.ts';
import { deleteReference, markReferenceSeen, upsertReference } from './reference.ts';
import { getMessageBounds, getSyncState, noteUnreadable } from './sync-state.ts';
import { getTombstone, hasTombstones, recordTombstone } from './tombstones.ts';

/** More conversations than this are not named in a change set. */
const NAMED_LIMIT = 200;

type KnownPut = Extract<KnownChange, { op: 'put' }>;
export type MessagePut = Extract<KnownPut, { entity: 'message' }>;

/** What one transaction has touched so far. */
export interface Batch {
  database: WriteDatabase;
  /** The snapshot whose lines these are, so that it can be told later what it did not bring. */
  snapshotSeq: number | null;
  writing: MessageWriting;
  touched: Set<string>;
  touchedPatients: Set<string>;
  reference: boolean;
  /** Conversations whose pending commands must be put on top again although the relay's row did not change. */
  unsettled: Set<string>;
  sentMessageIds: Set<string>;
  conversationOf: Map<string, { key: number | null; deletedAt: number }>;
  deletedMessages: Map<string, number>;
  /** Almost always false, which saves a look per message. */
  hasMessageTombstones: boolean;
}

/**
 * Begins a batch. Live changes bring messages one by one; a page of a snapshot, the history or a thread brings them
 * with all that is between.
 */
export function createBatch(
  database: WriteDatabase,
  input: { isLive: boolean; snapshotSeq?: number | null },
): Batch {
  const { searchFrom, completeFrom, historySeq: shownAt } = getMessageBounds(database);
  return {
    database,
    snapshotSeq: input.snapshotSeq ?? null,
    writing: {
      searchFrom,
      detachedBelow: input.isLive ? completeFrom : 0,
      shownAt: input.isLive ? 0 : shownAt,
    },
    touched: new Set(),
    touchedPatients: new Set(),
    reference: false,
    unsettled: new Set(),
    sentMessageIds: listSentMessageIds(database),
    conversationOf: new Map(),
    deletedMessages: new Map(),
    hasMessageTombstones: hasTombstones(database, 'message'),
  };
}

/** Applies changes in the order that costs least: what messages hang on first, then messages by ordinal. */
export function applyToBatch(batch: Batch, changes: Change[]): void {
  const { messages } = applyOthers(batch, changes);
  putMessages(batch, messages);
}

/** Applies everything but messages, which are answered by ordinal, and says how many changes could not be read. */
export function applyOthers(batch: Batch, changes: Change[]): { messages: MessagePut[]; unreadable: number } {
  const messages: MessagePut[] = [];
  let unreadable = 0;
  for (const change of changes) {
    const { seq, entity, id, op, data } = change;
    if (entity === 'message' && op === 'put' && isPlainMessage(data)) {
      messages.push({ seq, entity, id, op, data });
      continue;
    }
    const read = readChange(change);
    if ('unreadable' in read) {
      unreadable += 1;
      skipUnreadable(batch, read.unreadable);
    } else if (read.known.entity === 'message' && read.known.op === 'put') messages.push(read.known);
    else if (read.known.op === 'put') applyPut(batch, read.known);
    else applyDeletion(batch, read.known);
  }
  // Ascending rowids fill pages from left to right; any other order costs up to twice the time.
  messages.sort((one, other) => one.data.ordinal - other.data.ordinal);
  return { messages, unreadable };
}

export function putMessages(batch: Batch, messages: MessagePut[]): void {
  findConversationsOf(batch, messages);
  for (const message of messages) putMessage(batch, message);
  applyMessageDeletions(batch);
}

/** What cannot be read is left as it is held, and a snapshot that brought it has not removed it. */
function skipUnreadable(batch: Batch, change: UnreadableChange): void {
  const { database, snapshotSeq } = batch;
  noteUnreadable(database, change.seq);
  if (snapshotSeq === null) return;
  const { entity, id } = change;
  if (entity === 'conversation') {
    const key = findConversation(database, id)?.key ?? insertPlaceholder(database, id);
    markConversationSeen(database, key, snapshotSeq);
  } else {
    markReferenceSeen(database, { entity, id, snapshotSeq });
    markPatientSeen(database, { id, snapshotSeq });
    markAppointmentSeen(database, { id, snapshotSeq });
  }
}

function applyPut(batch: Batch, change: Exclude<KnownPut, MessagePut>): void {
  const { database, snapshotSeq } = batch;
  const version = change.seq;
  switch (change.entity) {
    case 'conversation':
      putConversation(batch, change.data, version);
      return;
    case 'patient':
      if (upsertPatient(database, { patient: change.data, version, snapshotSeq })) {
        batch.touchedPatients.add(change.id);
      }
      return;
    case 'appointment':
      for (const patientId of upsertAppointment(database, {
        appointment: change.data,
        version,
        snapshotSeq,
      })) {
        batch.touchedPatients.add(patientId);
      }
      return;
    default: {
      const { entity, id, data } = change;
      if (upsertReference(database, { entity, id, version, snapshotSeq, data })) batch.reference = true;
    }
  }
}

function putConversation(batch: Batch, conversation: Conversation, version: number): void {
  const { database, snapshotSeq } = batch;
  const { id } = conversation;
  if (getTombstone(database, 'conversation', id) >= version) return;
  const held = findConversation(database, id);
  if (held === null || held.version < version) {
    writeRelayConversation(database, { conversation, version, held, snapshotSeq });
    batch.touched.add(id);
    batch.conversationOf.delete(id);
  }
  if (snapshotSeq !== null && held !== null) markConversationSeen(database, held.key, snapshotSeq);
}

/** Looks all conversations of a page up at once: one by one they would cost as much as the rows. */
function findConversationsOf(batch: Batch, messages: MessagePut[]): void {
  const ids = new Set<string>();
  for (const { data } of messages)
    if (!batch.conversationOf.has(data.conversationId)) ids.add(data.conversationId);
  const rows = batch.database.all<{ id: string; key: number | null; deleted_at: number | null }>(
    `select value as id, conversations.key, tombstones.version as deleted_at
     from json_each(:ids)
     left join conversations on conversations.id = value
     left join tombstones on tombstones.entity = 'conversation' and tombstones.id = value`,
    { ids: JSON.stringify([...ids]) },
  );
  for (const { id, key, deleted_at: deletedAt } of rows)
    batch.conversationOf.set(id, { key, deletedAt: deletedAt ?? 0 });
}

/** The local key of a message's conversation and the version it was last deleted at. */
function conversationOf(batch: Batch, id: string): { key: number | null; deletedAt: number } {
  let known = batch.conversationOf.get(id);
  if (known === undefined) {
    known = {
      key: findConversation(batch.database, id)?.key ?? null,
      deletedAt: getTombstone(batch.database, 'conversation', id),
    };
    batch.conversationOf.set(id, known);
  }
  return known;
}

function putMessage(batch: Batch, change: MessagePut): void {
  const { database } = batch;
  const { data: message, seq: version } = change;
  // A send leaves the outbox in the transaction that brings its message, so that it is never shown twice or not at all.
  if (batch.sentMessageIds.delete(message.id)) {
    removeSend(database, message.id);
    batch.unsettled.add(message.conversationId);
    batch.touched.add(message.conversationId);
  }
  const conversation = conversationOf(batch, message.conversationId);
  if (conversation.deletedAt > version) return;
  if (batch.hasMessageTombstones && getTombstone(database, 'message', message.id) >= version) return;
  conversation.key ??= insertPlaceholder(database, message.conversationId);
  if (upsertMessage(database, { message, version, conversationKey: conversation.key, ...batch.writing })) {
    batch.touched.add(message.conversationId);
  }
}

/** Applies one deletion; those of messages wait for the end of the batch, where they share one look at the table. */
export function applyDeletion(
  batch: Batch,
  change: Pick<Extract<KnownChange, { op: 'del' }>, 'entity' | 'id' | 'seq'>,
): void {
  const { database } = batch;
  const { entity, id, seq: version } = change;
  switch (entity) {
    case 'message':
      if (recordTombstone(database, 'message', id, version)) batch.deletedMessages.set(id, version);
      return;
    case 'conversation':
      deleteConversation(batch, id, version);
      return;
    case 'patient':
      if (deletePatient(database, { id, version })) batch.touchedPatients.add(id);
      return;
    case 'appointment': {
      const patientId = deleteAppointment(database, { id, version });
      if (patientId !== null) batch.touchedPatients.add(patientId);
      return;
    }
    default:
      if (deleteReference(database, { entity, id, version })) batch.reference = true;
  }
}

function deleteConversation(batch: Batch, id: string, version: number): void {
  const { database } = batch;
  if (!recordTombstone(database, 'conversation', id, version)) return;
  batch.conversationOf.delete(id);
  const held = findConversation(database, id);
  if (held === null) return;
  const count = deleteMessagesOfConversation(database, {
    conversationKey: held.key,
    version,
    searchFrom: batch.writing.searchFrom,
  });
  if (held.version < version) removeConversation(database, held.key);
  if (count > 0 || (held.version < version && !held.isPlaceholder)) batch.touched.add(id);
}

/** Carries out the deletions of messages gathered so far. */
export function applyMessageDeletions(batch: Batch): void {
  if (batch.deletedMessages.size === 0) return;
  touchByKey(
    batch,
    deleteMessages(batch.database, {
      versionById: batch.deletedMessages,
      searchFrom: batch.writing.searchFrom,
    }),
  );
  batch.deletedMessages.clear();
}

/** Names conversations by their local keys. */
export function touchByKey(batch: Batch, keys: Iterable<number>): void {
  for (const key of new Set(keys)) {
    const row = batch.database.get<{ id: string }>('select id from conversations where key = :key', { key });
    if (row !== undefined) batch.touched.add(row.id);
  }
}

/**
 * Ends a batch: commands whose effect is in leave, the pending ones are put on top of what the relay said, and what
 * was touched is named.
 */
export function finishBatch(batch: Batch): ChangeSet {
  const { database, touched } = batch;
  const { cursor } = getSyncState(database);
  if (cursor !== null) settle(batch, removeSettled(database, cursor));
  const isPending = hasPending(database);
  if (isPending || batch.reference) {
    for (const patientId of refreshPatientData(database)) batch.touchedPatients.add(patientId);
  }
  for (const patientId of batch.touchedPatients) {
    for (const id of listConversationsOfPatient(database, patientId)) touched.add(id);
  }
  if (batch.unsettled.size > 0 || isPending) {
    const pendingOf = createPendingCommands(database);
    for (const id of new Set([...batch.unsettled, ...touched]))
      refreshPrediction(database, id, pendingOf(id));
  }
  return toChangeSet(touched, batch.reference);
}

function settle(batch: Batch, { conversationIds, reference }: Departed): void {
  for (const id of reference
    ? [...conversationIds, ...listPredictedConversations(batch.database)]
    : conversationIds) {
    batch.unsettled.add(id);
    batch.touched.add(id);
  }
  batch.reference ||= reference;
}

/**
 * Puts pending commands on top again after the outbox changed, and names the conversations. When tags or teams are
 * among what changed, every conversation that is shown otherwise than the relay said is looked at.
 */
export function refreshConversations(
  database: WriteDatabase,
  { conversationIds, reference }: Departed,
): ChangeSet {
  const pendingOf = createPendingCommands(database);
  const ids = new Set(conversationIds);
  if (reference) {
    for (const id of listPredictedConversations(database)) ids.add(id);
    for (const patientId of refreshPatientData(database))
      for (const id of listConversationsOfPatient(database, patientId)) ids.add(id);
  }
  for (const id of ids) refreshPrediction(database, id, pendingOf(id));
  return toChangeSet(ids, reference);
}

export function toChangeSet(conversationIds: Set<string>, reference: boolean): ChangeSet {
  const overflow = conversationIds.size > NAMED_LIMIT;
  return { conversationIds: overflow ? [] : [...conversationIds], overflow, reference };
}
