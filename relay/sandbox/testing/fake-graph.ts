import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { invalidRequest } from '../graph-api/request-schemas.ts';

/** What the relay asked of WhatsApp. */
export interface GraphCall {
  path: string;
  authorization: string | undefined;
  body: Record<string, unknown> & { biz_opaque_callback_data?: string; text?: { body: string } };
}

export type GraphAnswer = (call: GraphCall, response: ServerResponse, index: number) => void;

/** Accepts, with `wamid.OUT<n>` for the nth call. */
export const accept: GraphAnswer = (_call, response, index) => {
  response
    .writeHead(200, { 'content-type': 'application/json' })
    .end(JSON.stringify({ messaging_product: 'whatsapp', messages: [{ id: `wamid.OUT${index + 1}` }] }));
};

/** Refuses with one of Meta's codes. */
export function refuse(code: number, status = 400): GraphAnswer {
  return (_call, response) => {
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ error: { message: `(#${code}) refused`, code } }));
  };
}

/** Takes the request and never answers. */
export const stayMute: GraphAnswer = () => {};

/** A file the relay gave to WhatsApp. */
export interface GraphUpload {
  path: string;
  /** Its id there: `media-1` for the first. */
  id: string;
  form: FormData;
}

/**
 * A bare HTTP server in Meta's place that counts calls; each test tells it how to answer. Closing it fails the test when
 * a call was not as Meta documents it. Templates are not its business: it is never ready to list them.
 */
export async function startFakeGraph(answer: GraphAnswer = accept) {
  const calls: GraphCall[] = [];
  const uploads: GraphUpload[] = [];
  const invalid: string[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let answering = answer;
  let refusingUploads: { code: number; status: number } | null = null;

  async function takeUpload(request: IncomingMessage, response: ServerResponse, body: Buffer): Promise<void> {
    if (refusingUploads) {
      const { code, status } = refusingUploads;
      response
        .writeHead(status, { 'content-type': 'application/json' })
        .end(JSON.stringify({ error: { message: `(#${code}) refused`, code } }));
      return;
    }
    const headers = { 'content-type': request.headers['content-type'] ?? '' };
    const form = await new Response(new Uint8Array(body), { headers }).formData();
    const id = `media-${uploads.length + 1}`;
    uploads.push({ path: request.url ?? '', id, form });
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ id }));
  }

  const server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (chunk: Buffer) => parts.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(parts);
      if (request.method === 'POST' && request.url?.endsWith('/media')) {
        void takeUpload(request, response, body);
        return;
      }
      if (request.method !== 'POST' || !request.url?.endsWith('/messages')) {
        response
          .writeHead(503, { 'content-type': 'application/json' })
          .end(JSON.stringify({ error: { message: '(#2) Service unavailable', code: 2 } }));
        return;
      }
      const text = body.toString('utf8');
      const call: GraphCall = {
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: JSON.parse(text) as GraphCall['body'],
      };
      calls.push(call);
      const flaw = invalidRequest(call.body);
      if (flaw !== null) invalid.push(flaw);
      answering(call, response, calls.length - 1);
      for (const { count, resolve } of waiting) if (calls.length >= count) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v25.0`,
    calls,
    uploads,
    /** Files are refused with one of Meta's codes from now on; null takes them again. */
    refuseUploads(code: number | null, status = 400) {
      refusingUploads = code === null ? null : { code, status };
    },
    answerWith(next: GraphAnswer) {
      answering = next;
    },
    /** Leaves the next call without an answer; resolves when it has come, with the way to accept it. */
    holdNextCall(): Promise<() => void> {
      return new Promise((resolve) => {
        answering = (call, response, index) => {
          answering = accept;
          resolve(() => accept(call, response, index));
        };
      });
    },
    /** Resolves when at least so many calls have come. */
    called(count: number): Promise<void> {
      if (calls.length >= count) return Promise.resolve();
      return new Promise((resolve) => waiting.push({ count, resolve }));
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      if (invalid.length > 0) throw new Error(`not as Meta documents it: ${invalid.splice(0).join('; ')}`);
    },
  };
}
export type FakeGraph = Awaited<ReturnType<typeof startFakeGraph>>;
