/** What a relay says to a PC that takes everything, byte by byte, and a bare server that says it again. */
import { API_BASE, APP_VERSION_HEADER, HISTORY_LIMIT, STREAM_PING_MS, type Session } from '@recado/protocol';
import { createReadStream, createWriteStream } from 'node:fs';
import { createServer, get, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { createInterface } from 'node:readline';

interface Answer {
  /** Compressed with gzip, as the relay sent it. */
  file: string;
  type: string;
}

export interface Recording {
  /** By path and query, as the app asks. */
  answers: Map<string, Answer>;
  session: Session;
  seq: number;
  /** Compressed bytes of all answers. */
  bytes: number;
  /** How long the relay took to hand all of it to a client that only writes it down. */
  seconds: number;
}

export const historyPath = (before: number | null) =>
  before === null
    ? `${API_BASE}/history?limit=${HISTORY_LIMIT}`
    : `${API_BASE}/history?before=${before}&limit=${HISTORY_LIMIT}`;
export const SNAPSHOT_PATH = `${API_BASE}/snapshot`;

async function fetchTo(
  file: string,
  url: string,
  headers: Record<string, string>,
): Promise<{ bytes: number; type: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(url, { headers: { ...headers, 'accept-encoding': 'gzip' } }, resolve).on('error', reject);
  });
  if (response.statusCode !== 200) throw new Error(`the relay answered ${response.statusCode ?? 'nothing'}`);
  let bytes = 0;
  response.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await pipeline(response, createWriteStream(file));
  return { bytes, type: response.headers['content-type'] ?? '' };
}

/** The JSON of the first or last line of a recorded answer. */
async function lineOf(file: string, which: 'first' | 'last'): Promise<Record<string, unknown>> {
  let found = '{}';
  const lines = createInterface({ input: createReadStream(file).pipe(createGunzip()) });
  for await (const line of lines) {
    found = line;
    if (which === 'first') break;
  }
  return JSON.parse(found) as Record<string, unknown>;
}

/** Takes the snapshot and the whole history of a clinic, as a new PC would, and keeps the bytes in `folder`. */
export async function recordRelay(relayUrl: string, session: Session, folder: string): Promise<Recording> {
  const headers = { authorization: `Bearer ${session.token}`, [APP_VERSION_HEADER]: '0.1.0' };
  const answers: Recording['answers'] = new Map();
  let bytes = 0;
  let seconds = 0;
  const take = async (path: string) => {
    const file = join(folder, `answer-${answers.size}.gz`);
    const startedAt = performance.now();
    const { type, ...size } = await fetchTo(file, `${relayUrl}${path}`, headers);
    seconds += (performance.now() - startedAt) / 1_000;
    bytes += size.bytes;
    answers.set(path, { file, type });
    return file;
  };
  const { seq } = await lineOf(await take(SNAPSHOT_PATH), 'first');
  for (let before: number | null = null, isLast = false; !isLast;) {
    const end = await lineOf(await take(historyPath(before)), 'last');
    before = end.before as number | null;
    isLast = before === null;
  }
  return { answers, session, seq: seq as number, bytes, seconds };
}

/** A plain HTTP server that answers with what was recorded, and with silence where the relay would wait for news. */
export async function serveRecording(recording: Recording): Promise<{ url: string; close(): Promise<void> }> {
  const { answers, session, seq } = recording;
  const streams = new Set<ServerResponse>();
  const ping = () => {
    for (const stream of streams) stream.write(`event: ping\ndata: {"head":${seq}}\n\n`);
  };
  const pinging = setInterval(ping, STREAM_PING_MS);
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    url.searchParams.sort();
    response.setHeader('x-server-time', String(Date.now()));
    const json = (value: unknown) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(value));
    const known = answers.get(`${url.pathname}${url.search}`);
    if (known !== undefined) {
      response.writeHead(200, { 'content-type': known.type, 'content-encoding': 'gzip' });
      createReadStream(known.file).pipe(response);
    } else if (url.pathname === `${API_BASE}/sessions`) json(session);
    else if (url.pathname === `${API_BASE}/changes`) json({ changes: [], next: seq, more: false, head: seq });
    else if (url.pathname === `${API_BASE}/stream`) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.write(`event: ping\ndata: {"head":${seq}}\n\n`);
      streams.add(response);
      response.once('close', () => streams.delete(response));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        clearInterval(pinging);
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
