/** The one place that imports axios: requests under the relay's address, failures as values. */
import { APP_VERSION_HEADER, SERVER_TIME_HEADER } from '@recado/protocol';
import axios, { type AxiosResponse } from 'axios';
import type { Scheduler } from '../lib/time.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { failureOf } from './failure.ts';
import type { Outcome, RelayFailure, ServerTimeSample } from './interface.ts';

/** An answer this long is no answer of a relay. */
const LONGEST_BODY_BYTES = 64 * 1024 * 1024;
const LONGEST_ERROR_BODY_BYTES = 64 * 1024;

export interface HttpOptions {
  /** Normalised address, see `normaliseBaseUrl`. */
  baseUrl: string;
  /** The fetch of the platform: Electron's, which honours the system's proxy and certificates, or the runtime's. */
  fetch: typeof fetch;
  token: string | null;
  appVersion: string;
  scheduler: Scheduler;
  /** Milliseconds of a clock that only moves forward. */
  monotonicNow: () => number;
  onServerTime: (sample: ServerTimeSample) => void;
}

export interface Request {
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  path: string;
  query?: Record<string, string | number>;
  /** Sent as JSON; bytes as they are. */
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Longest time without a byte, milliseconds. */
  silenceMs: number;
}

/** A body being read. */
export interface OpenBody {
  body: ReadableStream<Uint8Array>;
  status: number;
  header: (name: string) => string | null;
  deadline: Deadline;
  /** Why reading failed: the caller's wish, or silence. */
  failure(): RelayFailure;
}

export interface Http {
  /** One request with a short answer, as text. */
  text(request: Request): Promise<Outcome<string>>;
  /** One request with a long answer. `read` gets the open body; it is closed when `read` has ended. */
  open<Value>(
    request: Request & { accept: string },
    read: (open: OpenBody) => Promise<Outcome<Value>>,
  ): Promise<Outcome<Value>>;
}

async function shortText(body: ReadableStream<Uint8Array>): Promise<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  while (text.length < LONGEST_ERROR_BODY_BYTES) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return text;
}

export function createHttp(options: HttpOptions): Http {
  const client = axios.create({
    adapter: 'fetch',
    env: { fetch: options.fetch as (input: URL | globalThis.Request | string) => Promise<Response> },
    baseURL: options.baseUrl,
    // Statuses are judged by failureOf, bodies parsed by the schemas of the protocol.
    validateStatus: () => true,
    transformResponse: (data: unknown) => data,
    maxContentLength: LONGEST_BODY_BYTES,
    withCredentials: false,
    // The token must not follow a redirect to anywhere else.
    fetchOptions: { redirect: 'error', cache: 'no-store' },
    headers: {
      [APP_VERSION_HEADER]: options.appVersion,
      ...(options.token === null ? {} : { authorization: `Bearer ${options.token}` }),
    },
  });

  const header = (response: AxiosResponse, name: string): string | null => {
    const value: unknown = response.headers[name];
    return typeof value === 'string' ? value : null;
  };

  async function send(
    request: Request,
    deadline: Deadline,
    extra: { responseType: 'text' | 'stream'; accept: string },
  ): Promise<AxiosResponse | null> {
    const sentAt = options.monotonicNow();
    const isBytes = request.body instanceof Uint8Array;
    try {
      const response = await client.request<unknown>({
        method: request.method,
        url: request.path,
        params: request.query,
        data: request.body,
        signal: deadline.signal,
        responseType: extra.responseType,
        headers: {
          accept: extra.accept,
          ...(isBytes ? { 'content-type': 'application/octet-stream' } : {}),
          ...request.headers,
        },
        // Its own way with bytes would send the whole buffer they are a view of.
        ...(isBytes ? { transformRequest: (data: unknown) => data } : {}),
        ...(extra.responseType === 'stream' ? { maxContentLength: -1 } : {}),
      });
      const serverTime = Number(header(response, SERVER_TIME_HEADER) ?? Number.NaN);
      if (Number.isFinite(serverTime)) {
        options.onServerTime({ serverTime, sentAt, receivedAt: options.monotonicNow() });
      }
      return response;
    } catch (error) {
      if (axios.isAxiosError(error) || axios.isCancel(error)) return null;
      throw error;
    }
  }

  const lost = (request: Request): RelayFailure => ({
    kind: request.signal?.aborted === true ? 'aborted' : 'unreachable',
  });

  const refusal = (response: AxiosResponse, body: string): RelayFailure =>
    failureOf({
      status: response.status,
      body,
      retryAfter: header(response, 'retry-after'),
      now: Date.now(),
    });

  return {
    async text(request) {
      const deadline = createDeadline({
        scheduler: options.scheduler,
        signal: request.signal,
        silenceMs: request.silenceMs,
      });
      try {
        const response = await send(request, deadline, { responseType: 'text', accept: 'application/json' });
        if (response === null) return { ok: false, failure: lost(request) };
        const body = typeof response.data === 'string' ? response.data : '';
        if (response.status < 200 || response.status > 299)
          return { ok: false, failure: refusal(response, body) };
        return { ok: true, value: body };
      } finally {
        deadline.clear();
      }
    },

    async open(request, read) {
      const deadline = createDeadline({
        scheduler: options.scheduler,
        signal: request.signal,
        silenceMs: request.silenceMs,
      });
      try {
        const response = await send(request, deadline, { responseType: 'stream', accept: request.accept });
        if (response === null) return { ok: false, failure: lost(request) };
        if (!(response.data instanceof ReadableStream))
          return { ok: false, failure: { kind: 'invalidResponse' } };
        const body = response.data as ReadableStream<Uint8Array>;
        if (response.status < 200 || response.status > 299) {
          const text = await shortText(body).catch(() => '');
          return { ok: false, failure: refusal(response, text) };
        }
        return await read({
          body,
          status: response.status,
          header: (name) => header(response, name),
          deadline,
          failure: () => lost(request),
        });
      } finally {
        deadline.clear();
      }
    },
  };
}
