import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemScheduler } from '../lib/time.ts';
import { createDeadline } from './deadline.ts';
import { readEvents } from './events.ts';
import type { StreamItem } from './interface.ts';
import { readJsonLines, type Readable } from './lines.ts';

/** A body that arrives in pieces of these lengths, cycling. */
function bodyOf(text: string, pieces: number[], end: 'closed' | 'broken' = 'closed'): Readable {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  let turn = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (at >= bytes.length) {
        if (end === 'closed') controller.close();
        else controller.error(new TypeError('terminated'));
        return;
      }
      const length = pieces[turn % pieces.length] ?? 1;
      turn += 1;
      controller.enqueue(bytes.subarray(at, at + length));
      at += length;
    },
  });
  const deadline = createDeadline({ scheduler: systemScheduler, signal: undefined, silenceMs: 5_000 });
  return { body, deadline, failure: () => ({ kind: 'unreachable' }) };
}

const Line = z.object({ text: z.string() });
const pieces = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 8 });

describe('readJsonLines', () => {
  it('reads the same lines however they are cut, between characters or inside them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 12 }),
        pieces,
        fc.boolean(),
        async (texts, cuts, closing) => {
          const lines = texts.map((text) => JSON.stringify({ text }));
          const open = bodyOf(lines.join('\n') + (closing ? '\n' : ''), cuts);
          const seen: string[] = [];
          const outcome = await readJsonLines(open, Line, async (batch) => {
            seen.push(...batch.map(({ text }) => text));
          });
          open.deadline.clear();
          expect(outcome).toEqual({ ok: true, value: { skipped: 0 } });
          expect(seen).toEqual(texts);
        },
      ),
    );
  });

  it('leaves out lines it does not know, and gives up on what is no JSON', async () => {
    const read = async (text: string) => {
      const open = bodyOf(text, [7]);
      const seen: string[] = [];
      const outcome = await readJsonLines(open, Line, async (batch) => {
        seen.push(...batch.map((line) => line.text));
      });
      open.deadline.clear();
      return { outcome, seen };
    };
    expect(await read('{"text":"a"}\n{"newer":1}\n{"text":"b"}\n')).toEqual({
      outcome: { ok: true, value: { skipped: 1 } },
      seen: ['a', 'b'],
    });
    expect(await read('{"text":"a"}\n<html>\n')).toEqual({
      outcome: { ok: false, failure: { kind: 'invalidResponse' } },
      seen: ['a'],
    });
  });

  it('says so when the connection breaks, after handing over what was whole', async () => {
    const open = bodyOf('{"text":"a"}\n{"te', [13], 'broken');
    const seen: string[] = [];
    const outcome = await readJsonLines(open, Line, async (batch) => {
      seen.push(...batch.map(({ text }) => text));
    });
    open.deadline.clear();
    expect(outcome).toEqual({ ok: false, failure: { kind: 'unreachable' } });
    expect(seen).toEqual(['a']);
  });

  it('passes on what the reader of the lines throws', async () => {
    const open = bodyOf('{"text":"a"}\n', [50]);
    await expect(
      readJsonLines(open, Line, async () => {
        throw new RangeError('disk full');
      }),
    ).rejects.toThrow(RangeError);
    open.deadline.clear();
  });
});

describe('readEvents', () => {
  const change = (seq: number) => ({
    seq,
    entity: 'tag',
    id: '018f3f2e-7c1a-7000-8000-000000000001',
    op: 'del' as const,
  });
  const read = async (text: string, cuts: number[]) => {
    const open = bodyOf(text, cuts);
    const items: StreamItem[] = [];
    const outcome = await readEvents(open, async (batch) => {
      items.push(...batch);
    });
    open.deadline.clear();
    return { outcome, items };
  };

  it('reads the same events however they are cut', async () => {
    const text = [
      ': hello\n\n',
      ...[1, 2, 3].map((seq) => `event: change\nid: ${seq}\ndata: ${JSON.stringify(change(seq))}\n\n`),
      'event: ephemeral\ndata: {"typing":true}\n\n',
      'event: ping\ndata: {"head":3}\n\n',
      'event: something-newer\ndata: ?\n\n',
    ].join('');
    await fc.assert(
      fc.asyncProperty(pieces, async (cuts) => {
        expect(await read(text, cuts)).toEqual({
          outcome: { ok: true, value: null },
          items: [
            ...[1, 2, 3].map((seq) => ({ type: 'change', change: change(seq) })),
            { type: 'other' },
            { type: 'ping', head: 3 },
            { type: 'other' },
          ],
        });
      }),
    );
  });

  it('ends at a change it cannot read and keeps nothing after it', async () => {
    const text = `event: change\ndata: ${JSON.stringify(change(1))}\n\nevent: change\ndata: {"seq":"?"}\n\nevent: change\ndata: ${JSON.stringify(change(3))}\n\n`;
    expect(await read(text, [1_000])).toEqual({
      outcome: { ok: false, failure: { kind: 'invalidResponse' } },
      items: [{ type: 'change', change: change(1) }],
    });
  });
});
