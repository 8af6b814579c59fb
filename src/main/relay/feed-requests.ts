/** The clinic's data: by pages, whole, backwards, by thread and live. */
import {
  API_BASE,
  ChangesPage,
  CHANGES_LIMIT,
  Checksums,
  HistoryLine,
  SnapshotLine,
  STREAM_PING_MS,
  ThreadMessages,
  toEpoch,
  toTimestamp,
  type Change,
} from '@recado/protocol';
import { INVALID_RESPONSE, parseAnswer, REQUEST_SILENCE_MS } from './answers.ts';
import { readEvents } from './events.ts';
import type { Http } from './http.ts';
import type { RelayClient, SnapshotItem } from './interface.ts';
import { readJsonLines } from './lines.ts';

/** Longest silence, milliseconds. */
const SILENCE = {
  /** A snapshot of a large clinic may need a while before its first line. */
  snapshot: 60_000,
  /** So may the counting of everything a large clinic has. */
  checksums: 60_000,
  /** Two and a half pings: one may be lost to a hiccup, two mean the connection is dead. */
  stream: STREAM_PING_MS * 2.5,
} as const;

const LINES = 'application/x-ndjson';
/** Cut between two lines: the connection broke, although it looks like an ordinary end. */
const CUT = { ok: false, failure: { kind: 'unreachable' } } as const;

export function createFeedRequests(
  http: Http,
): Pick<RelayClient, 'changes' | 'snapshot' | 'history' | 'threadMessages' | 'checksums' | 'stream'> {
  return {
    changes: async ({ after, signal }) =>
      parseAnswer(
        ChangesPage,
        await http.text({
          method: 'GET',
          path: `${API_BASE}/changes`,
          query: { after, limit: CHANGES_LIMIT },
          signal,
          silenceMs: REQUEST_SILENCE_MS,
        }),
      ),

    snapshot: ({ from, signal, onHead, onItems }) =>
      http.open(
        {
          method: 'GET',
          path: `${API_BASE}/snapshot`,
          ...(from === null ? {} : { query: { seq: from.seq, after: from.after } }),
          signal,
          accept: LINES,
          silenceMs: SILENCE.snapshot,
        },
        async (open) => {
          let hasHead = false;
          let hasEnded = false;
          const outcome = await readJsonLines(open, SnapshotLine, async (lines) => {
            const items: SnapshotItem[] = [];
            for (const line of lines) {
              if (line.type === 'head') {
                hasHead = true;
                await onHead(line);
              } else if (line.type === 'end') hasEnded = true;
              else items.push(line);
            }
            if (hasHead && items.length > 0) await onItems(items);
          });
          if (!outcome.ok) return outcome;
          if (!hasHead) return INVALID_RESPONSE;
          return hasEnded ? { ok: true, value: null } : CUT;
        },
      ),

    history: ({ before, limit, signal, onChanges }) =>
      http.open(
        {
          method: 'GET',
          path: `${API_BASE}/history`,
          query: before === null ? { limit } : { before, limit },
          signal,
          accept: LINES,
          silenceMs: REQUEST_SILENCE_MS,
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
          return end === null ? CUT : { ok: true, value: end };
        },
      ),

    async threadMessages({ conversationId, before, limit, signal }) {
      const answer = parseAnswer(
        ThreadMessages,
        await http.text({
          method: 'GET',
          path: `${API_BASE}/conversations/${encodeURIComponent(conversationId)}/messages`,
          query: {
            limit,
            ...(before === null
              ? {}
              : { beforeSentAt: toTimestamp(before.sentAt), beforeOrdinal: before.ordinal }),
          },
          signal,
          silenceMs: REQUEST_SILENCE_MS,
        }),
      );
      if (!answer.ok) return answer;
      const { changes, before: next } = answer.value;
      const place = next === null ? null : { sentAt: toEpoch(next.sentAt), ordinal: next.ordinal };
      return { ok: true, value: { changes, before: place } };
    },

    checksums: async ({ fromOrdinal, signal }) =>
      parseAnswer(
        Checksums,
        await http.text({
          method: 'GET',
          path: `${API_BASE}/checksums`,
          query: { fromOrdinal },
          signal,
          silenceMs: SILENCE.checksums,
        }),
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
