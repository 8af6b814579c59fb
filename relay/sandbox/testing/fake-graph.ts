import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

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

/** A bare HTTP server in Meta's place that counts calls; each test tells it how to answer. */
export async function startFakeGraph(answer: GraphAnswer = accept) {
  const calls: GraphCall[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  let answering = answer;
  const server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
    request.on('end', () => {
      const call: GraphCall = {
        path: request.url ?? '',
        authorization: request.headers.authorization,
        body: JSON.parse(text) as GraphCall['body'],
      };
      calls.push(call);
      answering(call, response, calls.length - 1);
      for (const { count, resolve } of waiting) if (calls.length >= count) resolve();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/v25.0`,
    calls,
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
    },
  };
}
export type FakeGraph = Awaited<ReturnType<typeof startFakeGraph>>;
