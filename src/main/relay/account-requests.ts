/** Sessions, colleagues and devices. */
import { AccessCode, API_BASE, DevicesResponse, Session } from '@recado/protocol';
import { parseAnswer, REQUEST_SILENCE_MS, withoutContent } from './answers.ts';
import type { Http } from './http.ts';
import type { RelayClient } from './interface.ts';

/** Longest wait of what nobody should wait for, milliseconds. */
const PASSING_SILENCE_MS = 3_000;

export function createAccountRequests(
  http: Http,
): Pick<
  RelayClient,
  'signIn' | 'redeem' | 'signOut' | 'invite' | 'renewAccess' | 'devices' | 'revokeDevice' | 'presence'
> {
  const post = (path: string, body: unknown) =>
    http.text({ method: 'POST', path: API_BASE + path, body, silenceMs: REQUEST_SILENCE_MS });

  return {
    signIn: async (request) => parseAnswer(Session, await post('/sessions', request)),

    redeem: async (request) => parseAnswer(Session, await post('/access-codes/redeem', request)),

    signOut: async () =>
      withoutContent(
        await http.text({
          method: 'DELETE',
          path: `${API_BASE}/sessions/current`,
          silenceMs: PASSING_SILENCE_MS,
        }),
      ),

    invite: async (request) => parseAnswer(AccessCode, await post('/agents', request)),

    renewAccess: async ({ agentId }) =>
      parseAnswer(AccessCode, await post(`/agents/${encodeURIComponent(agentId)}/access-code`, {})),

    async devices() {
      const answer = parseAnswer(
        DevicesResponse,
        await http.text({ method: 'GET', path: `${API_BASE}/devices`, silenceMs: REQUEST_SILENCE_MS }),
      );
      return answer.ok ? { ok: true, value: answer.value.devices } : answer;
    },

    revokeDevice: async ({ deviceId }) =>
      withoutContent(
        await http.text({
          method: 'DELETE',
          path: `${API_BASE}/devices/${encodeURIComponent(deviceId)}`,
          silenceMs: REQUEST_SILENCE_MS,
        }),
      ),

    presence: async (request) =>
      withoutContent(
        await http.text({
          method: 'POST',
          path: `${API_BASE}/presence`,
          body: request,
          silenceMs: PASSING_SILENCE_MS,
        }),
      ),
  };
}
