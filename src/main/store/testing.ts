/** What tests of the store and of the rooms above it build databases and changes with. Invented patients only. */
import type {
  Agent,
  Appointment,
  Change,
  Command,
  CommandArguments,
  CommandType,
  Conversation,
  Message,
  OutgoingMedia,
  Patient,
  Tag,
  Team,
} from '@recado/protocol';
import { toTimestamp } from '@recado/protocol';
import Database from 'better-sqlite3';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  createReadDatabase,
  createWriteDatabase,
  type Connection,
  type ReadDatabase,
  type WriteDatabase,
} from './database.ts';
import type { LocalFile, StoreReads } from './interface.ts';
import type { DraftView, InboxQuery } from '../../shared/contract/index.ts';
import { migrate } from './migrate.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { indexPart } from './queries/search-index.ts';
import { reads, writes, type TransactionalWrites } from './registry.ts';

/** Noon of a quiet day; everything built here happens around it. */
export const NOON = Date.UTC(2026, 9, 5, 12);
export const MINUTE = 60_000;

export interface TestStore {
  connection: Connection;
  database: WriteDatabase & ReadDatabase;
  read: StoreReads;
  write: TransactionalWrites;
}

/** The reads and writes of a store on one connection, without threads. */
export function createTestStore(connection: Connection = new Database(':memory:')): TestStore {
  connection.pragma('foreign_keys = ON');
  migrate(connection, MIGRATIONS);
  const database = createWriteDatabase(connection);
  const readDatabase = createReadDatabase(connection);
  const bind = (queries: object, run: (query: (input: unknown) => unknown) => (input: unknown) => unknown) =>
    Object.fromEntries(Object.entries(queries).map(([name, query]) => [name, run(query)]));
  return {
    connection,
    database,
    read: bind(
      reads,
      (query) => (input) => (query as (...given: unknown[]) => unknown)(readDatabase, input),
    ) as never,
    write: bind(
      writes,
      (query) => (input) =>
        database.transaction(() => (query as (...given: unknown[]) => unknown)(database, input)),
    ) as never,
  };
}

/** A folder that is gone after the test. */
export function createTemporaryFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'recado-store-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A readable id that is a valid UUID: the same kind and number give the same id. */
export function testId(kind: number, number: number): string {
  return `0190${kind.toString(16).padStart(4, '0')}-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;
}

export const conversationId = (number: number): string => testId(1, number);
export const patientId = (number: number): string => testId(2, number);
export const messageId = (number: number): string => testId(3, number);
export const agentId = (number: number): string => testId(4, number);
export const tagId = (number: number): string => testId(5, number);
export const appointmentId = (number: number): string => testId(6, number);
export const teamId = (number: number): string => testId(8, number);
export const fileId = (number: number): string => testId(9, number);
export const commandId = (number: number): string => testId(7, number);

/** Conversation `number` with patient `number`, in the received filter at noon. */
export function buildConversation(number: number, overrides: Partial<Conversation> = {}): Conversation {
  const wroteAt = toTimestamp(NOON - 10 * MINUTE);
  return {
    id: conversationId(number),
    patientId: patientId(number),
    numberId: '100200300',
    spam: false,
    closed: false,
    handler: 'human',
    lastInboundSentAt: wroteAt,
    windowExpiresAt: toTimestamp(NOON - 10 * MINUTE + 24 * 60 * MINUTE),
    lastInteractionAt: wroteAt,
    lastActivityAt: wroteAt,
    lastMessageDirection: 'inbound',
    lastMessage: null,
    unread: 1,
    pinned: false,
    blockState: 'none',
    snoozedUntil: null,
    tagIds: [],
    assigneeIds: [],
    teamIds: [],
    participants: [],
    ...overrides,
  };
}

export function buildPatient(number: number, overrides: Partial<Patient> = {}): Patient {
  return {
    id: patientId(number),
    name: `Paciente ${number}`,
    profileName: null,
    phone: `+346${String(number).padStart(8, '0')}`,
    whatsappUserId: null,
    language: 'es',
    note: '',
    remindersOff: false,
    ...overrides,
  };
}

/** Message `ordinal` of a conversation: from the patient, one minute after the one before. */
export function buildMessage(
  conversation: number,
  ordinal: number,
  overrides: Partial<Message> = {},
): Message {
  const sentAt = toTimestamp(NOON - 1_000 * MINUTE + ordinal * MINUTE);
  return {
    id: messageId(ordinal),
    conversationId: conversationId(conversation),
    ordinal,
    direction: 'inbound',
    kind: 'text',
    text: `mensaje ${ordinal}`,
    content: {},
    author: { kind: 'patient', agentId: null, name: null },
    sentAt,
    receivedAt: sentAt,
    status: null,
    sendAt: null,
    error: null,
    reactions: [],
    replyTo: null,
    edits: [],
    revokedAt: null,
    ...overrides,
  };
}

export function buildAppointment(
  number: number,
  patient: number,
  overrides: Partial<Appointment> = {},
): Appointment {
  return {
    id: appointmentId(number),
    patientId: patientId(patient),
    startsAt: toTimestamp(NOON + 60 * MINUTE),
    treatment: 'Limpieza',
    professional: 'Dra. Ruiz',
    state: 'scheduled',
    externalId: null,
    reminder: null,
    ...overrides,
  };
}

export const buildDraft = (text: string, overrides: Partial<DraftView> = {}): DraftView => ({
  text,
  caret: null,
  replyTo: null,
  files: [],
  ...overrides,
});

export const buildMedia = (number: number, overrides: Partial<OutgoingMedia> = {}): OutgoingMedia => ({
  mediaId: fileId(number),
  kind: 'image',
  mimeType: 'image/jpeg',
  fileName: `foto ${number}.jpg`,
  sizeBytes: 1_000,
  sha256: 'ab'.repeat(32),
  voice: false,
  width: null,
  height: null,
  durationMs: null,
  waveform: null,
  ...overrides,
});

/** A file of this PC with all of it here, not at the relay yet. */
export const buildFile = (number: number, overrides: Partial<LocalFile> = {}): LocalFile => {
  const media = buildMedia(number);
  const { fileName, mimeType, sizeBytes, voice } = media;
  const about = { fileName, mimeType, sizeBytes, voice };
  return { fileId: fileId(number), media, ...about, isUploaded: false, addedAt: NOON, ...overrides };
};

/** What a search answers, everywhere and in the clinic's zone unless told otherwise. */
export const searchFor = (
  store: TestStore,
  text: string,
  input: Partial<Parameters<StoreReads['search']>[0]> = {},
) =>
  store.read.search({
    text,
    conversationId: null,
    limit: 100,
    now: NOON,
    timeZone: 'Europe/Madrid',
    ...input,
  });

/** Ids of the messages a search finds, best first. */
export const foundMessages = (...input: Parameters<typeof searchFor>): string[] =>
  searchFor(...input).messages.map((message) => message.messageId);

/** Brings the search index up to the messages, as the writer does behind everything else. */
export function indexAll({ database }: TestStore): void {
  while (!database.transaction(() => indexPart(database)).isDone);
}

/** Everything in a filter, newest first, unless told otherwise. */
export const buildQuery = (overrides: Partial<InboxQuery> = {}): InboxQuery => ({
  filter: 'received',
  assigned: null,
  teamId: null,
  tagIds: [],
  unreadOnly: false,
  unansweredOnly: false,
  sort: 'newest',
  ...overrides,
});

export const buildTeam = (number: number, name: string, memberIds: string[] = []): Team => ({
  id: teamId(number),
  name,
  memberIds,
});

export const buildAgent = (number: number, name: string): Agent => ({
  id: agentId(number),
  name,
  role: 'agent',
  active: true,
  email: null,
  invited: false,
});

export const buildTag = (number: number, name: string): Tag => ({
  id: tagId(number),
  name,
  color: '#336699',
});

/** A put of an entity at a version. */
export function put<Data extends { id: string }>(entity: string, seq: number, data: Data): Change {
  return { seq, entity, id: data.id, op: 'put', data };
}

export const del = (entity: string, seq: number, id: string): Change => ({ seq, entity, id, op: 'del' });

export function buildCommand<Type extends CommandType>(
  number: number,
  type: Type,
  args: CommandArguments<Type>,
  issuedAt: number = NOON,
): Command {
  return { id: commandId(number), type, args, basedOn: null, issuedAt: toTimestamp(issuedAt) };
}

/** A text of this PC to a conversation; the message's number is the command's. */
export function buildSend(
  number: number,
  conversation: number,
  text = `respuesta ${number}`,
  issuedAt?: number,
  args: Partial<CommandArguments<'message.send'>> = {},
) {
  return buildCommand(
    number,
    'message.send',
    {
      messageId: messageId(1_000_000 + number),
      conversationId: conversationId(conversation),
      text,
      media: null,
      template: null,
      replyTo: null,
      notAfter: toTimestamp(NOON + 60 * MINUTE),
      sendAt: null,
      ...args,
    },
    issuedAt,
  );
}

/** The mirror's rows in an order of their own, without what depends on arrival (local keys, snapshot marks). */
export function dumpMirror({ connection }: TestStore): Record<string, unknown[]> {
  const all = (sql: string) => connection.prepare(sql).all();
  return {
    reference: all('select entity, id, version, data from reference_entities order by entity, id'),
    patients: all(
      'select id, version, name, profile_name, phone, display_name, formatted_phone, note, search_name, phone_digits from patients order by id',
    ),
    appointments: all(
      'select id, version, patient_id, starts_at, treatment, professional, state from appointments order by id',
    ),
    conversations: all(
      `select id, order_key, version, patient_id, relay_json, prediction_json, queue, rank, is_pinned, snoozed_until, expires_at,
         window_ends_at, last_activity_at, is_unread, is_unanswered
       from conversations where relay_json is not null order by id`,
    ),
    links: all(
      `select id, target_id, is_people, conversation_links.is_unread
       from conversation_links join conversations on key = conversation_key order by id, target_id`,
    ),
    messages: all(
      `select conversations.id as conversation_id, messages.ordinal, messages.version, messages.id as message_id,
         direction, kind, text, content, author_kind, author_agent_id, author_name, sent_at, received_at, status, send_at,
         error, reactions, reply_to, edits, revoked_at, media_id, media_kind
       from messages join conversations on conversations.key = conversation_key order by ordinal`,
    ),
  };
}

/** Throws when the search index does not say exactly what the messages say. */
export function checkSearchIndex({ connection }: TestStore): void {
  connection.exec(`insert into messages_fts (messages_fts, rank) values ('integrity-check', 1)`);
}

/** The steps of a query's plan, as SQLite words them. */
export function explain(connection: Connection, sql: string): string[] {
  const rows = connection.prepare(`explain query plan ${sql}`).all(
    // Every parameter is bound to something: the plan does not depend on values.
    Object.fromEntries([...sql.matchAll(/:(\w+)/g)].map(([, name]) => [name, 1])),
  ) as { detail: string }[];
  return rows.map(({ detail }) => detail);
}
