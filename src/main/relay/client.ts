/** The relay's protocol over HTTP; every answer is parsed with its schema. */
import {
  API_BASE,
  ChangesPage,
  CHANGES_LIMIT,
  CommandsResponse,
  HistoryLine,
  Session,
  SnapshotLine,
  STREAM_PING_MS,
  type Change,
} from '@recado/protocol';
import type { z } from 'zod';
import { readEvents } from './events.ts';
import { createHttp, type HttpOptions } from './http.ts';
import type { Outcome, RelayClient } from './interface.ts';
import { readJsonLines } from './lines.ts';

/** Longest silence of a request, milliseconds. */
const SILENCE = {
  request: 20_000,
  signOut: 3_000,
  presence: 3_000,
  /** A snapshot of a large clinic may need a while before its first line. */
  snapshot: 60_000,
  /** Two and a half pings: one may be lost to a hiccup, two mean the connection is dead. */
  stream: STREAM_PING_MS * 2.5,
} as const;

const INVALID = { ok: false, failure: { kind: 'invalidResponse' } } as const;

function parse<Schema extends z.ZodType>(schema: Schema, text: string): Outcome<z.output<Schema>> {
  try {
    const parsed = schema.safeParse(JSON.parse(text));
    return parsed.success ? { ok: true, value: parsed.data } : INVALID;
  } catch {
    return INVALID;
  }
}

export function createRelayClient(options: HttpOptions): RelayClient {
  const http = createHttp(options);

  return {
    async signIn(request) {
      const answer = await http.text({
        method: 'POST',
        path: `${API_BASE}/sessions`,
        body: request,
        silenceMs: SILENCE.request,
      });
      return answer.ok ? parse(Session, answer.value) : answer;
    },

    async signOut() {
      const answer = await http.text({
        method: 'DELETE',
        path: `${API_BASE}/sessions/current`,
        silenceMs: SILENCE.signOut,
      });
      return answer.ok ? { ok: true, value: null } : answer;
    },

    async changes({ after, signal }) {
      const answer = await http.text({
        method: 'GET',
        path: `${API_BASE}/changes`,
        query: { after, limit: CHANGES_LIMIT },
        signal,
        silenceMs: SILENCE.request,
      });
      return answer.ok ? parse(ChangesPage, answer.value) : answer;
    },

    async commands({ commands, signal }) {
      const answer = await http.text({
        method: 'POST',
        path: `${API_BASE}/commands`,
        body: { commands },
        signal,
        silenceMs: SILENCE.request,
      });
      if (!answer.ok) return answer;
      const response = parse(CommandsResponse, answer.value);
      return response.ok ? { ok: true, value: response.value.results } : response;
    },

    async presence(request) {
      const answer = await http.text({
        method: 'POST',
        path: `${API_BASE}/presence`,
        body: request,
        silenceMs: SILENCE.presence,
      });
      return answer.ok ? { ok: true, value: null } : answer;
    },

    snapshot: ({ signal, onHead, onChanges }) =>
      http.open(
        {
          method: 'GET',
          path: `${API_BASE}/snapshot`,
          signal,
          accept: 'application/x-ndjson',
          silenceMs: SILENCE.snapshot,
        },
        async (open) => {
          let hasHead = false;
          let hasEnded = false;
          const outcome = await readJsonLines(open, SnapshotLine, async (lines) => {
            const changes: Change[] = [];
            for (const line of lines) {
              if (line.type === 'head') {
                hasHead = true;
                await onHead(line);
              } else if (line.type === 'change') changes.push(line);
              else hasEnded = true;
            }
            if (hasHead && changes.length > 0) await onChanges(changes);
          });
          if (!outcome.ok) return outcome;
          if (!hasHead) return INVALID;
          // Cut between two lines: the connection broke, although it looks like an ordinary end.
          if (!hasEnded) return { ok: false, failure: { kind: 'unreachable' } };
          return { ok: true, value: null };
        },
      ),

    history: ({ before, limit, signal, onChanges }) =>
      http.open(
        {
          method: 'GET',
          path: `${API_BASE}/history`,
          query: before === null ? { limit } : { before, limit },
          signal,
          accept: 'application/x-ndjson',
          silenceMs: SILENCE.request,
        },
        async (open) => {
          let end: { before: number | null } | null = null;
          const outcome = await readJsonLines(open, HistoryLine, async (lines) => {
            const changes: Change[] = [];
            for (const line of lines) {
              if (line.type === 'change') changes.push(line);
              else end = { before: line.before };
            }
            if (changes.length > 0) await onChanges(changes);
          });
          if (!outcome.ok) return outcome;
          return end === null ? { ok: false, failure: { kind: 'unreachable' } } : { ok: true, value: end };
        },
      ),

    stream: ({ after, signal, onOpen, onItems }) =>
      http.open(
        {
          method: 'GET',
          path: `${API_BASE}/stream`,
          query: { after },
          signal,
          accept: 'text/event-stream',
          silenceMs: SILENCE.stream,
        },
        (open) => {
          onOpen();
          return readEvents(open, onItems);
        },
      ),
  };
}
