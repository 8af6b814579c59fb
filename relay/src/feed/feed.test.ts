import {
  ChangesPage,
  Checksums,
  HistoryLine,
  Message,
  newId,
  SnapshotLine,
  ThreadMessages,
  type Session,
  type Timestamp,
} from '@recado/protocol';
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
         'mensaje ' || m, 'patient', date_trunc('ms', now()), date_trunc('ms', now()), '2'
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

  /** What a reader has after the first `count` marks: the number, the last mark, and the ids before it. */
  function cutAfter(count: number, parsed: SnapshotLine[]) {
    const marks = parsed.flatMap((line, index) => (line.type === 'mark' ? [{ ...line, index }] : []));
    const mark = marks[count - 1];
    if (!mark || parsed[0]?.type !== 'head') throw new Error(`there are ${marks.length} marks`);
    const held = parsed.slice(0, mark.index).flatMap((line) => (line.type === 'change' ? [line.id] : []));
    return { seq: parsed[0].seq, after: mark.after, held: new Set(held), marks: marks.length };
  }
  const goOn = async ({ seq, after }: { seq: number; after: string }) =>
    parse((await readLines(`/v1/snapshot?seq=${seq}&after=${encodeURIComponent(after)}`)).lines);
  const idsOf = (parsed: SnapshotLine[]) =>
    parsed.flatMap((line) => (line.type === 'change' ? [line.id] : []));

  test('cut at any mark it goes on with what is missing, nothing twice', async () => {
    await fill(700, 2);
    await database.inClinic(clinicId, async (connection) => {
      await connection.query(
        `insert into patients (clinic_id, id, name, version, created_at)
         select $1, gen_random_uuid(), 'Sin charla', 1, now() from generate_series(1, 350)`,
        [clinicId],
      );
    });
    const whole = parse((await readLines('/v1/snapshot')).lines);
    const all = idsOf(whole);
    expect(new Set(all).size).toBe(all.length);
    const { marks } = cutAfter(1, whole);
    // Reference data, six pages with messages, two without, two of patients nobody talked to.
    expect(marks).toBe(11);
    for (let count = 1; count <= marks; count += 1) {
      const cut = cutAfter(count, whole);
      const rest = await goOn(cut);
      expect(rest[0]).toMatchObject({ type: 'head', seq: cut.seq });
      expect([...cut.held, ...idsOf(rest)].sort()).toEqual([...all].sort());
      expect(rest.at(-1)).toEqual({ type: 'end' });
    }
  });

  test('what moved up, came or went while the reader was away is complete with the feed', async () => {
    await fill(400, 2);
    const whole = parse((await readLines('/v1/snapshot')).lines);
    const cut = cutAfter(4, whole);
    const rows = changesOf(whole, 'conversation');
    const [held, missing] = [rows[10], rows[380]];
    if (!held || !missing) throw new Error('too few conversations');
    expect(cut.held.has(held.id) && !cut.held.has(missing.id)).toBe(true);
    // A held one and a missing one move to the top; somebody new writes.
    await database.inClinic(clinicId, async (connection) => {
      for (const { id } of [held, missing]) {
        const version = await recordChange(connection, { clinicId, entity: 'conversation', id });
        await connection.query(
          'update conversations set version = $3, last_activity_at = now() where clinic_id = $1 and id = $2',
          [clinicId, id, version],
        );
      }
    });
    const body = inboundWebhook(relay.clinic.number, [textPart('wamid.1', 'mientras tanto')]);
    await webhookOutcome(relay.url, await relay.postWebhook(body));
    const rest = await goOn(cut);
    expect(rest[0]).toMatchObject({ seq: cut.seq });
    const feed = (await client.changes(cut.seq)).changes.map(({ id }) => id);
    const people = changesOf(parse((await readLines('/v1/snapshot')).lines), 'patient').map(({ id }) => id);
    const talks = changesOf(parse((await readLines('/v1/snapshot')).lines), 'conversation').map(
      ({ id }) => id,
    );
    const has = new Set([...cut.held, ...idsOf(rest), ...feed]);
    expect([...people, ...talks].filter((id) => !has.has(id))).toEqual([]);
    // Nothing about this patient has changed, so the feed is silent.
    const { patientId } = missing.data as { patientId: string };
    expect(feed).not.toContain(patientId);
    expect(idsOf(rest)).toContain(patientId);
  });

  test('a place of another feed, or one it no longer reaches back to, begins anew', async () => {
    await fill(60, 1);
    const whole = parse((await readLines('/v1/snapshot')).lines);
    const cut = cutAfter(2, whole);
    for (let tag = 0; tag < 3; tag += 1) await putTag(newId(), `n${tag}`);
    const { head } = await client.changes(cut.seq);
    const forged = Buffer.from('{"conversation":{"at":"now()","id":"x"},"count":0}').toString('base64url');
    for (const wrong of [
      { ...cut, seq: head + 1 },
      { ...cut, after: forged },
      { ...cut, after: 'x' },
    ]) {
      const anew = await goOn(wrong);
      expect(anew[0]).toMatchObject({ seq: head });
      expect(changesOf(anew, 'conversation')).toHaveLength(60);
    }
    await pruneChanges(database, { clinicId, upTo: cut.seq + 1 });
    expect((await goOn(cut))[0]).toMatchObject({ seq: head });
    expect((await get(`/v1/snapshot?seq=x&after=${cut.after}`)).status).toBe(400);
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
});

/** A place in a thread. */
interface ThreadPlace {
  sentAt: Timestamp;
  ordinal: number;
}

describe('a thread', () => {
  const page = async (id: string, query = '') => {
    const response = await get(`/v1/conversations/${id}/messages${query}`);
    expect(response.status).toBe(200);
    return ThreadMessages.parse(await response.json());
  };

  test('by WhatsApp’s time, then ordinal, in pages that meet exactly', async () => {
    await fill(5, 30);
    const { rows } = await database.inClinic(clinicId, (connection) =>
      connection.query<{ id: string }>('select id from conversations where clinic_id = $1 limit 1', [
        clinicId,
      ]),
    );
    const id = rows[0]?.id ?? '';
    // Sent in the opposite order of arrival, three of each millisecond.
    await database.inClinic(clinicId, (connection) =>
      connection.query(
        `update messages set sent_at = sent_at - (ordinal / 15) * interval '1 ms' where clinic_id = $1`,
        [clinicId],
      ),
    );
    const seen: ThreadPlace[] = [];
    let before: ThreadPlace | null = null;
    do {
      const query: string =
        before === null
          ? '?limit=7'
          : `?limit=7&beforeSentAt=${before.sentAt}&beforeOrdinal=${before.ordinal}`;
      const messages = await page(id, query);
      for (const { entity, data } of messages.changes) {
        const message = Message.parse(data);
        expect([entity, message.conversationId]).toEqual(['message', id]);
        seen.push({ sentAt: message.sentAt, ordinal: message.ordinal });
      }
      before = messages.before;
    } while (before !== null);
    expect(seen).toHaveLength(30);
    const places = seen.map(({ sentAt, ordinal }) => `${sentAt} ${String(ordinal).padStart(5, '0')}`);
    expect(places).toEqual([...places].sort().reverse());
    expect(new Set(places).size).toBe(30);
    const whole = await page(id, '?limit=30');
    expect([whole.changes.length, whole.before]).toEqual([30, null]);
  });

  test('one nobody has, half a place, and what is no id', async () => {
    expect((await get(`/v1/conversations/${newId()}/messages`)).status).toBe(404);
    expect((await get('/v1/conversations/no-id/messages')).status).toBe(400);
    for (const query of [
      'beforeOrdinal=3',
      'beforeSentAt=2026-01-01T00:00:00.000Z',
      'beforeOrdinal=1&beforeSentAt=x',
    ]) {
      expect((await get(`/v1/conversations/${newId()}/messages?${query}`)).status).toBe(400);
    }
  });
});

describe('checksums', () => {
  const sums = async (fromOrdinal = 0) =>
    Checksums.parse(await (await get(`/v1/checksums?fromOrdinal=${fromOrdinal}`)).json());

  test('are those of what a reader has who took everything', async () => {
    await fill(40, 5);
    const body = inboundWebhook(relay.clinic.number, [textPart('wamid.1', 'hola')]);
    await webhookOutcome(relay.url, await relay.postWebhook(body));
    const held = new Map<string, { entity: string; seq: number; ordinal: number }>();
    for (const path of ['/v1/snapshot', '/v1/history']) {
      for (const line of (await readLines(path)).lines) {
        const { type, entity, id, seq, data } = JSON.parse(line) as {
          type: string;
          entity: string;
          id: string;
          seq: number;
          data?: { ordinal?: number };
        };
        if (type === 'change') held.set(id, { entity, seq, ordinal: data?.ordinal ?? Infinity });
      }
    }
    const { seq, entities } = await sums(100);
    expect(seq).toBe((await client.changes(seq)).head);
    for (const [name, sum] of Object.entries(entities)) {
      const mine = [...held.values()].filter(({ entity, ordinal }) => entity === name && ordinal >= 100);
      const versions = mine.reduce((total, each) => total + each.seq, 0);
      expect([name, sum]).toEqual([name, { count: mine.length, versions }]);
    }
    expect(Object.keys(entities).sort()).toEqual([
      'agent', 'appointment', 'clinic', 'conversation', 'message', 'patient', 'quickReply', 'tag', 'team', 'template',
    ]); // prettier-ignore
    expect((await sums()).entities['message']?.count).toBe(201);
    expect((await get('/v1/checksums?fromOrdinal=x')).status).toBe(400);
  });

  test('belong to their number, whatever is written meanwhile', async () => {
    let writing = true;
    let written = 0;
    const before = await sums();
    const writer = (async () => {
      while (writing) {
        await putTag(newId(), 'x');
        written += 1;
      }
    })();
    for (let round = 0; round < 20; round += 1) {
      const { seq, entities } = await sums();
      expect((entities['tag']?.count ?? 0) - (before.entities['tag']?.count ?? 0)).toBe(seq - before.seq);
    }
    writing = false;
    await writer;
    expect(written).toBeGreaterThan(0);
  });
});
