import { ChangesPage, newId } from '@recado/protocol';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startTestFeed, type TestFeed } from '../../sandbox/testing/feed.ts';
import { eventually, webhookOutcome } from '../../sandbox/testing/relay-client.ts';
import { createTestClinic, startTestRelay } from '../../sandbox/testing/relay.ts';
import { openStream as followStream } from '../../sandbox/testing/stream.ts';
import { inboundWebhook, textPart } from '../../sandbox/testing/webhook-bodies.ts';
import { pruneChanges, readChanges } from './changes.ts';

let feed: TestFeed;
let relay: TestFeed['relay'];
let client: TestFeed['client'];
let database: TestFeed['database'];
let clinicId: TestFeed['clinicId'];
let get: TestFeed['get'];
let putTag: TestFeed['putTag'];
beforeEach(async () => {
  feed = await startTestFeed();
  ({ relay, client, database, clinicId, get, putTag } = feed);
});
afterEach(() => feed.close());

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
