import { ChangesPage, HistoryLine, newId, SnapshotLine, type Session } from '@recado/protocol';
import fc from 'fast-check';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  createRelayClient,
  eventually,
  webhookOutcome,
  type RelayClient,
} from '../../sandbox/testing/relay-client.ts';
import { createTestClinic, startTestRelay, type TestRelay } from '../../sandbox/testing/relay.ts';
import { openStream as followStream } from '../../sandbox/testing/stream.ts';
import { inboundWebhook, textPart } from '../../sandbox/testing/webhook-bodies.ts';
import { createDatabase, type Database } from '../db/database.ts';
import { pruneChanges, readChanges } from './changes.ts';
import { recordChange } from './record.ts';

vi.setConfig({ testTimeout: 60_000 });

let relay: TestRelay;
let session: Session;
let client: RelayClient;
let database: Database;
let clinicId: string;
beforeEach(async () => {
  relay = await startTestRelay();
  session = await relay.signIn();
  client = createRelayClient(relay.url, session.token);
  database = createDatabase({ url: relay.databaseUrl, poolSize: 12 });
  clinicId = relay.clinic.id;
});
afterEach(async () => {
  await database.close();
  await relay.close();
});

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${relay.url}${path}`, { headers: { ...client.headers, ...headers } });

/** Puts a tag, new or again, in a transaction that takes its time. */
async function putTag(id: string, name: string, delayMs = 0, fail = false) {
  await database.inClinic(clinicId, async (connection) => {
    if (delayMs > 0) await pause(delayMs);
    const version = await recordChange(connection, { clinicId, entity: 'tag', id });
    if (delayMs > 0) await pause(delayMs);
    await connection.query(
      `insert into tags (clinic_id, id, name, color, version) values ($1, $2, $3, '#fff', $4)
       on conflict (clinic_id, id) do update set name = excluded.name, version = excluded.version`,
      [clinicId, id, name, version],
    );
    if (fail) throw new Error('on purpose');
  });
}

describe('changes', () => {
  test('numbers have no gaps, and whoever reads up to n has seen everything up to n', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ delayMs: fc.nat(4), fail: fc.boolean() }), { minLength: 5, maxLength: 25 }),
        async (writes) => {
          const { head: start } = await client.changes();
          const seen: number[] = [];
          let cursor = start;
          let writing = true;
          // A reader that goes on while the writers overlap, each page from where the last one ended.
          const reader = (async () => {
            for (;;) {
              const last = !writing;
              const page = await database.inClinic(clinicId, (connection) =>
                readChanges(connection, { clinicId, after: cursor, limit: 3 }),
              );
              seen.push(...(page?.changes.map(({ seq }) => seq) ?? []));
              cursor = page?.next ?? cursor;
              if (last && !page?.more) return;
            }
          })();
          await Promise.all(
            writes.map(({ delayMs, fail }) => putTag(newId(), 'x', delayMs, fail).catch(() => undefined)),
          );
          writing = false;
          await reader;
          const committed = writes.filter(({ fail }) => !fail).length;
          expect(seen).toEqual(Array.from({ length: committed }, (_, index) => start + index + 1));
        },
      ),
      { numRuns: 15 },
    );
  });

  test('only the newest change of an entity carries it; a client that follows ends with the same data', async () => {
    const ids = [newId(), newId(), newId()];
    const { head: start } = await client.changes();
    for (let round = 0; round < 10; round += 1) await putTag(ids[round % 3] ?? '', `nombre ${round}`);
    const page = await client.changes(start);
    expect(page).toMatchObject({ next: start + 10, head: start + 10, more: false });
    expect(page.changes.map(({ seq, data }) => [seq - start, (data as { name: string }).name])).toEqual([
      [8, 'nombre 7'],
      [9, 'nombre 8'],
      [10, 'nombre 9'],
    ]);
    const held = new Map<string, string>();
    for (let after = start; ;) {
      const response = await get(`/v1/changes?after=${after}&limit=2`);
      const small = ChangesPage.parse(await response.json());
      for (const { id, data } of small.changes) held.set(id, (data as { name: string }).name);
      after = small.next;
      if (!small.more) break;
    }
    expect([...held.values()].sort()).toEqual(['nombre 7', 'nombre 8', 'nombre 9']);
  });

  test('a cursor that is not of this feed any more, or not yet, needs a snapshot', async () => {
    await putTag(newId(), 'uno');
    const { head } = await client.changes();
    expect((await get(`/v1/changes?after=${head}`)).status).toBe(200);
    const ahead = await get(`/v1/changes?after=${head + 1}`);
    expect(ahead.status).toBe(410);
    expect(await ahead.json()).toMatchObject({ code: 'cursor_too_old', status: 410 });

    expect(await pruneChanges(database, { clinicId, upTo: head - 1 })).toBe(head - 1);
    expect((await get(`/v1/changes?after=${head - 2}`)).status).toBe(410);
    expect((await get(`/v1/stream?after=${head - 2}`)).status).toBe(410);
    expect((await client.changes(head - 1)).changes).toHaveLength(1);
  });

  test.each(['after=-1', 'after=x', 'after=1e3', 'limit=0', 'limit=x', 'after=99999999999999999999'])(
    '?%s is refused',
    async (query) => {
      expect((await get(`/v1/changes?${query}`)).status).toBe(400);
    },
  );
});

const openStream = (after: number, url = relay.url) => followStream(url, { headers: client.headers, after });

describe('the stream', () => {
  test('sends what is missing, then lives: every change once and in order', async () => {
    const { head: start } = await client.changes();
    for (let index = 0; index < 1_200; index += 100) {
      await Promise.all(Array.from({ length: 100 }, (_, offset) => putTag(newId(), `n${index + offset}`)));
    }
    const stream = await openStream(start);
    expect(stream.headers.get('content-type')).toMatch(/^text\/event-stream/);
    const writers = Array.from({ length: 60 }, (_, index) => putTag(newId(), `vivo ${index}`, index % 5));
    await Promise.all(writers);
    const expected = Array.from({ length: 1_260 }, (_, index) => start + index + 1);
    await eventually('all changes on the stream', async () => stream.changes().length >= expected.length);
    expect(stream.changes()).toEqual(expected);
    expect(stream.events.some(({ event }) => event === 'ping')).toBe(true);
    await stream.close();
  });

  test('a webhook reaches the stream, here and at another process', async () => {
    const other = await startTestRelay({ databaseUrl: relay.databaseUrl, clinic: relay.clinic });
    const { head } = await client.changes();
    const streams = [await openStream(head), await openStream(head, other.url)];
    await relay.postWebhook(inboundWebhook(relay.clinic.number, [textPart('wamid.1', 'en directo')]));
    for (const stream of streams) {
      await eventually('the message on the stream', async () =>
        stream.events.some(
          ({ data }) => data['entity'] === 'message' && JSON.stringify(data).includes('en directo"'),
        ),
      );
    }
    await Promise.all(streams.map((stream) => stream.close()));
    await other.stop();
  });

  test('only the own clinic’s changes are on it, and it ends with the relay', async () => {
    const { head } = await client.changes();
    const stream = await openStream(head);
    const other = await createTestClinic(relay.databaseUrl);
    const body = inboundWebhook(other.number, [textPart('wamid.1', 'ajeno')]);
    await webhookOutcome(relay.url, await relay.postWebhook(body));
    await putTag(newId(), 'propio');
    await eventually('the own change', async () => stream.changes().length > 0);
    expect(JSON.stringify(stream.events)).not.toContain('ajeno');
    await relay.stop();
    await stream.ended;
  });

  test('Last-Event-ID of a reconnecting reader wins', async () => {
    await putTag(newId(), 'uno');
    const { head } = await client.changes();
    const response = await get('/v1/stream?after=0', { 'last-event-id': String(head + 5) });
    expect(response.status).toBe(410);
  });
});

async function readLines(path: string, headers: Record<string, string> = {}) {
  const response = await get(path, headers);
  expect(response.status).toBe(200);
  const text = await response.text();
  expect(text.endsWith('\n')).toBe(true);
  return { response, lines: text.trimEnd().split('\n') };
}

/** A clinic with so many conversations of so many messages each, written by the database itself. */
async function fill(conversations: number, messages: number) {
  await database.inClinic(clinicId, async (connection) => {
    await connection.query(
      `with people as (
         insert into patients (clinic_id, id, profile_name, version, created_at)
         select $1, gen_random_uuid(), 'Paciente ' || n, n, now() from generate_series(1, $2::int) n
         returning id, version as n),
       talks as (
         insert into conversations (clinic_id, id, patient_id, number_id, last_activity_at, version)
         select $1, gen_random_uuid(), id, '2', date_trunc('ms', now()) - n * interval '1 minute', n from people
         returning id, version as n)
       insert into messages (clinic_id, id, conversation_id, ordinal, version, direction, kind, text, author_kind,
         sent_at, received_at, number_id)
       select $1, gen_random_uuid(), talks.id, (m - 1) * $2::int + n, (m - 1) * $2::int + n, 'inbound', 'text',
         'mensaje ' || m, 'patient', now(), now(), '2'
       from talks, generate_series(1, $3::int) m`,
      [clinicId, conversations, messages],
    );
    await connection.query('update clinics set seq = greatest(seq, $2) where clinic_id = $1', [
      clinicId,
      conversations * messages,
    ]);
  });
}

describe('the snapshot', () => {
  const parse = (lines: string[]) => lines.map((line) => SnapshotLine.parse(JSON.parse(line)));
  const changesOf = (lines: SnapshotLine[], entity: string) =>
    lines.filter((line) => line.type === 'change').filter((line) => line.entity === entity);

  test('newest conversations first, each after its patient, with messages for the first ones', async () => {
    await fill(700, 40);
    await database.inClinic(clinicId, async (connection) => {
      await connection.query(
        `insert into patients (clinic_id, id, name, version, created_at) values ($1, $2, 'Sin charla', 1, now())`,
        [clinicId, newId()],
      );
    });
    const { response, lines } = await readLines('/v1/snapshot', { 'accept-encoding': 'gzip' });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    const parsed = parse(lines);
    const [head] = parsed;
    expect(head).toMatchObject({
      type: 'head',
      counts: { conversation: 700, patient: 701, message: 9_000, agent: 1 },
    });
    expect(parsed.at(-1)).toEqual({ type: 'end' });
    const activity = changesOf(parsed, 'conversation').map(
      ({ data }) => (data as { lastActivityAt: string }).lastActivityAt,
    );
    expect(activity).toHaveLength(700);
    expect(activity).toEqual([...activity].sort().reverse());
    expect(changesOf(parsed, 'patient')).toHaveLength(701);
    expect(changesOf(parsed, 'message')).toHaveLength(9_000);
    const known = new Set<string>();
    for (const line of parsed) {
      if (line.type !== 'change') continue;
      if (line.entity === 'patient') known.add(line.id);
      if (line.entity === 'conversation')
        expect(known).toContain((line.data as { patientId: string }).patientId);
    }
  });

  test('goes on behind the last conversation a reader has', async () => {
    await fill(120, 2);
    const all = changesOf(parse((await readLines('/v1/snapshot')).lines), 'conversation').map(({ id }) => id);
    const rest = parse((await readLines(`/v1/snapshot?after=${all[69]}`)).lines);
    expect(changesOf(rest, 'conversation').map(({ id }) => id)).toEqual(all.slice(70));
    expect(changesOf(rest, 'clinic')).toHaveLength(1);
    const unknown = parse((await readLines(`/v1/snapshot?after=${newId()}`)).lines);
    expect(changesOf(unknown, 'conversation')).toHaveLength(120);
  });

  test('is one picture: its number is true of every line, whatever is written meanwhile', async () => {
    await fill(60, 1);
    let writing = true;
    const writer = (async () => {
      while (writing) await putTag(newId(), 'x');
    })();
    for (let round = 0; round < 10; round += 1) {
      const parsed = parse((await readLines('/v1/snapshot')).lines);
      const seq = parsed[0]?.type === 'head' ? parsed[0].seq : 0;
      const versions = parsed.flatMap((line) => (line.type === 'change' ? [line.seq] : []));
      expect(Math.max(...versions)).toBeLessThanOrEqual(seq);
      const tags = changesOf(parsed, 'tag').length;
      expect(tags).toBe(parsed[0]?.type === 'head' ? parsed[0].counts['tag'] : -1);
    }
    writing = false;
    await writer;
  });

  test('a reader that leaves gives its connection back', async () => {
    await fill(600, 5);
    for (let round = 0; round < 12; round += 1) {
      const abort = new AbortController();
      const response = await fetch(`${relay.url}/v1/snapshot`, {
        headers: client.headers,
        signal: abort.signal,
      });
      await response.body?.getReader().read();
      abort.abort();
    }
    expect((await readLines('/v1/snapshot')).lines.length).toBeGreaterThan(1_200);
  });
});

describe('history', () => {
  test('the whole clinic, newest first, in pieces that meet exactly', async () => {
    await fill(50, 30);
    const ordinals: number[] = [];
    for (let before: number | null = null; ;) {
      const { lines } = await readLines(`/v1/history?limit=400${before === null ? '' : `&before=${before}`}`);
      const parsed = lines.map((line) => HistoryLine.parse(JSON.parse(line)));
      for (const line of parsed)
        if (line.type === 'change') ordinals.push((line.data as { ordinal: number }).ordinal);
      const end = parsed.at(-1);
      before = end?.type === 'end' ? end.before : null;
      if (before === null) break;
    }
    expect(ordinals).toEqual(Array.from({ length: 1_500 }, (_, index) => 1_500 - index));
  });

  test('one conversation', async () => {
    await fill(5, 30);
    const [conversation] = (await readLines('/v1/snapshot')).lines
      .map((line) => JSON.parse(line) as { entity?: string; id: string })
      .filter(({ entity }) => entity === 'conversation');
    const { lines } = await readLines(`/v1/conversations/${conversation?.id}/messages?limit=25`);
    const messages = lines
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { data: { conversationId: string } });
    expect(messages).toHaveLength(25);
    expect(new Set(messages.map(({ data }) => data.conversationId))).toEqual(new Set([conversation?.id]));
    const end = JSON.parse(lines.at(-1) ?? '') as { before: number };
    const rest = await readLines(`/v1/conversations/${conversation?.id}/messages?before=${end.before}`);
    expect(rest.lines).toHaveLength(6);
    expect(rest.lines.at(-1)).toBe('{"type":"end","before":null}');
    expect((await get(`/v1/conversations/${newId()}/messages`)).status).toBe(404);
    expect((await get('/v1/conversations/no-id/messages')).status).toBe(400);
  });
});
