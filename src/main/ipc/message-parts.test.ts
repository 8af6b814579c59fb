import { newId, type OutgoingMedia } from '@recado/protocol';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAPTION_MAX_LENGTH, toMessageParts } from './message-parts.ts';

const media = (kind: OutgoingMedia['kind']): OutgoingMedia => ({
  mediaId: newId(),
  kind,
  mimeType: 'x/y',
  fileName: 'f',
  sizeBytes: 1,
  sha256: '0'.repeat(64),
  voice: false,
  width: null,
  height: null,
  durationMs: null,
  waveform: null,
});
type Given = [OutgoingMedia['kind'], string | null][];
const parts = (text: string, given: Given) =>
  toMessageParts(
    text,
    given.map(([kind, caption]) => ({ media: media(kind), caption })),
  ).map((part) => [part.media?.kind ?? null, part.text]);

describe('words and files', () => {
  const long = 'x'.repeat(CAPTION_MAX_LENGTH + 1);
  it.each<[string, string, Given, [string | null, string | null][]]>([
    ['words alone', 'hola', [], [[null, 'hola']]],
    ['a picture alone', '', [['image', null]], [['image', null]]],
    ['words with a picture', 'hola', [['image', null]], [['image', 'hola']]],
    ['words with two', 'hola', [['image', null], ['document', null]], [['image', 'hola'], ['document', null]]],
    ['words each', '', [['image', 'uno'], ['video', 'dos']], [['image', 'uno'], ['video', 'dos']]],
    ['words besides those of the first', 'hola', [['image', 'uno'], ['image', null]], [[null, 'hola'], ['image', 'uno'], ['image', null]]],
    ['words with a sound', 'hola', [['audio', null]], [[null, 'hola'], ['audio', null]]],
    ['words of a sound', '', [['audio', 'uno']], [[null, 'uno'], ['audio', null]]],
    ['a sound before a picture', 'hola', [['audio', null], ['image', null]], [['audio', null], ['image', 'hola']]],
    ['too many words', long, [['image', null]], [[null, long], ['image', null]]],
    ['a sticker', 'hola', [['sticker', null]], [[null, 'hola'], ['sticker', null]]],
    ['nothing', '', [], []],
  ])('%s', (_name, text, given, expected) => {
    expect(parts(text, given)).toEqual(expected);
  }); // prettier-ignore

  it('lose no word and no file, and say nothing twice', () => {
    const kind = fc.constantFrom<OutgoingMedia['kind']>('image', 'video', 'audio', 'document', 'sticker');
    fc.assert(
      fc.property(
        fc.constantFrom('', 'hola', long),
        fc.array(fc.tuple(kind, fc.constantFrom(null, 'uno', 'dos'))),
        (text, given) => {
          const made = parts(text, given);
          expect(made.flatMap(([kindMade]) => kindMade ?? [])).toEqual(given.map(([each]) => each));
          const words = [text, ...given.map(([, caption]) => caption)].filter(Boolean).sort();
          expect(made.flatMap(([, said]) => said ?? []).sort()).toEqual(words);
          for (const [each, said] of made) {
            expect(each !== null || said !== null).toBe(true);
            if (each === 'audio' || each === 'sticker') expect(said).toBeNull();
            if (each !== null) expect((said ?? '').length).toBeLessThanOrEqual(CAPTION_MAX_LENGTH);
          }
        },
      ),
    );
  });
});
