import { Message } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isPlainMessage } from './plain-message.ts';
import { agentId, buildMessage } from './testing.ts';

const plain = buildMessage(1, 2);
const answered = { ...plain, author: { kind: 'agent', agentId: agentId(1), name: 'Marta' }, status: 'read' };

describe('a plain message', () => {
  test('is what most messages are', () => {
    expect([plain, answered].map(isPlainMessage)).toEqual([true, true]);
  });

  test.each([
    ['content', { content: { forwarded: true } }],
    ['an edit', { edits: [{ text: 'a', at: plain.sentAt }] }],
    ['a reaction', { reactions: [{ by: 'patient', emoji: 'a', at: plain.sentAt }] }],
    ['a plan', { sendAt: plain.sentAt }],
    ['an answer to another', { replyTo: plain.id }],
  ])('with %s is for the schema', (_, changes) => {
    const message = { ...plain, ...changes };
    expect(isPlainMessage(message)).toBe(false);
    expect(Message.safeParse(message).success).toBe(true);
  });

  test('is never one the schema refuses or changes', { timeout: 60_000 }, () => {
    const odd = fc.oneof(
      fc.constantFrom(undefined, null, '', 0, -1, 1.5, Number.NaN, 2 ** 60, {}, [], [1], { kind: 'agent' }),
      fc.constantFrom(
        '2026-02-29T10:00:00.000Z', '2024-02-29T10:00:00.000Z', '2026-02-30T10:00:00.000Z', '2026-04-31T10:00:00.000Z',
        '2026-12-31T23:59:59.999Z', '2026-12-31T24:00:00.000Z', '2026-12-31T10:00:00Z', '2026-1-31T10:00:00.000Z',
      ), // prettier-ignore
      fc.uuid(),
      fc.uuid().map((id) => id.toUpperCase()),
      fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('2100-01-01') }).map((date) => date.toISOString()), // prettier-ignore
      fc.string(),
    );
    fc.assert(
      fc.property(
        fc.constantFrom(plain, answered),
        fc.constantFrom(...Object.keys(plain), 'author.kind', 'author.agentId', 'author.name'),
        odd,
        (message, key, value) => {
          const [outer, inner] = key.split('.') as [string, string | undefined];
          const changed =
            inner === undefined
              ? { ...message, [outer]: value }
              : { ...message, author: { ...message.author, [inner]: value } };
          if (!isPlainMessage(changed)) return;
          const parsed = Message.safeParse(changed);
          expect(parsed.success && parsed.data).toEqual(changed);
        },
      ),
      { numRuns: 3_000 },
    );
  });
});
