import type { z } from 'zod';
import type { OpenBody } from './http.ts';
import type { Outcome } from './interface.ts';

/** A line this long is no line of a relay; without a limit a broken one could fill the memory. */
const LONGEST_LINE = 16 * 1024 * 1024;

/** What of an open answer reading its body needs. */
export type Readable = Pick<OpenBody, 'body' | 'deadline' | 'failure'>;

/**
 * Hands over a body chunk by chunk; the next one is read when `onBytes` has resolved. `onBytes` answers false to stop.
 * Fails when the connection does, never because of what `onBytes` throws.
 */
export async function readBytes(
  open: Readable,
  onBytes: (bytes: Uint8Array) => Promise<boolean>,
): Promise<Outcome<null>> {
  const reader = open.body.getReader();
  const { signal } = open.deadline;
  let stopWaiting: () => void = () => undefined;
  // Not every fetch ends a read when its request is aborted, and nobody may wait for ever.
  const aborted = new Promise<null>((resolve) => {
    stopWaiting = () => {
      resolve(null);
    };
    signal.addEventListener('abort', stopWaiting, { once: true });
  });
  const next = async () => {
    if (signal.aborted) return null;
    try {
      return await Promise.race([reader.read(), aborted]);
    } catch {
      return null;
    }
  };
  try {
    for (;;) {
      open.deadline.extend();
      const chunk = await next();
      open.deadline.hold();
      if (chunk === null) return { ok: false, failure: open.failure() };
      if (chunk.done) return { ok: true, value: null };
      if (!(await onBytes(chunk.value))) return { ok: true, value: null };
    }
  } finally {
    signal.removeEventListener('abort', stopWaiting);
    // A body that is read no further must let go of its connection; that it is gone already is no news.
    reader.cancel().catch(() => undefined);
  }
}

/** The same as text, never cut inside a character. */
export function readText(open: Readable, onText: (text: string) => Promise<boolean>): Promise<Outcome<null>> {
  const decoder = new TextDecoder();
  return readBytes(open, (bytes) => onText(decoder.decode(bytes, { stream: true })));
}

/**
 * Reads newline-delimited JSON. What one chunk completes is parsed and handed over together; lines the schema does
 * not know (from a newer relay) are left out and counted.
 */
export async function readJsonLines<Line>(
  open: Readable,
  schema: z.ZodType<Line>,
  onLines: (lines: Line[]) => Promise<void>,
): Promise<Outcome<{ skipped: number }>> {
  let rest = '';
  let skipped = 0;
  let isBroken = false;

  const parse = (text: string): Line[] => {
    const lines: Line[] = [];
    for (const line of text.split('\n')) {
      if (line === '') continue;
      let value: unknown;
      try {
        value = JSON.parse(line);
      } catch {
        isBroken = true;
        return lines;
      }
      const parsed = schema.safeParse(value);
      if (parsed.success) lines.push(parsed.data);
      else skipped += 1;
    }
    return lines;
  };

  const outcome = await readText(open, async (text) => {
    const end = text.lastIndexOf('\n');
    if (end === -1) {
      rest += text;
      isBroken = rest.length > LONGEST_LINE;
      return !isBroken;
    }
    const lines = parse(rest + text.slice(0, end));
    rest = text.slice(end + 1);
    if (lines.length > 0) await onLines(lines);
    return !isBroken;
  });
  if (isBroken) return { ok: false, failure: { kind: 'invalidResponse' } };
  if (!outcome.ok) return outcome;
  const last = parse(rest);
  if (last.length > 0) await onLines(last);
  return { ok: true, value: { skipped } };
}
