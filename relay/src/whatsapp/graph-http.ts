import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { z } from 'zod';
import { retryRuleOf, type RetryRule } from './graph-errors.ts';

const Refused = z.object({
  error: z.object({
    code: z.union([z.number(), z.string()]).transform(String),
    message: z.string().optional(),
    error_subcode: z.number().optional().catch(undefined),
    error_user_msg: z.string().optional().catch(undefined),
    error_data: z.object({ details: z.string().optional() }).optional().catch(undefined),
  }),
});

/**
 * `answered`: Graph did it. `refused`: it certainly did not; `retry` tells whether and when to try again. `unknown`:
 * nobody can tell.
 */
export type GraphAnswer =
  | { outcome: 'answered'; body: unknown }
  | {
      outcome: 'refused';
      code: string;
      subcode: number | null;
      title: string | null;
      retry: RetryRule | null;
    }
  | { outcome: 'unknown'; code: string };
export type GraphRefusal = Exclude<GraphAnswer, { outcome: 'answered' }>;

export interface GraphRequest {
  accessToken: string;
  method?: 'GET' | 'POST' | 'DELETE';
  /** Behind the version, or a whole address Graph gave. */
  path: string;
  query?: Record<string, string>;
  json?: object;
  bytes?: { content: Readable; headers: Record<string, string> };
  timeoutMs?: number;
}

/** Failures that happen before a single byte of the request has left. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** A code for anything `fetch` throws. */
export function causeCode(error: unknown): string {
  const cause = (error as { cause?: unknown }).cause;
  // Happy eyeballs: one error per address that was tried.
  if (cause instanceof AggregateError) {
    const codes = cause.errors.map((each: unknown) => String((each as { code?: unknown }).code));
    return codes.every((code) => NEVER_CONNECTED.has(code)) ? (codes[0] ?? 'unknown') : 'unknown';
  }
  const code = (cause as { code?: unknown } | undefined)?.code ?? (error as { code?: unknown }).code;
  return typeof code === 'string' ? code : error instanceof Error ? error.name : 'unknown';
}

function failed(error: unknown): GraphAnswer {
  const code = causeCode(error);
  return NEVER_CONNECTED.has(code)
    ? {
        outcome: 'refused',
        code: 'unreachable',
        subcode: null,
        title: code,
        retry: retryRuleOf('unreachable'),
      }
    : { outcome: 'unknown', code };
}

function readAnswer(status: number, text: string): GraphAnswer {
  let body: unknown = null;
  try {
    body = JSON.parse(text);
  } catch {
    // An answer of something between us and Meta: it proves nothing.
  }
  const refused = Refused.safeParse(body);
  if (refused.success) {
    const { code, message, error_subcode, error_user_msg, error_data } = refused.data.error;
    return {
      outcome: 'refused',
      code,
      subcode: error_subcode ?? null,
      title: error_user_msg ?? error_data?.details ?? message ?? null,
      retry: retryRuleOf(code),
    };
  }
  return status < 300 && body !== null
    ? { outcome: 'answered', body }
    : { outcome: 'unknown', code: `http_${status}` };
}

/** With its length told before: a body of unknown length is something not every server takes. */
function stream(url: URL, request: GraphRequest, headers: Record<string, string>, timeoutMs: number) {
  return new Promise<GraphAnswer>((resolve) => {
    const call = (url.protocol === 'http:' ? httpRequest : httpsRequest)(
      url,
      {
        method: 'POST',
        headers: { ...headers, ...request.bytes?.headers },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve(readAnswer(response.statusCode ?? 0, Buffer.concat(parts).toString('utf8'))),
        );
        response.on('error', (error) => resolve(failed(error)));
      },
    );
    call.on('error', (error) => resolve(failed(error)));
    pipeline(request.bytes?.content ?? Readable.from([]), call, (error) => {
      if (error) resolve(failed(error));
    });
  });
}

/** One HTTP request to Meta's Graph API, and what its answer means. Repeating it is the caller's decision. */
export function createGraphHttp(settings: { graphUrl: string; sendTimeoutMs: number }) {
  return async function callGraph(request: GraphRequest): Promise<GraphAnswer> {
    const url = new URL(
      /^https?:/.test(request.path) ? request.path : `${settings.graphUrl}/${request.path}`,
    );
    for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.set(name, value);
    const headers = { authorization: `Bearer ${request.accessToken}` };
    const timeoutMs = request.timeoutMs ?? settings.sendTimeoutMs;
    if (request.bytes) return stream(url, request, headers, timeoutMs);
    try {
      const response = await fetch(url, {
        method: request.method ?? 'POST',
        headers: request.json ? { ...headers, 'content-type': 'application/json' } : headers,
        ...(request.json ? { body: JSON.stringify(request.json) } : {}),
        redirect: 'error',
        signal: AbortSignal.timeout(timeoutMs),
      });
      return readAnswer(response.status, await response.text());
    } catch (error) {
      return failed(error);
    }
  };
}
export type CallGraph = ReturnType<typeof createGraphHttp>;
