/** Keys of the practice software. */
import { API_BASE, IntegrationKeyCreated, IntegrationKeysResponse } from '@recado/protocol';
import { parseAnswer, REQUEST_SILENCE_MS, withoutContent } from './answers.ts';
import type { Http } from './http.ts';
import type { RelayClient } from './interface.ts';

const PATH = `${API_BASE}/integration-keys`;

export function createIntegrationRequests(
  http: Http,
): Pick<RelayClient, 'integrationKeys' | 'createIntegrationKey' | 'deleteIntegrationKey'> {
  return {
    async integrationKeys() {
      const answer = parseAnswer(
        IntegrationKeysResponse,
        await http.text({ method: 'GET', path: PATH, silenceMs: REQUEST_SILENCE_MS }),
      );
      return answer.ok ? { ok: true, value: answer.value.keys } : answer;
    },

    createIntegrationKey: async (request) =>
      parseAnswer(
        IntegrationKeyCreated,
        await http.text({ method: 'POST', path: PATH, body: request, silenceMs: REQUEST_SILENCE_MS }),
      ),

    deleteIntegrationKey: async ({ id }) =>
      withoutContent(
        await http.text({
          method: 'DELETE',
          path: `${PATH}/${encodeURIComponent(id)}`,
          silenceMs: REQUEST_SILENCE_MS,
        }),
      ),
  };
}
