import { newId, type Change } from '@recado/protocol';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemScheduler } from '../lib/time.ts';
import { createRelayClient } from './client.ts';
import type { RelayClient, SnapshotItem } from './interface.ts';
import { UPLOAD_PIECE_BYTES } from './media-requests.ts';

type Answer = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

let server: Server;
let relay: RelayClient;
/** "METHOD /path?query" of every request. */
let seen: string[];
let answer: Answer;
const { signal } = new AbortController();

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      seen.push(`${request.method ?? ''} ${request.url ?? ''}`);
      answer(request, response, Buffer.concat(chunks));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  relay = createRelayClient({
    baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    fetch: globalThis.fetch,
    token: 'a token',
    appVersion: '0.1.0',
    scheduler: systemScheduler,
    monotonicNow: () => performance.now(),
    onServerTime: () => undefined,
  });
});

afterEach(async () => {
  server.close();
  server.closeAllConnections();
  await once(server, 'close');
});

const json = (response: ServerResponse, value: unknown, status = 200) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
};
const problem = (response: ServerResponse, status: number, code: string) => {
  json(response, { title: code, status, code }, status);
};
const change = (seq: number): Change => ({ seq, entity: 'tag', id: newId(), op: 'put', data: {} });
const lines = (response: ServerResponse, values: unknown[]) => {
  response.writeHead(200).end(values.map((value) => `${JSON.stringify(value)}\n`).join(''));
};

describe('snapshot', () => {
  const head = { type: 'head', seq: 7, counts: {}, serverTime: '2026-11-22T10:00:00.000Z' };
  const read = async (from: { seq: number; after: string } | null) => {
    const items: SnapshotItem[] = [];
    const heads: number[] = [];
    const outcome = await relay.snapshot({
      from,
      signal,
      onHead: async ({ seq }) => void heads.push(seq),
      onItems: async (more) => void items.push(...more),
    });
    return { outcome, heads, items };
  };

  it('hands over lines with the marks between them, in order', async () => {
    answer = (_request, response) => {
      lines(response, [
        head,
        { type: 'change', ...change(1) },
        { type: 'mark', after: 'c:1' },
        { type: 'change', ...change(2) },
        { type: 'from a newer relay' },
        { type: 'end' },
      ]);
    };
    const { outcome, heads, items } = await read(null);
    expect(outcome).toEqual({ ok: true, value: null });
    expect(heads).toEqual([7]);
    expect(items.map(({ type }) => type)).toEqual(['change', 'mark', 'change']);
    expect(seen).toEqual(['GET /v1/snapshot']);
  });

  it('goes on behind a mark, and is not complete without its end', async () => {
    answer = (_request, response) => {
      lines(response, [head, { type: 'change', ...change(2) }]);
    };
    const { outcome } = await read({ seq: 7, after: 'c:1' });
    expect(outcome).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect(seen).toEqual(['GET /v1/snapshot?seq=7&after=c:1']);
  });
});

describe('threads, checks and colleagues', () => {
  it('asks for messages older than a place', async () => {
    const changes = [change(3)];
    answer = (_request, response) => {
      json(response, { changes, before: { sentAt: '2026-01-02T03:04:05.678Z', ordinal: 9 } });
    };
    const place = { sentAt: Date.UTC(2026, 0, 2, 3, 4, 5, 678), ordinal: 9 };
    const input = { conversationId: 'an id', limit: 100, signal };
    expect(await relay.threadMessages({ ...input, before: null })).toEqual({
      ok: true,
      value: { changes, before: place },
    });
    await relay.threadMessages({ ...input, before: place });
    expect(seen).toEqual([
      'GET /v1/conversations/an%20id/messages?limit=100',
      'GET /v1/conversations/an%20id/messages?limit=100&beforeSentAt=2026-01-02T03:04:05.678Z&beforeOrdinal=9',
    ]);
  });

  it('compares, invites, lists devices and revokes one', async () => {
    const [agentId, deviceId] = [newId(), newId()];
    const code = { accessCode: 'ABCD-EFGH', expiresAt: '2026-11-22T10:00:00.000Z' };
    const device = {
      id: deviceId,
      name: 'Recepción',
      platform: 'win32',
      appVersion: '0.1.0',
      agentId,
      createdAt: code.expiresAt,
      lastSeenAt: code.expiresAt,
      active: true,
    };
    const checksums = { seq: 5, entities: { message: { count: 2, versions: 7 } } };
    answer = (request, response) => {
      if (request.method === 'DELETE') response.writeHead(204).end();
      else if (request.url?.startsWith('/v1/checksums')) json(response, checksums);
      else json(response, request.method === 'POST' ? code : { devices: [device] });
    };
    expect(await relay.checksums({ fromOrdinal: 4, signal })).toEqual({ ok: true, value: checksums });
    const invitation = { agentId, name: 'Luis', email: 'luis@example.com', role: 'agent' as const };
    expect(await relay.invite(invitation)).toEqual({ ok: true, value: code });
    expect(await relay.renewAccess({ agentId })).toEqual({ ok: true, value: code });
    expect(await relay.devices()).toEqual({ ok: true, value: [device] });
    expect(await relay.revokeDevice({ deviceId })).toEqual({ ok: true, value: null });
    expect(seen).toEqual([
      'GET /v1/checksums?fromOrdinal=4',
      'POST /v1/agents',
      `POST /v1/agents/${agentId}/access-code`,
      'GET /v1/devices',
      `DELETE /v1/devices/${deviceId}`,
    ]);
  });

  it('hears that the device was revoked', async () => {
    answer = (_request, response) => {
      problem(response, 401, 'device_revoked');
    };
    expect(await relay.changes({ after: 0, signal })).toEqual({
      ok: false,
      failure: { kind: 'deviceRevoked' },
    });
  });
});

/** A relay that keeps one file. */
function keepFile(content: { bytes: Buffer }, sizeBytes: number): Answer {
  return (request, response, body) => {
    if (request.method === 'POST') {
      json(response, { received: content.bytes.length, complete: content.bytes.length === sizeBytes });
    } else if (Number(request.headers['upload-offset']) !== content.bytes.length) {
      problem(response, 409, 'offset_mismatch');
    } else {
      content.bytes = Buffer.concat([content.bytes, body]);
      json(response, { received: content.bytes.length, complete: content.bytes.length === sizeBytes });
    }
  };
}

const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** Bytes from an offset in chunks of a length, each a view of a larger buffer. */
async function* chunksOf(bytes: Uint8Array, from: number, length: number) {
  for (let at = from; at < bytes.length; at += length) yield bytes.subarray(at, at + length);
}

describe('files', () => {
  const bytes = new Uint8Array(randomBytes(UPLOAD_PIECE_BYTES * 2 + 12_345));
  const media = {
    id: newId(),
    fileName: 'radiografía.jpg',
    mimeType: 'image/jpeg',
    sizeBytes: bytes.length,
    sha256: hash(bytes),
    voice: false,
  };

  it.each([7_001, UPLOAD_PIECE_BYTES, bytes.length])('uploads chunks of %i in pieces', async (length) => {
    const content = { bytes: Buffer.alloc(0) };
    answer = keepFile(content, bytes.length);
    const progress: number[] = [];
    expect(await relay.announceMedia({ media, signal })).toEqual({
      ok: true,
      value: { received: 0, complete: false },
    });
    const outcome = await relay.uploadMedia({
      mediaId: media.id,
      offset: 0,
      bytes: chunksOf(bytes, 0, length),
      signal,
      onProgress: (received) => progress.push(received),
    });
    expect(outcome).toEqual({ ok: true, value: { received: bytes.length, complete: true } });
    expect(progress).toEqual([UPLOAD_PIECE_BYTES, UPLOAD_PIECE_BYTES * 2, bytes.length]);
    expect(hash(content.bytes)).toBe(media.sha256);
  });

  it('goes on where a cut one stopped, and says when the relay holds something else', async () => {
    const content = { bytes: Buffer.from(bytes.subarray(0, 1_000)) };
    answer = keepFile(content, bytes.length);
    const upload = (offset: number) =>
      relay.uploadMedia({
        mediaId: media.id,
        offset,
        bytes: chunksOf(bytes, offset, 65_536),
        signal,
        onProgress: () => undefined,
      });
    expect(await upload(999)).toEqual({
      ok: false,
      failure: { kind: 'refused', status: 409, code: 'offset_mismatch' },
    });
    expect(await upload(1_000)).toMatchObject({ ok: true, value: { complete: true } });
    expect(hash(content.bytes)).toBe(media.sha256);
  });

  const download = async (offset: number) => {
    const starts: unknown[] = [];
    const parts: Uint8Array[] = [];
    const outcome = await relay.downloadMedia({
      mediaId: media.id,
      offset,
      signal,
      onStart: async (start) => void starts.push(start),
      onBytes: async (part) => void parts.push(part),
    });
    return { outcome, starts, bytes: Buffer.concat(parts) };
  };

  it('downloads the whole, the rest, or the whole where a rest was asked for', async () => {
    let isRangeKnown = true;
    answer = (request, response) => {
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const headers = { 'content-type': 'image/jpeg' };
      if (from > 0 && isRangeKnown) {
        const range = `bytes ${from}-${bytes.length - 1}/${bytes.length}`;
        response.writeHead(206, { ...headers, 'content-range': range }).end(bytes.subarray(from));
      } else response.writeHead(200, { ...headers, 'content-length': bytes.length }).end(bytes);
    };
    const start = { sizeBytes: bytes.length, mimeType: 'image/jpeg' };
    const whole = await download(0);
    expect(whole).toMatchObject({ outcome: { ok: true }, starts: [{ ...start, offset: 0 }] });
    expect(hash(whole.bytes)).toBe(media.sha256);
    const rest = await download(500_000);
    expect(rest).toMatchObject({ outcome: { ok: true }, starts: [{ ...start, offset: 500_000 }] });
    expect(hash(rest.bytes)).toBe(hash(bytes.subarray(500_000)));
    isRangeKnown = false;
    const again = await download(500_000);
    expect(again.starts).toEqual([{ ...start, offset: 0 }]);
    expect(hash(again.bytes)).toBe(media.sha256);
  });

  it('does not take a cut file for a whole one', async () => {
    answer = (_request, response) => {
      response.writeHead(200, { 'content-length': bytes.length });
      response.write(bytes.subarray(0, 1_000), () => response.destroy());
    };
    expect((await download(0)).outcome).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    answer = (_request, response) => {
      problem(response, 404, 'not_found');
    };
    expect((await download(0)).outcome).toMatchObject({ ok: false, failure: { kind: 'refused' } });
  });

  it('stops when the caller gives up', async () => {
    const controller = new AbortController();
    answer = () => {
      controller.abort();
    };
    const outcome = await relay.uploadMedia({
      mediaId: media.id,
      offset: 0,
      bytes: chunksOf(bytes, 0, 65_536),
      signal: controller.signal,
      onProgress: () => undefined,
    });
    expect(outcome).toEqual({ ok: false, failure: { kind: 'aborted' } });
  });
});

describe('keys of the practice software', () => {
  const at = '2026-11-22T12:00:00.000Z';
  const id = newId();

  it('are listed, made and taken away', async () => {
    answer = (request, response, body) => {
      if (request.method === 'GET')
        return json(response, { keys: [{ id, name: 'Agenda', createdAt: at, lastUsedAt: null }] });
      if (request.method === 'POST') {
        expect(JSON.parse(body.toString())).toEqual({ id, name: 'Agenda' });
        return json(response, { id, key: 'a key' }, 201);
      }
      response.writeHead(204).end();
    };
    expect(await relay.integrationKeys()).toEqual({
      ok: true,
      value: [{ id, name: 'Agenda', createdAt: at, lastUsedAt: null }],
    });
    expect(await relay.createIntegrationKey({ id, name: 'Agenda' })).toEqual({
      ok: true,
      value: { id, key: 'a key' },
    });
    expect(await relay.deleteIntegrationKey({ id })).toEqual({ ok: true, value: null });
    expect(seen).toEqual([
      'GET /v1/integration-keys',
      'POST /v1/integration-keys',
      `DELETE /v1/integration-keys/${id}`,
    ]);
  });

  it('are refused to who may not have them', async () => {
    answer = (_request, response) => problem(response, 403, 'forbidden');
    expect(await relay.integrationKeys()).toEqual({
      ok: false,
      failure: { kind: 'refused', status: 403, code: 'forbidden' },
    });
  });
});
