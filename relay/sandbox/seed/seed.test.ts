import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  checkNewTemplate,
  conversationFilter,
  DAY,
  entities,
  expiresAt,
  HOUR,
  isMediaHeader,
  readTemplate,
  SERVICE_WINDOW_MS,
  serviceWindow,
  type ConversationFacts,
  type ConversationFilter,
  type Id,
} from '@recado/protocol';
import { createAdministration } from '../../src/accounts/administration.ts';
import { createSecretBox } from '../../src/accounts/secrets.ts';
import { systemClock } from '../../src/clock.ts';
import { createDatabase, type Database } from '../../src/db/database.ts';
import { createDiskFiles, type MediaFiles } from '../../src/media/files.ts';
import { createTestDatabase, type TestDatabase } from '../testing/database.ts';
import { createRandom } from '../random.ts';
import { generateHistory } from './generate-history.ts';
import { refreshClinic } from './refresh-clinic.ts';
import { seedClinic, type SeededClinic } from './seed-clinic.ts';
import { NUMBER, TEMPLATES } from './clinic.ts';

// Each makes real passwords and hundreds of rows; a busy machine needs a while for that.
const NOW = Date.parse('2026-11-24T09:30:00.000Z');

let testDatabase: TestDatabase;
let database: Database;

beforeEach(async () => {
  testDatabase = await createTestDatabase();
  database = createDatabase({ url: testDatabase.url, poolSize: 2 });
});
afterEach(async () => {
  await database.close();
  await testDatabase.drop();
});

const administration = () =>
  createAdministration({ database, secrets: createSecretBox('s'.repeat(32)), clock: systemClock });
const seed = ({ now = NOW, ...more }: { now?: number; files?: MediaFiles; quiet?: boolean } = {}) =>
  seedClinic({
    database,
    administration: administration(),
    accessToken: 'token',
    now,
    ...more,
  });

interface ConversationData extends ConversationFacts {
  id: Id;
  lastActivityAt: number;
  lastMessageId: Id | null;
  version: number;
}
interface MessageData {
  id: Id;
  conversationId: Id;
  ordinal: number;
  version: number;
  direction: 'inbound' | 'outbound' | 'internal';
  authorKind: string;
  sentAt: number;
  receivedAt: number;
  acceptedAt: number | null;
  status: string | null;
  reactions: { by: string; at: string }[];
}

async function read(clinicId: Id) {
  return database.inClinic(clinicId, async (client) => {
    const conversations = await client.query<ConversationData>(
      `select id, spam, closed, handler, last_inbound_sent_at as "lastInboundSentAt",
         window_expires_at as "windowExpiresAt", last_interaction_at as "lastInteractionAt",
         last_message_direction as "lastMessageDirection", unread, last_activity_at as "lastActivityAt",
         last_message_id as "lastMessageId", version
       from conversations`,
    );
    const messages = await client.query<MessageData>(
      `select id, conversation_id as "conversationId", ordinal, version, direction, author_kind as "authorKind",
         sent_at as "sentAt", received_at as "receivedAt", accepted_at as "acceptedAt", status, reactions
       from messages order by ordinal`,
    );
    const changes = await client.query<{ seq: number; entity: string; id: Id }>(
      'select seq, entity, id from changes order by seq',
    );
    const head = await client.query<{ seq: number }>('select seq from clinics');
    return {
      conversations: conversations.rows,
      messages: messages.rows,
      changes: changes.rows,
      head: head.rows[0]?.seq ?? 0,
    };
  });
}
type Picture = Awaited<ReturnType<typeof read>>;

/** The facts that follow from messages alone, worked out without the code that wrote them. */
function factsFromMessages(messages: MessageData[]) {
  const talk = messages.filter(({ direction }) => direction !== 'internal');
  const inbound = talk.filter(({ direction }) => direction === 'inbound');
  const reacted = messages.flatMap(({ reactions }) =>
    reactions.filter(({ by }) => by === 'patient').map(({ at }) => Date.parse(at)),
  );
  const accepted = talk.filter(({ acceptedAt }) => acceptedAt !== null);
  const sent = [...inbound.map(({ sentAt }) => sentAt), ...reacted];
  const interactions = [
    ...inbound.map(({ receivedAt }) => receivedAt),
    ...reacted,
    ...accepted.filter(({ status }) => status !== 'failed').map(({ acceptedAt }) => acceptedAt ?? 0),
  ];
  const latest = (times: number[]) => (times.length === 0 ? null : Math.max(...times));
  const spoken = talk.filter(({ direction, acceptedAt }) => direction === 'inbound' || acceptedAt !== null);
  const last = talk.toSorted((a, b) => a.sentAt - b.sentAt || a.ordinal - b.ordinal).at(-1);
  return {
    lastInboundSentAt: latest(sent),
    lastInteractionAt: latest(interactions),
    lastMessageDirection: spoken.at(-1)?.direction ?? null,
    lastMessageId: last?.id ?? null,
  };
}

function expectSound({ conversations, messages, changes, head }: Picture) {
  expect(changes.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, index) => index + 1));
  const newest = new Map(changes.map(({ entity, id, seq }) => [`${entity} ${id}`, seq]));
  const byConversation = Map.groupBy(messages, ({ conversationId }) => conversationId);
  for (const [index, message] of messages.entries()) {
    expect(newest.get(`message ${message.id}`)).toBe(message.version);
    expect(message.ordinal).toBeLessThanOrEqual(message.version);
    expect(message.receivedAt).toBeGreaterThanOrEqual(message.sentAt);
    if (index > 0) expect(message.ordinal).toBeGreaterThan(messages[index - 1]?.ordinal ?? 0);
  }
  for (const conversation of conversations) {
    const own = byConversation.get(conversation.id) ?? [];
    const { lastInboundSentAt, lastInteractionAt, lastMessageDirection, lastMessageId } = conversation;
    expect({ lastInboundSentAt, lastInteractionAt, lastMessageDirection, lastMessageId }).toEqual(
      factsFromMessages(own),
    );
    expect(newest.get(`conversation ${conversation.id}`)).toBe(conversation.version);
    if (conversation.windowExpiresAt !== null) {
      expect(conversation.windowExpiresAt).toBeLessThanOrEqual((lastInboundSentAt ?? 0) + SERVICE_WINDOW_MS);
    }
    expect(conversation.unread).toBeLessThanOrEqual(
      own.filter(({ direction }) => direction === 'inbound').length,
    );
    expect(conversation.lastActivityAt).toBeGreaterThanOrEqual(expiresAt(conversation) - 2 * DAY);
  }
}

function countFilters({ conversations }: Picture, now: number) {
  const counts: Record<ConversationFilter, number> = { spam: 0, closed: 0, bot: 0, expired: 0, received: 0 };
  for (const conversation of conversations) counts[conversationFilter(conversation, now)] += 1;
  return counts;
}

/** Minutes left in the windows of what is in Recibidas; 0 where the window is over. */
function minutesLeft({ conversations }: Picture, now: number): number[] {
  return conversations
    .filter((conversation) => conversationFilter(conversation, now) === 'received')
    .map((conversation) => serviceWindow(conversation, now))
    .map((window) => (window.state === 'open' ? window.remainingMs / 60_000 : 0));
}

function expectLively(picture: Picture, now: number) {
  const counts = countFilters(picture, now);
  expect(counts.received).toBeGreaterThanOrEqual(12);
  expect(counts.bot).toBeGreaterThanOrEqual(8);
  expect(counts.expired).toBeGreaterThanOrEqual(5);
  expect(counts.closed).toBeGreaterThanOrEqual(8);
  expect(counts.spam).toBeGreaterThanOrEqual(2);
  const left = minutesLeft(picture, now);
  expect(left.some((minutes) => minutes > 23 * 60)).toBe(true);
  expect(left.some((minutes) => minutes > 60 && minutes <= 90)).toBe(true);
  expect(left.some((minutes) => minutes > 5 && minutes <= 15)).toBe(true);
  expect(left.some((minutes) => minutes === 0)).toBe(true);
}

describe('the demo clinic', () => {
  test.each([
    ['in the morning', NOW],
    ['just after midnight', Date.parse('2026-11-23T23:05:00.000Z')],
    ['after the clocks went back', Date.parse('2026-10-25T11:00:00.000Z')],
  ])('is sound and shows every state %s', async (_name, now) => {
    const { clinicId } = await seed({ now });
    const picture = await read(clinicId);
    expectSound(picture);
    expectLively(picture, now);
    expect(picture.conversations.length).toBeGreaterThanOrEqual(55);
    const longest = Math.max(
      ...[...Map.groupBy(picture.messages, ({ conversationId }) => conversationId).values()].map(
        (messages) => messages.length,
      ),
    );
    expect(longest).toBe(600);
    expect(picture.messages.every(({ receivedAt }) => receivedAt <= now)).toBe(true);
  });

  test('speaks the contract', async () => {
    const { clinicId } = await seed();
    for (const [name, view] of [
      ['conversation', 'wire_conversation'],
      ['message', 'wire_message'],
      ['patient', 'wire_patient'],
      ['appointment', 'wire_appointment'],
      ['tag', 'wire_tag'],
      ['team', 'wire_team'],
      ['template', 'wire_template'],
      ['quickReply', 'wire_quick_reply'],
    ] as const) {
      const { rows } = await database.inClinic(clinicId, (client) =>
        client.query<{ data: unknown }>(`select data from ${view}`),
      );
      expect(rows.length).toBeGreaterThan(0);
      // Messages come as text.
      for (const { data } of rows) {
        entities[name].parse(typeof data === 'string' ? JSON.parse(data) : data);
      }
    }
  });

  test.each([5 * HOUR, 26 * HOUR, 40 * DAY])('is lively again when started %i ms later', async (later) => {
    const { clinicId, agents }: SeededClinic = await seed();
    const now = NOW + later;
    const refresh = () =>
      refreshClinic({
        database,
        clinicId,
        numberId: NUMBER.phoneNumberId,
        agents,
        random: createRandom('later'),
        now,
      });
    const before = await read(clinicId);
    await refresh();
    const after = await read(clinicId);
    expectSound(after);
    if (later >= DAY) expectLively(after, now);
    else expect(countFilters(after, now).received).toBeGreaterThanOrEqual(12);
    // Nothing that was there has been changed.
    expect(after.messages.slice(0, before.messages.length)).toEqual(before.messages);
    if (later >= DAY) expect(await refresh()).toBe(0);
  });
});

test('every file of the demo clinic can be opened, and every template says what it needs', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'recado-seed-files-'));
  const files = createDiskFiles(folder);
  const { clinicId } = await seed({ files });
  const { rows } = await database.inClinic(clinicId, (client) =>
    client.query<{ sha256: string | null; hash: string | null; kind: string }>(
      `select content -> 'media' ->> 'sha256' as sha256, media.sha256 as hash, kind
       from messages left join media on media.id = (content -> 'media' ->> 'id')::uuid
       where content ? 'media'`,
    ),
  );
  expect(new Set(rows.map(({ kind }) => kind))).toEqual(
    new Set(['audio', 'image', 'video', 'document', 'sticker']),
  );
  for (const { sha256, hash } of rows) {
    expect(sha256).toBe(hash);
    expect(await files.has(clinicId, hash ?? '')).toBe(true);
  }
  await rm(folder, { recursive: true });
  for (const template of TEMPLATES) {
    const read = readTemplate({ ...template, parameterFormat: template.parameter_format });
    expect([template.name, read.unsupported]).toEqual([template.name, []]);
    const { name, language, category, components, parameter_format: parameterFormat } = template;
    const draft = { name, language, category: category as 'UTILITY', parameterFormat, components };
    expect([name, checkNewTemplate({ ...draft, hasHeaderFile: isMediaHeader(read.header) })]).toEqual([
      name,
      [],
    ]);
  }
});

describe('generated history', () => {
  const generate = async (clinicId: Id, seedName: string) =>
    generateHistory(
      {
        database,
        clinicId,
        numberId: 'n',
        agents: [{ id: clinicId, name: 'A' }],
        random: createRandom(seedName),
        now: NOW,
      },
      { conversations: 120, messages: 6_000, seed: seedName },
    );

  test('is sound, complete and repeatable', async () => {
    const ids = await Promise.all(
      ['uno', 'dos', 'tres'].map((name) => administration().createClinic({ name })),
    );
    const [one, two, other] = ids.map(({ id }) => id) as [Id, Id, Id];
    expect(await generate(one, 'a')).toEqual({ conversations: 120, messages: 6_000 });
    await generate(two, 'a');
    await generate(other, 'b');
    const picture = await read(one);
    expectSound(picture);
    expect(picture.messages).toHaveLength(6_000);
    const agentless = ({ messages }: Picture) =>
      messages.map(({ id, ordinal, sentAt }) => ({ id, ordinal, sentAt }));
    expect(agentless(await read(two))).toEqual(agentless(picture));
    expect(agentless(await read(other))).not.toEqual(agentless(picture));
    const counts = countFilters(picture, NOW);
    expect(counts.closed).toBeGreaterThan(counts.expired);
    expect(counts.received).toBeGreaterThan(0);
  });
});

test('the bot has reminded patients, each in another state, and a quiet clinic reminds of nothing more', async () => {
  const { clinicId } = await seed({ quiet: true });
  const { rows } = await database.inClinic(clinicId, (client) =>
    client.query<{ name: string; reminder: string; handler: string; isOfBot: boolean }>(
      `select patients.name, reminder, handler, author_kind = 'bot' as "isOfBot" from reminders
       join appointments on appointments.id = appointment_id join patients on patients.id = patient_id
       join conversations on conversations.id = conversation_id join messages on messages.id = message_id
       order by reminder`,
    ),
  );
  expect(rows).toEqual([
    { name: 'Adrián Pons', reminder: 'confirmed', handler: 'bot', isOfBot: true },
    { name: 'Sara Quintana', reminder: 'declined', handler: 'bot', isOfBot: true },
    { name: 'Gloria Nieto', reminder: 'sent', handler: 'bot', isOfBot: true },
  ]);
  const untold = await database.inClinic(clinicId, (client) =>
    client.query('select from appointments where id not in (select appointment_id from reminders)'),
  );
  expect(untold.rowCount).toBe(0);
});
