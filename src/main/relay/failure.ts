import { Problem, ProblemCode } from '@recado/protocol';
import type { RelayFailure } from './interface.ts';

const DEFAULT_RETRY_AFTER_MS = 30_000;
const LONGEST_RETRY_AFTER_MS = 3_600_000;

/** `Retry-After` as milliseconds: seconds or an HTTP date (RFC 9110 10.2.3), kept within an hour. */
export function retryAfterMs(header: string | null, now: number): number {
  if (header === null || header.trim() === '') return DEFAULT_RETRY_AFTER_MS;
  const seconds = Number(header);
  const delay = Number.isFinite(seconds) ? seconds * 1_000 : Date.parse(header) - now;
  if (!Number.isFinite(delay)) return DEFAULT_RETRY_AFTER_MS;
  return Math.min(Math.max(0, delay), LONGEST_RETRY_AFTER_MS);
}

function problemCode(body: string): string | null {
  try {
    const parsed = Problem.safeParse(JSON.parse(body));
    return parsed.success ? parsed.data.code : null;
  } catch {
    return null;
  }
}

/**
 * What an answer outside 2xx means. What has consequences (erasing this PC's data, a new snapshot, refusing to go on)
 * needs the relay's own code, never a status alone: proxies and captive portals answer 401 and 410 too.
 */
export function failureOf(answer: {
  status: number;
  body: string;
  retryAfter: string | null;
  now: number;
}): RelayFailure {
  const { status } = answer;
  const code = problemCode(answer.body);
  if (status === 429)
    return { kind: 'rateLimited', retryAfterMs: retryAfterMs(answer.retryAfter, answer.now) };
  if (status >= 500) return { kind: 'server', status };
  switch (code) {
    case null:
      return { kind: 'invalidResponse' };
    case ProblemCode.sessionRevoked:
      return { kind: 'unauthorized' };
    case ProblemCode.deviceRevoked:
      return { kind: 'deviceRevoked' };
    case ProblemCode.invalidCredentials:
      return { kind: 'invalidCredentials' };
    case ProblemCode.cursorTooOld:
      return { kind: 'gone' };
    case ProblemCode.clientTooOld:
      return { kind: 'outdated' };
    default:
      return { kind: 'refused', status, code };
  }
}
