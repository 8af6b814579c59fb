/** The relay's protocol over HTTP; every answer is parsed with its schema. */
import { API_BASE, CommandsResponse } from '@recado/protocol';
import { createAccountRequests } from './account-requests.ts';
import { parseAnswer, REQUEST_SILENCE_MS } from './answers.ts';
import { createFeedRequests } from './feed-requests.ts';
import { createHttp, type HttpOptions } from './http.ts';
import { createIntegrationRequests } from './integration-requests.ts';
import type { RelayClient } from './interface.ts';
import { createMediaRequests } from './media-requests.ts';

export function createRelayClient(options: HttpOptions): RelayClient {
  const http = createHttp(options);
  return {
    ...createAccountRequests(http),
    ...createFeedRequests(http),
    ...createIntegrationRequests(http),
    ...createMediaRequests(http),

    async commands({ commands, signal }) {
      const answer = parseAnswer(
        CommandsResponse,
        await http.text({
          method: 'POST',
          path: `${API_BASE}/commands`,
          body: { commands },
          signal,
          silenceMs: REQUEST_SILENCE_MS,
        }),
      );
      return answer.ok ? { ok: true, value: answer.value.results } : answer;
    },
  };
}
