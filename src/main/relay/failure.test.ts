import { describe, expect, it } from 'vitest';
import { failureOf, retryAfterMs } from './failure.ts';

const NOW = Date.parse('2026-11-22T10:00:00.000Z');
const problem = (status: number, code: string) =>
  JSON.stringify({ type: 'about:blank', title: 'x', status, code });

describe('failureOf', () => {
  it.each([
    [401, problem(401, 'session_revoked'), { kind: 'unauthorized' }],
    [401, problem(401, 'device_revoked'), { kind: 'deviceRevoked' }],
    [401, problem(401, 'invalid_credentials'), { kind: 'invalidCredentials' }],
    [410, problem(410, 'cursor_too_old'), { kind: 'gone' }],
    [426, problem(426, 'client_too_old'), { kind: 'outdated' }],
    [400, problem(400, 'invalid_request'), { kind: 'refused', status: 400, code: 'invalid_request' }],
    [404, problem(404, 'brand_new_code'), { kind: 'refused', status: 404, code: 'brand_new_code' }],
    [429, problem(429, 'too_many_attempts'), { kind: 'rateLimited', retryAfterMs: 7_000 }],
    [429, '', { kind: 'rateLimited', retryAfterMs: 7_000 }],
    [500, problem(500, 'internal'), { kind: 'server', status: 500 }],
    [502, '<html>Bad gateway</html>', { kind: 'server', status: 502 }],
    // A portal's or proxy's own answers must never look like the relay's word: a 401 would erase this PC's data.
    [401, '<html>Log in to the guest network</html>', { kind: 'invalidResponse' }],
    [401, '{"error":"device_revoked"}', { kind: 'invalidResponse' }],
    [401, '{"error":"unauthorized"}', { kind: 'invalidResponse' }],
    [410, 'Gone', { kind: 'invalidResponse' }],
    [407, '', { kind: 'invalidResponse' }],
    [302, '', { kind: 'invalidResponse' }],
  ])('%i %s', (status, body, expected) => {
    expect(failureOf({ status, body, retryAfter: '7', now: NOW })).toEqual(expected);
  });
});

describe('retryAfterMs', () => {
  it.each([
    ['0', 0],
    ['12', 12_000],
    ['-5', 0],
    ['999999', 3_600_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    [new Date(NOW - 90_000).toUTCString(), 0],
    ['soon', 30_000],
    ['', 30_000],
    [null, 30_000],
  ])('%j is %i ms', (header, expected) => {
    expect(retryAfterMs(header, NOW)).toBe(expected);
  });
});
