import {
  Checksums,
  HistoryLine,
  Message,
  newId,
  SnapshotLine,
  ThreadMessages,
  type Timestamp,
} from '@recado/protocol';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestFeed, type TestFeed } from '../../sandbox/testing/feed.ts';
import { webhookOutcome } from '../../sandbox/testing/relay-client.ts';
import { inboundWebhook, textPart } from '../../sandbox/testing/webhook-bodies.ts';
import { pruneChanges } from './changes.ts';
import { recordChange } from './record.ts';

let feed: TestFeed;
let relay: TestFeed['relay'];
let client: TestFeed['client'];
let database: TestFeed['database'];
let clinicId: TestFeed['clinicId'];
let get: TestFeed['get'];
let putTag: TestFeed['putTag'];
let readLines: TestFeed['readLines'];
let fill: TestFeed['fill'];
beforeEach(async () => {
  feed = await startTestFeed();
  ({ relay, client, database, clinicId, get, putTag, readLines, fill } = feed);
});
afterEach(() => feed.close());

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
