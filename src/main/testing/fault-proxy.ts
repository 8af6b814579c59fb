/** Stands between app and relay and breaks what a test asks it to, over real HTTP. */
import { once } from 'node:events';
import {
  createServer,
  request as forward,
  type IncomingMessage,
  type OutgoingHttpHeaders,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';

export type Fault =
  /** Answers itself; the relay never hears of the request. */
  | { type: 'answer'; status: number; headers?: OutgoingHttpHeaders; body: string }
  /** Cuts the connection before the relay hears of the request. */
  | { type: 'cutBefore' }
  /** The relay does what was asked; its answer is lost. */
  | { type: 'loseAnswer' }
  /** Cuts the connection after this many bytes of the answer. */
  | { type: 'cutAfter'; bytes: number }
  /** Hands over this many bytes of the answer and then nothing more, with the connection still open. */
  | { type: 'stallAfter'; bytes: number }
  /** Hands the answer over in pieces of this many bytes, each in its own packet. */
  | { type: 'trickle'; bytes: number }
  /** Accepts the request and never says anything. */
  | { type: 'silence' }
  /** Changes the whole answer. */
  | { type: 'rewrite'; change: (body: string) => string };

export interface FaultProxy {
  readonly url: string;
  setTarget(url: string): void;
  /** Breaks requests whose "METHOD /path" matches, the next `times` of them (default: all) from now on. */
  add(pattern: RegExp, fault: Fault, times?: number): void;
  clear(): void;
  /** Connections of now stay open and carry nothing more, as after a machine has slept; new ones are as ever. */
  freeze(): void;
  /** "METHOD /path?query" of every request so far. */
  requests(): string[];
  /** Nobody answers at this address any more; open connections end. */
  goOffline(): Promise<void>;
  goOnline(): Promise<void>;
  close(): Promise<void>;
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Writes `bytes` and lets them leave as a packet of their own. */
const writePiece = (response: ServerResponse, bytes: Buffer) =>
  new Promise<void>((resolve) => {
    response.write(bytes, () => {
      setImmediate(resolve);
    });
  });

export async function createFaultProxy(target: string): Promise<FaultProxy> {
  let currentTarget = target;
  let faults: { pattern: RegExp; fault: Fault; left: number }[] = [];
  const seen: string[] = [];
  const open = new Set<() => void>();

  function takeFault(line: string): Fault | null {
    const found = faults.find(({ pattern, left }) => left > 0 && pattern.test(line));
    if (found === undefined) return null;
    found.left -= 1;
    return found.fault;
  }

  async function relayAnswer(answer: IncomingMessage, response: ServerResponse, fault: Fault | null) {
    const { statusCode = 502, headers } = answer;
    if (fault?.type === 'loseAnswer') {
      await readAll(answer);
      response.destroy();
    } else if (fault?.type === 'rewrite') {
      const body = Buffer.from(fault.change((await readAll(answer)).toString('utf8')));
      response.writeHead(statusCode, { ...headers, 'content-length': body.length }).end(body);
    } else if (fault?.type === 'cutAfter') {
      response.writeHead(statusCode, headers);
      const body = (await readAll(answer)).subarray(0, fault.bytes);
      await writePiece(response, body);
      response.destroy();
    } else if (fault?.type === 'stallAfter') {
      response.writeHead(statusCode, headers);
      response.write((await readAll(answer)).subarray(0, fault.bytes));
    } else if (fault?.type === 'trickle') {
      response.writeHead(statusCode, headers);
      for await (const chunk of answer as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += fault.bytes) {
          await writePiece(response, chunk.subarray(at, at + fault.bytes));
        }
      }
      response.end();
    } else {
      response.writeHead(statusCode, headers);
      response.flushHeaders();
      answer.pipe(response);
      const freeze = () => {
        answer.unpipe(response);
        answer.resume();
      };
      open.add(freeze);
      response.on('close', () => open.delete(freeze));
    }
  }

  const server = createServer((request, response) => {
    const line = `${request.method ?? ''} ${request.url ?? ''}`;
    seen.push(line);
    const fault = takeFault(line);
    if (fault?.type === 'silence') return;
    if (fault?.type === 'cutBefore') {
      response.destroy();
      return;
    }
    if (fault?.type === 'answer') {
      request.resume();
      response.writeHead(fault.status, fault.headers ?? {}).end(fault.body);
      return;
    }
    const { 'accept-encoding': encoding, ...headers } = request.headers;
    const outgoing = forward(
      new URL(request.url ?? '/', currentTarget),
      {
        method: request.method,
        // What is to be changed must not come compressed.
        headers:
          fault?.type === 'rewrite' || encoding === undefined
            ? headers
            : { ...headers, 'accept-encoding': encoding },
      },
      (answer) => {
        answer.on('error', () => response.destroy());
        relayAnswer(answer, response, fault).catch(() => response.destroy());
      },
    );
    outgoing.on('error', () => response.destroy());
    response.on('close', () => outgoing.destroy());
    request.pipe(outgoing);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  const goOffline = async () => {
    if (!server.listening) return;
    server.close();
    server.closeAllConnections();
    await once(server, 'close');
  };

  return {
    url: `http://127.0.0.1:${port}`,
    setTarget(url) {
      currentTarget = url;
    },
    add(pattern, fault, times = Number.POSITIVE_INFINITY) {
      faults.push({ pattern, fault, left: times });
    },
    clear() {
      faults = [];
    },
    freeze() {
      for (const freezeOne of open) freezeOne();
    },
    requests: () => [...seen],
    goOffline,
    async goOnline() {
      if (server.listening) return;
      server.listen(port, '127.0.0.1');
      await once(server, 'listening');
    },
    close: goOffline,
  };
}
